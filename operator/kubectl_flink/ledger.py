"""Sums of orders. Pure. What is not known is counted, and never added as nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal

from kubectl_flink.order import Order


@dataclass(frozen=True)
class Sum:
    """The orders of one month, namespace and currency that bought something, or may have."""

    month: str
    namespace: str
    currency: str
    bought: int
    amount: Decimal
    by_use: int
    unpriced: int
    open: int
    open_amount: Decimal


def sums(orders: Sequence[Order]) -> tuple[Sum, ...]:
    """The sums, oldest first. An order counts in the month of its announcement, in UTC."""
    groups: dict[tuple[str, str, str], list[Order]] = defaultdict(list)
    for order in orders:
        if order.is_paid or order.is_open:
            month = f"{order.at.astimezone(UTC):%Y-%m}"
            groups[month, order.namespace, order.currency or "-"].append(order)
    return tuple(_sum(*group, found) for group, found in sorted(groups.items()))


def _sum(month: str, namespace: str, currency: str, orders: Sequence[Order]) -> Sum:
    paid = [order for order in orders if order.is_paid]
    still_open = [order for order in orders if order.is_open]
    at_once = [order for order in paid if not order.by_use]
    return Sum(
        month=month,
        namespace=namespace,
        currency=currency,
        bought=len(paid),
        amount=_total(at_once),
        by_use=len(paid) - len(at_once),
        unpriced=sum(order.amount is None for order in at_once),
        open=len(still_open),
        open_amount=_total([order for order in still_open if not order.by_use]),
    )


def _total(orders: Sequence[Order]) -> Decimal:
    return sum((order.amount for order in orders if order.amount is not None), Decimal(0))
