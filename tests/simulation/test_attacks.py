"""Schedules that once broke the promise, each with what has to come of it.

Names are not unique in the cloud, and where it says so the gateway forgets nonces at once: only the
ledger is left."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from flink_workspace_operator.api.names import CLUSTER_TAG, RECONCILE_REQUESTED_AT, REPLACE_LOST
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.status import Instance
from flink_workspace_operator.core.facts.failures import ParametersRefused
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import BillingOrder
from flink_workspace_operator.core.orders import ledger, unsent
from tests.simulation.account import BUY, Behaviour
from tests.simulation.clock import BEGINNING
from tests.simulation.faults import Fault
from tests.simulation.stories import CLOUD, KEY, apply, bought_once, lose_and_restore
from tests.simulation.stories_of_lists import show_all, with_a_neighbour
from tests.simulation.user import USER
from tests.simulation.world import BRIEF, NAMESPACE, SimulatedWorld

LATE: Final = Fault("cloud.place", "late")
NEVER_ARRIVED: Final = Fault("cloud.place", "before")
SWALLOWED: Final = Fault("cloud.place", "at-gateway")
BY_NAME: Final = {"policy": "IfNameMatches"}
AS_WANTED: Final[dict[str, Any]] = {
    "charge_type": "PayAsYouGo",
    "v_switch_ids": ("vsw-i-1", "vsw-i-2"),
}
"""What a hand has to buy for a manifest to agree with it."""


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


def message(world: SimulatedWorld) -> str:
    ready = world.condition(KEY)
    assert ready is not None
    return ready.message


def delete_order_by_force(world: SimulatedWorld, name: str) -> None:
    at = Key(NAMESPACE, name)
    world.server.delete(world.server.stored.orders[at], USER)
    if at in world.server.stored.orders:
        world.server.set_finalizers(world.server.stored.orders[at], (), USER)


def second_uncertain() -> SimulatedWorld:
    """Order 1 was never executed, order 2 may be: it is, ten seconds later. The nonces are
    forgotten."""
    world = a_world(nonce_memory=0, visibility=10)
    world.arm(NEVER_ARRIVED)
    apply(world)
    until(world, "NotPlaced")
    world.arm(LATE)
    until(world, "NotPlaced", "Uncertain")
    passes(world, 1)
    return world


def lost() -> SimulatedWorld:
    """What was bought is gone from the cloud, and the resource says so."""
    world = a_world()
    apply(world)
    world.settle(KEY)
    world.rest()
    world.account.release("f-1")
    world.run_until(lambda: reason(world) == "Lost")
    world.allowed = 2
    return world


def test_an_order_that_left_the_ledger_is_remembered_beside_older_ones() -> None:
    """The newest order of the ledger must not take its place in the status: the waiting would be
    over at once."""
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
    quoted = unsent.quoted(first.spec, 1, Quote(basis="Hour", currency="CNY", quoted_at=now), now)
    world.server.create_order(Key(NAMESPACE, "w-1"), first.spec, USER, quoted)
    world.rest()
    bought_once(world)


def test_orders_that_are_restored_bare_are_waited_for() -> None:
    """One of them was refused, which is forgotten now, so the nonce is one that the gateway has
    forgotten too."""
    world = a_world(nonce_memory=41, visibility=10)
    world.arm(
        replace(SWALLOWED, failure=ParametersRefused(BUY, "InvalidParameter", fate="CallRefused"))
    )
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
    """A message that the API server refuses would stop every pass, and keep the resource from being
    deleted."""
    world = a_world(bill_readable=True)
    world.arm(SWALLOWED)
    apply(world)
    until(world, "Uncertain")
    unpaid = (
        BillingOrder(f"21000000000{number:04}", world.clock.second, paid=False)
        for number in range(40)
    )
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


def test_what_another_cluster_just_bought_is_not_adopted_by_name() -> None:
    """Its marks may be shown later than itself."""
    world = a_world(tag_visibility=8)
    apply(world)
    world.run_until(lambda: len(world.purchases) == 1)
    other = SimulatedWorld(processes=("b",), settings=BRIEF)
    other.clock = other.server.clock = world.clock
    other.account = world.account
    other.around = replace(
        other.around, server=other.server, account=world.account, cluster_id="cluster-2"
    )
    apply(other, adoption=BY_NAME)
    other.wait(60)
    world.wait(60)
    assert (reason(world), reason(other)) == ("Running", "OwnedElsewhere")
    assert world.account.books.instances["f-1"].tags[CLUSTER_TAG] == "cluster-1"


def test_nothing_is_adopted_by_name_beside_what_is_bought() -> None:
    """What is bought is not shown yet; both would carry our marks."""
    world = a_world(visibility=10)
    apply(world, adoption=BY_NAME)
    until(world, "Placed")
    old = world.clock.second - timedelta(seconds=100)
    by_hand = world.account.buy_by_hand("w", create_time=old, **AS_WANTED)
    world.wait(60)
    assert CLUSTER_TAG not in world.account.books.instances[by_hand].tags
    assert (reason(world), states(world)) == ("Running", ["Fulfilled"])


def test_adoption_by_name_marks_nothing_of_another_name() -> None:
    """Only a status that was edited by hand leads to it."""
    world = a_world()
    by_hand = world.account.buy_by_hand("other", **AS_WANTED)
    apply(world, adoption=BY_NAME)
    workspace = world.workspace(KEY)
    assert workspace is not None
    edited = workspace.status.model_copy(update={"instance": Instance(instance_id=by_hand)})
    world.server.write_workspace_status(workspace, edited, USER)
    world.wait(1000)
    assert world.account.books.instances[by_hand].tags == {}


def test_what_was_adopted_in_place_of_a_lost_one_is_what_is_gone_next() -> None:
    """The ledger tells of the first one only; an annotation that names that is left over."""
    world = lost()
    by_hand = world.account.buy_by_hand("w", **AS_WANTED)
    world.wait(60)
    world.user.edit(KEY, adoption={"policy": "ByInstanceId", "instanceId": by_hand})
    world.user.annotate(KEY, REPLACE_LOST, "f-1")
    world.settle(KEY)
    world.user.edit(KEY, adoption=None)
    world.account.release(by_hand)
    world.run_until(lambda: reason(world) == "Lost")
    assert message(world).startswith(f"{by_hand} is gone")
    passes(world, 5)
    assert (reason(world), len(world.purchases)) == ("Lost", 1)


def test_an_annotation_that_is_left_over_buys_nothing_after_a_restore_of_the_ledger() -> None:
    """A backup from before the replacement knows the first workspace only."""
    world = lost()
    (first,) = world.orders(KEY)
    before = first.model_copy(update={"status": ledger.fulfilled(first, world.clock.second)})
    world.user.annotate(KEY, REPLACE_LOST, "f-1")
    world.settle(KEY)
    for name in ("w-1", "w-2"):
        delete_order_by_force(world, name)
    world.server.create_order(Key(NAMESPACE, "w-1"), before.spec, USER, before.status)
    world.wait(60)
    del world.account.books.instances["f-2"]
    world.run_until(lambda: reason(world) == "Lost")
    assert message(world).startswith("f-2 is gone")
    passes(world, 5)
    assert len(world.purchases) == 2


@pytest.mark.parametrize("taken_back", [True, False])
def test_nothing_is_given_up_while_suspended(taken_back: bool) -> None:
    """What would come of it only later can be taken back until then."""
    world = lost()
    world.user.edit(KEY, suspend=True)
    world.user.annotate(KEY, REPLACE_LOST, "f-1")
    world.wait(100)
    assert states(world) == ["Fulfilled"]
    if taken_back:
        world.user.annotate(KEY, REPLACE_LOST, None)
    world.user.edit(KEY, suspend=False)
    world.wait(100)
    assert len(world.purchases) == (1 if taken_back else 2)


def test_an_annotation_from_before_the_loss_gives_nothing_up() -> None:
    """It is left over from a false alarm: what it named came back."""
    world = a_world()
    apply(world)
    world.settle(KEY)
    world.user.annotate(KEY, REPLACE_LOST, "f-1")
    world.account.release("f-1")
    world.wait(1000)
    assert (reason(world), states(world)) == ("ReplaceLostTooEarly", ["Fulfilled"])
    world.allowed = 2
    world.user.annotate(KEY, REPLACE_LOST, None)
    world.wait(60)
    assert reason(world) == "Lost"
    world.user.annotate(KEY, REPLACE_LOST, "f-1")
    world.settle(KEY)
    assert states(world) == ["Lost", "Fulfilled"]


def test_a_lost_answer_to_the_intent_costs_nothing() -> None:
    """The process knows by its mark that it sent nothing: it sends it now, and waits for no
    window."""
    world = a_world(visibility=10)
    world.arm(Fault("cluster.move_order", "after", skip=1))
    apply(world)
    world.run_until(lambda: bool(world.purchases))
    assert states(world) == ["Placed"]
    assert world.clock.now - BEGINNING < timedelta(seconds=5)


def test_a_lost_call_that_an_incomplete_list_leaves_open_says_so() -> None:
    """Its window is over, and it can't end: who reads only until when it lasts would wait for
    ever."""
    world = a_world()
    with_a_neighbour(world)
    world.arm(LATE)
    apply(world)
    until(world, "Uncertain")
    world.account.hide("all")
    world.wait(200)
    assert (states(world), reason(world)) == (["Uncertain"], "ListIncomplete")
    show_all(world)
    world.rest()
    bought_once_beside(world)


def bought_once_beside(world: SimulatedWorld) -> None:
    """The order is Fulfilled, and nothing was bought beside it but the neighbour."""
    assert states(world) == ["Fulfilled"]
    assert sorted(booking.name for booking in world.purchases) == ["v", "w"]


def test_an_order_without_status_is_closed_whatever_the_clock_of_the_api_server_says() -> None:
    """Dated 20 minutes ahead it blocked for as long, and the resource had no status at all."""
    world = a_world()
    apply(world)
    until(world, "Quoted")
    world.server.ahead = timedelta(minutes=20)
    lose_and_restore(world, orders=True)
    world.wait(10)
    assert (states(world), reason(world)) == (["Superseded"], "PurchaseUncertain")
