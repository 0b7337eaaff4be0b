"""What happens beside other workspaces: in two regions, and where a list does not show all that
exists."""

from collections.abc import Callable
from typing import Any, Final

from flink_workspace_operator.core.facts.identity import Key
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.faults import Fault, Strike
from tests.simulation.stories import (
    KEY,
    SHOWN_LATE,
    Story,
    apply,
    at_once,
    bought_once_and_bound,
)
from tests.simulation.stories_with_a_secret import uncertain
from tests.simulation.world import A_LOOK, NAMESPACE, SimulatedWorld

NEIGHBOUR: Final = Key(NAMESPACE, "v")
IN_SHANGHAI: Final[dict[str, Any]] = {
    "region": "cn-shanghai",
    "network": {"vpcId": "vpc-2", "vSwitchIds": ["vsw-b-1"]},
    "storage": {"oss": {"bucket": "bucket-3"}},
}


def in_shanghai(world: SimulatedWorld) -> None:
    """A resource that wants a workspace of the same name in another region."""
    apply(world, NEIGHBOUR.name, **IN_SHANGHAI)


def two_in_each(world: SimulatedWorld) -> None:
    """The same, and another one in each region."""
    in_shanghai(world)
    world.apply(pay_as_you_go("x"))
    world.apply(pay_as_you_go("y", **IN_SHANGHAI))


def each_its_own(world: SimulatedWorld) -> None:
    """Every resource is Ready with what its own order bought, in its region, and nothing else was
    bought."""
    resources = world.server.stored.workspaces
    bought = {booking.token: (booking.region, booking.name) for booking in world.purchases}
    assert len(world.purchases) == len(resources)
    for key, workspace in resources.items():
        assert world.is_ready(key), key
        (token,) = (order.spec.token for order in world.orders(key) if order.state == "Fulfilled")
        assert bought[token] == (workspace.spec.region, workspace.workspace_name)


def with_a_neighbour(world: SimulatedWorld) -> None:
    """Another workspace runs in the region, and its resource says so."""
    key = world.apply(pay_as_you_go(NEIGHBOUR.name))
    world.settle(key)
    world.rest()


def unseen(world: SimulatedWorld) -> None:
    """The same, and a list does not show it."""
    with_a_neighbour(world)
    world.account.hide(frozenset({"f-1"}))


def hide_all(world: SimulatedWorld) -> None:
    """Lists are empty, and successful."""
    world.account.hide("all")


def show_all(world: SimulatedWorld) -> None:
    """Lists show all that exists."""
    world.account.hide(frozenset())


def waits_for_a_list(world: SimulatedWorld) -> bool:
    """The resource says that the list lacks what others own."""
    condition = world.condition(KEY, "Suspended")
    return condition is not None and (condition.status, condition.reason) == (
        "True",
        "ListIncomplete",
    )


def placing(world: SimulatedWorld) -> bool:
    """An order of the resource is announced."""
    return any(order.state == "Placing" for order in world.orders(KEY))


def would_be_over(world: SimulatedWorld) -> bool:
    """The window of an announced call is over, so that a whole list would settle it."""
    ends = [order.status.settled_not_before for order in world.orders(KEY)]
    return world.account.books.hides == "all" and any(
        end and world.clock.now > end + A_LOOK for end in ends
    )


def narrowed(name: str, hide: Callable[[SimulatedWorld], None], strike: Strike) -> Story:
    """The answer to the purchase is lost, and then no list shows anything until its window is
    over."""
    acts = (at_once("hide", uncertain, hide), at_once("show", would_be_over, show_all))
    second = (Fault("cloud.place", strike, skip=1),)
    return Story(name, each_its_own, second, acts, SHOWN_LATE, prepare=with_a_neighbour)


STORIES_OF_LISTS: Final = (
    Story("two regions", each_its_own, prepare=in_shanghai),
    Story(
        "two regions, answers lost",
        each_its_own,
        (Fault("cloud.place", "after", times=2),),
        cloud=SHOWN_LATE,
        prepare=in_shanghai,
    ),
    Story(
        "a narrowed list",
        each_its_own,
        acts=(at_once("show", waits_for_a_list, show_all),),
        prepare=unseen,
    ),
    Story(
        "an empty list while placing",
        each_its_own,
        acts=(at_once("hide", placing, hide_all), at_once("show", waits_for_a_list, show_all)),
        prepare=with_a_neighbour,
    ),
    narrowed("a narrowed list, answer lost", hide_all, "after"),
    narrowed("a narrowed list, booked late", hide_all, "late"),
    Story(
        "answer to the intent lost",
        bought_once_and_bound,
        (Fault("cluster.move_order", "after", skip=1),),
        cloud=SHOWN_LATE,
    ),
)
