"""The API server's store goes back to an earlier moment while the processes live, as after a
restore of etcd.

Versions are numbers here, and are given out again for other contents. Backup and roll-back come at
random moments. The ledger may have forgotten the call then: only the list shows it, and as long as
that does not, only the nonce."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest

from tests.simulation.chance import MOST_DROPS, RandomRun
from tests.simulation.gate import Point
from tests.simulation.invariants import Broken
from tests.simulation.races import TWO, Race, there
from tests.simulation.scheduler import Act
from tests.simulation.server import Stored
from tests.simulation.stories import (
    KEY,
    SHOWN_LATE,
    Story,
    apply,
    bought_once,
    bought_once_and_bound,
    lost,
)
from tests.simulation.stories_of_copies import REMEMBERED, for_another_copy
from tests.simulation.task import Task
from tests.simulation.world import SimulatedWorld

pytestmark = pytest.mark.usefixtures("quiet")
FEW, MANY = 10, 250
AT_ONCE: Final[dict[str, Any]] = {"visibility": 0}
Record = Callable[[str, object], None]


def rolled_back(name: str, processes: tuple[str, ...] = ("a",), **story: Any) -> Race:  # noqa: ANN401 - any field
    """Everything is written down at some moment, and comes back at a later one."""
    backup: list[Stored] = []

    def prepare(world: SimulatedWorld) -> None:
        backup.clear()
        world.server.numbered = True

    def roll_back(world: SimulatedWorld) -> None:
        world.server.roll_back(backup[0])
        for task in world.tasks.values():
            task.wake()

    acts = (
        Act("back up", there, lambda world: backup.append(world.server.stored.copy())),
        Act("roll back", lambda _: bool(backup), roll_back),
    )
    return Race(
        name, Story("", bought_once_and_bound, acts=acts, prepare=prepare, **story), processes
    )


ROLL_BACKS: Final = (
    rolled_back("roll-back", cloud=REMEMBERED),
    rolled_back("roll-back, answer lost", cloud=REMEMBERED, faults=lost("late")),
    rolled_back(
        "roll-back, answer of another copy", cloud=REMEMBERED, faults=for_another_copy(late=True)
    ),
    rolled_back("roll-back, two replicas", TWO, cloud=REMEMBERED),
    rolled_back("roll-back, answer lost, two replicas", TWO, cloud=REMEMBERED, faults=lost("late")),
    rolled_back("roll-back, shown at once, no nonce", cloud=AT_ONCE),
    rolled_back("roll-back, shown at once, no nonce, two replicas", TWO, cloud=AT_ONCE),
)
EACH = pytest.mark.parametrize("race", ROLL_BACKS, ids=lambda race: race.name.replace(" ", "-"))


def run(race: Race, seeds: Iterable[int]) -> None:
    """So many random schedules."""
    for seed in seeds:
        RandomRun(race.begin(), race.story.acts, seed, crashes=seed % 3).run(race.story.end)


@EACH
def test_rolled_back(race: Race, record_property: Record) -> None:
    """One purchase, and the resource is bound to it."""
    run(race, range(FEW))
    record_property("schedules", [race.name, MOST_DROPS, 0, FEW])


@pytest.mark.proof
@pytest.mark.timeout(900)
@EACH
def test_rolled_back_by_the_hundred(race: Race, record_property: Record) -> None:
    """As above."""
    run(race, range(FEW, MANY))
    record_property("schedules", [race.name, MOST_DROPS, 0, MANY - FEW])


def test_only_the_nonce_holds_what_no_list_shows_yet() -> None:
    """The limit of the promise: ledger, list and gateway know nothing of the call."""
    with pytest.raises(Broken, match="bought 2 times"):
        run(rolled_back("roll-back, shown late, no nonce", cloud=SHOWN_LATE), range(MANY))


def versions(world: SimulatedWorld) -> list[tuple[str | None, str]]:
    """State and version of each order."""
    return [(order.state, order.metadata.resource_version) for order in world.orders(KEY)]


def until(world: SimulatedWorld, task: Task, state: str) -> tuple[str | None, str]:
    """Let one process bring the first order into this state."""
    while not world.orders(KEY) or world.orders(KEY)[0].state != state:
        world.run_pass(task)
    (reached,) = versions(world)
    return reached


def test_an_intent_of_the_same_version_is_not_taken_for_the_own_one() -> None:
    """One process announced, and all went back; another one announced and sent. The mark alone
    tells the two apart."""
    world = Story("", bought_once, cloud=SHOWN_LATE).begin(TWO)
    world.server.numbered = True
    apply(world, monitoring="CloudMonitor")
    one, other = (world.tasks[process, KEY] for process in TWO)
    until(world, one, "Quoted")
    backup = world.server.stored.copy()
    first = until(world, one, "Placing")
    world.server.roll_back(backup)
    assert until(world, other, "Placing") == first
    other.begin()
    while other.point != Point("cloud.place", "answer"):
        other.step()
    world.run_pass(one)
    assert [len(world.purchases), *versions(world)] == [1, first]
    other.run()
    world.rest()
    bought_once(world)
