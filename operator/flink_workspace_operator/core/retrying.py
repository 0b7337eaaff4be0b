"""The last order came to nothing: when may the next one follow?"""

from datetime import datetime, timedelta
from itertools import takewhile

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.case import NEVER_SENT, Case
from flink_workspace_operator.core.plan import NextLook, Plan
from flink_workspace_operator.core.purchasing import wait_for_neighbours
from flink_workspace_operator.core.refusals import verdict_on
from flink_workspace_operator.core.windows import clock, end_of_call


def wait_after_refusal(case: Case) -> Plan | None:
    """The last order came to nothing: the next one waits for the end of its call, whatever a person does, and then for
    a change, a request, or its time. An order that is open already waits for the end of that call too."""
    tries = _fruitless(case)
    last = case.outstanding_order or (tries[-1] if tries else None)
    if last is None:
        return None
    ends = end_of_call(last, case.settings)
    is_time_over = ends is None or case.cloud_time > ends
    if is_time_over and last.outstanding and case.missing_neighbours:
        return wait_for_neighbours(case)
    is_over = is_time_over and not last.outstanding
    due = _announced_at(last) + _backoff(case, tries)
    if is_over and (case.order is not None or _is_changed(case, last) or case.requested or case.cloud_time >= due):
        return None
    due = due if ends is None else max(due, ends)
    verdict = verdict_on(last.status.answer or "", _next_try(last, due, is_over), otherwise="WaitingToRetry")
    wait = max(timedelta(seconds=1), (due if is_over or ends is None else ends) - case.cloud_time)
    return Plan(verdict=verdict, next_look=NextLook(min(wait, timedelta(minutes=10))))


def _next_try(last: FlinkWorkspaceOrder, due: datetime, is_over: bool) -> str:
    at_once = "after a change of the spec, or with the annotation reconcile-requested-at"
    sooner = f", {at_once}" if is_over else "; once that time is over it comes at once " + at_once
    return f"order {last.metadata.name}: {last.status.message} The next try comes after {clock(due)}{sooner}"


def _is_changed(case: Case, last: FlinkWorkspaceOrder) -> bool:
    metadata, opened_for = case.workspace.metadata, last.spec.workspace_ref
    return metadata.uid != opened_for.uid or metadata.generation > opened_for.generation


def _fruitless(case: Case) -> tuple[FlinkWorkspaceOrder, ...]:
    """The orders in a row, up to the last one, that were refused or never executed."""
    tried = [order for order in reversed(case.orders) if order.state not in NEVER_SENT]
    in_a_row = takewhile(lambda order: order.state in ("Rejected", "NotPlaced"), tried)
    return tuple(reversed(tuple(in_a_row)))


def _announced_at(order: FlinkWorkspaceOrder) -> datetime:
    return order.status.intent_time or order.metadata.creation_timestamp


def _backoff(case: Case, tries: tuple[FlinkWorkspaceOrder, ...]) -> timedelta:
    """Counted from the intent, so that the first adds nothing to the window of a lost call."""
    settings, answer = case.settings, tries[-1].status.answer if tries else None
    first = settings.throttled_backoff_seconds if answer == "Throttled" else settings.refusal_backoff_seconds
    doubled = first * 2.0 ** min(max(len(tries) - 1, 0), 16)
    return timedelta(seconds=min(doubled, settings.refusal_backoff_max_seconds))
