"""The maximum price: what is not within it is neither announced nor sent, and the resource says
why."""

from typing import Any

import pytest

from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.core.checks.price import quote_for, verdict_on_price
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import ServerError
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.plan import (
    MoveOrder,
    OpenOrder,
    PlaceOrder,
    Plan,
    Requeue,
    Verdict,
    WriteIntent,
)
from tests.builders import NOW, SETTINGS, a_case, a_cloud, a_quote, a_workspace, an_order, minutes

UNANSWERED = Unknown(ServerError("foasconsole.QueryCreateInstancePrice", "500"))
BY_USE = {"charge_type": "PayAsYouGo", "subscription": None, "resources": None}


def at_most(amount: str, currency: str = "CNY") -> dict[str, Any]:
    """The field of the spec."""
    return {"purchase": {"maximum_price": {"amount": amount, "currency": currency}}}


def verdict(quote: Quote | None, maximum: dict[str, Any], **spec: Any) -> Verdict | None:  # noqa: ANN401 - any field
    """The verdict on a price."""
    workspace = a_workspace(**maximum, **spec)
    return verdict_on_price(workspace, quote, workspace.parameters)


def reason(quote: Quote | None, maximum: dict[str, Any]) -> str:
    """Its word; empty where the price is within the maximum."""
    found = verdict(quote, maximum)
    if found is None:
        return ""
    assert found.kind == "Suspended"
    return found.reason


def stopped(plan: Plan) -> str:
    """The reason of a plan that writes nothing, and looks again in the next round."""
    assert (plan.steps, plan.requeue) == ((), Requeue(SETTINGS.resync))
    assert plan.verdict is not None
    return plan.verdict.reason


class TestComparing:
    """Exact, in one currency."""

    @pytest.mark.parametrize(
        ("price", "maximum", "said"),
        [
            ("1200.00", "1200.00", ""),
            ("1200.00", "1200", ""),
            ("1200.00", "1200.01", ""),
            ("1200.00", "1199.99", "PriceAboveLimit"),
            ("1200.000001", "1200.00", "PriceAboveLimit"),
            ("9.00", "10.00", ""),
            ("10.00", "9.00", "PriceAboveLimit"),
            ("0.00", "0", ""),
            ("0.01", "0", "PriceAboveLimit"),
            ("999999999999.98", "999999999999.99", ""),
            ("999999999999.99", "999999999999.98", "PriceAboveLimit"),
        ],
    )
    def test_amounts_are_numbers(self, price: str, maximum: str, said: str) -> None:
        """Neither texts nor binary fractions."""
        assert reason(a_quote(amount=price), at_most(maximum)) == said

    def test_without_a_maximum_every_price_will_do(self) -> None:
        """Also none."""
        assert verdict(a_quote(amount="1e9"), {}) is None
        assert verdict(None, {}) is None

    @pytest.mark.parametrize("maximum", ["0.01", "99999.00"])
    def test_amounts_of_two_currencies_are_not_compared(self, maximum: str) -> None:
        """Whichever number is larger."""
        assert reason(a_quote(), at_most(maximum, "USD")) == "CurrencyNotAllowed"

    @pytest.mark.parametrize("amount", [None, "", "free", "NaN", "-Infinity"])
    def test_what_is_no_amount_is_not_within_a_maximum(self, amount: str | None) -> None:
        """It may be anything."""
        assert (
            reason(a_quote().model_copy(update={"trade_amount": amount}), at_most("9999.00"))
            == "PriceUnknown"
        )

    def test_without_a_currency_or_a_quote_nothing_is_known(self) -> None:
        """The number alone says nothing."""
        assert (
            reason(a_quote().model_copy(update={"currency": None}), at_most("9999.00"))
            == "PriceUnknown"
        )
        assert reason(None, at_most("9999.00")) == "PriceUnknown"

    @pytest.mark.parametrize("amount", [None, "0.57"])
    def test_an_hour_is_not_the_whole(self, amount: str | None) -> None:
        """Pay-as-you-go has no price that could be compared, also if that of an hour is named."""
        quote = Quote(basis="Hour", currency="CNY", trade_amount=amount, quoted_at=NOW)
        assert reason(quote, at_most("9999.00")) == "PriceUnknown"


def test_the_price_of_something_else_is_none() -> None:
    """Nothing is asked for what is bound already: an answer would be about another block."""
    case = a_case(
        a_workspace(status=FlinkWorkspaceStatus(instance=Instance(instance_id="sc_flink-1")))
    )
    assert quote_for(case, case.workspace.parameters) == Unknown()
    free = a_case(a_workspace())
    assert quote_for(free, free.workspace.parameters) == a_quote()
    assert quote_for(free, a_workspace(zone_id="cn-hangzhou-i").parameters) == Unknown()


