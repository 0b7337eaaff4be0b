"""The hands of a pass, on a simulated API server and cloud: what a process remembers of its own
intent, and when."""

import pytest

from flink_workspace_operator.core.facts.failures import (
    ClusterRefused,
    Conflict,
    Failure,
    Unreachable,
    Vanished,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.snapshot import Intent
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.faults import Fault
from tests.simulation.gate import Point
from tests.simulation.task import Task
from tests.simulation.world import SimulatedWorld

WRITE, BUY = "cluster.move_order", "cloud.place"
NEVER_SENT = Unreachable("foasconsole.CreateInstance", "ConnectFailed", fate="NothingSent")


class Announcing:
    """A world in which the next pass of the only process announces the order."""

    def __init__(self) -> None:
        self.world = SimulatedWorld()
        self.key: Key = self.world.apply(pay_as_you_go("w"))
        self.world.run_until(lambda: self.states == ["Quoted"])

    @property
    def task(self) -> Task:
        return self.world.tasks["a", self.key]

    @property
    def states(self) -> list[str | None]:
        return [order.state for order in self.world.orders(self.key)]

    @property
    def remembered(self) -> Intent | None:
        return self.task.progress.remembered.intent


def test_an_intent_is_remembered_before_it_is_written() -> None:
    """The answer to the write may be lost, and the process may still know that it sent nothing."""
    announcing = Announcing()
    announcing.task.begin()
    while announcing.task.point != Point(WRITE, "request"):
        announcing.task.step()
    assert announcing.states == ["Quoted"]
    assert announcing.task.reconciler.memory.of(announcing.key).intent is not None


@pytest.mark.parametrize(
    "failure", [Conflict("changed"), Vanished("gone"), ClusterRefused("a rule")], ids=repr
)
def test_an_intent_that_the_api_server_refused_is_forgotten(failure: Failure) -> None:
    """It stands nowhere."""
    announcing = Announcing()
    announcing.world.arm(Fault(WRITE, "before", failure))
    announcing.task.run()
    assert (announcing.states, announcing.remembered) == (["Quoted"], None)


def test_a_lost_answer_to_the_intent_costs_no_time() -> None:
    """This process sends what it announced, as if nothing had happened; no other could."""
    announcing = Announcing()
    announcing.world.arm(Fault(WRITE, "after"))
    announcing.task.run()
    assert announcing.states == ["Placing"]
    assert announcing.remembered is not None
    announcing.world.run_pass(announcing.task)
    assert announcing.states == ["Placed"]


def test_an_intent_that_never_arrived_is_announced_anew() -> None:
    """With another mark; the former one stands nowhere."""
    announcing = Announcing()
    announcing.world.arm(Fault(WRITE, "before"))
    announcing.task.run()
    assert announcing.states == ["Quoted"]
    announcing.world.settle(announcing.key)
    assert announcing.states == ["Fulfilled"]
    assert len(announcing.world.purchases) == 1


def test_a_call_that_was_never_sent_takes_the_order_back_and_backs_off() -> None:
    """The pass ends as failed, so that the order is not announced again at once; the reason is
    reported."""
    announcing = Announcing()
    announcing.world.arm(Fault(BUY, "before", NEVER_SENT))
    announcing.task.run()
    announcing.world.run_pass(announcing.task)
    assert (announcing.states, announcing.remembered) == (["Quoted"], None)
    assert announcing.task.progress.failures == 1
    ready = announcing.world.condition(announcing.key)
    assert ready is not None
    assert (ready.reason, ready.message) == (
        "CloudUnreachable",
        "nothing was sent, because foasconsole.CreateInstance did not answer (ConnectFailed)",
    )
    announcing.world.settle(announcing.key)
    assert len(announcing.world.purchases) == 1


def test_the_pass_that_announces_reports_it() -> None:
    """While the call runs, and for as long as its answer can't be recorded, nobody reads that
    nothing was bought."""
    announcing = Announcing()
    announcing.task.run()
    purchased = announcing.world.condition(announcing.key, "Purchased")
    assert announcing.states == ["Placing"]
    assert purchased is not None
    assert (purchased.status, purchased.reason) == ("Unknown", "Placing")
