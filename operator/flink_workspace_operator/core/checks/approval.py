"""Approval: an order that needs one waits for a person's decision on its price.

price ──► needs approval? ──► asked ──► approved ──► announced, at this price or a lower one
                              ▲    └──► denied ──► Declined
                              └── the price rose, or another version asked differently
"""

from typing import Final

from flink_workspace_operator.api.approval import Agreement, FlinkPurchaseApproval
from flink_workspace_operator.api.order import AskedPrice, FlinkWorkspaceOrder, Quote
from flink_workspace_operator.api.policy import Asking
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.limits import limit_in, policies_of, total_of
from flink_workspace_operator.core.checks.price import amount_in
from flink_workspace_operator.core.orders import unsent
from flink_workspace_operator.core.orders.price import price
from flink_workspace_operator.core.plan import MoveOrder, Plan, Requeue, Verdict

FIELD: Final = "spec.purchase.approval"
NOT_NEEDED: Final = Agreement(required=False)


def ask_for_approval(case: Case, order: FlinkWorkspaceOrder, quote: Quote) -> Plan | Agreement:
    """The approval to announce the order with; or the plan to ask for it, to wait, or to close what
    was denied."""
    by = asked_by(case, quote)
    if by is None:
        return NOT_NEEDED
    # Not asked yet, or for less than it costs now: what was approved is not this price.
    if not _is_asked(order, quote):
        number = unsent.number_of(order.metadata.name)
        return Plan((MoveOrder(order, unsent.asked(order, number, quote, case.cloud_time, by)),))
    decision = decision_on(case, order)
    if decision is not None and decision.decision == "Approved":
        return decision.model_copy(update={"by": by})
    # Its announcement was taken back, and the approval is gone or denied since.
    if not order.facts.awaits_decision:
        return Plan((MoveOrder(order, unsent.awaiting(order, case.cloud_time, by)),))
    if decision is not None:
        return Plan((MoveOrder(order, unsent.declined(order, case.cloud_time, decision)),))
    return Plan(verdict=_pending(case, order, by), requeue=Requeue(case.settings.resync))


def is_still_approved(case: Case, order: FlinkWorkspaceOrder) -> bool:
    """True if an announced order needs no approval, or has one that nobody denied meanwhile."""
    if asked_by(case, order.status.quote) is None:
        return True
    decision = decision_on(case, order)
    return decision is not None and decision.decision == "Approved"


def asked_by(case: Case, quote: Quote | None) -> str | None:
    """Who asks for an approval at this price: the field, and policies. None: nobody does."""
    purchase = case.workspace.spec.purchase
    own = [FIELD] if purchase is not None and purchase.approval == "Manual" else []
    policies = [
        f"FlinkPurchasePolicy {policy.metadata.name}"
        for policy in policies_of(case)
        if policy.spec.approval is not None and _asks(policy.spec.approval, quote)
    ]
    return " and ".join((*own, *policies)) or None


def _asks(asking: Asking, quote: Quote | None) -> bool:
    """True if the price needs an approval: an unknown one, or one in another currency, does."""
    if asking.required != "AboveAmount":
        return asking.required == "Always"
    amount = total_of(quote)
    limit = None if quote is None else limit_in(asking.above, quote)
    return amount is None or limit is None or amount > limit


def decision_on(case: Case, order: FlinkWorkspaceOrder) -> Agreement | None:
    """The decision on the order at the price that was asked. Denied wins, whichever came first."""
    about = (order.metadata.name, order.status.digest)
    decisions = [
        each
        for each in case.seen.approvals
        if (each.spec.order.name, each.spec.order.digest) == about and not _is_expired(case, each)
    ]
    first = sorted(decisions, key=lambda each: (each.spec.decision != "Denied", _age(each)))
    return _recorded(first[0]) if first else None


def _is_expired(case: Case, approval: FlinkPurchaseApproval) -> bool:
    """True if a policy does not count an approval of this age any more. A denial stays one."""
    if approval.spec.decision == "Denied":
        return False
    age = case.cloud_time - approval.metadata.creation_timestamp
    asking = (policy.spec.approval for policy in policies_of(case))
    return any(each is not None and each.is_over(age) for each in asking)


def _age(approval: FlinkPurchaseApproval) -> float:
    return -approval.metadata.creation_timestamp.timestamp()


def _recorded(approval: FlinkPurchaseApproval) -> Agreement:
    metadata, spec = approval.metadata, approval.spec
    return Agreement(
        required=True,
        name=metadata.name,
        uid=metadata.uid,
        decision=spec.decision,
        approver=spec.approver or None,
        time=metadata.creation_timestamp,
    )


def _is_asked(order: FlinkWorkspaceOrder, quote: Quote) -> bool:
    """True if somebody was asked about this price or a higher one."""
    asked = order.status.asked
    return asked is not None and _is_within(quote, asked)


def _is_within(quote: Quote, asked: AskedPrice) -> bool:
    """True if it is a price of the same kind, and not above what was asked."""
    if (quote.basis, quote.currency) != (asked.basis, asked.currency):
        return False
    # Pay-as-you-go without a price: it is approved as such.
    if quote.trade_amount is None or asked.amount is None:
        return quote.trade_amount == asked.amount
    now, then = amount_in(quote.trade_amount), amount_in(asked.amount)
    return now is not None and then is not None and now <= then


def _pending(case: Case, order: FlinkWorkspaceOrder, by: str) -> Verdict:
    name, key = order.metadata.name, case.seen.key
    message = (
        f"order {name} waits for approval, as {by} asks for, and costs"
        f" {price(order.status.quote, order.spec.block)}: approve it with kubectl flink approve"
        f" {key.name} -n {key.namespace}, or create a FlinkPurchaseApproval with the name and the"
        " status.digest of that order"
    )
    expired = [each for each in case.seen.approvals if _is_expired(case, each)]
    if any(each.spec.order.digest == order.status.digest for each in expired):
        return Verdict("Suspended", "ApprovalExpired", f"its approval is too old, so {message}")
    return Verdict("Suspended", "ApprovalPending", message)
