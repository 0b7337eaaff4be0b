"""The limits on spending: what people set for an order. One chain, asked at three moments.

    opened ──► announced ──► sent: everything was read once more
       └───────────┴──────────┴──► the first limit that has something to say stops it

Nothing is wrong with the resource then: somebody's decision is waited for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.api.purchase import MaximumPrice
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.allowance import broken_allowance
from flink_workspace_operator.core.checks.price import amount_in, verdict_on_price
from flink_workspace_operator.core.facts.boundary import Boundary, PoliciesUnread
from flink_workspace_operator.core.facts.times import utc
from flink_workspace_operator.core.orders.price import price
from flink_workspace_operator.core.plan import Plan, Requeue, Verdict


@dataclass(frozen=True)
class Spending:
    """What would be paid for, and the price."""

    case: Case
    quote: Quote | None
    block: ApiModel

    @cached_property
    def policies(self) -> tuple[FlinkPurchasePolicy, ...]:
        """The policies that are about it, by name."""
        return policies_of(self.case)

    @property
    def cost(self) -> str:
        """The price, for a message."""
        return price(self.quote, self.block) or "not known"


def stop_at_limits(case: Case, quote: Quote, block: ApiModel) -> Plan | None:
    """Wait for whoever set the limit, for another wish, or for a lower price."""
    verdict = verdict_on_limits(case, quote, block)
    return None if verdict is None else Plan(verdict=verdict, requeue=Requeue(case.settings.resync))


def verdict_on_limits(case: Case, quote: Quote | None, block: ApiModel) -> Verdict | None:
    """The verdict of the first limit that stops it; None: it is within all."""
    spending = Spending(case, quote, block)
    verdicts = (limit(spending) for limit in LIMITS)
    return next((verdict for verdict in verdicts if verdict is not None), None)


def policies_of(case: Case) -> tuple[FlinkPurchasePolicy, ...]:
    """The policies that are about the resource's purchases."""
    boundary, target = case.seen.boundary, case.target
    if isinstance(boundary, PoliciesUnread) or target is None:
        return ()
    return boundary.about(target)


def _unread(spending: Spending) -> Verdict | None:
    """Unknown limits are not the same as none."""
    boundary = spending.case.seen.boundary
    if isinstance(boundary, Boundary):
        return None
    message = (
        f"the FlinkPurchasePolicies can't be read, because {boundary.why}: nothing is bought. Apply"
        " crds/ and the operator's rights as they are released with this version"
    )
    return Verdict("Suspended", "PolicyUnreadable", message)


def _of_a_newer_version(spending: Spending) -> Verdict | None:
    for policy in spending.policies:
        if policy.unknown_fields:
            message = (
                f"{named(policy)} has {', '.join(policy.unknown_fields)}, which this version of"
                " the operator does not know: nothing is bought. Run a version that knows it, or"
                " remove it"
            )
            return Verdict("Suspended", "PolicyInvalid", message)
    return None


def _not_covered(spending: Spending) -> Verdict | None:
    if spending.policies or not spending.case.settings.require_policy:
        return None
    message = (
        f"no FlinkPurchasePolicy is about purchases of namespace {spending.case.seen.key.namespace},"
        " and the operator's setting FLINK_OPERATOR_REQUIRE_POLICY demands one: nothing is bought."
        " Have one created"
    )
    return Verdict("Suspended", "NotAllowed", message)


def _frozen(spending: Spending) -> Verdict | None:
    for policy in spending.policies:
        freeze = policy.spec.freeze
        if freeze is None or not freeze.enabled:
            continue
        # By the cloud's clock: that of a node may be wrong.
        if freeze.until is not None and spending.case.cloud_time >= freeze.until:
            continue
        until = f" until {utc(freeze.until)}" if freeze.until else ""
        why = f" (“{' '.join(freeze.reason.split())}”)" if freeze.reason else ""
        message = (
            f"{named(policy)} freezes purchases{until}{why}: nothing is bought, and what runs"
            " keeps running"
        )
        return Verdict("Suspended", "Frozen", message)
    return None


def _not_allowed(spending: Spending) -> Verdict | None:
    for policy in spending.policies:
        broken = broken_allowance(policy, spending.case.workspace.spec)
        if broken is not None:
            message = (
                f"{named(policy)} allows {broken.limit}, and {broken.wish}: nothing is bought."
                f" Change that, or have spec.{broken.field} of the policy changed"
            )
            return Verdict("Suspended", "NotAllowed", message)
    return None


def _within_own_maximum(spending: Spending) -> Verdict | None:
    return verdict_on_price(spending.case.workspace, spending.quote, spending.block)


def _within_policies(spending: Spending) -> Verdict | None:
    for policy in spending.policies:
        prices = policy.spec.allow.maximum_price
        verdict = _verdict_on_prices(policy, prices, spending) if prices else None
        if verdict is not None:
            return verdict
    return None


def _verdict_on_prices(
    policy: FlinkPurchasePolicy, prices: tuple[MaximumPrice, ...], spending: Spending
) -> Verdict | None:
    quote = spending.quote
    limits = f"{named(policy)} allows at most {' or '.join(map(str, prices))} for an order"
    amount = total_of(quote)
    if quote is None or amount is None:
        message = f"{limits}, and the total price is not known: nothing is bought"
        return Verdict("Suspended", "PriceUnknown", message)
    limit = limit_in(prices, quote)
    # No rate of exchange is known, and a larger number may be a lower price.
    if limit is None:
        message = f"{limits}, and the price is {spending.cost}: nothing is bought in that currency"
        return Verdict("Suspended", "CurrencyNotAllowed", message)
    if amount > limit:
        message = (
            f"{limits}, and the price is {spending.cost}: nothing is bought. Change the spec, or"
            " have spec.allow.maximumPrice of the policy changed"
        )
        return Verdict("Suspended", "NotAllowed", message)
    return None


LIMITS: Final[tuple[Callable[[Spending], Verdict | None], ...]] = (
    _unread,
    _of_a_newer_version,
    _not_covered,
    _frozen,
    _not_allowed,
    _within_own_maximum,
    _within_policies,
)
"""In this order. An approval comes after all of them: nobody is asked for what may not be bought."""


def total_of(quote: Quote | None) -> Decimal | None:
    """The amount for the whole term; None if it is not known, as of pay-as-you-go."""
    if quote is None or quote.basis != "Term" or quote.currency is None:
        return None
    return amount_in(quote.trade_amount or "")


def limit_in(prices: tuple[MaximumPrice, ...], quote: Quote) -> Decimal | None:
    """The amount in the currency of the price; None: there is none in it."""
    amounts = (each.amount for each in prices if each.currency == quote.currency)
    return next((Decimal(amount) for amount in amounts), None)


def named(policy: FlinkPurchasePolicy) -> str:
    """The policy, for a message."""
    return f"FlinkPurchasePolicy {policy.metadata.name}"
