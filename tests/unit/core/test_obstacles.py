"""A pass that failed says so without claiming what it could not check."""

from datetime import timedelta

import pytest

from flink_workspace_operator.api.base import Condition, ConditionStatus
from flink_workspace_operator.api.names import ABANDON_ORDER, PURCHASE_FINALIZER
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.api.workspace import PartialWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.failures import ClusterRefused, Unreadable
from flink_workspace_operator.core.obstacles import conditions_under, may_go, verdict_on_obstacle
from flink_workspace_operator.core.plan import OpenOrder
from tests.builders import NOW, a_case, a_claim, a_workspace, an_order

REFUSED = verdict_on_obstacle(ClusterRefused("the API server answered 403 Forbidden"))
UNREADABLE = verdict_on_obstacle(Unreadable("a value that this version does not know"))


def a_condition(type_: str, status: ConditionStatus, reason: str = "Some") -> Condition:
    since = NOW - timedelta(days=1)
    return Condition(type=type_, status=status, reason=reason, last_transition_time=since, observed_generation=1)


def partly(*conditions: Condition, deleted: bool = False, **metadata: object) -> PartialWorkspace:
    workspace = a_workspace(deleted=deleted)
    changed = workspace.metadata.model_copy(update=metadata)
    return PartialWorkspace(metadata=changed, conditions=conditions)


def told(*conditions: Condition) -> dict[str, Condition]:
    return {each.type: each for each in conditions_under(REFUSED, partly(*conditions), NOW)}


@pytest.mark.parametrize(("was", "now"), [("False", "Unknown"), ("Unknown", "Unknown"), ("True", "True")])
def test_that_nothing_was_bought_is_not_repeated(was: ConditionStatus, now: ConditionStatus) -> None:
    """The ledger could not be read: it may say something else by now. That something was bought stays true."""
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


@pytest.mark.parametrize("state", ["Quoted", "Placing", "Uncertain", "Placed"])
def test_an_open_order_holds_what_cannot_be_read(state: OrderState) -> None:
    """Until it is settled, or abandoned by name."""
    order = an_order(state)
    assert not may_go(partly(deleted=True), [order])
    abandoned = {ABANDON_ORDER: order.metadata.name}
    assert may_go(partly(deleted=True, annotations=abandoned), [order])


def test_an_outstanding_order_holds_it_too() -> None:
    """Its call may still be executed."""
    assert not may_go(partly(deleted=True), [an_order("Rejected", outstanding_until=NOW)])


def test_with_nothing_open_it_may_go() -> None:
    """If it is being deleted, and our finalizer is what holds it."""
    settled = [an_order("Fulfilled")]
    assert may_go(partly(deleted=True, finalizers=(PURCHASE_FINALIZER,)), settled)
    assert not may_go(partly(deleted=True, finalizers=("theirs",)), settled)
    assert not may_go(partly(), settled)


def test_a_field_that_is_not_known_stops_the_purchase() -> None:
    """An older operator must not buy without what a newer spec asks for."""
    case = a_case(a_workspace(), claim=a_claim())
    plan = decide(case)
    assert any(isinstance(step, OpenOrder) for step in plan.steps)
    workspace = case.workspace.model_copy()
    workspace._unknown_fields = ("spec.futureBrake",)
    stopped = decide(Case(case.seen.updated(workspace=workspace), case.settings, case.token))
    assert stopped.steps == ()
    assert stopped.verdict is not None
    assert (stopped.verdict.kind, stopped.verdict.reason) == ("Stalled", "NewerVersion")
