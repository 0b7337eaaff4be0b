"""Who and what may get in each other's way, as data. Each race is run in all orders, and in random
ones."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.facts.identity import Key
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.faults import Fault
from tests.simulation.scheduler import Act
from tests.simulation.stories import (
    KEY,
    SHOWN_LATE,
    Story,
    absent,
    apply,
    bought_once,
    bought_once_and_bound,
    delete,
    gone,
    lose_and_restore,
    only_purchase,
    replace_by_force,
)
from tests.simulation.stories_with_a_secret import (
    CREDENTIALS,
    bought_by_one,
    bought_once_and_let_go,
    change_account,
    delete_secret,
    put_secret,
    waits_for_its_key,
    without_secret,
)
from tests.simulation.world import NAMESPACE, SimulatedWorld

OTHER: Final = Key(NAMESPACE, "v")
ELSEWHERE: Final = Key("elsewhere", "w")


@dataclass(frozen=True)
class Race:
    """A story with several processes or resources; its acts may come at any moment."""

    name: str
    story: Story
    processes: tuple[str, ...] = ("a",)
    names: tuple[str, ...] = ("w",)
    own_names: bool = False
    """Each resource wants a workspace of its own, and not all the same name."""
    preemptions: int = 2
    """How many the whole proof tries; with more, some races have millions of states. 0: in random
    orders alone."""
    quick: bool = True
    """Whether one preemption is tried at every call in every run of the tests: not where that takes
    seconds. Random schedules of each race are."""

    def begin(self) -> SimulatedWorld:
        """A world in which everything was just applied."""
        world = self.story.begin(self.processes)
        world.account.buckets["bucket-2"] = world.account.buckets["bucket-1"]
        for name in self.names[1:]:
            apply(world, name, **self._spec_of(name))
        return world

    def _spec_of(self, name: str) -> dict[str, Any]:
        return {**self.story.spec, "workspaceName": name} if self.own_names else {}


def there(world: SimulatedWorld) -> bool:
    """The resource exists."""
    return not absent(world)


def edit(world: SimulatedWorld) -> None:
    """Want another bucket; the API server refuses that once the purchase is known to be under
    way."""
    with suppress(ClusterRefused):
        world.user.edit(KEY, storage={"type": "OSS", "oss": {"bucket": "bucket-2"}})


def bought_as_said(world: SimulatedWorld) -> None:
    """One purchase, and where it is not what the spec wants by now, the resource says so."""
    bought_once(world)
    workspace, instance = (
        world.workspace(KEY),
        world.account.books.instances[only_purchase(world).instance_id],
    )
    assert workspace is not None
    in_sync = world.condition(KEY, "InSync")
    assert in_sync is not None
    agrees = workspace.spec.storage.oss.bucket == instance.bucket
    assert in_sync.status == ("True" if agrees else "False"), in_sync


def one_of_two(world: SimulatedWorld) -> None:
    """One purchase; the resource that bought it is Ready, the other one says that the name is
    taken."""
    booking = only_purchase(world)
    ready = [key for key in (KEY, OTHER) if world.is_ready(key)]
    assert len(ready) == 1, ready
    fulfilled = [order.spec.token for order in world.orders(ready[0]) if order.state == "Fulfilled"]
    assert fulfilled == [booking.token]
    (loser,) = {KEY, OTHER} - set(ready)
    stalled = world.condition(loser, "Stalled")
    assert stalled is not None
    assert (stalled.status, stalled.reason) == ("True", "NameTaken")


def delete_orders(world: SimulatedWorld) -> None:
    """Delete the ledger of a resource that is gone."""
    world.user.delete_orders(KEY)


def move(world: SimulatedWorld) -> None:
    """Apply the manifest in another namespace."""
    world.apply(pay_as_you_go("w"), ELSEWHERE.namespace)


def bought_here_or_there(world: SimulatedWorld) -> None:
    """At most one purchase; the resource that was moved is Ready with its own, or says whose the
    name is."""
    stalled = world.condition(ELSEWHERE, "Stalled")
    assert stalled is not None
    assert world.is_ready(ELSEWHERE) or (stalled.status, stalled.reason) == ("True", "NameTaken")
    assert len(world.purchases) == 1


def restore(world: SimulatedWorld) -> None:
    """Everything in the cluster is lost, and comes back without status."""
    lose_and_restore(world, orders=True)


def anytime(name: str, do: Callable[[SimulatedWorld], object]) -> tuple[Act, ...]:
    """What a person does once, at any moment at which the resource exists."""
    return (Act(name, there, do),)


TWO: Final = ("a", "b")
_LATE: Final[dict[str, Any]] = {"cloud": SHOWN_LATE}
_LOST: Final = (Fault("cloud.place", "late"),)

_DELETION: Final = Story("", gone, acts=anytime("delete", delete), **_LATE)
_EDIT: Final = Story("", bought_as_said, acts=anytime("edit", edit), **_LATE)
_REPLACEMENT: Final = Story("", bought_once, acts=anytime("replace", replace_by_force), **_LATE)
_RESTORE: Final = Story("", bought_once, acts=anytime("restore", restore), **_LATE)
_MOVE: Final = Story(
    "",
    bought_here_or_there,
    acts=(*anytime("delete", delete), Act("apply elsewhere", absent, move)),
    **_LATE,
)
_NO_LEDGER: Final = Story(
    "",
    bought_once_and_bound,
    acts=(
        *anytime("delete", delete),
        Act("delete orders", absent, delete_orders),
        Act("apply again", absent, apply),
    ),
    **_LATE,
)
_RETURN: Final = Story(
    "", bought_once, acts=(*anytime("delete", delete), Act("apply again", absent, apply)), **_LATE
)

_CHANGE: Final = Story(
    "",
    bought_by_one,
    acts=(
        *anytime("change", change_account),
        Act("change back", waits_for_its_key, put_secret, at_once=True),
    ),
    spec=CREDENTIALS,
    prepare=put_secret,
    **_LATE,
)
_NO_SECRET: Final = Story(
    "",
    bought_once_and_let_go,
    acts=(
        *anytime("delete the Secret", delete_secret),
        Act("put it back", without_secret, put_secret, at_once=True),
    ),
    spec=CREDENTIALS,
    prepare=put_secret,
    **_LATE,
)
_ONE_SECRET: Final = Story("", one_of_two, spec=CREDENTIALS, prepare=put_secret)

RACES: Final = (
    Race("two replicas", Story("", bought_once), TWO),
    Race(
        "two replicas, shown late", Story("", bought_once, **_LATE), TWO, preemptions=1, quick=False
    ),
    Race(
        "two replicas, booked late",
        Story("", bought_once, _LOST, **_LATE),
        TWO,
        preemptions=1,
        quick=False,
    ),
    Race("one name twice", Story("", one_of_two), names=("w", "v")),
    Race(
        "one name twice, shown late",
        Story("", one_of_two, **_LATE),
        names=("w", "v"),
        preemptions=1,
        quick=False,
    ),
    Race("deletion", _DELETION),
    Race("deletion and return", _RETURN),
    Race("deletion, ledger and all, and return", _NO_LEDGER, quick=False),
    Race("move to another namespace", _MOVE, quick=False),
    Race("edit", _EDIT),
    Race("replacement", _REPLACEMENT),
    Race("restore", _RESTORE),
    Race("key of another account", _CHANGE, preemptions=1),
    Race("Secret deleted and put back", _NO_SECRET, preemptions=1),
    Race(
        "one name twice, one of them with a Secret",
        _ONE_SECRET,
        names=("w", "v"),
        preemptions=1,
        quick=False,
    ),
    Race("Secret deleted and put back, two replicas", _NO_SECRET, TWO, preemptions=1, quick=False),
    Race("deletion, two replicas", _DELETION, TWO, preemptions=1, quick=False),
    Race("edit, two replicas", _EDIT, TWO, preemptions=1, quick=False),
    Race("replacement, two replicas", _REPLACEMENT, TWO, preemptions=1, quick=False),
)
