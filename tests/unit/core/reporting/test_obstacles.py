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
    verdict_on_obstacle,
    with_unrecorded,
    with_way_out,
)
from tests.builders import ID, KEY, MARK, NOW, a_case, a_workspace, an_order

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


def test_a_purchase_that_only_this_process_knows_leads_the_message() -> None:
    """Until an order or the status names it: its own order may be gone since, by a restore of
    etcd."""
    answers = (Answered("uid-of-a-former-order", MARK, Bought(ID, None, None), NOW),)
    running = Verdict("Running", "Running", f"{ID} is running")
    assert with_unrecorded(running, answers).message.startswith(f"{ID} is paid for, and ")
    for known in (
        a_case(a_workspace(), an_order("Placed")),
        a_case(a_workspace(status=FlinkWorkspaceStatus(instance=Instance(instance_id=ID)))),
    ):
        assert with_unrecorded(running, answers, known.recorded_ids) == running
