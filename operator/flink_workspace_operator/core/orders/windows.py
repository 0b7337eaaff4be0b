"""Windows in which a call may still be executed: no order follows, and absence proves nothing."""

from datetime import datetime, timedelta

from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.api.order_states import facts_of
from flink_workspace_operator.api.status import OrderSummary
from flink_workspace_operator.core.facts.observed import Listing, Unknown
from flink_workspace_operator.core.orders.words import Words
from flink_workspace_operator.settings import Settings


def window_end(
    status: FlinkWorkspaceOrderStatus | OrderSummary, settings: Settings
) -> datetime | None:
    """The end of the window of an announced call; None for an order that was never announced.

    The latest of three ends. The first was written on the order with its intent: the process that
    sent it may have had longer windows. The second follows from the present settings. The third is
    for an order that another process found long after its announcement, and counts from then: a
    backup may have restored an intent that was taken back since, and announced again right before.
    """
    if status.intent_time is None:
        return None
    found = _found_announced(status, settings)
    begin = status.intent_time if found is None else max(found, status.intent_time)
    present = begin + settings.settle_window
    recorded = status.settled_not_before
    return present if recorded is None else max(present, recorded)


def _found_announced(
    status: FlinkWorkspaceOrderStatus | OrderSummary, settings: Settings
) -> datetime | None:
    """The moment at which another process found the order in Placing, if that was long after its
    intent.

    Long is more than what the window holds beyond the time that a call can take.
    """
    if isinstance(status, OrderSummary) or status.answer is not None or status.intent_time is None:
        return None
    found = next((each.time for each in status.times if facts_of(each.state).awaits_evidence), None)
    is_late = found is not None and found > status.intent_time + settings.spare_window
    return found if is_late else None


def end_of_call(order: FlinkWorkspaceOrder, settings: Settings) -> datetime | None:
    """The last moment at which a settled order's call may be executed, or what it bought may be
    hidden from lists.

    None if nothing was sent, or every copy of the call was refused. A stranger's instance or a
    manual edit that closed the order does not undo its call. An older version did not consider
    other copies of a refused call: its orders lack the end of their window.
    """
    status = order.status
    if status.outstanding_until is not None:
        return status.outstanding_until
    is_over = status.evidence == "Answer" and status.settled_not_before is not None
    return None if is_over else window_end(status, settings)


def latest_end_of_call(order: FlinkWorkspaceOrder, settings: Settings) -> datetime | None:
    """The end of a refused call if its account cannot be listed: the window of a lost call."""
    ends = (window_end(order.status, settings), order.status.outstanding_until)
    return max((each for each in ends if each is not None), default=None)


def missing_order(
    last: OrderSummary | None,
    orders: tuple[FlinkWorkspaceOrder, ...],
    listing: Listing | Unknown,
    settings: Settings,
) -> OrderSummary | None:
    """The order that a resource's status names, may have been sent, and is not in the ledger.

    An order of the same name with an earlier announcement, or none, replaced it: no evidence
    about the call. With a later one, the process that had sent nothing took it back in between.
    The wait ends with the window of the call, by the date of a list.
    """
    if last is None:
        return None
    end = _end_of(last, settings)
    if end is None:
        return None
    announced = {order.metadata.name: order.status.intent_time for order in orders}.get(last.name)
    is_known = announced is not None and (last.intent_time is None or announced >= last.intent_time)
    over = not isinstance(listing, Unknown) and listing.date > end
    return None if over or is_known else last


def _end_of(last: OrderSummary, settings: Settings) -> datetime | None:
    if last.facts.may_be_under_way:
        return window_end(last, settings)
    return last.settled_not_before if last.facts.is_refused else None


def clock(moment: datetime) -> str:
    """The full minute after a moment, as messages show it: no wait that they name is too short."""
    return f"{moment + timedelta(seconds=59):%Y-%m-%d %H:%M} UTC"


def nothing_before(end: datetime, words: Words | None = None, due: datetime | None = None) -> str:
    """One line that ends every message about a call whose outcome is open.

    Without `words`: the order, and so its action, is not in the ledger. `due`: the end of the
    back-off, if that is known.
    """
    absent = "no list shows a result" if words is None else words.if_absent
    at = "" if due is None or due <= end else f" at {clock(due)}"
    return (
        f"Nothing else is bought before {clock(end)}, and no request shortens that. If {absent} by"
        f" then, the next order may follow{at}"
    )
