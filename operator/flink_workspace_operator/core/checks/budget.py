"""The caps on the sum of a month. Room is reserved before the announcement, by one write.

    room? ──► reserved in the policy ──► announced: counts in the ledger ──► nothing came of it: not
              by its uid, once                                              any more

The ledger has what was spent. The policy only has the orders between reservation and announcement,
so a policy that was restored or wiped forgets nothing that was sent. It is read before the ledger:
whoever reserves meanwhile changes the policy, and this write is refused.
"""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote, ReservedRoom
from flink_workspace_operator.api.policy import (
    FlinkPurchasePolicy,
    FlinkPurchasePolicyStatus,
    Reservation,
    Spent,
)
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.limits import (
    limit_in,
    named,
    policies_of,
    total_of,
)
from flink_workspace_operator.core.facts.boundary import Boundary, Commitment
from flink_workspace_operator.core.plan import Plan, Requeue, ReserveRoom, Verdict

BILLING_ZONE: Final = timezone(timedelta(hours=8))
"""The cloud's bill has months of UTC+8: its page "Billing cycle"."""
MOST_RESERVATIONS: Final = 200
"""Of one policy at a time: the status stays small."""


def month_of(time: datetime) -> str:
    """The month of the cloud's bill, such as 2026-12."""
    return f"{time.astimezone(BILLING_ZONE):%Y-%m}"


def stop_without_room(case: Case, order: FlinkWorkspaceOrder | None, quote: Quote) -> Plan | None:
    """Wait for the next month, for a higher cap, or for an order that comes to nothing."""
    verdict = verdict_on_caps(case, order, quote)
    return None if verdict is None else Plan(verdict=verdict, requeue=Requeue(case.settings.resync))


def verdict_on_caps(
    case: Case, order: FlinkWorkspaceOrder | None, quote: Quote | None
) -> Verdict | None:
    """The verdict of the first policy without room; None: there is room under all."""
    for policy in _capped(case):
        verdict = _verdict(case, policy, order, quote)
        if verdict is not None:
            return verdict
    return None


def reserve_room(case: Case, order: FlinkWorkspaceOrder, quote: Quote) -> Plan | None:
    """Reserve the order's room under the next policy in which it has none yet."""
    for policy in _capped(case):
        wanted = _wanted(case, order, quote)
        if not _has(policy, wanted):
            return Plan((ReserveRoom(policy, _with(case, policy, wanted)),))
    return None


def rooms_of(case: Case) -> tuple[ReservedRoom, ...]:
    """The caps that an order announced now counts under."""
    month = month_of(case.cloud_time)
    return tuple(ReservedRoom(policy=each.metadata.name, month=month) for each in _capped(case))


def has_room(case: Case, order: FlinkWorkspaceOrder) -> bool:
    """True if an announced order counts under each cap that there is by now, and fits in."""
    counted = {each.policy for each in order.status.reservations or ()}
    if any(policy.metadata.name not in counted for policy in _capped(case)):
        return False
    return verdict_on_caps(case, order, order.status.quote) is None


def _capped(case: Case) -> tuple[FlinkPurchasePolicy, ...]:
    return tuple(each for each in policies_of(case) if each.spec.spend_cap is not None)


