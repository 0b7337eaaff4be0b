"""Two states that a next version may add, by a row of the table each: a row alone spends no
money."""

from dataclasses import replace
from typing import Final

import pytest

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import STATES, Phase, StateFacts
from flink_workspace_operator.api.parameters import Resources
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.plan import MoveOrder, OpenOrder, PlaceOrder, Plan, WriteIntent
from tests.builders import NOW, a_case, a_cloud, a_workspace, an_order, minutes, reported

ROWS: Final = {
    "AwaitingReview": StateFacts(
        Phase.PREPARING,
        "somebody must look at it",
        ("Quoted", "Canceled"),
        may_be_closed=True,
    ),
    "Withdrawn": StateFacts(Phase.CLOSED, "somebody took it back", ("Placed",)),
}


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table with both rows."""
    for state, facts in ROWS.items():
        monkeypatch.setitem(STATES, state, facts)  # type: ignore[misc]  # states of a later version


def an_order_in(state: str, *, ago: int = 0) -> FlinkWorkspaceOrder:
    """An order that came into the state a while ago."""
    order = an_order("Quoted", at=NOW - minutes(ago))
    return order.model_copy(update={"status": order.status.model_copy(update={"state": state})})


def buys(plan: Plan) -> bool:
    """The plan opens, announces or sends an order."""
    return any(isinstance(step, OpenOrder | WriteIntent | PlaceOrder) for step in plan.steps)


def said(plan: Plan) -> tuple[str, str] | None:
    """The kind of the verdict, and its reason."""
    return None if plan.verdict is None else (plan.verdict.kind, plan.verdict.reason)


@pytest.mark.parametrize("state", ROWS)
@pytest.mark.parametrize("ago", [0, 60, 60 * 24 * 30])
def test_nothing_is_bought(state: str, ago: int) -> None:
    """However long it has been so; nor is the order touched."""
    plan = decide(a_case(a_workspace(), an_order_in(state, ago=ago)))
    assert not buys(plan)
    assert not any(isinstance(step, MoveOrder) for step in plan.steps)


def test_a_deletion_cancels_what_awaits_review() -> None:
    """Nothing was sent for it."""
    (step,) = decide(a_case(a_workspace(deleted=True), an_order_in("AwaitingReview"))).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Canceled"


def test_a_deletion_does_not_wait_for_what_was_withdrawn() -> None:
    """It is closed."""
    plan = decide(a_case(a_workspace(deleted=True), an_order_in("Withdrawn")))
    assert plan.steps
    assert not any(isinstance(step, MoveOrder) for step in plan.steps)


def test_what_was_withdrawn_waits_for_a_person() -> None:
    """The resource says which order it was."""
    plan = decide(a_case(a_workspace(), an_order_in("Withdrawn")))
    assert said(plan) == ("Suspended", "WaitingForChange")
    assert plan.verdict is not None
    assert "order demo-1" in plan.verdict.message


def test_a_change_of_the_resource_opens_the_next_order() -> None:
    """It is another wish."""
    for workspace in (
        a_workspace(generation=2),
        a_workspace(generation=2, resources=Resources(cu=20)),
    ):
        assert buys(decide(a_case(workspace, an_order_in("Withdrawn"))))


def test_a_request_opens_the_next_order() -> None:
    """The same wish, and a person asks for it again: once for each request."""
    asked = a_workspace(annotations={RECONCILE_REQUESTED_AT: "now"})
    case = a_case(asked, an_order_in("Withdrawn"))
    assert buys(decide(case))
    handled = asked.model_copy(
        update={"status": asked.status.model_copy(update={"last_handled_reconcile_at": "now"})}
    )
    assert not buys(decide(a_case(handled, an_order_in("Withdrawn"))))


def test_a_request_waits_until_the_order_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass that could not open one, as the price was not known, has not handled it."""
    monkeypatch.setitem(STATES, "Canceled", replace(STATES["Canceled"], next_follows=False))
    asked, cloud = (
        a_workspace(annotations={RECONCILE_REQUESTED_AT: "now"}),
        a_cloud(quote=Unknown()),
    )
    case = a_case(asked, an_order("Canceled"), cloud=cloud)
    plan = decide(case)
    assert not buys(plan)
    assert reported(case, plan).last_handled_reconcile_at is None
