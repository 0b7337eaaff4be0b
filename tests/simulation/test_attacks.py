"""Schedules that once broke the promise, each with what has to come of it.

Names are not unique in the cloud, and where it says so the gateway forgets nonces at once: only the ledger is left.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.core import ledger
from flink_workspace_operator.core.failures import ParametersRefused
from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.core.observed import BillingOrder
from tests.simulation.account import BUY, Behaviour
from tests.simulation.faults import Fault
from tests.simulation.stories import CLOUD, KEY, apply, bought_once, lose_and_restore
from tests.simulation.user import USER
from tests.simulation.world import BRIEF, NAMESPACE, SimulatedWorld

LATE: Final = Fault("cloud.create_instance", "late")
NEVER_ARRIVED: Final = Fault("cloud.create_instance", "before")
SWALLOWED: Final = Fault("cloud.create_instance", "at-gateway")


def a_world(**cloud: Any) -> SimulatedWorld:  # noqa: ANN401 - any field of a behaviour
    return SimulatedWorld(Behaviour(**{**CLOUD, **cloud}), settings=BRIEF)


def passes(world: SimulatedWorld, number: int) -> None:
    for _ in range(number):
        task = world.next_task()
        assert task is not None
        world.run_pass(task)


def states(world: SimulatedWorld) -> list[str | None]:
    return [order.state for order in world.orders(KEY)]


def until(world: SimulatedWorld, *wanted: str) -> None:
    world.run_until(lambda: states(world) == list(wanted), " ".join(wanted))


def reason(world: SimulatedWorld, key: Key = KEY) -> str:
    ready = world.condition(key)
    assert ready is not None
    return ready.reason


def delete_order_by_force(world: SimulatedWorld, name: str) -> None:
    at = Key(NAMESPACE, name)
    world.server.delete(world.server.stored.orders[at], USER)
    if at in world.server.stored.orders:
        world.server.set_finalizers(world.server.stored.orders[at], (), USER)


def second_uncertain() -> SimulatedWorld:
    """Order 1 was never executed, order 2 may be: it is, ten seconds later. The nonces are forgotten."""
    world = a_world(nonce_memory=0, visibility=10)
    world.arm(NEVER_ARRIVED)
    apply(world)
    until(world, "NotPlaced")
    world.arm(LATE)
    until(world, "NotPlaced", "Uncertain")
    passes(world, 1)
    return world


def test_an_order_that_left_the_ledger_is_remembered_beside_older_ones() -> None:
    """The newest order of the ledger must not take its place in the status: the waiting would be over at once."""
    world = second_uncertain()
    delete_order_by_force(world, "w-2")
    passes(world, 1)
    world.user.annotate(KEY, RECONCILE_REQUESTED_AT, "now")
    world.rest()
    assert len(world.purchases) == 1


def test_an_order_that_was_put_back_bare_does_not_stand_for_the_one_that_was_sent() -> None:
    """It has the name, and says nothing about the call that is still under way."""
    world = a_world(nonce_memory=0, visibility=10)
    world.arm(LATE)
    apply(world)
    until(world, "Uncertain")
    passes(world, 1)
    export = world.user.export()
    delete_order_by_force(world, "w-1")
    world.user.restore(export)
    world.rest()
    bought_once(world)


def test_an_older_order_that_was_put_back_does_not_hide_the_one_that_was_sent() -> None:
    """Two orders are open then, and the older one looks as if it could be sent."""
    world = second_uncertain()
    first = world.orders(KEY)[0]
    delete_order_by_force(world, "w-1")
    now = world.clock.second
    quoted = ledger.quoted(first.spec, 1, Quote(basis="Hour", currency="CNY", quoted_at=now), now)
    world.server.create_order(Key(NAMESPACE, "w-1"), first.spec, USER, quoted)
    world.rest()
    bought_once(world)


def test_orders_that_are_restored_bare_are_waited_for() -> None:
    """One of them was refused, which is forgotten now, so the nonce is one that the gateway has forgotten too."""
    world = a_world(nonce_memory=41, visibility=10)
    world.arm(replace(SWALLOWED, failure=ParametersRefused(BUY, "InvalidParameter", certain=True)))
    apply(world)
    until(world, "Rejected")
    world.clock.now += timedelta(seconds=46)
    world.arm(LATE)
    world.user.annotate(KEY, RECONCILE_REQUESTED_AT, "now")
    until(world, "Rejected", "Uncertain")
    lose_and_restore(world, orders=True)
    world.rest()
    bought_once(world)


def test_what_the_bill_leaves_open_is_told_however_much_it_is() -> None:
    """A message that the API server refuses would stop every pass, and keep the resource from being deleted."""
    world = a_world(bill_readable=True)
    world.arm(SWALLOWED)
    apply(world)
    until(world, "Uncertain")
    unpaid = (BillingOrder(f"21000000000{number:04}", world.clock.second, paid=False) for number in range(40))
    world.account.books.unpaid = tuple(unpaid)
    world.wait(100)
    assert states(world) == ["Uncertain"]
    assert reason(world) == "UnpaidOrder"


def test_what_the_bill_left_open_is_not_forgotten_because_it_cannot_be_read_once() -> None:
    """It is paid right after another one was opened in its place."""
    world = a_world(bill_readable=True)
    world.arm(SWALLOWED)
    apply(world)
    until(world, "Uncertain")
    world.account.books.unpaid = (BillingOrder("900", world.clock.second, paid=False),)
    world.wait(100)
    world.arm(Fault("cloud.read_bill", "before", times=3))
    world.wait(100)
    assert states(world) == ["Uncertain"]
    world.account.books.unpaid = ()
    world.rest()
    assert states(world) == ["NotPlaced", "Fulfilled"]


def test_an_order_without_status_is_closed_whatever_our_own_clock_says() -> None:
    """A process whose clock is hours behind waited for hours."""
    world = a_world()
    apply(world)
    world.arm(Fault("cluster.move_order", "before"))
    world.run_until(lambda: len(world.orders(KEY)) == 1)
    world.restart("a")
    world.around.skews["a"] = timedelta(hours=-3)
    world.wait(120)
    assert states(world) == ["Superseded", "Fulfilled"]