class TestMessage:
    """Price, maximum, and what to do; the same as long as the situation is."""

    def test_above(self) -> None:
        """Names both amounts and the field."""
        found = verdict(a_quote(amount="1200.005"), at_most("1000.00"))
        assert found is not None
        assert found.message == (
            "the price is CNY 1200.005 for 1 month, above spec.purchase.maximumPrice, CNY 1000.00: nothing is bought."
            " Raise spec.purchase.maximumPrice.amount to 1200.01 or more, or wait for a lower price;"
            " every resync checks the price"
        )

    def test_in_another_currency(self) -> None:
        """Names both."""
        found = verdict(a_quote(), at_most("1000.00", "USD"))
        assert found is not None
        assert found.message == (
            "the price is CNY 1200.00 for 1 month, and spec.purchase.maximumPrice is USD 1000.00: amounts of two"
            " currencies can't be compared, so nothing is bought. Set spec.purchase.maximumPrice in CNY"
        )

    def test_unknown(self) -> None:
        """Says why; a subscription is advised only to whom it is none."""
        by_use = verdict(Quote(basis="Hour", quoted_at=NOW), at_most("9.00"), **BY_USE)
        unnamed = verdict(a_quote().model_copy(update={"currency": None}), at_most("9.00"))
        assert by_use is not None
        assert unnamed is not None
        assert by_use.message == (
            "there is no total price to compare with spec.purchase.maximumPrice, CNY 9.00, because"
            " pay-as-you-go is billed by use: nothing is bought. Remove spec.purchase to buy without a maximum, or set"
            " chargeType to Subscription"
        )
        assert unnamed.message == (
            "there is no total price to compare with spec.purchase.maximumPrice, CNY 9.00, because the cloud"
            " named none: nothing is bought. Remove spec.purchase to buy without a maximum"
        )


class TestOnTheWay:
    """At the three places where a price counts."""

    def test_no_order_is_opened_above_the_maximum(self) -> None:
        """And one is, once the maximum is raised or the price falls."""
        cheap = a_cloud(quote=a_quote(amount="1000.00"))
        assert stopped(decide(a_case(a_workspace(**at_most("1000.00"))))) == "PriceAboveLimit"
        for case in (
            a_case(a_workspace(**at_most("1200.00"))),
            a_case(a_workspace(**at_most("1000.00")), cloud=cheap),
        ):
            assert isinstance(decide(case).steps[0], OpenOrder)

    def test_nothing_is_announced_above_the_maximum(self) -> None:
        """The price rose, or the maximum was lowered, since the order was opened."""
        dear = a_cloud(quote=a_quote(amount="1300.00"))
        assert (
            stopped(decide(a_case(a_workspace(**at_most("1200.00")), an_order(), cloud=dear)))
            == "PriceAboveLimit"
        )
        assert (
            stopped(decide(a_case(a_workspace(**at_most("1100.00")), an_order())))
            == "PriceAboveLimit"
        )

    def test_what_is_announced_carries_the_maximum_that_held(self) -> None:
        """It is the record of why this price was paid."""
        workspace = a_workspace(**at_most("1300.00"))
        step = decide(a_case(workspace, an_order())).steps[0]
        assert isinstance(step, WriteIntent)
        assert workspace.spec.purchase is not None
        assert step.status.maximum_price == workspace.spec.purchase.maximum_price

    def test_a_maximum_that_was_removed_is_not_carried(self) -> None:
        """An announcement was taken back since, and the resource changed."""
        removed = a_workspace(**at_most("1.00")).spec.purchase
        assert removed is not None
        step = decide(a_case(a_workspace(), an_order(maximum_price=removed.maximum_price))).steps[0]
        assert isinstance(step, WriteIntent)
        assert step.status.maximum_price is None

    def test_a_young_price_of_the_order_is_compared_where_none_is_answered(self) -> None:
        """It is the freshest one."""
        order = an_order(quote=a_quote(NOW - minutes(1)))
        silent = a_cloud(quote=UNANSWERED)
        assert (
            stopped(decide(a_case(a_workspace(**at_most("1199.00")), order, cloud=silent)))
            == "PriceAboveLimit"
        )
        assert isinstance(
            decide(a_case(a_workspace(**at_most("1200.00")), order, cloud=silent)).steps[0],
            WriteIntent,
        )

    def test_nothing_is_sent_above_the_maximum(self) -> None:
        """The resource is read last, after the list: here with the generation as announced, as
        after a restore."""
        placing = an_order("Placing", intent=NOW)
        [sent] = decide(a_case(a_workspace(**at_most("1200.00")), placing, intent=placing)).steps
        assert isinstance(sent, PlaceOrder)
        [taken_back] = decide(
            a_case(a_workspace(**at_most("1199.99")), placing, intent=placing)
        ).steps
        assert isinstance(taken_back, MoveOrder)
        assert (taken_back.status.state, taken_back.status.message) == (
            "Quoted",
            "Nothing was sent (CNY 1200.00 for 1 month), because a limit stops it (PriceAboveLimit).",
        )

    def test_a_person_who_suspended_it_is_named_first(self) -> None:
        """Whatever the price."""
        plan = decide(a_case(a_workspace(suspend=True, **at_most("1.00"))))
        assert plan.verdict is not None
        assert plan.verdict.reason == "SuspendedByUser"
