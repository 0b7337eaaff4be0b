"""The moves of an order's status, one function each. `api/order_states.py` has the legal ones.

Those after an answer of the cloud: `core/orders/answers.py`.
"""

from dataclasses import dataclass
from datetime import datetime

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderStatus,
    StateTime,
)
from flink_workspace_operator.api.order_states import Evidence, OrderState
from flink_workspace_operator.core.orders.clauses import (
    cause_of,
    instance_with_price,
    not_done,
    open_outcome,
    refused_outcome,
    words_of,
)
from flink_workspace_operator.core.orders.windows import clock

MESSAGE_LENGTH = 1024
NOBODY_ASKS = " Nobody can ask the cloud, because "
ALONE = (
    " The FlinkWorkspace was deleted before that was known. What shows up is an orphan, unless the"
    " FlinkWorkspace is applied again."
)
OUTSTANDING = (
    " Nothing else is bought under this name before {}, because the call, or a copy of it, may"
    " still be executed."
)
UNSEEN = " No complete list of account {} shows whether a copy of the call bought something."


def moved(
    status: FlinkWorkspaceOrderStatus,
    state: OrderState,
    at: datetime,
    message: str,
    **changes: str | datetime | ApiModel | None,
) -> FlinkWorkspaceOrderStatus:
    """The status after a move at the moment `at`, with other fields changed along with it.

    The message becomes one line of a length that the API server accepts: a refused status could
    never be recorded.
    """
    line = _line(message)
    times = (
        *(entry for entry in status.times if entry.state != state),
        StateTime(state=state, time=at),
    )
    return status.model_copy(update={"state": state, "times": times, "message": line, **changes})


def left_open(order: FlinkWorkspaceOrder, message: str) -> FlinkWorkspaceOrderStatus:
    """In the same state, with an open question of the bill."""
    return order.status.model_copy(update={"evidence": "Bill", "message": _line(message)})


def not_left_open(order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus:
    """In the same state, without an open question of the bill."""
    message = f"{open_outcome(order)}. The bill has no open order for it any more."
    return order.status.model_copy(update={"evidence": None, "message": message})


def waiting(order: FlinkWorkspaceOrder, why: str | None) -> FlinkWorkspaceOrderStatus:
    """In the same state, because nobody can ask the cloud (`why`); None: somebody can."""
    known = (order.status.message or "").partition(NOBODY_ASKS)[0]
    return order.status.model_copy(
        update={"message": _line(known + NOBODY_ASKS + why) if why else known or None}
    )


def outcome_of(order: FlinkWorkspaceOrder) -> str:
    """The order's message, without that nobody can ask: a manual edit may have closed it since."""
    return (order.status.message or "").partition(NOBODY_ASKS.strip())[0].strip()


def left_alone(order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus:
    """In the same state; nobody waits for it any more."""
    known, asks, why = (order.status.message or "").partition(NOBODY_ASKS)
    # What the bill leaves open is rewritten with each look at the bill.
    if ALONE.strip() in known or order.status.evidence == "Bill":
        return order.status
    return order.status.model_copy(update={"message": _line(known + ALONE + asks + why)})


def _line(message: str) -> str:
    return " ".join(message.split())[:MESSAGE_LENGTH]


def entered(order: FlinkWorkspaceOrder) -> datetime | None:
    """Time at which the order last entered its present state."""
    return next((entry.time for entry in order.status.times if entry.state == order.state), None)


def placed(
    order: FlinkWorkspaceOrder, instance_id: str, at: datetime, evidence: Evidence
) -> FlinkWorkspaceOrderStatus:
    """Bought. Evidence beats every state, so this is reached from nearly all of them."""
    return moved(
        order.status,
        "Placed",
        at,
        instance_id=instance_id,
        evidence=evidence,
        outstanding_until=None,
        message=f"{words_of(order).done.format(it=instance_with_price(order, instance_id))}.",
    )


def fulfilled(order: FlinkWorkspaceOrder, at: datetime) -> FlinkWorkspaceOrderStatus:
    """The purchase was seen running."""
    it = instance_with_price(order, order.status.instance_id)
    return moved(
        order.status,
        "Fulfilled",
        at,
        message=f"{words_of(order).delivered.format(it=it)}.",
    )


def lost(order: FlinkWorkspaceOrder, at: datetime) -> FlinkWorkspaceOrderStatus:
    """The instance is gone, and a person allowed another in its place, by its id."""
    gone = words_of(order).gone.format(it=instance_with_price(order, order.status.instance_id))
    message = f"{gone}. Given up manually."
    return moved(order.status, "Lost", at, evidence="GivenUp", message=message)


def uncertain(order: FlinkWorkspaceOrder, at: datetime, why: str) -> FlinkWorkspaceOrderStatus:
    """May or may not have been bought: only evidence decides."""
    message = f"{open_outcome(order)}, because {why}."
    return moved(order.status, "Uncertain", at, message=message)


def refused(order: FlinkWorkspaceOrder, at: datetime, why: str) -> FlinkWorkspaceOrderStatus:
    """Refused, in a way that proves nothing: only evidence decides."""
    message = (
        f"{refused_outcome(order)} at {clock(at)}, because {why}. A"
        " copy of the call may have been accepted all the same."
    )
    return moved(order.status, "Uncertain", at, message=message)


def not_placed(
    order: FlinkWorkspaceOrder, at: datetime, over: datetime
) -> FlinkWorkspaceOrderStatus:
    """No list showed it until `over`, when the cloud must have shown it."""
    words = words_of(order)
    known = cause_of(order)
    return moved(
        order.status,
        "NotPlaced",
        at,
        evidence="AbsentAfterWindow",
        message=f"{not_done(order)}, because {words.absent} by {clock(over)}.{known}",
    )


@dataclass(frozen=True)
class Rejection:
    """A reason to reject an order: the evidence, one word for programs, one clause for people."""

    evidence: Evidence
    answer: str
    why: str


def rejected(
    order: FlinkWorkspaceOrder,
    at: datetime,
    reason: Rejection,
    outstanding_until: datetime | None = None,
) -> FlinkWorkspaceOrderStatus:
    """Not bought. Until `outstanding_until` the call, or a copy of it, may still be executed."""
    message = f"{not_done(order)}, because {reason.why}."
    if outstanding_until is not None:
        message += OUTSTANDING.format(clock(outstanding_until))
    return moved(
        order.status,
        "Rejected",
        at,
        evidence=reason.evidence,
        answer=reason.answer,
        outstanding_until=outstanding_until,
        message=message,
    )


def call_over(order: FlinkWorkspaceOrder, is_seen: bool) -> FlinkWorkspaceOrderStatus:
    """In the same state; its call can no longer be executed. `is_seen`: a complete list shows that
    nothing came of it. Else that is not known, and stays said."""
    known = (order.status.message or "").partition(OUTSTANDING.partition("{}")[0])[0]
    if not is_seen:
        known = _line(known + UNSEEN.format(order.spec.account_id))
    return order.status.model_copy(update={"outstanding_until": None, "message": known or None})


def kept(order: FlinkWorkspaceOrder, until: datetime) -> FlinkWorkspaceOrderStatus:
    """Bought; the FlinkWorkspace is gone, and no list has shown the instance yet."""
    why = f"this order is kept until a list shows the instance, at the latest until {clock(until)}"
    done = words_of(order).done.format(it=instance_with_price(order, order.status.instance_id))
    message = f"{done}. The FlinkWorkspace was deleted; {why}."
    return order.status.model_copy(update={"message": _line(message)})
