"""Orders find their end by evidence; a workspace may go when nothing that was asked for is open."""

from datetime import UTC, datetime, timedelta
from typing import Final

from flink_workspace_operator.api.names import ORDER_TAG
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.core import ledger
from flink_workspace_operator.core.bill import left_open_by_bill, unexplained, was_left_open
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.credentials import who_is_missing
from flink_workspace_operator.core.found import Foreign, Found, Ours, Unexplained, fits, made_after
from flink_workspace_operator.core.ledger import Rejection
from flink_workspace_operator.core.observed import SeenInstance, Unknown
from flink_workspace_operator.core.plan import (
    MoveOrder,
    Plan,
    RecordAnswer,
)
from flink_workspace_operator.core.windows import latest_end_of_call, window_end

STRANGERS: Final = ("NameTaken", "OwnedElsewhere")
"""Reasons of what has our name and is not ours."""

FIRST_STATUS_GRACE = timedelta(seconds=10)
"""How long the process that created an order may take to give it its first status."""


def record_answers(case: Case) -> Plan | None:
    """An answer of the cloud that could not be recorded yet comes before everything else."""
    by_uid = {order.metadata.uid: order for order in case.seen.orders}
    answers = case.seen.remembered.answers
    steps = [RecordAnswer(by_uid[each.order_uid], each) for each in answers if each.order_uid in by_uid]
    return Plan(tuple(steps)) if steps else None


def settle_orders(case: Case) -> Plan | None:
    """Move every order that the look has evidence about."""
    moves = [(order, _settlement(case, order)) for order in case.seen.orders]
    steps = [MoveOrder(order, status) for order, status in moves if status is not None]
    return Plan(tuple(steps)) if steps else None


