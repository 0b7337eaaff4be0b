"""What an order says of itself when it is settled, and what does not settle it."""

from datetime import timedelta
from typing import Any

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.settlement import settle_orders
from flink_workspace_operator.core.facts.observed import BillingOrder
from flink_workspace_operator.core.plan import MoveOrder
from tests.builders import (
    NOW,
    WINDOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)

SECOND = timedelta(seconds=1)
INTENT = NOW - minutes(1)
STRANGER = an_instance(order=None, create_time=INTENT - SECOND)


def case_of(order: FlinkWorkspaceOrder, at: timedelta = timedelta(0), **answers: Any) -> Case:  # noqa: ANN401 - any answer of the cloud
    cloud = a_cloud(a_listing(*answers.pop("found", ()), at=NOW + at), **answers)
    return a_case(a_workspace(), order, cloud=cloud)


def test_a_bill_says_nothing_of_a_call_that_another_process_may_be_sending() -> None:
    """It is read for an outcome that is waited for, and that order is not there yet."""
    bill = (BillingOrder("b-1", NOW, paid=False),)
    assert settle_orders(case_of(an_order("Placing", intent=INTENT), bill=bill)) is None
    assert settle_orders(case_of(an_order("Uncertain", intent=INTENT), bill=bill)) is not None


def test_a_bill_that_can_not_be_read_leaves_open_what_it_left_open() -> None:
    """Only a bill, or a list, that was read ends it."""
    order = an_order(
        "Uncertain", intent=INTENT, evidence="Bill", message="It may be billing order b-1."
    )
    assert settle_orders(case_of(order)) is None
    assert settle_orders(case_of(order, bill=())) is not None


def test_an_order_without_the_time_of_its_announcement_is_not_settled() -> None:
    """Nobody knows when its window ends, whatever has the name."""
    order = an_order("Uncertain", intent=INTENT, answer="NameTaken")
    undated = order.model_copy(
        update={"status": order.status.model_copy(update={"intent_time": None})}
    )
    assert settle_orders(case_of(order, found=(STRANGER,))) is not None
    assert settle_orders(case_of(undated, found=(STRANGER,))) is None


def test_what_was_not_placed_names_the_end_of_its_window() -> None:
    """And not the moment of the list, which may be days later."""
    plan = settle_orders(case_of(an_order("Uncertain", intent=INTENT), at=3 * WINDOW))
    assert plan is not None
    [step] = plan.steps
    assert isinstance(step, MoveOrder)
    assert f"by {INTENT + WINDOW:%Y-%m-%d %H:%M} UTC" in str(step.status.message)
