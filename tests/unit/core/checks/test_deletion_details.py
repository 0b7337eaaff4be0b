"""What is released when the resource is gone."""

from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.plan import ReleaseOrder
from tests.builders import a_case, an_order


def test_a_purchase_of_unknown_age_counts_from_the_creation_of_its_order() -> None:
    """Its id was written over a state that a backup had brought back."""
    placed = an_order("Placed")
    undated = placed.model_copy(
        update={"status": placed.status.model_copy(update={"intent_time": None})}
    )
    assert ReleaseOrder(undated) in decide(a_case(None, undated)).steps
    assert ReleaseOrder(placed) not in decide(a_case(None, placed)).steps
