"""What a pass that sends a purchase reads last, and what first, on a simulated API server and
cloud."""

from collections.abc import Callable

import pytest

from flink_workspace_operator.api.names import SUSPEND
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.core.facts.identity import Key
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.gate import Point
from tests.simulation.world import SimulatedWorld

LOOK = Point("cloud.look_up", "answer")
Act = Callable[[SimulatedWorld, Key], object]


def during_the_look(act: Act) -> list[str | None]:
    """The states of the orders after the pass that was to send, with something done while its look
    was under way."""
    world = SimulatedWorld()
    key = world.apply(pay_as_you_go("w"))
    world.run_until(lambda: [order.state for order in world.orders(key)] == ["Placing"])
    task = world.tasks["a", key]
    task.begin()
    while task.point != LOOK:
        task.step()
    act(world, key)
    task.run()
    return [order.state for order in world.orders(key)]


@pytest.mark.parametrize(
    "brake",
    [
        lambda world, key: world.user.annotate(key, SUSPEND, "yes"),
        lambda world, key: world.user.delete(key),
    ],
    ids=["suspend", "delete"],
)
def test_a_brake_that_was_acknowledged_during_the_look_holds(brake: Act) -> None:
    """The resource is read last, however long the look took."""
    assert during_the_look(brake) == ["Quoted"]


def test_what_another_pass_sees_meanwhile_is_not_missed_in_the_list() -> None:
    """Its look may have begun later than ours: what others own is read before ours begins."""

    def runs(world: SimulatedWorld, _: Key) -> None:
        other = world.workspace(world.apply(pay_as_you_go("other")))
        assert other is not None
        instance = Instance(instance_id="f-99", cluster_status="RUNNING")
        status = FlinkWorkspaceStatus(account_id=world.account.id, instance=instance)
        world.server.write_workspace_status(other, status, "b")

    assert during_the_look(runs) == ["Placed"]
