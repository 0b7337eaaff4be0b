"""The one call, as one process makes it: what it knows when the call is on its way, and that no
answer is dropped."""

from datetime import timedelta

from flink_workspace_operator.core.facts.failures import Throttled
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.orders import ledger
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.faults import Fault
from tests.simulation.gate import Phase, Point
from tests.simulation.task import Task
from tests.simulation.world import SimulatedWorld

BUY = "cloud.place"


class Purchase:
    """A world in which an order was just announced, and the process that is about to send it."""

    def __init__(self) -> None:
        self.leaders = {"a"}
        self.world = SimulatedWorld(leads=self.leaders.__contains__)
        self.key: Key = self.world.apply(pay_as_you_go("w"))
        self.world.run_until(
            lambda: [order.state for order in self.world.orders(self.key)] == ["Placing"]
        )

    @property
    def task(self) -> Task:
        return self.world.tasks["a", self.key]

    def come_to(self, call: str, phase: Phase) -> None:
        """Let the next pass come to a call, before it takes effect or before its answer."""
        self.task.begin()
        while self.task.point != Point(call, phase):
            self.task.step()

    @property
    def recorded(self) -> tuple[str | None, str | None, str | None]:
        """State of the order, on what evidence, and the billing order that only the answer
        names."""
        (order,) = self.world.orders(self.key)
        return order.state, order.status.evidence, order.status.order_id


def test_when_the_call_is_on_its_way_nobody_believes_that_nothing_was_sent() -> None:
    """However the call ends, and even if its pass is broken off."""
    purchase = Purchase()
    purchase.come_to(BUY, "request")
    assert purchase.task.reconciler.memory.of(purchase.key).intent is None


def test_whether_the_process_leads_is_asked_after_it_has_looked() -> None:
    """The look may take longer than the leading lasts."""
    purchase = Purchase()
    purchase.come_to("cloud.look_up", "answer")
    purchase.leaders.clear()
    purchase.task.run()
    assert purchase.recorded[:2] == ("Quoted", "NothingSent")
    assert purchase.world.purchases == ()


def test_a_look_that_fails_before_the_call_sends_nothing() -> None:
    """Counterexample 9: and the order is there for when it succeeds."""
    purchase = Purchase()
    purchase.world.arm(Fault("cloud.look_up", "before"))
    purchase.task.run()
    assert purchase.recorded[:2] == ("Quoted", "NothingSent")
    assert purchase.world.purchases == ()
    purchase.world.settle(purchase.key)
    assert len(purchase.world.purchases) == 1


def test_an_answer_is_written_over_what_came_between() -> None:
    """Counterexample 8: only the answer names the billing order."""
    purchase = Purchase()
    purchase.come_to(BUY, "answer")
    (order,) = purchase.world.orders(purchase.key)
    between = ledger.uncertain(order, purchase.world.clock.now, "another process found it")
    purchase.world.server.write_order_status(order, between, "b")
    purchase.task.run()
    assert purchase.recorded == ("Placed", "Answer", "2000")


def test_an_answer_is_kept_until_the_api_server_takes_it() -> None:
    """By this process; another one has the token to go by."""
    purchase = Purchase()
    purchase.come_to(BUY, "answer")
    purchase.world.arm(Fault("cluster.move_order", "before", times=3))
    purchase.task.run()
    assert purchase.recorded[0] == "Placing"
    purchase.world.settle(purchase.key)
    assert purchase.recorded == ("Fulfilled", "Answer", "2000")


def test_a_process_that_stood_still_before_the_call_waits_for_as_long_as_another_copy_may_need() -> (
    None
):
    """Counted from its last list, which is 14 minutes old, the wait for the other copy would be
    over at once."""
    purchase = Purchase()
    purchase.come_to(BUY, "request")
    purchase.world.clock.now += timedelta(minutes=14)
    copy_refused = Throttled(BUY, "Throttling.User", fate="CopyRefused")
    purchase.world.arm(Fault("cloud.place", "after", copy_refused))
    purchase.task.run()
    (order,) = purchase.world.orders(purchase.key)
    assert order.status.outstanding_until is not None
    shown = purchase.world.clock.now + purchase.world.around.settings.copy_window
    assert order.status.outstanding_until >= shown
