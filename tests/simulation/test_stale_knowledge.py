"""What a process, or a resource, knows of an earlier call says nothing about a later one, or about
another place.

Names are not unique in the cloud, and where it says so the gateway forgets nonces at once: only the
ledger is left."""

from datetime import timedelta
from typing import Any, Final

from flink_workspace_operator.core.facts.failures import ParametersRefused, Unreachable
from tests.simulation.account import BUY, Behaviour
from tests.simulation.faults import Fault
from tests.simulation.gate import Point
from tests.simulation.stories import KEY, apply, bought_once
from tests.simulation.stories_of_copies import for_another_copy
from tests.simulation.world import SimulatedWorld

UNSENT: Final = Unreachable(BUY, "NoConnection", fate="NothingSent")
REFUSED: Final = ParametersRefused(BUY, "InvalidParameter", fate="CallRefused")
CALLED: Final = Point("cloud.place", "answer")
THERE: Final[dict[str, Any]] = {
    "region": "cn-shanghai",
    "network": {"vpcId": "vpc-2", "vSwitchIds": ["vsw-b-1"]},
    "storage": {"oss": {"bucket": "bucket-3"}},
}


def states(world: SimulatedWorld) -> list[str | None]:
    return [order.state for order in world.orders(KEY)]


def until(world: SimulatedWorld, *wanted: str) -> None:
    world.run_until(lambda: states(world) == list(wanted), " ".join(wanted))


def test_nothing_sent_is_not_written_over_the_next_announcement() -> None:
    """The answer to its record was lost; another process has announced the order anew, and its call
    is under way."""
    world = SimulatedWorld(Behaviour(visibility=200, nonce_memory=0), ("a", "b"))
    apply(world)
    one, other = (world.tasks[process, KEY] for process in ("a", "b"))
    world.arm(Fault("cloud.place", "before", UNSENT), Fault("cluster.move_order", "after", skip=2))
    while not one.progress.remembered.answers:
        world.run_pass(one)
    world.run_pass(other)
    world.run_pass(other)
    world.clock.now += timedelta(seconds=31)
    world.arm(Fault("cloud.place", "after"))
    while not world.purchases:
        world.begin(other)
        while other.running:
            if other.point == CALLED:
                world.run_pass(one)
                assert states(world) == ["Placing"]
            other.step()
    world.rest()
    bought_once(world)


def test_a_copy_is_looked_for_where_its_call_was_made() -> None:
    """The resource was created anew, and names another region: no list of that one shows what the
    copy bought."""
    world = SimulatedWorld(Behaviour(commit_delay=290, visibility=290))
    world.arm(*for_another_copy(late=True))
    apply(world)
    until(world, "Rejected")
    world.user.delete(KEY)
    world.run_until(lambda: world.workspace(KEY) is None)
    apply(world, **THERE)
    world.rest()
    assert [(order.spec.region, order.state) for order in world.orders(KEY)] == [
        ("cn-hangzhou", "Placed"),
        ("cn-shanghai", "Fulfilled"),
    ]


def test_an_order_that_was_taken_back_and_announced_again_did_not_leave_the_ledger() -> None:
    """The status still tells of the first announcement. Nothing was deleted, and a correction need
    not wait."""
    world = SimulatedWorld()
    world.arm(
        Fault("cloud.look_up", "before", skip=4),
        Fault("cloud.place", "before", REFUSED),
    )
    apply(world)
    until(world, "Rejected")
    world.wait(5)
    workspace, ready = world.workspace(KEY), world.condition(KEY)
    assert workspace is not None
    assert ready is not None
    assert workspace.status.order is not None
    assert (workspace.status.order.state, ready.reason) == ("Rejected", "ParametersRefused")
