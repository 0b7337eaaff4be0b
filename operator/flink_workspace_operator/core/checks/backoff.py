"""The back-off: the time from an order that bought nothing to the next one."""

from datetime import datetime, timedelta
from itertools import takewhile

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.case import Case

Orders = tuple[FlinkWorkspaceOrder, ...]


def fruitless(case: Case, action: str | None) -> Orders:
    """The last consecutive orders of the action that were refused or never executed."""
    return _in_a_row(case, action, None)


def due_if_fruitless(case: Case, order: FlinkWorkspaceOrder) -> datetime:
    """The time of the next order if this one, whose outcome is open, turns out to be fruitless."""
    return due_after(case, _in_a_row(case, order.spec.action, order) or (order,))


def due_after(case: Case, tries: Orders) -> datetime:
    """The time of the next order, from the last intent: the first back-off adds nothing to the
    window of a lost call."""
    return announced_at(tries[-1]) + _wait_after(case, tries)


def announced_at(order: FlinkWorkspaceOrder) -> datetime:
    """The time from which a back-off counts."""
    return order.status.intent_time or order.metadata.creation_timestamp


def _in_a_row(case: Case, action: str | None, open_: FlinkWorkspaceOrder | None) -> Orders:
    tried = (
        each for each in reversed(case.orders) if each.spec.action == action and each.facts.was_sent
    )
    counted = takewhile(lambda order: order is open_ or order.facts.is_fruitless, tried)
    return tuple(reversed(tuple(counted)))


def _wait_after(case: Case, tries: Orders) -> timedelta:
    settings = case.settings
    first = (
        settings.throttled_backoff_seconds
        if tries[-1].status.answer == "Throttled"
        else settings.refusal_backoff_seconds
    )
    doubled = first * 2.0 ** min(len(tries) - 1, 16)
    return timedelta(seconds=min(doubled, settings.refusal_backoff_max_seconds))
