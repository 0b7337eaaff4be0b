"""The price of an order: asked in this pass, and within the maximum that the resource sets.

    asked ──► within the maximum? ──► order opened
    asked ──► within the maximum? ──► announced, at this price
              within the maximum? ──► sent: the resource was read once more

A price that can't be compared is not within the maximum.
"""

from datetime import timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Final

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.api.purchase import MaximumPrice
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.orders.price import price
from flink_workspace_operator.core.plan import Verdict
from flink_workspace_operator.core.questions import price_question

FIELD: Final = "spec.purchase.maximumPrice"
_FINEST: Final = Decimal("0.01")
"""The field takes no smaller part."""


def quote_for(case: Case, block: ApiModel) -> Quote | Unknown:
    """The price of the block.

    The price of another was asked where the look shows other facts than the status did.
    """
    asked = price_question(case.workspace, case.seen.orders)
    return case.seen.cloud.quote if asked == block else Unknown()


def freshest_quote(case: Case, order: FlinkWorkspaceOrder) -> Quote | Unknown:
    """The price of this pass; if it was not answered, that of the order, unless it is old."""
    asked, known = quote_for(case, order.spec.block), order.status.quote
    return asked if known is None or isinstance(asked, Quote) or _is_stale(known, case) else known


def _is_stale(quote: Quote, case: Case) -> bool:
    validity = timedelta(seconds=case.settings.quote_validity_seconds)
    return case.cloud_time - quote.quoted_at > validity


def maximum_of(workspace: FlinkWorkspace) -> MaximumPrice | None:
    """The maximum that the resource sets for an order."""
    purchase = workspace.spec.purchase
    return None if purchase is None else purchase.maximum_price


def verdict_on_price(
    workspace: FlinkWorkspace, quote: Quote | None, block: ApiModel
) -> Verdict | None:
    """The verdict on a price that is not within the maximum; None if it is, or if none is set."""
    maximum = maximum_of(workspace)
    if maximum is None:
        return None
    amount = amount_in((quote and quote.trade_amount) or "")
    # Pay-as-you-go has no price of the whole: an amount, if any, is that of an hour.
    if quote is None or quote.basis != "Term" or amount is None or quote.currency is None:
        return Verdict("Suspended", "PriceUnknown", _unknown(maximum, quote))
    # No rate of exchange is known, and a larger number may be a lower price.
    if quote.currency != maximum.currency:
        return Verdict("Suspended", "CurrencyNotAllowed", _other_currency(maximum, quote, block))
    if amount > Decimal(maximum.amount):
        enough = f"{amount.quantize(_FINEST, ROUND_CEILING):f}"
        message = f"the price is {price(quote, block)}, {_above(maximum, enough)}"
        return Verdict("Suspended", "PriceAboveLimit", message)
    return None


def amount_in(text: str) -> Decimal | None:
    """The amount; None if it is missing or no number, as in an order that was edited manually."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _unknown(maximum: MaximumPrice, quote: Quote | None) -> str:
    by_use = quote is not None and quote.basis == "Hour"
    why = "pay-as-you-go is billed by use" if by_use else "the cloud named none"
    return (
        f"there is no total price to compare with {FIELD}, {maximum}, because {why}: nothing"
        " is bought. Remove spec.purchase to buy without a maximum"
        + (", or set chargeType to Subscription" if by_use else "")
    )


def _other_currency(maximum: MaximumPrice, quote: Quote, block: ApiModel) -> str:
    return (
        f"the price is {price(quote, block)}, and {FIELD} is {maximum}: amounts of two currencies"
        f" can't be compared, so nothing is bought. Set {FIELD} in {quote.currency}"
    )


def _above(maximum: MaximumPrice, enough: str) -> str:
    return (
        f"above {FIELD}, {maximum}: nothing is bought. Raise {FIELD}.amount to {enough} or more, or"
        " wait for a lower price; every resync checks the price"
    )
