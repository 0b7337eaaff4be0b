"""Metrics of the ledger, from the watch of orders."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, get_args

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from pydantic import ValidationError

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import OrderState, facts_of
from flink_workspace_operator.runtime.metrics import families

NO_STATUS: Final = "NoStatus"
STATES: Final = (NO_STATUS, *get_args(OrderState))
_CURRENCY: Final = re.compile("[A-Z]{3}")


@dataclass(frozen=True)
class Money:
    """An amount in a currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class OrderNumbers:
    """The few values of an order that are kept, for there may be tens of thousands."""

    namespace: str
    name: str
    workspace: str
    action: str
    state: OrderState | None
    paid: Money | None
    since: float
    """Time of its announcement, or else of its opening; seconds of the epoch."""

    @classmethod
    def of(cls, order: FlinkWorkspaceOrder) -> "OrderNumbers":
        """The values of an order."""
        announced = order.status.intent_time if order.facts.may_be_under_way else None
        return cls(
            namespace=order.metadata.namespace,
            name=order.metadata.name,
            workspace=order.spec.workspace_ref.name,
            action=order.spec.action,
            state=order.state,
            paid=_paid(order) if order.facts.was_paid else None,
            since=(announced or order.metadata.creation_timestamp).timestamp(),
        )


def _paid(order: FlinkWorkspaceOrder) -> Money | None:
    """The amount for the whole term, if the cloud named it."""
    quote = order.status.quote
    if quote is None or quote.basis != "Term" or not _CURRENCY.fullmatch(quote.currency or ""):
        return None
    try:
        amount = Decimal(quote.trade_amount or "")
    except InvalidOperation:
        return None
    return Money(amount, quote.currency or "") if amount.is_finite() else None


class OrderMetrics(Collector):
    """Orders by state, the money in them, and those that are open. Empty until the watch showed an
    order."""

    def __init__(self) -> None:
        self._orders: dict[tuple[str, str], OrderNumbers] = {}

    def seen(self, how: str | None, wire: Mapping[str, Any]) -> None:
        """Take in an order that was listed (`how` None), ADDED, MODIFIED or DELETED."""
        key = (wire["metadata"]["namespace"], wire["metadata"]["name"])
        if how == "DELETED":
            self._orders.pop(key, None)
        else:
            self._note(key, wire)

    def _note(self, key: tuple[str, str], wire: Mapping[str, Any]) -> None:
        """Note an order. An unreadable one of a newer version keeps its last values: paid stays
        paid."""
        with suppress(ValidationError):
            self._orders[key] = OrderNumbers.of(FlinkWorkspaceOrder.of(wire))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The numbers now."""
        orders = tuple(self._orders.values())
        yield _by_state(orders)
        yield _money(orders)
        yield _unsettled(orders)


def _by_state(orders: tuple[OrderNumbers, ...]) -> GaugeMetricFamily:
    """All states of each action: an order that moves leaves a 0 behind."""
    family = families.ORDERS.with_no_number()
    numbers = Counter((order.action, order.state or NO_STATUS) for order in orders)
    for action in sorted({order.action for order in orders}):
        for state in STATES:
            family.add_metric((action, state), numbers[action, state])
    return family


def _money(orders: tuple[OrderNumbers, ...]) -> GaugeMetricFamily:
    family = families.PLACED_AMOUNT.with_no_number()
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for order in orders:
        if order.paid is not None:
            sums[order.action, order.paid.currency] += order.paid.amount
    for labels, amount in sums.items():
        family.add_metric(labels, float(amount))
    return family


def _unsettled(orders: tuple[OrderNumbers, ...]) -> GaugeMetricFamily:
    family = families.UNSETTLED_ORDER.with_no_number()
    for order in orders:
        if facts_of(order.state).is_open:
            state = order.state or NO_STATUS
            family.add_metric(
                (order.namespace, order.name, order.workspace, order.action, state), order.since
            )
    return family
