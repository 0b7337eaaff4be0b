"""A brake that was acknowledged before the last read of a pass holds: nothing is handed over after
it.

`check_hand_over` looks at every purchase of every simulation. Here the brake comes at every moment
of a purchase, and the check sees what it is for."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.simulation.invariants import Broken, check_hand_over
from tests.simulation.races import Race
from tests.simulation.races_of_brakes import RACES_OF_BRAKES, suspend_as, suspend_in_spec
from tests.simulation.races_of_prices import lower_maximum
from tests.simulation.scheduler import Budget, Exploration
from tests.simulation.stories import KEY, STORIES, Story, delete, replace_by_force
from tests.simulation.task import HAND_OVER
from tests.simulation.world import SimulatedWorld

pytestmark = pytest.mark.usefixtures("quiet")
STRAIGHT: Story = next(story for story in STORIES if story.name == "straight")
Record = Callable[[str, object], None]


@pytest.mark.parametrize(
    "race",
    [race for race in RACES_OF_BRAKES if race.quick],
    ids=lambda race: race.name.replace(" ", "-"),
)
def test_brake_at_every_moment(race: Race, record_property: Record) -> None:
    """Before the last read it holds. After that read the purchase is made as it was announced."""
    bought = Counter[tuple[str | None, ...]]()

    def end(world: SimulatedWorld) -> None:
        race.story.end(world)
        bought[tuple(each.bucket for each in world.account.books.instances.values())] += 1

    exploration = Exploration(race.begin(), end)
    exploration.explore(Budget(preemptions=1), race.story.acts)
    held = ("bucket-2",) if race.name.endswith("edit") else ()
    assert set(bought) == {held, ("bucket-1",)}
    record_property("schedules", [race.name, 1, exploration.runs, 0])


def handing_over() -> tuple[SimulatedWorld, list[object]]:
    """A world in which a pass stands before the call, and what it has read."""
    world = STRAIGHT.begin()
    task = world.tasks["a", KEY]
    while task.point != HAND_OVER:
        if not task.running:
            world.begin(task)
        task.step()
    return world, task.gate.answers


@pytest.mark.parametrize(
    "brake", [suspend_in_spec, suspend_as(""), delete, replace_by_force, lower_maximum]
)
def test_call_in_spite_of_a_brake_is_seen(brake: Callable[[SimulatedWorld], None]) -> None:
    """The pass read the brake, and handed the purchase over."""
    world, answers = handing_over()
    check_hand_over(KEY, answers)
    brake(world)
    with pytest.raises(Broken, match="in spite of a brake"):
        check_hand_over(KEY, [*answers, world.orders(KEY), world.workspace(KEY)])


def test_call_after_anything_else_than_the_last_look_is_seen() -> None:
    """A question to the cloud may take minutes."""
    world, answers = handing_over()
    with pytest.raises(Broken, match="something else"):
        check_hand_over(KEY, [*answers, world.account.regions])
