"""Calls that may still be executed though no open order waits: they block the next order."""

from datetime import datetime, timedelta
from typing import Final, get_args

from flink_workspace_operator.api.order_states import Evidence
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.orders.ledger import entered
from flink_workspace_operator.core.orders.windows import end_of_call, nothing_before, window_end
from flink_workspace_operator.core.pace import LONGEST
from flink_workspace_operator.core.plan import Plan, Requeue, Verdict

DELETED: Final = "order {} was deleted while its call could still be executed"
CLOSED: Final = "order {} was closed by a manual edit, which does not undo its call"
RESTORED: Final = "a backup restored order {} without its status, so its call may have been sent"

EVIDENCE: Final[frozenset[Evidence | None]] = frozenset({None, *get_args(Evidence)})


def wait_out_deleted_orders(case: Case) -> Plan | None:
    """Wait for the call of an order that was deleted by force: it may still be executed."""
    last = case.left_the_ledger
    if last is None:
        return None
    over = last.settled_not_before if last.facts.is_refused else window_end(last, case.settings)
    return None if over is None else _wait_until(case, over, DELETED.format(last.name))


def wait_out_manually_closed_orders(case: Case) -> Plan | None:
    """Wait for the call of an order that was closed manually: it may still be executed."""
    closed = [
        order
        for order in case.orders
        if order.status.evidence not in (order.facts.written_with or EVIDENCE)
    ]
    ends = {order.metadata.name: window_end(order.status, case.settings) for order in closed}
    known = {name: end for name, end in ends.items() if end is not None}
    if not known:
        return None
    name = max(known, key=lambda each: known[each])
    return _wait_until(case, known[name], CLOSED.format(name))


def wait_out_restored_orders(case: Case) -> Plan | None:
    """Wait for the call of an order that a backup restored without status, for a former resource.

    It may have been sent before the backup, at the latest right before the restore. Not an order
    of this very resource: its process stopped before the first status. Counted from its closing by
    the operator, since the API server's clock may be far behind the cloud's; the operator's clock
    is not behind by more than the gateway accepts in a signature's date.
    """
    uid = case.workspace.metadata.uid
    found = [
        order
        for order in case.orders
        if order.facts.lost_its_history and order.status.quote is None
    ]
    restored = [order for order in found if order.spec.workspace_ref.uid != uid]
    if not restored:
        return None
    closed = {
        order.metadata.name: entered(order) or order.metadata.creation_timestamp
        for order in restored
    }
    name = max(closed, key=lambda each: closed[each])
    skew = timedelta(seconds=case.settings.signature_validity_seconds)
    return _wait_until(
        case, closed[name] + case.settings.settle_window + skew, RESTORED.format(name)
    )


def may_still_come(case: Case) -> bool:
    """True if a call without an open order may be executed: refused, closed, or restored."""
    ends = [end_of_call(each, case.settings) for each in case.orders if each.facts.is_fruitless]
    is_awaited = any(each.outstanding for each in case.orders) or any(
        end is not None and case.cloud_time <= end for end in ends
    )
    waits = (wait_out_manually_closed_orders, wait_out_restored_orders)
    return (
        is_awaited
        or case.left_the_ledger is not None
        or any(wait(case) is not None for wait in waits)
    )


def _wait_until(case: Case, over: datetime, why: str) -> Plan | None:
    """A plan that waits until `over`, and asks the cloud now and then for evidence."""
    if case.cloud_time > over:
        return None
    wait = min(over - case.cloud_time + timedelta(seconds=1), LONGEST)
    return Plan(
        verdict=Verdict("Progressing", "PurchaseUncertain", f"{why}. {nothing_before(over)}"),
        requeue=Requeue(wait),
    )
