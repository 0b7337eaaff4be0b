"""The bill as evidence: it can only prolong the wait for an open outcome. Silence is no proof."""

from dataclasses import dataclass

from flink_workspace_operator.api.names import NOT_THIS_PURCHASE
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import PermissionMissing
from flink_workspace_operator.core.facts.observed import BillingOrder, Unknown
from flink_workspace_operator.core.ledger_case import LedgerCase


def unexplained(case: LedgerCase, order: FlinkWorkspaceOrder) -> tuple[BillingOrder, ...]:
    """Billing orders since the call that may be this purchase; none if the bill cannot be read.


    An unpaid one may be paid later. A paid one is explained by any instance in the list, whoever
    owns it, as an instance with our token was ruled out before; or by a person, in an annotation.
    """
    bill, listing = case.seen.cloud.bill, case.listing_for(order.spec.account_id, order.spec.region)
    if isinstance(bill, Unknown) or isinstance(listing, Unknown):
        return ()
    shown = {instance.instance_id for instance in listing.instances}
    recorded = {other.status.order_id for other in case.seen.orders if other is not order}
    dismissed = _dismissed(case)
    return tuple(
        each
        for each in bill
        if each.order_id not in recorded | dismissed
        and not (each.paid and shown.intersection(each.instance_ids))
    )


def was_left_open(case: LedgerCase, order: FlinkWorkspaceOrder) -> bool:
    """True if the bill left something open when it was read last, and cannot be read now.

    False if the right to read it is gone: then it counts as if there never was one.
    """
    bill = case.seen.cloud.bill
    unread = isinstance(bill, Unknown) and not isinstance(bill.failure, PermissionMissing)
    return unread and order.status.evidence == "Bill"


def _dismissed(case: LedgerCase) -> set[str]:
    """Ids of billing orders that a person ruled out in the annotation."""
    workspace = case.seen.workspace
    named = "" if workspace is None else workspace.metadata.annotations.get(NOT_THIS_PURCHASE, "")
    return {each.strip() for each in named.split(",")}


@dataclass(frozen=True)
class Open:
    """An open question of the bill: one word for programs, one line for people."""

    reason: str
    message: str


def left_open_by_bill(case: LedgerCase, order: FlinkWorkspaceOrder) -> Open | None:
    """The open question about an order: a person can pay or cancel it, or knows the purchase.

    A paid billing order is named only once a list must show its instance.
    """
    open_ones = unexplained(case, order)
    unpaid = ", ".join(each.order_id for each in open_ones if not each.paid)
    if unpaid:
        message = (
            f"It may be billing order {unpaid}, which is not paid: pay or cancel that in the"
            " console"
        )
        return Open("UnpaidOrder", message + _or_dismiss(unpaid))
    paid = ", ".join(each.order_id for each in open_ones)
    if paid and case.window_is_over(order):
        message = (
            f"It may be billing order {paid}, which is paid, but no look shows what that bought:"
            " see the console"
        )
        return Open("BillUnexplained", message + _or_dismiss(paid))
    return None


def _or_dismiss(order_ids: str) -> str:
    return f"; if that is something else, set the annotation {NOT_THIS_PURCHASE}: {order_ids}"
