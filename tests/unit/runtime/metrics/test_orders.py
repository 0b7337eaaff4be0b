"""The ledger in numbers: orders by state, money by currency, and who is open since when."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.runtime.metrics.orders import OrderMetrics
from tests.builders import LONG_AGO, NOW, a_quote, an_order, minutes
from tests.unit.runtime.metrics.scraped import Labels, labels, shown

ORDERS = "flink_workspace_orders"
AMOUNT = "flink_workspace_orders_placed_amount"
UNSETTLED = "flink_workspace_order_unsettled_timestamp_seconds"


def ledger(*orders: FlinkWorkspaceOrder) -> OrderMetrics:
    """What is told after these were listed."""
    metrics = OrderMetrics()
    for order in orders:
        metrics.seen(None, order.as_wire())
    return metrics


def amounts(*orders: FlinkWorkspaceOrder) -> dict[Labels, float]:
    """The money that these say was placed."""
    return shown(ledger(*orders), AMOUNT)


def in_cny(amount: float) -> dict[Labels, float]:
    return {labels(action="Create", currency="CNY"): amount}


def test_orders_count_by_action_and_state() -> None:
    """All states have a number, so that one that is left goes to 0."""
    metrics = ledger(an_order("Fulfilled"), an_order("Uncertain", 2), an_order(None, 3))
    told = {dict(each)["state"]: number for each, number in shown(metrics, ORDERS).items()}
    assert {state: number for state, number in told.items() if number} == {
        "Fulfilled": 1,
        "Uncertain": 1,
        "NoStatus": 1,
    }
    assert set(told) == {"NoStatus", *get_args(OrderState)}
    metrics.seen("MODIFIED", an_order("NotPlaced", 2).as_wire())
    assert shown(metrics, ORDERS)[labels(action="Create", state="Uncertain")] == 0


def test_nothing_seen_is_not_0() -> None:
    """A process that stands by watches nothing, and claims nothing."""
    assert [sample for family in OrderMetrics().collect() for sample in family.samples] == []


def test_a_deleted_order_counts_no_more() -> None:
    """The ledger is what exists."""
    metrics = ledger(an_order("Rejected"))
    metrics.seen("DELETED", an_order("Rejected").as_wire())
    assert shown(metrics, ORDERS) == {}


@pytest.mark.parametrize("state", get_args(OrderState))
def test_money_counts_from_placed_on(state: OrderState) -> None:
    """Also what is gone since was paid for; what was only quoted, or perhaps bought, was not."""
    assert amounts(an_order(state, instance_id="i-1")) == (
        in_cny(1200) if state in ("Placed", "Fulfilled", "Lost") else {}
    )


def test_money_is_added_exactly() -> None:
    """By currency, without the noise of binary fractions."""
    tenths = [an_order("Placed", number, quote=a_quote(amount="0.10")) for number in (1, 2, 3)]
    dollars = an_order(
        "Placed", 4, quote=a_quote(amount="7.00").model_copy(update={"currency": "USD"})
    )
    assert amounts(*tenths, dollars) == {**in_cny(0.3), labels(action="Create", currency="USD"): 7}


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": "Hour"},
        {"currency": None},
        {"currency": "C_NARY"},
        {"trade_amount": None},
        {"trade_amount": "a lot"},
        {"trade_amount": "NaN"},
    ],
)
def test_what_is_no_price_has_no_amount(changes: dict[str, Any]) -> None:
    """Billed by use, or told in a way that is no money: the order counts, and adds nothing."""
    quote: Quote = a_quote().model_copy(update=changes)
    assert amounts(an_order("Placed", quote=quote)) == {}


@pytest.mark.parametrize(
    ("order", "since"),
    [
        (an_order("Uncertain", intent=NOW - minutes(9)), NOW - minutes(9)),
        (an_order("Placing", intent=NOW - minutes(2)), NOW - minutes(2)),
        (an_order("Quoted", intent=NOW - minutes(9), created=NOW - minutes(30)), NOW - minutes(30)),
        (an_order(None, created=LONG_AGO), LONG_AGO),
    ],
)
def test_an_open_order_tells_since_when(order: FlinkWorkspaceOrder, since: Any) -> None:  # noqa: ANN401 - a moment
    """Since it was announced, where it may have been sent; since it was opened, where it was
    not."""
    named = labels(
        namespace="team",
        name="demo-1",
        workspace="demo",
        action="Create",
        state=order.state or "NoStatus",
    )
    assert shown(ledger(order), UNSETTLED) == {named: since.timestamp()}


def test_a_settled_order_is_not_open() -> None:
    """Its series ends."""
    metrics = ledger(an_order("Uncertain"))
    metrics.seen("MODIFIED", an_order("Placed", at=NOW + timedelta(seconds=1)).as_wire())
    assert shown(metrics, UNSETTLED) == {}
