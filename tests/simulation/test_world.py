"""The simulated world does what the real one does, and its checks see what they are for."""

from dataclasses import replace

import pytest

from flink_workspace_operator.api.names import ABANDON_ORDER
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.orders import ledger
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.account import Behaviour
from tests.simulation.faults import Fault
from tests.simulation.invariants import Broken, check_at_rest, check_purchases
from tests.simulation.world import SimulatedWorld

LOST = Fault("cloud.place", "after")
NEVER_ARRIVED = Fault("cloud.place", "before")


def bought() -> tuple[SimulatedWorld, Key]:
    """A world at rest in which one workspace runs."""
    world = SimulatedWorld()
    key = world.apply(pay_as_you_go("w"))
    world.settle(key)
    world.rest()
    return world, key


def states(world: SimulatedWorld, key: Key) -> list[str | None]:
    return [order.state for order in world.orders(key)]


def test_straight_purchase() -> None:
    """Applied, bought once, running, and the ledger says so."""
    world, key = bought()
    assert states(world, key) == ["Fulfilled"]
    assert len(world.purchases) == 1


@pytest.mark.parametrize(
    ("strike", "orders"),
    [("before", ["NotPlaced", "Fulfilled"]), ("after", ["Fulfilled"]), ("late", ["Fulfilled"])],
)
def test_lost_answer(strike: str, orders: list[str]) -> None:
    """Evidence decides; where nothing was booked, the same run buys with a second order."""
    world = SimulatedWorld(Behaviour(commit_delay=300, visibility=300))
    key = world.apply(pay_as_you_go("w"))
    world.arm(replace(LOST, strike=strike))  # type: ignore[arg-type]  # one of its words
    world.settle(key)
    world.rest()
    assert states(world, key) == orders
    assert len(world.purchases) == 1


def test_deletion_leaves_the_workspace() -> None:
    """The resource goes, what was bought stays, and the ledger may go too."""
    world, key = bought()
    world.user.delete(key)
    world.rest()
    assert world.workspace(key) is None
    assert len(world.account.books.instances) == 1
    world.user.delete_orders(key)
    assert world.orders(key) == ()


def test_abandoned_order_is_settled() -> None:
    """The resource may go before its order is settled; the order is settled all the same."""
    world = SimulatedWorld()
    key = world.apply(pay_as_you_go("w"))
    world.arm(NEVER_ARRIVED)
    world.run_until(lambda: states(world, key) == ["Uncertain"])
    world.user.annotate(key, ABANDON_ORDER, "w-1")
    world.user.delete(key)
    world.run_until(lambda: world.workspace(key) is None)
    assert states(world, key) == ["Uncertain"]
    world.rest()
    assert states(world, key) == ["NotPlaced"]


def test_second_purchase_is_seen() -> None:
    """A name that is bought twice by our doing does not go unnoticed."""
    world, _ = bought()
    (booking,) = world.purchases
    world.account.books.bookings += (replace(booking, instance_id="f-2"),)
    with pytest.raises(Broken, match="bought 2 times"):
        check_purchases(world.account)


def test_purchase_without_announcement_is_seen() -> None:
    """A purchase whose order was never in Placing does not go unnoticed."""
    world, _ = bought()
    (booking,) = world.purchases
    world.account.books.bookings = (replace(booking, announced=False),)
    with pytest.raises(Broken, match="announced"):
        check_purchases(world.account)


def test_forgotten_purchase_is_seen() -> None:
    """A purchase that neither an order nor a resource tells of does not go unnoticed."""
    world, key = bought()
    world.user.delete_by_force(key)
    world.user.delete_orders(key, by_force=True)
    with pytest.raises(Broken, match="forgotten"):
        check_at_rest(world.server, world.account)


def test_false_ledger_is_seen() -> None:
    """An order that is said to have bought what it did not buy does not go unnoticed."""
    world, _ = bought()
    (booking,) = world.purchases
    world.account.books.bookings = (replace(booking, instance_id="f-2"),)
    with pytest.raises(Broken, match="bought f-2"):
        check_at_rest(world.server, world.account)


def test_letting_go_too_early_is_seen() -> None:
    """A resource whose finalizer goes while an order is open does not go unnoticed."""
    world = SimulatedWorld()
    key = world.apply(pay_as_you_go("w"))
    world.run_until(lambda: states(world, key) == ["Placing"])
    workspace = world.workspace(key)
    assert workspace is not None
    with pytest.raises(Broken, match="let go while w-1 is Placing"):
        world.server.set_finalizers(workspace, (), "a")


def test_false_refusal_is_seen() -> None:
    """Not ready, said of what is being created, does not go unnoticed."""
    world = SimulatedWorld(Behaviour(provisioning=600))
    key = world.apply(pay_as_you_go("w"))
    world.run_until(lambda: states(world, key) == ["Placed"])
    workspace = world.workspace(key)
    assert workspace is not None
    said = [each.model_copy(update={"status": "False"}) for each in workspace.status.conditions]
    with pytest.raises(Broken, match="being created"):
        world.server.write_workspace_status(
            workspace, workspace.status.model_copy(update={"conditions": tuple(said)}), "a"
        )


def test_illegal_move_is_refused() -> None:
    """The API server's rules hold here too."""
    world, key = bought()
    (order,) = world.orders(key)
    with pytest.raises(ClusterRefused, match="legal moves"):
        world.server.write_order_status(
            order, ledger.not_placed(order, world.clock.now, world.clock.now), "a"
        )
