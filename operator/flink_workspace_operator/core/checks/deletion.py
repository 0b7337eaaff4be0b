"""A resource is being deleted or gone: no purchase may stay unnoticed, no wait is endless."""

from datetime import datetime
from typing import Final

from flink_workspace_operator.api.names import ABANDON_ORDER, LEDGER_FINALIZER, PURCHASE_FINALIZER
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.billing_evidence import left_open_by_bill
from flink_workspace_operator.core.checks.credentials import who_is_missing
from flink_workspace_operator.core.facts.commands import annotate
from flink_workspace_operator.core.facts.failures import SignatureExpired
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.snapshot import is_unlisted
from flink_workspace_operator.core.facts.times import utc
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.orders import ledger, unsent
from flink_workspace_operator.core.orders.clauses import cost_of
from flink_workspace_operator.core.orders.windows import clock, latest_end_of_call, window_end
from flink_workspace_operator.core.pace import SOON, rising
from flink_workspace_operator.core.plan import (
    GiveBackClaim,
    MoveOrder,
    Plan,
    ReleaseOrder,
    RemoveFinalizer,
    Requeue,
    Step,
    Verdict,
)

MAY_STAY: Final = "order {} {} may have bought a workspace; if a list shows it, it is an orphan"


def settle_without_resource(case: LedgerCase) -> Plan:
    """The workspace resource is gone: settle its orders, release its claims, then its ledger."""
    cancellation = _cancel_what_is_quoted(case)
    if cancellation is not None:
        return cancellation
    kept = _kept_orders(case)
    known = [each for each in case.seen.orders if each.settled and each not in kept]
    steps: tuple[Step, ...] = tuple(
        ReleaseOrder(each) for each in known if LEDGER_FINALIZER in each.metadata.finalizers
    )
    steps += _claims_to_give_back(case)
    told = [(each, _until(case, each)) for each in _unlisted(case)]
    if case.sent_order is not None and case.sent_order.facts.awaits_evidence:
        told.append((case.sent_order, ledger.left_alone(case.sent_order)))
    steps += tuple(MoveOrder(each, status) for each, status in told if status != each.status)
    unfinished = next((each for each in (case.order, *kept) if each is not None), None)
    return Plan(
        steps, requeue=Requeue(None) if unfinished is None else _rising_for(case, unfinished)
    )


