"""Whoever goes on when: one purchase, nothing forgotten, nothing false said.

First all orders of the calls of what races, with so many preemptions (another goes on although this
one could; it stands still as long as the others take, be it hours); then random ones, with crashes
too. In short, another goes on at each call once in each situation."""

import os
from collections.abc import Callable

import pytest

from tests.simulation.chance import MOST_DROPS, RandomRun
from tests.simulation.races import RACES, Race
from tests.simulation.races_of_approvals import RACES_OF_APPROVALS
from tests.simulation.races_of_brakes import RACES_OF_BRAKES
from tests.simulation.races_of_copies import RACES_OF_COPIES
from tests.simulation.races_of_prices import RACES_OF_PRICES
from tests.simulation.races_of_settings import RACES_OF_SETTINGS
from tests.simulation.scheduler import Budget, Exploration

pytestmark = pytest.mark.usefixtures("quiet")
ALL = (
    *RACES,
    *RACES_OF_COPIES,
    *RACES_OF_BRAKES,
    *RACES_OF_SETTINGS,
    *RACES_OF_PRICES,
    *RACES_OF_APPROVALS,
)
QUICK = tuple(race for race in ALL if race.quick and race not in RACES_OF_BRAKES)
"""All orders with one preemption are tried in every run of the tests; those of the brakes in
`test_brakes.py`."""
EACH_RACE = pytest.mark.parametrize("race", ALL, ids=lambda race: race.name.replace(" ", "-"))
SEED = os.environ.get("SCHEDULE_SEED")
"""Only this schedule, as a failure named it."""
FEW, MANY = 3, 200
FEWEST = 9
"""Orders of the race that has the fewest: a run with fewer has tried nothing."""
Record = Callable[[str, object], None]


def all_orders(race: Race, preemptions: int, *, brief: bool = False) -> Exploration:
    """All schedules with so many preemptions. Raises where one of them ends badly."""
    exploration = Exploration(race.begin(), race.story.end, brief=brief)
    exploration.explore(Budget(preemptions=preemptions), race.story.acts)
    return exploration


def random_orders(race: Race, number: int) -> int:
    """So many random schedules, or the one that is asked for; how many there were."""
    seeds = range(number) if SEED is None else [int(SEED)]
    for seed in seeds:
        RandomRun(race.begin(), race.story.acts, seed, crashes=seed % 3).run(race.story.end)
    return len(seeds)


@pytest.mark.parametrize("race", QUICK, ids=lambda race: race.name.replace(" ", "-"))
def test_one_preemption(race: Race, record_property: Record) -> None:
    """At any call another may go on first, however long that takes."""
    undisturbed, runs = all_orders(race, 0).runs, all_orders(race, 1, brief=True).runs
    assert runs > undisturbed
    record_property("schedules", [race.name, 1, runs, 0])


@EACH_RACE
def test_random_schedules(race: Race, record_property: Record) -> None:
    """Several preemptions, before calls and after them, and up to two crashes."""
    record_property("schedules", [race.name, MOST_DROPS, 0, random_orders(race, FEW)])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    "race", [race for race in ALL if race.preemptions], ids=lambda race: race.name.replace(" ", "-")
)
def test_all_preemptions(race: Race, record_property: Record) -> None:
    """At any two calls; at any one where a race has too many orders for that."""
    runs = all_orders(race, race.preemptions).runs
    assert runs >= FEWEST
    record_property("schedules", [race.name, race.preemptions, runs, 0])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@EACH_RACE
def test_many_random_schedules(race: Race, record_property: Record) -> None:
    """As above, by the hundred."""
    record_property("schedules", [race.name, MOST_DROPS, 0, random_orders(race, MANY)])
