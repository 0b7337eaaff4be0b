"""What is planned together in one pass."""

from typing import Any

import pytest

from flink_workspace_operator.api.outputs import Outputs
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.plan import MoveOrder, Plan
from tests.builders import SETTINGS, a_case, a_cloud, a_listing, a_workspace, an_instance, an_order


def plan_for(instance: SeenInstance, **spec: Any) -> Plan:  # noqa: ANN401 - any field
    """With an order that is Placed, and a list that shows what it bought."""
    return decide(
        a_case(a_workspace(**spec), an_order("Placed"), cloud=a_cloud(a_listing(instance)))
    )


def test_a_delivery_is_recorded_and_reported_in_one_pass() -> None:
    """In a wave, a pass of its own for the report waits behind many others."""
    plan = plan_for(an_instance())
    [step] = plan.steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Fulfilled"
    assert plan.verdict is not None
    assert (plan.verdict.reason, plan.requeue.after) == ("Running", SETTINGS.resync)


@pytest.mark.parametrize(
    ("instance", "spec"),
    [
        (an_instance(order_state="CEASE"), {}),
        (an_instance(), {"outputs": Outputs(config_map_name="ids")}),
    ],
    ids=["expired", "ids to hand on"],
)
def test_what_is_not_only_to_be_reported_has_a_pass_of_its_own(
    instance: SeenInstance, spec: dict[str, Any]
) -> None:
    """It reads what the record left."""
    plan = plan_for(instance, **spec)
    assert ([type(each) for each in plan.steps], plan.verdict) == ([MoveOrder], None)
