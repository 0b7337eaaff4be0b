"""What happens to a resource whose purchase is paid with the key in a Secret, and to that
Secret."""

from typing import Any, Final

from flink_workspace_operator.core.facts.identity import Key
from tests.simulation.stories import (
    KEY,
    SHOWN_LATE,
    Story,
    abandon,
    absent,
    announced,
    at_once,
    bought_once,
    gone,
    lost,
    only_purchase,
    sent,
)
from tests.simulation.world import NAMESPACE, SimulatedWorld

SECRET: Final = Key(NAMESPACE, "alicloud")
CREDENTIALS: Final[dict[str, Any]] = {"credentials": {"secretName": SECRET.name}}


def bought_once_and_let_go(world: SimulatedWorld) -> None:
    """The same as bought once; the Secret is there, and nobody holds it any more."""
    bought_once(world)
    assert world.server.stored.secrets[SECRET].finalizers == ()


def bought_by_one(world: SimulatedWorld) -> None:
    """One purchase: by the other account, or by the first one, and then the resource says where it
    belongs."""
    booking = only_purchase(world)
    assert [
        order.spec.token for order in world.orders(KEY) if order.state in ("Placed", "Fulfilled")
    ] == [booking.token]
    stalled = world.condition(KEY, "Stalled")
    assert stalled is not None
    assert world.is_ready(KEY) or (
        stalled.reason == "AccountChanged" and booking in world.account.books.bookings
    )


def gone_and_known(world: SimulatedWorld) -> None:
    """The resource is gone, and its ledger tells what was bought."""
    gone(world)
    told = [order.status.instance_id for order in world.orders(KEY) if order.state == "Placed"]
    assert told == [each.instance_id for each in world.purchases]


def quoted(world: SimulatedWorld) -> bool:
    """An order is open, and nothing was sent for it."""
    return any(order.state == "Quoted" for order in world.orders(KEY))


def uncertain(world: SimulatedWorld) -> bool:
    """It is not known whether an order bought anything."""
    return any(order.state == "Uncertain" for order in world.orders(KEY))


def waits_for_its_key(world: SimulatedWorld) -> bool:
    """An order says that nobody can ask what became of it."""
    return any("Nobody can ask" in (order.status.message or "") for order in world.orders(KEY))


def put_secret(world: SimulatedWorld) -> None:
    """Make the Secret, with a key of the account."""
    world.user.put_secret(SECRET, world.account.id)


def delete_secret(world: SimulatedWorld) -> None:
    """Delete the Secret."""
    world.user.delete_secret(SECRET)


def change_account(world: SimulatedWorld) -> None:
    """Put a key of another account into the Secret."""
    world.user.put_secret(SECRET, world.elsewhere.id)


def force_secret_away(world: SimulatedWorld) -> None:
    """Take all finalizers off the Secret, and delete it."""
    world.server.set_secret_finalizers(SECRET, ())
    world.user.delete_secret(SECRET)


def without_secret(world: SimulatedWorld) -> bool:
    """The Secret is gone."""
    return SECRET not in world.server.stored.secrets


STORIES_WITH_A_SECRET: Final = (
    Story("with a Secret", bought_once_and_let_go, spec=CREDENTIALS, prepare=put_secret),
    Story(
        "Secret made later",
        bought_once_and_let_go,
        acts=(at_once("put", without_secret, put_secret),),
        spec=CREDENTIALS,
    ),
    Story(
        "Secret deleted while placing",
        bought_once_and_let_go,
        lost("after"),
        (at_once("delete", announced, delete_secret), at_once("put", without_secret, put_secret)),
        SHOWN_LATE,
        CREDENTIALS,
        put_secret,
    ),
    Story(
        "Secret deleted while quoted",
        bought_once_and_let_go,
        acts=(at_once("delete", quoted, delete_secret), at_once("put", without_secret, put_secret)),
        spec=CREDENTIALS,
        prepare=put_secret,
    ),
    Story(
        "key of another account while placing",
        bought_by_one,
        acts=(
            at_once("change", announced, change_account),
            at_once("change back", waits_for_its_key, put_secret),
        ),
        spec=CREDENTIALS,
        prepare=put_secret,
    ),
    Story(
        "key of another account while uncertain",
        bought_once_and_let_go,
        lost("late"),
        (
            at_once("change", uncertain, change_account),
            at_once("change back", waits_for_its_key, put_secret),
        ),
        SHOWN_LATE,
        CREDENTIALS,
        put_secret,
    ),
    Story(
        "abandoned, and the Secret gone",
        gone_and_known,
        lost("late"),
        (at_once("abandon", sent, abandon), at_once("force", absent, force_secret_away)),
        SHOWN_LATE,
        CREDENTIALS,
        put_secret,
    ),
)
