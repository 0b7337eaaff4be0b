"""Prices that change, and maxima that people set: what is bought was within both, and what is not
says why."""

from typing import Any, Final

from tests.scenario.manifests import SUBSCRIPTION, at_most
from tests.simulation.races import TWO, Race, anytime
from tests.simulation.rules import is_within
from tests.simulation.stories import KEY, Story, at_once, bought_once, waits
from tests.simulation.world import SimulatedWorld

PRICE, MORE, LESS = "1200.00", "1200.01", "1199.99"


def price_rises(world: SimulatedWorld) -> None:
    """The cloud asks for more."""
    world.account.reprice(MORE)


def price_falls(world: SimulatedWorld) -> None:
    """The cloud asks for less."""
    world.account.reprice(PRICE)


def raise_maximum(world: SimulatedWorld) -> None:
    """A person allows more."""
    world.user.edit(KEY, **at_most(MORE))


def lower_maximum(world: SimulatedWorld) -> None:
    """A person allows less."""
    world.user.edit(KEY, **at_most(LESS))


def above(world: SimulatedWorld) -> bool:
    """The resource says that the price is above its maximum."""
    condition = world.condition(KEY, "Suspended")
    return condition is not None and condition.reason == "PriceAboveLimit"


def bought_within(world: SimulatedWorld) -> None:
    """One purchase, and its order says at which price, and what was allowed then."""
    bought_once(world)
    for order in world.orders(KEY):
        if order.facts.is_paid:
            assert order.status.maximum_price is not None
            assert is_within(order.status.quote, order.status.maximum_price)


def bought_within_or_waits(world: SimulatedWorld) -> None:
    """Bought before the change came, or not at all."""
    if world.purchases:
        bought_within(world)
    else:
        waits("Suspended", "PriceAboveLimit")(world)


_LIMITED: Final[dict[str, Any]] = {"spec": {**SUBSCRIPTION, **at_most(PRICE)}}

STORIES_OF_PRICES: Final = (
    Story(
        "the price falls",
        bought_within,
        acts=(at_once("fall", above, price_falls),),
        prepare=price_rises,
        **_LIMITED,
    ),
    Story(
        "the maximum is raised",
        bought_within,
        acts=(at_once("raise", above, raise_maximum),),
        prepare=price_rises,
        **_LIMITED,
    ),
)

_RISES: Final = Story("", bought_within_or_waits, acts=anytime("rise", price_rises), **_LIMITED)
_LOWERED: Final = Story(
    "", bought_within_or_waits, acts=anytime("lower", lower_maximum), **_LIMITED
)

RACES_OF_PRICES: Final = (
    Race("the price rises", _RISES),
    Race("the maximum is lowered", _LOWERED),
    Race("the maximum is lowered, two replicas", _LOWERED, TWO, preemptions=0, quick=False),
)
