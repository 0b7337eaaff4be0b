"""A price as a line to read."""

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.parameters import WorkspaceParameters


def price(quote: Quote | None, block: ApiModel) -> str | None:
    """For example `CNY 2760.00 for 1 month`; None if nothing was quoted."""
    if quote is None:
        return None
    amount = " ".join(part for part in (quote.currency, quote.trade_amount) if part)
    subscription = block.subscription if isinstance(block, WorkspaceParameters) else None
    if quote.trade_amount is None or subscription is None:
        return f"{amount} per hour" if quote.trade_amount else "pay-as-you-go"
    term = subscription.initial_term
    unit = term.unit.lower() + ("" if term.count == 1 else "s")
    return f"{amount} for {term.count} {unit}"