def _settlement(case: Case, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus | None:
    bought = _bought_by(case, order)
    if bought is not None and (order.status.instance_id is None or order.facts.is_given_up):
        return ledger.placed(order, bought.instance_id, case.cloud_time, "Token")
    if order.facts.awaits_delivery and bought is not None and bought.cluster_status == "RUNNING":
        return ledger.fulfilled(order, case.cloud_time)
    # The later of two clocks: with its own alone, a process whose clock is behind would wait for as long as it is.
    now = max(case.seen.now, case.cloud_time)
    # A date that is yet to come is of another clock, and does not tell how old the order is.
    if order.state is None and abs(now - order.metadata.creation_timestamp) > FIRST_STATUS_GRACE:
        return ledger.without_status(order, case.seen.now)
    if order.outstanding:
        return _settle_outstanding(case, order)
    if order.facts.may_be_closed and (case.placed_beside(order) or isinstance(case.found_for(order), Ours)):
        return ledger.superseded(order, case.cloud_time, "NothingSent", "the workspace was bought already")
    if order is not case.sent_order or order is case.announced_order:
        return None
    return _by_evidence(case, order) or _told_by_bill(case, order) or _told_who_is_missing(case, order)


def _settle_outstanding(case: Case, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus | None:
    """A copy of the refused call may have bought an instance, whose tags may be late or lost as after any purchase."""
    found = case.found_for(order)
    if isinstance(found, Unexplained):
        return _by_description(case, order, found, case.cloud_time)
    if not _is_over(case, order):
        return None
    if isinstance(found, Ours) and _is_what_it_bought(case, order, found.instance):
        return ledger.placed(order, found.instance.instance_id, case.cloud_time, "Description")
    return ledger.call_over(order)


def _is_over(case: Case, order: FlinkWorkspaceOrder) -> bool:
    """A refused call can no longer be executed: a complete list shows nothing of it, later than any copy could need.

    Where its account can't be asked any more, the wait is the whole window of a lost call. Only the cloud's clock
    counts: ours may be ahead, which may be the very reason why no list is to be had.
    """
    spec, cloud = order.spec, case.seen.cloud
    can_ask = cloud.account_id == spec.account_id
    listing = cloud.listing_of(spec.region) if can_ask else cloud.listing
    is_proof = can_ask and not case.missing_neighbours_in(spec.region)
    end = order.status.outstanding_until if is_proof else latest_end_of_call(order, case.settings)
    return end is not None and not isinstance(listing, Unknown) and listing.date > end


def _told_who_is_missing(case: Case, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus | None:
    """The order says it too: the workspace resource may be gone. Without a list, our own clock ends the sending."""
    why = who_is_missing(case)
    if order.facts.is_announced:
        return _unheard_of(order, case.seen.now) if why and _call_is_over(case, order, case.seen.now) else None
    told = ledger.waiting(order, why)
    return None if told == order.status else told


def _call_is_over(case: Case, order: FlinkWorkspaceOrder, moment: datetime) -> bool:
    """Whether the caller can't be at it any more: its call can take that long."""
    intent = order.status.intent_time
    return intent is not None and moment > intent + 2 * timedelta(seconds=case.settings.purchase_timeout_seconds)


def _unheard_of(order: FlinkWorkspaceOrder, at: datetime) -> FlinkWorkspaceOrderStatus:
    return ledger.uncertain(order, at, "the process that announced it did not report whether it sent the call")


def _told_by_bill(case: Case, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus | None:
    """The ledger says what it waits for: its workspace resource may be gone."""
    unread = (case.seen.cloud.bill, case.listing_for(order.spec.account_id, order.spec.region))
    if not order.facts.awaits_evidence or any(isinstance(each, Unknown) for each in unread):
        return None
    bill, told = left_open_by_bill(case, order), order.status
    if bill is not None:
        told = ledger.left_open(order, bill.message)
    elif told.evidence == "Bill":
        told = ledger.not_left_open(order)
    return None if told == order.status else told


def _bought_by(case: Case, order: FlinkWorkspaceOrder) -> SeenInstance | None:
    listing = case.listing_for(order.spec.account_id, order.spec.region)
    if isinstance(listing, Unknown):
        return None
    spec, instance_id = order.spec, order.status.instance_id
    known = [found for found in listing.instances if found.instance_id == instance_id]
    mark = (spec.token, spec.workspace_name)
    marked = [found for found in listing.instances if (found.tags.get(ORDER_TAG), found.name) == mark]
    # The first of two with our token, however the cloud lists them: what it did twice, we sent once.
    never = datetime.max.replace(tzinfo=UTC)
    return min(known or marked, key=lambda each: (each.create_time or never, each.instance_id), default=None)


def _by_evidence(case: Case, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus | None:
    """The end of an order that may have been sent, where a complete look has one. Its own token was ruled out."""
    found, listing = case.found_for(order), case.listing_for(order.spec.account_id, order.spec.region)
    intent = order.status.intent_time
    if isinstance(listing, Unknown) or intent is None:
        return None
    if isinstance(found, Foreign) and found.reason in STRANGERS and order.status.answer == "NameTaken":
        return _by_stranger(case, order, found, listing.date)
    if order.facts.is_announced:
        return _unheard_of(order, listing.date) if _call_is_over(case, order, listing.date) else None
    if isinstance(found, Unexplained):
        return _by_description(case, order, found, listing.date)
    if not case.window_is_over(order) or case.missing_neighbours:
        return None
    return _after_window(case, order, found, listing.date)


def _after_window(
    case: Case, order: FlinkWorkspaceOrder, found: Found, at: datetime
) -> FlinkWorkspaceOrderStatus | None:
    """Whatever the call could do was done, and everything is shown that it could have done."""
    if isinstance(found, Ours) and _is_what_it_bought(case, order, found.instance):
        return ledger.placed(order, found.instance.instance_id, at, "Description")
    if unexplained(case, order) or was_left_open(case, order):
        return None
    if isinstance(found, Foreign) and found.reason in STRANGERS:
        # Not before: names may repeat, and ours may still show up beside it, to be paid for.
        return _by_stranger(case, order, found, at)
    if order.status.answer == "NameTaken":
        why = "the cloud says that the name is taken, and shows no workspace of that name"
        return ledger.rejected(order, at, Rejection("AbsentAfterWindow", "NameTaken", why))
    return ledger.not_placed(order, at, window_end(order.status, case.settings) or at)


def _is_what_it_bought(case: Case, order: FlinkWorkspaceOrder, instance: SeenInstance) -> bool:
    """Whether an instance of ours can only be this order's, though its token is not on it: lost, or edited by hand."""
    if case.placed_beside(order):
        return False
    tokens = {each.spec.token for each in case.seen.orders}
    if ORDER_TAG not in instance.tags:
        return True
    return instance.tags[ORDER_TAG] not in tokens and made_after(order, instance) and fits(order, instance)


def _by_stranger(case: Case, order: FlinkWorkspaceOrder, stranger: Foreign, at: datetime) -> FlinkWorkspaceOrderStatus:
    """A stranger's instance does not undo the call: it may be executed once that instance is released."""
    end = window_end(order.status, case.settings)
    reason = Rejection("ForeignInstance", stranger.reason, stranger.message)
    return ledger.rejected(order, at, reason, end if end is not None and end >= at else None)


def _by_description(
    case: Case, order: FlinkWorkspaceOrder, found: Unexplained, at: datetime
) -> FlinkWorkspaceOrderStatus | None:
    """The only one of this name, as described, and still without marks when they must be visible: it is ours."""
    instance, wanted = found.instances[0], order.spec.parameters
    described = (instance.vpc_id, instance.bucket) == (wanted.network.vpc_id, wanted.storage.oss.bucket)
    if len(found.instances) > 1 or not described or instance.create_time is None:
        return None
    if at <= instance.create_time + timedelta(seconds=case.settings.longest_visibility_seconds):
        return None
    return ledger.placed(order, instance.instance_id, at, "Description")