def _verdict(
    case: Case, policy: FlinkPurchasePolicy, order: FlinkWorkspaceOrder | None, quote: Quote | None
) -> Verdict | None:
    caps = policy.spec.spend_cap.monthly if policy.spec.spend_cap else ()
    amount, month = total_of(quote), month_of(case.cloud_time)
    limits = f"{named(policy)} caps a month at {' or '.join(map(str, caps))}"
    if quote is None or amount is None:
        message = f"{limits}, and the total price is not known: nothing is bought"
        return Verdict("Suspended", "PriceUnknown", message)
    cap = limit_in(caps, quote)
    if cap is None:
        message = (
            f"{limits}, and the price is in {quote.currency}: nothing is bought in that currency"
        )
        return Verdict("Suspended", "CurrencyNotAllowed", message)
    room = cap - _used(case, policy, month, quote.currency or "", _uid(order))
    if amount > room:
        left = f"{quote.currency} {max(room, Decimal(0)):f}"
        message = (
            f"{limits}, of which {left} is left in {month}, and the price is {quote.currency}"
            f" {quote.trade_amount}: nothing is bought. Wait for the next month, which begins at"
            " 00:00 UTC+8, or have spec.spendCap.monthly of the policy raised"
        )
        return Verdict("Suspended", "SpendCapReached", message)
    if len(policy.status.reservations) >= MOST_RESERVATIONS:
        message = f"{named(policy)} has {MOST_RESERVATIONS} orders about to be announced: wait"
        return Verdict("Suspended", "PolicyBusy", message)
    return None


def _used(
    case: Case, policy: FlinkPurchasePolicy, month: str, currency: str, own: str | None
) -> Decimal:
    """Spent or reserved by other orders."""
    room = (policy.metadata.name, month)
    spent = sum(
        (
            each.amount
            for each in _ledger(case)
            if each.order_uid != own and each.counts_in(room) and each.currency == currency
        ),
        Decimal(0),
    )
    reserved = (
        Decimal(each.amount)
        for each in policy.status.reservations
        if (each.month, each.currency) == (month, currency)
        and each.order_uid != own
        and _holds(case, policy, each)
    )
    return spent + sum(reserved, Decimal(0))


def _holds(case: Case, policy: FlinkPurchasePolicy, reservation: Reservation) -> bool:
    """True if the reservation counts, and not its order in the ledger. One of an order that was
    deleted by force holds its room to the end of the month: too little room is better than too
    much."""
    if reservation.month != month_of(case.cloud_time):
        return False
    known = {each.order_uid: each for each in _ledger(case)}.get(reservation.order_uid)
    return known is None or known.is_preparing


def _ledger(case: Case) -> tuple[Commitment, ...]:
    boundary = case.seen.boundary
    return boundary.ledger if isinstance(boundary, Boundary) else ()


def _wanted(case: Case, order: FlinkWorkspaceOrder, quote: Quote) -> Reservation:
    return Reservation(
        order_uid=order.metadata.uid,
        order=f"{order.metadata.namespace}/{order.metadata.name}",
        month=month_of(case.cloud_time),
        currency=quote.currency or "",
        amount=quote.trade_amount or "",
    )


def _has(policy: FlinkPurchasePolicy, wanted: Reservation) -> bool:
    """True if as much is reserved for it already, or more."""
    return any(
        (each.order_uid, each.month, each.currency)
        == (wanted.order_uid, wanted.month, wanted.currency)
        and Decimal(each.amount) >= Decimal(wanted.amount)
        for each in policy.status.reservations
    )


def _with(
    case: Case, policy: FlinkPurchasePolicy, wanted: Reservation
) -> FlinkPurchasePolicyStatus:
    """The policy's status with one reservation more, and without those that hold nothing."""
    others = [
        each
        for each in policy.status.reservations
        if each.order_uid != wanted.order_uid and _holds(case, policy, each)
    ]
    caps = policy.spec.spend_cap.monthly if policy.spec.spend_cap else ()
    spent = []
    for cap in caps:
        own = Decimal(wanted.amount) if cap.currency == wanted.currency else Decimal(0)
        used = own + _used(case, policy, wanted.month, cap.currency, wanted.order_uid)
        room = max(Decimal(cap.amount) - used, Decimal(0))
        spent.append(Spent(currency=cap.currency, amount=f"{used:f}", room=f"{room:f}"))
    return FlinkPurchasePolicyStatus(
        month=wanted.month, spent=tuple(spent), reservations=(*others, wanted)
    )


def _uid(order: FlinkWorkspaceOrder | None) -> str | None:
    return None if order is None else order.metadata.uid
