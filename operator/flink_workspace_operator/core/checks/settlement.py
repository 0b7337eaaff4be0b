"""Evidence settles orders; a workspace may be deleted once none of its orders is open."""

from datetime import datetime, timedelta

from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.core.case import case_of
from flink_workspace_operator.core.checks.billing_evidence import (
    left_open_by_bill,
    unexplained,
    was_left_open,
)
from flink_workspace_operator.core.checks.credentials import who_is_missing
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.orders import ledger, unsent
from flink_workspace_operator.core.orders.actions import action_of
from flink_workspace_operator.core.orders.evidence import OrderEvidence, Stranger
from flink_workspace_operator.core.orders.ledger import Rejection
from flink_workspace_operator.core.orders.windows import latest_end_of_call, window_end
from flink_workspace_operator.core.plan import (
    MoveOrder,
    Plan,
    RecordAnswer,
)

FIRST_STATUS_GRACE = timedelta(seconds=10)
"""Time in which the process that created an order writes its first status."""


def record_answers(case: LedgerCase) -> Plan | None:
    """Record answers of the cloud that only this process has: a crash would lose them."""
    by_uid = {order.metadata.uid: order for order in case.seen.orders}
    answers = case.seen.remembered.answers
    steps = [
        RecordAnswer(by_uid[each.order_uid], each) for each in answers if each.order_uid in by_uid
    ]
    return Plan(tuple(steps)) if steps else None


def settle_orders(case: LedgerCase) -> Plan | None:
    """Move every order that the list has evidence about."""
    moves = [(order, _settlement(case, order)) for order in case.seen.orders]
    steps = [MoveOrder(order, status) for order, status in moves if status is not None]
    return Plan(tuple(steps)) if steps else None


def as_delivered(case: LedgerCase, plan: Plan) -> LedgerCase | None:
    """The case after a plan that records deliveries and does nothing else; None for any other."""
    moved: dict[str, FlinkWorkspaceOrder] = {}
    for step in plan.steps:
        if not isinstance(step, MoveOrder) or not step.order.facts.awaits_delivery:
            return None
        moved[step.order.metadata.uid] = step.order.model_copy(update={"status": step.status})
    orders = tuple(moved.get(each.metadata.uid, each) for each in case.seen.orders)
    return case_of(case.seen.updated(orders=orders), case.settings, case.token)


