"""What the machine of `test_stateful.py` has found, each in as few steps as it takes."""

from flink_workspace_operator.core.facts.identity import Key
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.account import Behaviour
from tests.simulation.stateful.manual_edits import edit_order
from tests.simulation.world import SimulatedWorld


def states(world: SimulatedWorld, key: Key) -> list[str | None]:
    return [order.state for order in world.orders(key)]


def reason(world: SimulatedWorld, key: Key) -> str | None:
    ready = world.condition(key)
    return None if ready is None else ready.reason


def test_order_that_is_called_lost_by_hand_is_not_replaced_before_its_workspace_may_show() -> None:
    """Another nonce belongs to the order after a lost one, so that only time tells that nothing
    came of the call."""
    world = SimulatedWorld(Behaviour(visibility=300))
    key = world.apply(pay_as_you_go("w"))
    world.run_until(lambda: states(world, key) == ["Placed"])
    assert edit_order(world, world.orders(key)[0], "Lost")
    world.settle(key)
    world.rest()
    assert states(world, key) == ["Fulfilled"]
    assert len(world.purchases) == 1


def test_lost_workspace_is_not_replaced_by_another_resource_of_its_name() -> None:
    """Its resource was created anew, which gave the claim back; it wants that workspace all the
    same."""
    world = SimulatedWorld()
    key = world.apply(pay_as_you_go("w"))
    world.rest()
    world.account.release("f-1")
    world.user.delete_by_force(key)
    world.rest()
    world.apply(pay_as_you_go("w"))
    world.rest()
    other = world.apply(pay_as_you_go("v", workspaceName="w"))
    world.rest()
    assert reason(world, key) == "Lost"
    assert reason(world, other) == "NameTaken"
    assert len(world.purchases) == 1
