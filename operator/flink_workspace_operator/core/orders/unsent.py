"""The moves of an order before its call is sent: opened, asked about, announced, taken back, closed.

Nothing was bought in any of them. `core/orders/ledger.py` has the moves after the call.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flink_workspace_operator.api.approval import Agreement
from flink_workspace_operator.api.order import (
    AskedPrice,
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    FlinkWorkspaceOrderStatus,
    Quote,
    ReservedRoom,
)
from flink_workspace_operator.api.order_states import Evidence
from flink_workspace_operator.api.purchase import MaximumPrice
from flink_workspace_operator.core.orders.clauses import cost_of, words_of
from flink_workspace_operator.core.orders.ledger import moved
from flink_workspace_operator.core.orders.price import price


def digest(spec: FlinkWorkspaceOrderSpec, number: int, asked: AskedPrice) -> str:
    """A digest of the resource, the number, the paid action and its price: an approval of it is
    worth nothing for any other order, also of a recreated resource."""
    about = [spec.workspace_ref.uid, number, spec.action, spec.block.model_dump(mode="json")]
    agreed = [*about, asked.model_dump(mode="json")]
    return "sha256:" + hashlib.sha256(json.dumps(agreed, sort_keys=True).encode()).hexdigest()


def asked_price(quote: Quote) -> AskedPrice:
    """The part of a price that somebody approves."""
    return AskedPrice(basis=quote.basis, currency=quote.currency, amount=quote.trade_amount)


def number_of(name: str) -> int:
    """An order's number in the sequence of its workspace; 0 for a foreign name."""
    suffix = name.rpartition("-")[2]
    return int(suffix) if suffix.isdecimal() else 0


@dataclass(frozen=True)
class Announcement:
    """The part of a call that is fixed before it is sent. `window`: the wait for its outcome."""

    intent_time: datetime
    nonce: str
    mark: str
    window: timedelta


def quoted(
    spec: FlinkWorkspaceOrderSpec, number: int, quote: Quote, at: datetime
) -> FlinkWorkspaceOrderStatus:
    """The first status of an order."""
    message = f"Nothing has been sent yet; the price is {price(quote, spec.block)}."
    agreed = digest(spec, number, asked_price(quote))
    return moved(
        FlinkWorkspaceOrderStatus(), "Quoted", at, message=message, quote=quote, digest=agreed
    )


@dataclass(frozen=True)
class Terms:
    """The price that an order is announced at, and who allows it."""

    quote: Quote
    maximum: MaximumPrice | None
    approval: Agreement
    rooms: tuple[ReservedRoom, ...] = ()


def requoted(order: FlinkWorkspaceOrder, number: int, terms: Terms) -> FlinkWorkspaceOrder:
    """The order at its last price. What was approved stays: the price is no higher."""
    agreed: dict[str, Any] = {
        "quote": terms.quote,
        "maximum_price": terms.maximum,
        "approval": terms.approval,
        "reservations": terms.rooms or None,
    }
    if not terms.approval.required:
        now = asked_price(terms.quote)
        agreed |= {"digest": digest(order.spec, number, now), "asked": None}
    return order.model_copy(update={"status": order.status.model_copy(update=agreed)})


def asked(
    order: FlinkWorkspaceOrder, number: int, quote: Quote, at: datetime, by: str
) -> FlinkWorkspaceOrderStatus:
    """Waits for an approval of this price."""
    before, now = price(order.status.quote, order.spec.block), price(quote, order.spec.block)
    rose = f"The price is {now} now, and was {before}. " if order.facts.awaits_decision else ""
    agreed = asked_price(quote)
    return moved(
        order.status,
        "AwaitingApproval",
        at,
        quote=quote,
        asked=agreed,
        digest=digest(order.spec, number, agreed),
        approval=Agreement(required=True, by=by),
        message=f"{rose}Nothing is bought before somebody approves {now}, as {by} asks for.",
    )


def awaiting(order: FlinkWorkspaceOrder, at: datetime, by: str) -> FlinkWorkspaceOrderStatus:
    """Waits again for the decision that it was asked for, after an announcement was taken back."""
    return moved(
        order.status,
        "AwaitingApproval",
        at,
        approval=Agreement(required=True, by=by),
        message=order.status.message or "",
    )


def declined(
    order: FlinkWorkspaceOrder, at: datetime, decision: Agreement
) -> FlinkWorkspaceOrderStatus:
    """A person denied it."""
    who = f" by {decision.approver}" if decision.approver else ""
    why = f"FlinkPurchaseApproval {decision.name}{who} denies it"
    return moved(
        order.status,
        "Declined",
        at,
        evidence="Denied",
        approval=decision,
        message=_unsent(order, why),
    )


def intended(order: FlinkWorkspaceOrder, call: Announcement) -> FlinkWorkspaceOrderStatus:
    """About to be sent, with this date and nonce and no others."""
    return moved(
        order.status,
        "Placing",
        call.intent_time,
        intent_time=call.intent_time,
        nonce=call.nonce,
        intent_mark=call.mark,
        settled_not_before=call.intent_time + call.window,
        evidence=None,
        answer=None,
        message=words_of(order).announced,
    )


def not_sent(order: FlinkWorkspaceOrder, at: datetime, why: str) -> FlinkWorkspaceOrderStatus:
    """Quoted again: this process knows that it sent nothing."""
    return moved(order.status, "Quoted", at, evidence="NothingSent", message=_unsent(order, why))


def superseded(
    order: FlinkWorkspaceOrder, at: datetime, evidence: Evidence, why: str
) -> FlinkWorkspaceOrderStatus:
    """Closed before anything was sent; another order may follow."""
    return moved(order.status, "Superseded", at, evidence=evidence, message=_unsent(order, why))


def _unsent(order: FlinkWorkspaceOrder, why: str) -> str:
    return f"Nothing was sent {cost_of(order)}, because {why}."


def without_status(order: FlinkWorkspaceOrder, at: datetime) -> FlinkWorkspaceOrderStatus:
    """Closed because its history is lost; its token on an instance would prove a purchase."""
    message = (
        "Found without status, because its process stopped before it wrote one, or a backup"
        " restored the order without it."
    )
    return moved(order.status, "Superseded", at, message=message)


def canceled(order: FlinkWorkspaceOrder, at: datetime) -> FlinkWorkspaceOrderStatus:
    """Closed because its workspace resource is deleted."""
    return moved(
        order.status,
        "Canceled",
        at,
        evidence="Deleted",
        message=_unsent(order, "the FlinkWorkspace was deleted"),
    )