def _until(case: LedgerCase, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrderStatus:
    """The order's message with the end of the wait: somebody may wait for the namespace to go."""
    return ledger.kept(order, _window_end(case, order))


def finalize_deletion(case: Case) -> Plan | None:
    """The resource is being deleted: settle its open order first. Else no cloud is needed."""
    if not case.deleting:
        return None
    cancellation, order = _cancel_what_is_quoted(case), case.order
    if cancellation is not None:
        return cancellation
    # A call may be under way, and no person abandoned it: its purchase would be nobody's.
    if (
        order is not None
        and case.workspace.metadata.annotations.get(ABANDON_ORDER) != order.metadata.name
    ):
        bill = left_open_by_bill(case, order)
        awaited = who_is_missing(case) or (bill.message if bill else _decision_on(case, order))
        message = (
            f"order {order.metadata.name} {cost_of(order)} is not settled."
            f" {awaited[:1].upper()}{awaited[1:]}; to let the resource go before,"
            f" {annotate(case.seen.key, ABANDON_ORDER, order.metadata.name)}"
        )
        return Plan(
            verdict=Verdict("Deleting", "Deleting", message), requeue=_rising_for(case, order)
        )
    # Released already: nothing is left to do but to wait.
    if PURCHASE_FINALIZER not in case.workspace.metadata.finalizers:
        going = Verdict(
            "Deleting",
            "Deleting",
            "the operator has released it; somebody else's finalizer holds it",
        )
        return Plan(
            verdict=going, requeue=Requeue(None) if order is None else _rising_for(case, order)
        )
    release = RemoveFinalizer(_what_stays(case))
    return Plan((*_claims_to_give_back(case), release), requeue=SOON)


def _what_stays(case: Case) -> str:
    """What goes on in the cloud without the resource, and what it costs; empty if nothing is known
    to be there."""
    if case.known_id is None:
        order = case.order
        return "" if order is None else MAY_STAY.format(order.metadata.name, cost_of(order))
    if case.is_reported_lost:
        return ""
    known = case.workspace.status.instance
    end = known.expire_time if known is not None else None
    billing = f"is paid until {utc(end)}" if end else "is billed until somebody releases it"
    bought = [each for each in case.orders if each.status.instance_id == case.known_id]
    cost = f" {cost_of(bought[-1])}" if bought else ""
    return (
        f"{case.known_id} stays in the cloud and {billing}{cost}; release"
        " it in the console, or apply the resource again to bind it"
    )


def _decision_on(case: LedgerCase, order: FlinkWorkspaceOrder) -> str:
    end = clock(_window_end(case, order))
    return f"a list after {end} decides at the latest whether something was bought"


def _cancel_what_is_quoted(case: LedgerCase) -> Plan | None:
    quoted = [order for order in case.seen.orders if order.facts.may_be_closed]
    return (
        Plan(tuple(MoveOrder(order, unsent.canceled(order, case.seen.now)) for order in quoted))
        if quoted
        else None
    )


def _claims_to_give_back(case: LedgerCase) -> tuple[GiveBackClaim, ...]:
    """All claims of the key, except for names that another resource would buy a second time: an
    order is open, its call may still be executed, or lists may not show its purchase yet."""
    kept = [order for order in (case.order, *_kept_orders(case)) if order is not None]
    held = {(order.spec.region, order.spec.workspace_name) for order in kept}
    return tuple(
        GiveBackClaim(claim)
        for claim in case.seen.own_claims
        if (claim.target.region, claim.target.workspace_name) not in held
    )


def _kept_orders(case: LedgerCase) -> list[FlinkWorkspaceOrder]:
    """Settled orders that keep their name. A refused one for a while: the cloud may be down."""
    outstanding = [
        (order, latest_end_of_call(order, case.settings))
        for order in case.seen.orders
        if order.outstanding
    ]
    kept = [order for order, end in outstanding if end is None or not _is_past(case, end)]
    return kept + _unlisted(case)


def _unlisted(case: LedgerCase) -> list[FlinkWorkspaceOrder]:
    """Orders whose instance no list shows, until the window ends: the cloud may be unreachable."""
    return [
        order
        for order in case.seen.orders
        if is_unlisted(order)
        and not _is_shown(case, order)
        and not _is_past(case, _window_end(case, order))
    ]


def _is_past(case: LedgerCase, end: datetime) -> bool:
    """True by the cloud's clock; by ours only if the cloud was asked and is unreachable.

    Never by ours if the cloud refuses the date of our calls: a clock that is ahead would release
    the name of a purchase that no list shows yet.
    """
    cloud = case.seen.cloud
    if isinstance(cloud.listing, Unknown):
        failures = [
            each.failure for each in (cloud.account_id, cloud.listing) if isinstance(each, Unknown)
        ]
        if cloud.region is None or any(
            isinstance(failure, SignatureExpired) for failure in failures
        ):
            return False
    return case.cloud_time > end


def _is_shown(case: LedgerCase, order: FlinkWorkspaceOrder) -> bool:
    """True if this list shows the order's instance: then all later lists do."""
    listing = case.listing_for(order.spec.account_id, order.spec.region)
    if isinstance(listing, Unknown):
        return False
    return any(instance.instance_id == order.status.instance_id for instance in listing.instances)


def _window_end(case: LedgerCase, order: FlinkWorkspaceOrder) -> datetime:
    return window_end(order.status, case.settings) or order.metadata.creation_timestamp


def _rising_for(case: LedgerCase, order: FlinkWorkspaceOrder) -> Requeue:
    return rising(case.cloud_time - (order.status.intent_time or order.metadata.creation_timestamp))
