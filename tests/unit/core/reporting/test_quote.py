"""The price that is shown before anything is bought, and when it is not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.parameters import Term
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, QuotedPrice
from flink_workspace_operator.api.workspace import Adoption
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.failures import ServerError
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.ownership import Foreign
from flink_workspace_operator.core.reporting.quote import SHOWN_FOR, quote_after
from tests.builders import (
    NOW,
    a_case,
    a_cloud,
    a_listing,
    a_quote,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)

UNANSWERED = Unknown(ServerError("foasconsole.QueryCreateInstancePrice", "500"))
SECOND = timedelta(seconds=1)
SHOWN = QuotedPrice(
    price="CNY 1200.00 for 1 month",
    amount="1200.00",
    currency="CNY",
    term=Term(count=1, unit="Month"),
    not_included=("ARMS", "OSS", "SLB"),
    observed_generation=1,
    quoted_at=NOW,
    valid_until=NOW + SHOWN_FOR,
)


def showing(quote: QuotedPrice, **read: Any) -> Case:  # noqa: ANN401 - whatever `a_case` takes
    """A suspended resource that shows a price."""
    return a_case(a_workspace(suspend=True, status=FlinkWorkspaceStatus(quote=quote)), **read)


def test_a_price_is_shown_before_anything_is_bought() -> None:
    """Suspended or not."""
    for suspend in (False, True):
        assert quote_after(a_case(a_workspace(suspend=suspend))) == SHOWN


def test_what_is_billed_beside_it_is_named() -> None:
    """By use: everything. ARMS only where it is used."""
    by_use = a_workspace(
        charge_type="PayAsYouGo", subscription=None, resources=None, monitoring="CloudMonitor"
    )
    for amount, line in ((None, "pay-as-you-go"), ("0.57", "CNY 0.57 per hour")):
        quote = Quote(basis="Hour", currency="CNY", trade_amount=amount, quoted_at=NOW)
        shown = quote_after(a_case(by_use, cloud=a_cloud(quote=quote)))
        assert shown is not None
        assert (shown.price, shown.amount, shown.currency, shown.term) == (line, None, None, None)
        assert shown.not_included == ("OSS", "SLB", "Use")


def test_a_price_stays_as_it_is_for_a_day() -> None:
    """The status must not change with each answer. After it, or with another price, it does."""
    before = SHOWN.model_copy(update={"quoted_at": NOW - minutes(9), "valid_until": NOW + SECOND})
    assert quote_after(showing(before)) == before
    old = SHOWN.model_copy(update={"quoted_at": NOW - SHOWN_FOR, "valid_until": NOW})
    assert quote_after(showing(old)) == SHOWN
    dearer = quote_after(showing(before, cloud=a_cloud(quote=a_quote(amount="1300.00"))))
    assert dearer is not None
    assert (dearer.amount, dearer.quoted_at) == ("1300.00", NOW)


def test_a_price_stays_where_none_is_answered_but_not_for_ever() -> None:
    """Nor for another spec: nobody knows its price."""
    silent = a_cloud(quote=UNANSWERED)
    assert quote_after(showing(SHOWN, cloud=silent)) == SHOWN
    assert quote_after(showing(SHOWN.model_copy(update={"valid_until": NOW}), cloud=silent)) is None
    assert (
        quote_after(showing(SHOWN.model_copy(update={"observed_generation": 2}), cloud=silent))
        is None
    )


@pytest.mark.parametrize("state", ["Placing", "Uncertain", "Placed", "Fulfilled"])
def test_no_price_is_shown_from_the_announcement_on(state: Any) -> None:  # noqa: ANN401 - words of a parametrised test
    """The order has the one that was agreed to."""
    assert quote_after(a_case(a_workspace(), an_order(state))) is None


def test_what_is_not_bought_has_no_price() -> None:
    """It is there already, somebody else has the name, or the resource only adopts."""
    by_id = Adoption(policy="ByInstanceId", instance_id="sc_flink-1")
    adopting = a_case(a_workspace(adoption=by_id))
    settings = adopting.settings.model_copy(update={"adoption_namespaces": ("team",)})
    assert quote_after(replace(adopting, settings=settings)) is None
    assert quote_after(a_case(a_workspace(), cloud=a_cloud(a_listing(an_instance())))) is None
    strange = a_case(
        a_workspace(),
        cloud=a_cloud(a_listing(an_instance(order=None, create_time=NOW - minutes(99)))),
    )
    assert isinstance(strange.found, Foreign)
    assert quote_after(strange) is None
