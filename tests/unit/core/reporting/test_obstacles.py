"""A pass that failed says so without claiming what it could not check."""

from datetime import timedelta

import pytest

from flink_workspace_operator.api.base import Condition, ConditionStatus
from flink_workspace_operator.api.names import ABANDON_ORDER
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.api.workspace import PartialWorkspace
from flink_workspace_operator.core.facts.failures import ClusterRefused, Unreadable
from flink_workspace_operator.core.facts.observed import Bought
from flink_workspace_operator.core.facts.snapshot import Answered
from flink_workspace_operator.core.plan import Verdict
from flink_workspace_operator.core.reporting.obstacles import (
    conditions_under,
    holding,
    unrecorded,
    verdict_on_obstacle,
    with_unrecorded,
    with_way_out,
)
from tests.builders import ID, KEY, MARK, NOW, a_case, a_workspace, an_order

ORDER_UID = an_order().metadata.uid
REFUSED = verdict_on_obstacle(ClusterRefused("the API server answered 403 Forbidden"))
UNREADABLE = verdict_on_obstacle(Unreadable("a value that this version does not know"))


def a_condition(type_: str, status: ConditionStatus, reason: str = "Some") -> Condition:
    since = NOW - timedelta(days=1)
    return Condition(
        type=type_, status=status, reason=reason, last_transition_time=since, observed_generation=1
    )


def partly(*conditions: Condition, deleted: bool = False, **metadata: object) -> PartialWorkspace:
    workspace = a_workspace(deleted=deleted)
    changed = workspace.metadata.model_copy(update=metadata)
    return PartialWorkspace(metadata=changed, conditions=conditions)


def told(*conditions: Condition) -> dict[str, Condition]:
    return {each.type: each for each in conditions_under(REFUSED, partly(*conditions), NOW)}


@pytest.mark.parametrize(
    ("was", "now"), [("False", "Unknown"), ("Unknown", "Unknown"), ("True", "True")]
)
def test_that_nothing_was_bought_is_not_repeated(
    was: ConditionStatus, now: ConditionStatus
) -> None:
    """The ledger could not be read: it may say something else by now. That something was bought
    stays true."""
    assert told(a_condition("Purchased", was))["Purchased"].status == now


def test_all_conditions_are_there_from_the_first_time_on() -> None:
    """Unknown, but for the ones that say what is in the way."""
    conditions = told()
    assert len(conditions) == 12
    assert {type_ for type_, each in conditions.items() if each.status == "True"} == {"Suspended"}
    assert conditions["Ready"].reason == "ClusterRefused"


def test_what_was_known_stays() -> None:
    """A prerequisite that was in order is not doubted because the API server refused something."""
    was = a_condition("NetworkReady", "True", "Usable")
    assert told(was)["NetworkReady"].last_transition_time == was.last_transition_time


def test_an_open_order_holds_what_cannot_be_read() -> None:
    """Until it is settled, or abandoned by name; how to do that is said."""
    assert holding(partly(deleted=True), ["demo-1"]) == ("demo-1",)
    abandoned = partly(deleted=True, annotations={ABANDON_ORDER: "demo-1"})
    assert holding(abandoned, ["demo-1", "demo-2"]) == ("demo-2",)
    assert holding(abandoned, ["demo-1"]) == ()
    said = with_way_out(
        verdict_on_obstacle(Unreadable("order demo-2 is odd")), KEY, ("demo-2",)
    ).message
    assert said.endswith(f"kubectl annotate fws demo -n team {ABANDON_ORDER}=demo-2 --overwrite")


def test_a_purchase_whose_order_is_gone_is_told_until_it_is_named() -> None:
    """Its order is gone by a restore of etcd, so it can't be recorded. One whose order is there is
    told until that says it."""
    gone, open_ = (Answered(uid, MARK, Bought(ID, None, None), NOW) for uid in ("x", ORDER_UID))
    shown = FlinkWorkspaceStatus(instance=Instance(instance_id=ID))
    uncertain = an_order("Uncertain")
    assert unrecorded((gone,), a_case(a_workspace(), uncertain)) == (gone,)
    assert unrecorded((gone,), a_case(a_workspace(status=shown), uncertain)) == ()
    assert unrecorded((gone,), a_case(a_workspace(), an_order("Placed"))) == ()
    assert unrecorded((open_,), a_case(a_workspace(status=shown), uncertain)) == (open_,)
    running = Verdict("Running", "Running", f"{ID} is running")
    assert with_unrecorded(running, (gone,)).message.startswith(f"{ID} is paid for, and ")
    assert with_unrecorded(running, ()) == running
