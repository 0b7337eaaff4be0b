"""What it costs is known before it is bought, and a maximum in the resource decides about it."""

from tests.scenario.manifests import at_most, pay_as_you_go, subscription
from tests.scenario.test_resting import asked, in_order, until_it_rests
from tests.scenario.world import World, conditions, has_reason

THREE_YEARS = {"initialTerm": {"count": 36, "unit": "Month"}, "renewal": {"mode": "Automatic"}}


async def test_a_typo_is_not_bought(world: World) -> None:
    """Two zeros too many, for three years: the resource names the amount. Corrected, it is
    bought."""
    typo = subscription(resources={"cu": 1000}, subscription=THREE_YEARS, **at_most("3500.00"))
    await world.apply(typo)
    told = await world.settle("w", until=has_reason("PriceAboveLimit"))
    assert conditions(told)["Suspended"].message == (
        "the price is CNY 6969110.40 for 36 months, above spec.purchase.maximumPrice, CNY 3500.00: nothing is bought."
        " Raise spec.purchase.maximumPrice.amount to 6969110.40 or more, or wait for a lower price;"
        " every resync checks the price"
    )
    assert (await world.orders("w"), world.account.control.purchases()) == ((), [])
    await world.apply(subscription(**at_most("3500.00")))
    await world.settle("w")
    (bought,) = world.account.control.purchases()
    assert (bought["amount"], bought["currency"]) == (3312.0, "CNY")


async def test_a_price_that_rises_on_the_way_is_not_paid(world: World) -> None:
    """The order was opened below the maximum. Once the price falls again, that order is placed, and
    keeps both."""
    await world.apply(subscription(**at_most("3312.00")))
    await world.settle("w", until=lambda found: found.status.order is not None)
    world.account.control.settings(priceFactor=1.01)
    told = await world.settle("w", until=has_reason("PriceAboveLimit"))
    assert told.status.quote is not None
    assert told.status.quote.price == "CNY 3345.12 for 1 month"
    assert world.account.control.purchases() == []
    world.account.control.settings(priceFactor=1)
    await world.settle("w")
    (order,) = await world.orders("w")
    assert order.status.quote is not None
    assert order.status.maximum_price is not None
    assert (order.status.quote.trade_amount, str(order.status.maximum_price)) == (
        "3312.00",
        "CNY 3312.00",
    )


async def test_other_currencies_and_unknown_prices_are_not_paid(world: World) -> None:
    """The international site's, and what is billed by use."""
    world.account.control.settings(currency="USD")
    await world.apply(subscription(**at_most("9999.00")))
    await world.settle("w", until=has_reason("CurrencyNotAllowed"))
    await world.apply(pay_as_you_go(subscription=None, resources=None, **at_most("9999.00")))
    await world.settle("w", until=has_reason("PriceUnknown"))
    assert (await world.orders("w"), world.account.control.purchases()) == ((), [])


async def test_a_suspended_one_is_quoted_once_and_again_after_a_day(world: World) -> None:
    """And after a change. While it rests, nothing is asked."""
    in_order(world)
    await world.apply(subscription(suspend=True))
    await until_it_rests(world)
    shown = (await world.workspace("w")).status.quote
    assert shown is not None
    assert (shown.price, shown.not_included) == ("CNY 3312.00 for 1 month", ("ARMS", "OSS", "SLB"))
    before = asked(world)
    await world.one_pass("w")
    assert asked(world) == before
    world.account.control.settings(priceFactor=2)
    clock = world.reconciler.clock
    world.reconciler.clock = lambda: max(clock(), shown.valid_until)
    await world.one_pass("w")
    again = (await world.workspace("w")).status.quote
    assert again is not None
    assert again.price == "CNY 6624.00 for 1 month"
    assert (await world.orders("w"), world.account.control.purchases()) == ((), [])
