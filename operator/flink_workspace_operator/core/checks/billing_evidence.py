"""The bill as evidence: it can only prolong the waiting for an open outcome. What it does not say proves nothing."""

from dataclasses import dataclass

from flink_workspace_operator.api.names import NOT_THIS_PURCHASE
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.failures import PermissionMissing
from flink_workspace_operator.core.facts.observed import BillingOrder, Unknown


def unexplained(case: Case, order: FlinkWorkspaceOrder) -> tuple[BillingOrder, ...]:
    """Billing orders, made since the call may have been sent, that may be this purchase: none where the bill can't be
    read.

    An unpaid one may be paid later. A paid one is explained by an instance that the look shows, whoever owns it: what
    bears our token was ruled out before. Or by a person, who names it in an annotation.
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
        if each.order_id not in recorded | dismissed and not (each.paid and shown.intersection(each.instance_ids))
    )


def was_left_open(case: Case, order: FlinkWorkspaceOrder) -> bool:
    """Whether the bill left something open when it was read last, and can't be read now.

    Not where the right to read it is gone: then it is as if there never was one.
    """
    bill = case.seen.cloud.bill
    unread = isinstance(bill, Unknown) and not isinstance(bill.failure, PermissionMissing)
    return unread and order.status.evidence == "Bill"


def _dismissed(case: Case) -> set[str]:
    """What a person says is something else."""
    workspace = case.seen.workspace
    named = "" if workspace is None else workspace.metadata.annotations.get(NOT_THIS_PURCHASE, "")
    return {each.strip() for each in named.split(",")}


@dataclass(frozen=True)
class Open:
    """What the bill leaves open about an order: one word for programs, one line for people."""

    reason: str
    message: str


def left_open_by_bill(case: Case, order: FlinkWorkspaceOrder) -> Open | None:
    """Whose turn it is because of the bill: somebody's who can pay or cancel, or who knows what was bought.

    A paid order is named only when the look should show by now what it bought.
    """
    open_ones = unexplained(case, order)
    unpaid = ", ".join(each.order_id for each in open_ones if not each.paid)
    if unpaid:
        message = f"It may be billing order {unpaid}, which is not paid: pay or cancel that in the console"
        return Open("UnpaidOrder", message + _or_dismiss(unpaid))
    paid = ", ".join(each.order_id for each in open_ones)
    if paid and case.window_is_over(order):
        message = f"It may be billing order {paid}, which is paid, but no look shows what that bought: see the console"
        return Open("BillUnexplained", message + _or_dismiss(paid))
    return None


def _or_dismiss(order_ids: str) -> str:
    return f"; if that is something else, set the annotation {NOT_THIS_PURCHASE}: {order_ids}"
