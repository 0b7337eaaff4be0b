"""All that people set and decide about spending, at the three moments at which it counts.

opened ──► announced ──► sent: everything was read once more
"""

from flink_workspace_operator.api.approval import Agreement
from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.approval import ask_for_approval, is_still_approved
from flink_workspace_operator.core.checks.budget import has_room, reserve_room, stop_without_room
from flink_workspace_operator.core.checks.limits import stop_at_limits, verdict_on_limits
from flink_workspace_operator.core.plan import Plan


def stop_before_opening(case: Case, block: ApiModel, quote: Quote) -> Plan | None:
    """Open no order that could not be announced. An approval can be asked for with an order
    alone."""
    return stop_at_limits(case, quote, block) or stop_without_room(case, None, quote)


def settle_before_announcing(
    case: Case, order: FlinkWorkspaceOrder, quote: Quote
) -> Plan | Agreement:
    """The approval to announce the order with; or the plan that has to come before: nobody is asked
    for what may not be bought, and room is reserved last."""
    stopped = stop_at_limits(case, quote, order.spec.block) or stop_without_room(case, order, quote)
    if stopped is not None:
        return stopped
    approval = ask_for_approval(case, order, quote)
    if isinstance(approval, Plan):
        return approval
    return reserve_room(case, order, quote) or approval


def why_not_sent(case: Case, order: FlinkWorkspaceOrder) -> str | None:
    """The reason not to send an announced order, in one clause; None: all still agree."""
    limit = verdict_on_limits(case, order.status.quote, order.spec.block)
    if limit is not None:
        return f"a limit stops it ({limit.reason})"
    if not has_room(case, order):
        return "a cap on the sum of a month has no room for it"
    if not is_still_approved(case, order):
        return "the approval is gone, or somebody denied it"
    return None
