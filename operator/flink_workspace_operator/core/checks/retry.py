"""The waits between an order that bought nothing and the next one."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.purchase import wait_for_neighbours, wished
from flink_workspace_operator.core.orders.windows import clock, end_of_call
from flink_workspace_operator.core.pace import FIRST, LONGEST, OUTSIDE, rising
from flink_workspace_operator.core.plan import Plan, Requeue, Verdict
from flink_workspace_operator.core.verdicts import verdict_on

UNSENT_PAUSE: Final = timedelta(seconds=30)
"""From the intent of an unsent call to the next intent: each costs writes of the ledger."""
SOONER: Final = "when the spec or the annotation reconcile-requested-at changes"


def wait_for_end_of_call(case: Case) -> Plan | None:
    """Wait while the last call, or an outstanding one, may be executed: nothing shortens this.

    An order that is already open waits too.
    """
    tries = _fruitless(case)
    last = case.outstanding_order or (tries[-1] if tries else None)
    if last is None:
        return None
    ends = end_of_call(last, case.settings)
    is_time_over = ends is None or case.cloud_time > ends
    if is_time_over and last.outstanding and case.missing_neighbours:
        return wait_for_neighbours(case)
    if ends is None or (is_time_over and not last.outstanding):
        return None
    due = max(ends, _announced_at(last) + _backoff(case, tries))
    sooner = f", or, after {clock(ends)}, {SOONER}" if due > ends else ""
    look = rising(case.cloud_time - _announced_at(last)).after or LONGEST
    return _waiting(last, _next_order(last, due) + sooner, min(look, ends - case.cloud_time))


def wait_for_next_try(case: Case) -> Plan | None:
    """Wait after a call that bought nothing: for a change, a request, or the back-off."""
    tries = _fruitless(case)
    if not tries or case.order is not None:
        return None
    last = tries[-1]
    due = _announced_at(last) + _backoff(case, tries)
    if _is_changed(case, last) or case.requested or case.cloud_time >= due:
        return None
    wait = min(due - case.cloud_time, timedelta(minutes=10))
    return _waiting(last, f"{_next_order(last, due)}, or {SOONER}", wait)


def wait_for_change(case: Case) -> Plan | None:
    """The last order for the same wish ended in a state after which no other follows by itself.

    A person may have declined it, or paid it: money is spent on it again only after a change or a
    request.
    """
    wish = wished(case)
    if wish is None or case.order is not None:
        return None
    action, block = wish
    last = next((each for each in reversed(case.orders) if each.spec.action == action.name), None)
    if last is None or last.facts.next_follows or last.spec.block != block:
        return None
    if _is_changed(case, last) or case.requested:
        return None
    message = f"order {last.metadata.name}: {last.status.message} The next order follows {SOONER}"
    return Plan(verdict=Verdict("Suspended", "WaitingForChange", message), requeue=OUTSIDE)


def wait_for_connection(case: Case) -> Plan | None:
    """Wait after a call that was never sent for lack of a connection, then announce it again."""
    order = case.order
    if order is None or not order.facts.may_be_announced or order.status.answer is None:
        return None
    due = _announced_at(order) + UNSENT_PAUSE
    if case.cloud_time >= due:
        return None
    return _waiting(
        order, f"order {order.metadata.name}: {order.status.message}", due - case.cloud_time
    )


def _waiting(last: FlinkWorkspaceOrder, message: str, wait: timedelta) -> Plan:
    verdict = verdict_on(last.status.answer or "", message, otherwise="WaitingToRetry")
    return Plan(verdict=verdict, requeue=Requeue(max(FIRST, wait)))


def _next_order(last: FlinkWorkspaceOrder, due: datetime) -> str:
    return (
        f"order {last.metadata.name}: {last.status.message} The next order follows after"
        f" {clock(due)}"
    )


def _is_changed(case: Case, last: FlinkWorkspaceOrder) -> bool:
    metadata, opened_for = case.workspace.metadata, last.spec.workspace_ref
    return metadata.uid != opened_for.uid or metadata.generation > opened_for.generation


def _fruitless(case: Case) -> tuple[FlinkWorkspaceOrder, ...]:
    """The last consecutive orders of the action in question that were refused or never executed."""
    wish = wished(case)
    action = case.order.spec.action if case.order is not None else wish and wish[0].name
    tried = [
        each for each in reversed(case.orders) if each.spec.action == action and each.facts.was_sent
    ]
    in_a_row = takewhile(lambda order: order.facts.is_fruitless, tried)
    return tuple(reversed(tuple(in_a_row)))


def _announced_at(order: FlinkWorkspaceOrder) -> datetime:
    return order.status.intent_time or order.metadata.creation_timestamp


def _backoff(case: Case, tries: tuple[FlinkWorkspaceOrder, ...]) -> timedelta:
    """The wait, from the intent: the first adds nothing to the window of a lost call."""
    settings, answer = case.settings, tries[-1].status.answer if tries else None
    first = (
        settings.throttled_backoff_seconds
        if answer == "Throttled"
        else settings.refusal_backoff_seconds
    )
    doubled = first * 2.0 ** min(max(len(tries) - 1, 0), 16)
    return timedelta(seconds=min(doubled, settings.refusal_backoff_max_seconds))
