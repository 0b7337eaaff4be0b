"""The move that an answer of the cloud to a paid call makes in the ledger."""

from datetime import datetime, timedelta

from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.core.facts.advice import as_sentences, describe_call
from flink_workspace_operator.core.facts.failures import CloudFailure, Refused
from flink_workspace_operator.core.facts.observed import Answer, Bought, Unknown
from flink_workspace_operator.core.facts.snapshot import Answered, Seen
from flink_workspace_operator.core.orders.ledger import (
    Rejection,
    placed,
    refused,
    rejected,
    uncertain,
)
from flink_workspace_operator.core.orders.unsent import not_sent
from flink_workspace_operator.settings import Settings


def recorded(
    order: FlinkWorkspaceOrder, answered: Answered, copy_window: timedelta
) -> FlinkWorkspaceOrderStatus | None:
    """The order's status after the answer to a call; None if the answer adds nothing.

    An id always counts. Anything else is about the call of one intent: if the answer to its
    record was lost, the order was Quoted again, and another process may have announced it since.
    """
    is_of_this_intent = order.status.intent_mark == answered.mark
    if not is_of_this_intent and not isinstance(answered.answer, Bought):
        return None
    return after_answer(order, answered.answer, answered.at, copy_window)


def after_answer(
    order: FlinkWorkspaceOrder, answer: Answer, at: datetime, copy_window: timedelta
) -> FlinkWorkspaceOrderStatus | None:
    """The status of the order, as it is now, after the cloud's answer; None if it adds nothing.

    `at` is a moment by the cloud's clock by which the answer had arrived. For `copy_window` after
    it, a list may not show yet what another copy of the call bought. The ledger dates the move by
    the call, which is known exactly.

    An id is never dropped: it is written over any state. A refusal counts only where no evidence
    was written since.
    """
    sent_at = order.status.intent_time or at
    if isinstance(answer, Bought):
        known = _with_request(order.status, answer.request_id).model_copy(
            update={"order_id": answer.order_id}
        )
        if order.status.instance_id is not None:
            is_news = (
                order.status.instance_id == answer.instance_id and order.status.order_id is None
            )
            return known if is_news and known != order.status else None
        return placed(
            order.model_copy(update={"status": known}), answer.instance_id, sent_at, "Answer"
        )
    failure = answer.failure
    answered = order.model_copy(update={"status": _with_answer(order.status, failure)})
    why = as_sentences(describe_call(failure))
    if failure.fate == "NothingSent" and order.facts.is_announced:
        return not_sent(answered, sent_at, why)
    if failure.fate in ("CallRefused", "CopyRefused") and order.facts.may_be_under_way:
        reason = Rejection("Answer", failure.reason, why)
        return rejected(
            answered, sent_at, reason, at + copy_window if failure.fate == "CopyRefused" else None
        )
    if order.facts.is_announced:
        doubtful = refused if isinstance(failure, Refused) else uncertain
        return doubtful(answered, sent_at, why)
    return None


def _with_answer(
    status: FlinkWorkspaceOrderStatus, failure: CloudFailure
) -> FlinkWorkspaceOrderStatus:
    return _with_request(status, failure.request_id).model_copy(update={"answer": failure.reason})


def _with_request(
    status: FlinkWorkspaceOrderStatus, request_id: str | None
) -> FlinkWorkspaceOrderStatus:
    if request_id is None or request_id in status.request_ids:
        return status
    return status.model_copy(update={"request_ids": (*status.request_ids, request_id)[-10:]})


def answered_by(
    seen: Seen, order: FlinkWorkspaceOrder, settings: Settings, now: datetime
) -> datetime:
    """A moment by the cloud's clock by which the answer had arrived: a refusal's wait begins there.

    A process may be stopped between its last list and the call. Then the gateway may have accepted
    a copy as late as the date of the call allows.
    """
    listing = seen.cloud.listing
    before = seen.now if isinstance(listing, Unknown) else listing.date
    intent = order.status.intent_time or before
    answered = max(before, intent) + settings.longest_call
    if now - seen.now <= settings.longest_call:
        return answered
    return max(answered, intent + timedelta(seconds=settings.signature_validity_seconds))