def _settlement(case: LedgerCase, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus | None:
    """The order's next status; None if it stays as it is."""
    evidence, facts = action_of(order).evidence(case, order), order.facts
    # Evidence beats every state: a purchase must never be believed unbought.
    if evidence.proof is not None and (order.status.instance_id is None or facts.is_given_up):
        return ledger.placed(order, evidence.proof, case.cloud_time, "Token")
    if facts.awaits_delivery and evidence.is_delivered:
        return ledger.fulfilled(order, case.cloud_time)
    # Its process stopped in between, or a backup lost the status: it must not be announced.
    if _lacks_status(case, order):
        return unsent.without_status(order, case.seen.now)
    # Refused, but another copy of the call may still be executed.
    if order.outstanding:
        return _settle_outstanding(case, order, evidence)
    # Nothing was sent, and nothing must be: the instance exists.
    if facts.may_be_closed and evidence.exists:
        return unsent.superseded(
            order, case.cloud_time, "NothingSent", "what it is for is there already"
        )
    # Only the process that announced it knows whether it is sent: `finish_intent` decides.
    if order is not case.sent_order or order is case.announced_order:
        return None
    return (
        _by_evidence(case, order, evidence)
        or _note_open_bill(case, order)
        or _note_who_is_missing(case, order)
    )


def _lacks_status(case: LedgerCase, order: FlinkWorkspaceOrder) -> bool:
    """True if its process had the time to write a first status, and did not."""
    # The later of two clocks: a process whose clock is behind would wait for too long by its own.
    now = max(case.seen.now, case.cloud_time)
    # A date in the future is of another clock, and does not show how old the order is.
    return order.state is None and abs(now - order.metadata.creation_timestamp) > FIRST_STATUS_GRACE


def _settle_outstanding(
    case: LedgerCase, order: FlinkWorkspaceOrder, evidence: OrderEvidence
) -> FlinkWorkspaceOrderStatus | None:
    """A copy of the refused call may have bought: its tags may be late or lost as after any."""
    if evidence.contested:
        return _by_description(order, evidence)
    if not _is_over(case, order):
        return None
    if evidence.leftover is not None:
        return ledger.placed(order, evidence.leftover, case.cloud_time, "Description")
    return ledger.call_over(order, _is_seen(case, order))


def _is_over(case: LedgerCase, order: FlinkWorkspaceOrder) -> bool:
    """True if no copy of a refused call can be executed: a later complete list shows nothing.

    If its account cannot be listed any more, the wait is the whole window of a lost call. Only the
    cloud's clock counts: ours may be ahead, and that may be why there is no list.
    """
    spec, cloud = order.spec, case.seen.cloud
    can_ask = cloud.account_id == spec.account_id
    listing = cloud.listing_of(spec.region) if can_ask else cloud.listing
    earliest, latest = order.status.outstanding_until, latest_end_of_call(order, case.settings)
    end = earliest if _is_seen(case, order) else latest
    return end is not None and not isinstance(listing, Unknown) and listing.date > end


def _is_seen(case: LedgerCase, order: FlinkWorkspaceOrder) -> bool:
    """True if the list is of the order's account, and lacks nothing that is known to be there."""
    can_ask = case.seen.cloud.account_id == order.spec.account_id
    return can_ask and not case.missing_neighbours_in(order.spec.region)


def _note_who_is_missing(
    case: LedgerCase, order: FlinkWorkspaceOrder
) -> FlinkWorkspaceOrderStatus | None:
    """Report a missing signer on the order: its resource may be gone. Our clock ends the
    sending."""
    why = who_is_missing(case)
    if order.facts.is_announced:
        return (
            _unheard_of(order, case.seen.now)
            if why and _call_is_over(case, order, case.seen.now)
            else None
        )
    told = ledger.waiting(order, why)
    return None if told == order.status else told


def _call_is_over(case: LedgerCase, order: FlinkWorkspaceOrder, moment: datetime) -> bool:
    """True if the caller cannot be sending any more, by the longest time of a call."""
    intent = order.status.intent_time
    return intent is not None and moment > intent + 2 * timedelta(
        seconds=case.settings.purchase_timeout_seconds
    )


def _unheard_of(order: FlinkWorkspaceOrder, at: datetime) -> FlinkWorkspaceOrderStatus:
    return ledger.uncertain(
        order, at, "the process that announced it did not report whether it sent the call"
    )


def _note_open_bill(
    case: LedgerCase, order: FlinkWorkspaceOrder
) -> FlinkWorkspaceOrderStatus | None:
    """Report on the order what the bill leaves open: its resource may be gone."""
    unread = (case.seen.cloud.bill, case.listing_for(order.spec.account_id, order.spec.region))
    if not order.facts.awaits_evidence or any(isinstance(each, Unknown) for each in unread):
        return None
    bill, told = left_open_by_bill(case, order), order.status
    if bill is not None:
        told = ledger.left_open(order, bill.message)
    elif told.evidence == "Bill":
        told = ledger.not_left_open(order)
    return None if told == order.status else told


def _by_evidence(
    case: LedgerCase, order: FlinkWorkspaceOrder, evidence: OrderEvidence
) -> FlinkWorkspaceOrderStatus | None:
    """The end of a sent order by a complete list, once proof of its own was ruled out."""
    if evidence.date is None or order.status.intent_time is None:
        return None
    # The cloud reported that something else has the name, and the list shows it.
    if evidence.stranger is not None and evidence.expected is not None:
        return _by_stranger(case, order, evidence.stranger, evidence.date)
    # Its caller may still be sending.
    if order.facts.is_announced:
        return (
            _unheard_of(order, evidence.date) if _call_is_over(case, order, evidence.date) else None
        )
    if evidence.contested:
        return _by_description(order, evidence)
    # The call may still be executed, or its effect not be listed yet; or the list is incomplete.
    if not case.window_is_over(order) or case.missing_neighbours:
        return None
    return _after_window(case, order, evidence, evidence.date)


def _after_window(
    case: LedgerCase, order: FlinkWorkspaceOrder, evidence: OrderEvidence, at: datetime
) -> FlinkWorkspaceOrderStatus | None:
    """The end of an order whose window is over: every effect of the call would be listed."""
    if evidence.leftover is not None:
        return ledger.placed(order, evidence.leftover, at, "Description")
    # The bill has a purchase that the list does not explain.
    if unexplained(case, order) or was_left_open(case, order):
        return None
    # Not before: names may repeat, and our paid instance may still show up beside it.
    if evidence.stranger is not None:
        return _by_stranger(case, order, evidence.stranger, at)
    # The cloud reported one, and no list shows it.
    if evidence.expected is not None:
        reason, why = evidence.expected.reason, evidence.expected.message
        return ledger.rejected(order, at, Rejection("AbsentAfterWindow", reason, why))
    return ledger.not_placed(order, at, window_end(order.status, case.settings) or at)


def _by_stranger(
    case: LedgerCase, order: FlinkWorkspaceOrder, stranger: Stranger, at: datetime
) -> FlinkWorkspaceOrderStatus:
    """Reject for a stranger's instance. The call may still be executed once that is released."""
    end = window_end(order.status, case.settings)
    reason = Rejection("ForeignInstance", stranger.reason, stranger.message)
    return ledger.rejected(order, at, reason, end if end is not None and end >= at else None)


def _by_description(
    order: FlinkWorkspaceOrder, evidence: OrderEvidence
) -> FlinkWorkspaceOrderStatus | None:
    """Place the order on a contested instance, if it can be nobody else's by now."""
    if evidence.described is None or evidence.date is None:
        return None
    return ledger.placed(order, evidence.described, evidence.date, "Description")
