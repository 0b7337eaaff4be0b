"""A second paid action goes the way of a purchase: the protocol holds for it as well.

The action exists in these tests only (`grow.py`). After every write and every call: one starting
point is paid for at most once, the instance keeps the token of the order that bought it, and a
workspace that runs is Ready."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import SUSPEND
from flink_workspace_operator.core.facts.failures import PermissionMissing
from flink_workspace_operator.core.orders.actions import ACTIONS
from tests.scenario.manifests import subscription
from tests.simulation.account import BUY
from tests.simulation.chance import RandomRun
from tests.simulation.faults import Fault
from tests.simulation.grow import GROW, Grow
from tests.simulation.invariants import Broken, check_moves, check_tokens
from tests.simulation.races import Race
from tests.simulation.scheduler import Budget, Exploration
from tests.simulation.stories import KEY
from tests.simulation.stories_of_growth import (
    AFTER,
    BY_HAND,
    RACES_OF_GROWTH,
    STORIES_OF_GROWTH,
    Growing,
    cu_of,
    executed,
    give_up,
    growths,
    instance_id,
    lose,
    lost,
    move,
    wish,
)
from tests.simulation.world import SETTINGS, SimulatedWorld, condition_of

pytestmark = [pytest.mark.usefixtures("quiet"), pytest.mark.usefixtures("_grow")]
Record = Callable[[str, object], None]
OFTEN = frozenset(
    {
        "straight",
        "answer lost",
        "refused",
        "another wish while placing",
        "moved by hand while placing",
    }
)
"""The stories in which every run of the tests kills the process at every call."""
FEW, MANY = 3, 200


def _name(of: Growing | Race) -> str:
    return of.name.removeprefix("grow: ")


def _id(of: Growing | Race) -> str:
    return _name(of).replace(" ", "-")


def each(*of: Growing | Race) -> pytest.MarkDecorator:
    """A test of each."""
    return pytest.mark.parametrize("of", of, ids=_id)


@pytest.fixture
def _grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry with one more line."""
    monkeypatch.setitem(ACTIONS, GROW, Grow())


def explored(story: Growing, budget: Budget) -> Exploration:
    """All runs of a story within a budget. Raises where one of them ends badly."""
    exploration = Exploration(story.begin(), story.end)
    exploration.explore(budget, story.acts)
    return exploration


def crashes(story: Growing) -> int:
    """How many runs with one crash end well: one before and one after every call."""
    undisturbed, crashed = explored(story, Budget()), explored(story, Budget(crashes=1)).runs - 1
    assert crashed == 2 * undisturbed.calls
    return crashed


def all_orders(race: Race, preemptions: int, *, brief: bool = False) -> int:
    """All schedules with so many preemptions. Raises where one of them ends badly."""
    exploration = Exploration(race.begin(), race.story.end, brief=brief)
    exploration.explore(Budget(preemptions=preemptions), race.story.acts)
    return exploration.runs


def random_orders(race: Race, number: int) -> int:
    """So many random schedules, with up to two crashes."""
    for seed in range(number):
        RandomRun(race.begin(), race.story.acts, seed, crashes=seed % 3).run(race.story.end)
    return number


@each(*STORIES_OF_GROWTH)
def test_every_story_ends_well(of: Growing) -> None:
    """Whatever is lost, refused, repeated, changed or deleted on the way."""
    assert explored(of, Budget()).runs == 1


@each(*(story for story in STORIES_OF_GROWTH if _name(story) in OFTEN))
def test_crash_at_every_call(of: Growing, record_property: Record) -> None:
    """Killed before or after any call, a fresh process brings it to the same end."""
    record_property("further", [of.name, "crash at every call", crashes(of)])


@each(STORIES_OF_GROWTH[0])
def test_every_call_lost(of: Growing, record_property: Record) -> None:
    """A call that never arrives, or whose answer is lost, changes nothing about the end."""
    record_property(
        "further", [of.name, "every call lost", explored(of, Budget(losses=1)).runs - 1]
    )


@each(*(race for race in RACES_OF_GROWTH if race.quick))
def test_one_preemption(of: Race, record_property: Record) -> None:
    """Another process, or a person, may go on first at any call, however long that takes."""
    runs = all_orders(of, 1, brief=True)
    assert runs > all_orders(of, 0)
    record_property("further", [of.name, "all orders, 1 switch", runs])


@each(*RACES_OF_GROWTH)
def test_random_schedules(of: Race, record_property: Record) -> None:
    """Several preemptions, before calls and after them, and crashes."""
    record_property("further", [of.name, "random orders", random_orders(of, FEW)])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@each(*STORIES_OF_GROWTH)
def test_crash_at_every_call_of_every_story(of: Growing, record_property: Record) -> None:
    """As above, for all stories."""
    record_property("further", [of.name, "crash at every call", crashes(of)])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@each(*STORIES_OF_GROWTH)
def test_every_call_lost_in_every_story(of: Growing, record_property: Record) -> None:
    """As above, for all stories."""
    lost_calls = explored(of, Budget(losses=1)).runs - 1
    assert lost_calls == 2 * explored(of, Budget()).calls
    record_property("further", [of.name, "every call lost", lost_calls])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@each(*(story for story in STORIES_OF_GROWTH if _name(story) in OFTEN))
