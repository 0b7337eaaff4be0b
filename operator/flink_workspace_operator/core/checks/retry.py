"""The waits between an order that bought nothing and the next one."""

from datetime import datetime, timedelta
from typing import Final

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.backoff import announced_at, due_after, fruitless
from flink_workspace_operator.core.checks.purchase import wait_for_neighbours, wished
from flink_workspace_operator.core.facts.commands import request
from flink_workspace_operator.core.orders.ledger import outcome_of
from flink_workspace_operator.core.orders.windows import clock, end_of_call
from flink_workspace_operator.core.pace import FIRST, LONGEST, OUTSIDE, rising
from flink_workspace_operator.core.plan import Plan, Requeue, Verdict
from flink_workspace_operator.core.verdicts import verdict_on

UNSENT_PAUSE: Final = timedelta(seconds=30)
"""From the intent of an unsent call to the next intent: each costs writes of the ledger."""


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
    due = max(ends, due_after(case, tries or (last,)))
    message = _next_order(last, due)
    if due > ends:
        message += f"; from {clock(ends)} on also with {request(case.seen.key)}"
    if case.requested:
        message += f". The request counts from {clock(ends)} on"
    look = rising(case.cloud_time - announced_at(last)).after or LONGEST
    return _waiting(last, message, min(look, ends - case.cloud_time))


def wait_for_next_try(case: Case) -> Plan | None:
    """Wait after a call that bought nothing: for a change, a request, or the back-off."""
    tries = _fruitless(case)
    if not tries or case.order is not None:
        return None
    last = tries[-1]
    due = due_after(case, tries)
    if _is_changed(case, last) or case.requested or case.cloud_time >= due:
        return None
    wait = min(due - case.cloud_time, timedelta(minutes=10))
    message = f"{_next_order(last, due)}, or at once with {request(case.seen.key)}"
    return _waiting(last, message, wait)


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
    message = (
        f"order {last.metadata.name}: {outcome_of(last)} The next order follows after a change"
        f" of the spec, or at once with {request(case.seen.key)}"
    )
    return Plan(verdict=Verdict("Suspended", "WaitingForChange", message), requeue=OUTSIDE)


def wait_for_connection(case: Case) -> Plan | None:
    """Wait after a call that was never sent for lack of a connection, then announce it again."""
    order = case.order
    if order is None or not order.facts.may_be_announced or order.status.answer is None:
        return None
    due = announced_at(order) + UNSENT_PAUSE
    if case.cloud_time >= due:
        return None
    message = (
        f"order {order.metadata.name}: {order.status.message} It is announced again by {clock(due)}"
    )
    return _waiting(order, message, due - case.cloud_time)


def _waiting(last: FlinkWorkspaceOrder, message: str, wait: timedelta) -> Plan:
    verdict = verdict_on(last.status.answer or "", message, otherwise="WaitingToRetry")
    return Plan(verdict=verdict, requeue=Requeue(max(FIRST, wait)))


def _next_order(last: FlinkWorkspaceOrder, due: datetime) -> str:
    return f"order {last.metadata.name}: {outcome_of(last)} The next order follows at {clock(due)}"


def _is_changed(case: Case, last: FlinkWorkspaceOrder) -> bool:
    metadata, opened_for = case.workspace.metadata, last.spec.workspace_ref
    return metadata.uid != opened_for.uid or metadata.generation > opened_for.generation


def _fruitless(case: Case) -> tuple[FlinkWorkspaceOrder, ...]:
    """The last consecutive fruitless orders of the action in question."""
    wish = wished(case)
    return fruitless(
        case, case.order.spec.action if case.order is not None else wish and wish[0].name
    )
