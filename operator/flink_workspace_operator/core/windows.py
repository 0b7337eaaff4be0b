"""Until when something may come of a call: no order follows before, and nothing is believed absent before."""

from datetime import datetime, timedelta

from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.api.status import OrderSummary
from flink_workspace_operator.settings import Settings


def window_end(status: FlinkWorkspaceOrderStatus | OrderSummary, settings: Settings) -> datetime | None:
    """The end of the window of an announced call; None for an order that was never announced.

    The latest of three ends: the one that stands on the order since its intent, because the process
    that sent it may have had longer windows; the one by the present settings; and, for an order that
    another process found announced long before, that of a call that was sent right before it was
    found. A backup may have brought back an intent that was taken back and announced anew since.
    """
    if status.intent_time is None:
        return None
    found = _found_announced(status, settings)
    begin = status.intent_time if found is None else max(found, status.intent_time)
    present = begin + settings.settle_window
    recorded = status.settled_not_before
    return present if recorded is None else max(present, recorded)


def _found_announced(status: FlinkWorkspaceOrderStatus | OrderSummary, settings: Settings) -> datetime | None:
    """The moment at which another process found the order in Placing, if that was long after its intent.

    Not long is what the window holds beyond what a call can take.
    """
    if isinstance(status, OrderSummary) or status.answer is not None or status.intent_time is None:
        return None
    found = next((each.time for each in status.times if each.state == "Uncertain"), None)
    is_late = found is not None and found > status.intent_time + settings.spare_window
    return found if is_late else None


def end_of_call(order: FlinkWorkspaceOrder, settings: Settings) -> datetime | None:
    """Until when, and at that moment still, a settled order's call may be executed or shown.

    None where nothing can come of it: nothing was sent, or every copy of the call was refused.
    A stranger's instance or a manual edit that closed the order does not undo its call.
    """
    status = order.status
    if status.outstanding_until is not None:
        return status.outstanding_until
    return None if status.evidence == "Answer" else window_end(status, settings)


def latest_end_of_call(order: FlinkWorkspaceOrder, settings: Settings) -> datetime | None:
    """Until when something may come of a refused call where nobody can look for it: the whole window of a lost one."""
    ends = (window_end(order.status, settings), order.status.outstanding_until)
    return max((each for each in ends if each is not None), default=None)


def clock(moment: datetime) -> str:
    """The minute in which a moment is over, as messages show it: no promise ends before its time."""
    return f"{moment + timedelta(seconds=59):%Y-%m-%d %H:%M} UTC"