def test_two_crashes(of: Growing, record_property: Record) -> None:
    """The fresh process is killed again."""
    record_property("further", [of.name, "two crashes", explored(of, Budget(crashes=2)).runs - 1])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@each(*RACES_OF_GROWTH)
def test_all_preemptions(of: Race, record_property: Record) -> None:
    """At any two calls; at any one where a race has too many orders for that."""
    runs = all_orders(of, of.preemptions)
    record_property("further", [of.name, f"all orders, {of.preemptions} switches", runs])


@pytest.mark.proof
@pytest.mark.timeout(1500)
@each(*RACES_OF_GROWTH)
def test_many_random_schedules(of: Race, record_property: Record) -> None:
    """As above, by the hundred."""
    record_property("further", [of.name, "random orders", random_orders(of, MANY)])


def running() -> SimulatedWorld:
    """A world with default windows, in which a workspace of 10 CU runs."""
    world = SimulatedWorld(settings=SETTINGS)
    world.apply(subscription("w"))
    world.settle(KEY)
    world.rest()
    world.history.clear()
    return world


def told(world: SimulatedWorld, type_: str) -> list[Condition]:
    """The condition in every status that was written, where it was True."""
    conditions = (condition_of(status, type_) for _, status in world.history)
    return [each for each in conditions if each is not None and each.status == "True"]


def test_the_resource_tells_of_the_further_order_and_stays_ready() -> None:
    """Reconciling while it is on its way, with the order's name; Ready all the time."""
    world = running()
    wish(world)
    world.rest()
    assert cu_of(world) == AFTER
    assert len(told(world, "Ready")) == len(world.history)
    assert {each.reason for each in told(world, "Reconciling")} == {"Purchasing", "Provisioning"}
    assert all("w-2" in each.message for each in told(world, "Reconciling"))


def test_a_brake_holds_for_the_further_order() -> None:
    """Nothing is sent while it is on; the resource is Ready, and says that it is suspended."""
    world = running()
    world.user.annotate(KEY, SUSPEND, "true")
    wish(world)
    world.rest()
    assert executed(world) == []
    assert world.is_ready(KEY)
    assert told(world, "Suspended")[-1].reason == "SuspendedByUser"
    world.user.annotate(KEY, SUSPEND, None)
    world.rest()
    assert cu_of(world) == AFTER


def test_drift_opens_no_order() -> None:
    """A wish is followed once: a move by hand stands until another number is wished."""
    world = running()
    wish(world)
    world.rest()
    for cu in (BY_HAND, 10):
        move(world, cu)
        world.wait(3600)
        assert (cu_of(world), len(executed(world))) == (cu, 1)
    wish(world, 30)
    world.rest()
    assert (cu_of(world), len(executed(world))) == (30, 2)


def refuse(world: SimulatedWorld, times: int) -> None:
    """Let the further order come to nothing so many times."""
    missing = PermissionMissing(
        BUY, "NoPermission", fate="CallRefused", action="foasconsole:ModifyInstanceSpec"
    )
    world.arm(Fault("cloud.place", "at-gateway", missing, times=times))
    wish(world)
    refused = lambda: sum(order.state == "Rejected" for order in growths(world)) >= times  # noqa: E731 - a fact
    world.run_until(refused, "the refusals")


def test_a_purchase_is_not_slowed_by_refusals_of_another_action() -> None:
    """Back-offs count by action: what is lost is replaced within minutes, not after two hours."""
    world = running()
    refuse(world, 3)
    lose(world)
    world.run_until(lambda: lost(world), "lost")
    give_up(world)
    asked_at = world.clock.now
    world.run_until(lambda: len(world.purchases) == 2, "another purchase")
    assert world.clock.now - asked_at < timedelta(minutes=2)


def test_an_action_is_not_slowed_by_refused_purchases() -> None:
    """The other way round."""
    world = SimulatedWorld(settings=SETTINGS)
    missing = PermissionMissing(
        BUY, "NoPermission", fate="CallRefused", action="foasconsole:CreateInstance"
    )
    world.arm(Fault("cloud.place", "at-gateway", missing, times=3))
    world.apply(subscription("w"))
    world.settle(KEY)
    wish(world)
    asked_at = world.clock.now
    world.run_until(lambda: cu_of(world) == AFTER, "grown")
    assert world.clock.now - asked_at < timedelta(minutes=2)


def test_its_own_refusals_slow_it() -> None:
    """The third order of a kind that was refused twice waits for an hour."""
    world = running()
    refuse(world, 2)
    asked_at = world.clock.now
    world.run_until(lambda: cu_of(world) == AFTER, "grown")
    assert timedelta(minutes=58) < world.clock.now - asked_at < timedelta(minutes=70)


def test_a_second_call_for_a_starting_point_is_noticed() -> None:
    """The invariant that all of the above is measured by."""
    world = running()
    wish(world)
    world.rest()
    (done,) = world.account.books.moves
    world.account.books.moves += (done,)
    with pytest.raises(Broken, match="one starting point was paid for 2 times"):
        check_moves(world.account)


def test_another_token_on_the_instance_is_noticed() -> None:
    """The tag of the purchase is its evidence."""
    world = running()
    check_tokens(world.account)
    world.account.retag(instance_id(world), {"flink.alicloud.dev/order": "f" * 32})
    with pytest.raises(Broken, match="carries another token"):
        check_tokens(world.account)
