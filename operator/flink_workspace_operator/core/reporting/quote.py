"""The price that the status shows before anything is bought, also while suspended.

A price that is still shown stays as it is: the status must not change with each answer.
"""

from datetime import timedelta
from typing import Final

from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.status import QuotedPrice
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.price import quote_for
from flink_workspace_operator.core.checks.purchase import wished
from flink_workspace_operator.core.facts.observed import Absent, Unknown
from flink_workspace_operator.core.orders.price import price

SHOWN_FOR: Final = timedelta(days=1)
"""A suspended resource is quoted once in this time, or when it changes."""


def quote_after(case: Case) -> QuotedPrice | None:
    """The price to show after a pass."""
    block = _to_buy(case)
    if block is None:
        return None
    known, asked = _still_valid(case), quote_for(case, block)
    if isinstance(asked, Unknown):
        return known
    new = _shown(asked, block, case.workspace.metadata.generation)
    return known if known is not None and _without_times(known) == _without_times(new) else new


def _to_buy(case: Case) -> WorkspaceParameters | None:
    """The workspace that the resource would buy."""
    if case.sent_order is not None or case.adoption.policy == "ByInstanceId":
        return None
    wish = wished(case) if isinstance(case.found, Absent | Unknown) else None
    block = None if wish is None else wish[1]
    return block if isinstance(block, WorkspaceParameters) else None


def _still_valid(case: Case) -> QuotedPrice | None:
    """The price in the status, if it is of this spec and not old."""
    known, generation = case.workspace.status.quote, case.workspace.metadata.generation
    if known is None or known.observed_generation != generation:
        return None
    return known if case.cloud_time < known.valid_until else None


def _shown(quote: Quote, block: WorkspaceParameters, generation: int) -> QuotedPrice:
    of_term = quote.basis == "Term"
    beside = {
        "ARMS": block.monitoring == "ARMS",
        "OSS": True,
        "SLB": True,
        "Use": not of_term,
    }
    return QuotedPrice(
        price=price(quote, block) or "",
        amount=quote.trade_amount if of_term else None,
        currency=quote.currency if of_term else None,
        term=None if block.subscription is None else block.subscription.initial_term,
        not_included=tuple(each for each, is_so in beside.items() if is_so),
        observed_generation=generation,
        quoted_at=quote.quoted_at,
        valid_until=quote.quoted_at + SHOWN_FOR,
    )


def _without_times(quote: QuotedPrice) -> QuotedPrice:
    return quote.model_copy(update={"quoted_at": None, "valid_until": None})
