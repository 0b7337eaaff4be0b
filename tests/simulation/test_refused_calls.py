"""Whatever the API server refuses, at whichever call of a pass: it is told on the resource, and
nothing is lost.

Which answers of HTTP are which of these failures: `tests/unit/adapters/test_answers.py`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar

import pytest

from flink_workspace_operator.core.facts.failures import (
    ClusterRefused,
    ClusterUnreachable,
    Conflict,
    Failure,
    Unreadable,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.reporting.obstacles import PATIENCE
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.reconcile import Reconciler
from tests.gitops import kstatus
from tests.gitops.lua import health_of
from tests.gitops.truth import judge, judge_argo_cd, judge_reasons
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.cloud import SimulatedCloud
from tests.simulation.cluster import SimulatedCluster
from tests.simulation.faults import Fault
from tests.simulation.gate import Gate
from tests.simulation.world import SimulatedWorld

T = TypeVar("T")

FOR_EVER: Final = 10**9
PASSES: Final = 12
"""A purchase takes six passes here."""

REFUSED: Final = ClusterRefused(
    "the API server answered 403 Forbidden (“exceeded quota: noorders”)"
)
FAILURES: Final[dict[str, tuple[Failure, str]]] = {
    "refused": (REFUSED, "ClusterRefused"),
    "failed": (
        ClusterUnreachable("the API server answered 500: failed calling webhook"),
        "ClusterUnavailable",
    ),
    "conflict": (Conflict("the API server answered 409 Conflict"), "ClusterUnavailable"),
    "unreadable": (
        Unreadable("FlinkWorkspaceOrder 'w-1' has a value that is not known"),
        "NewerVersion",
    ),
}
"""With the reason that people see."""
HEALTH: Final = {
    "ClusterRefused": "Suspended",
    "ClusterUnavailable": "Progressing",
    "NewerVersion": "Degraded",
}
"""In the words of Argo CD."""
KSTATUS: Final = {
    "ClusterRefused": "InProgress",
    "ClusterUnavailable": "InProgress",
    "NewerVersion": "Failed",
}

BEFORE_THE_CALL: Final = (
    ("read_workspace", 0),
    ("read_orders", 0),
    ("read_claim", 0),
    ("add_purchase_finalizer", 0),
    ("take_claim", 0),
    ("create_order", 0),
    ("move_order", 0),
    ("move_order", 1),
)
"""Calls and how many of them succeed before: all of them come before the money is spent."""
AFTER_THE_CALL: Final = (("move_order", 2), ("move_order", 3))


class OpenGate(Gate):
    """Lets every call through at once."""

    async def call(self, name: str, effect: Callable[[], T]) -> T:
        """The call."""
        return effect()


@dataclass
class Bench:
    """One process that keeps its memory, on a simulated API server and cloud."""

    world: SimulatedWorld = field(default_factory=SimulatedWorld)

    def __post_init__(self) -> None:
        self.key: Key = self.world.apply(pay_as_you_go("w"))
        gate, around = OpenGate(), self.world.around
        self.cluster = SimulatedCluster(around.server, gate, "a")
        self.reconciler = Reconciler(
            cloud=SimulatedCloud(around.account, gate),
            cluster=self.cluster,
            settings=around.settings,
            cluster_id=around.cluster_id,
            clock=lambda: self.world.clock.now,
            random_token=lambda: f"{self.world.clock.now:%Y%m%d%H%M%S%f}",
            memory=Memory(),
        )

    def passes(self, number: int) -> None:
        """So many, each when it would be due."""
        for _ in range(number):
            try:
                look = asyncio.run(self.reconciler.run_pass(self.key))
                wait = look.after or timedelta(0)
            except Failure:
                wait = timedelta(seconds=5)
            self.world.clock.now += wait
            self.world.check()

    def heal(self) -> None:
        """The API server refuses nothing any more; until Ready, by the same process."""
        self.world.arm()
        for _ in range(200):
            if self.world.is_ready(self.key):
                return
            self.passes(1)
        raise AssertionError(self.world.told())

    def shown(self, reason: str) -> str | None:
        """The message of the condition that has this reason and is True; None if there is none."""
        told = (
            self.world.condition(self.key, each) for each in ("Reconciling", "Suspended", "Stalled")
        )
        return next(
            (
                each.message
                for each in told
                if each and (each.status, each.reason) == ("True", reason)
            ),
            None,
        )

    @property
    def wire(self) -> dict[str, object]:
        workspace = self.world.workspace(self.key)
        assert workspace is not None
        return {"metadata": workspace.metadata.as_wire(), "status": workspace.status.as_wire()}

    def warnings(self, reason: str) -> int:
        return sum(event.reason == reason for event in self.cluster.events)


def failing(call: str, skip: int, failure: Failure) -> Fault:
    return Fault(f"cluster.{call}", "before", failure, times=FOR_EVER, skip=skip)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(("call", "skip"), BEFORE_THE_CALL)
def test_before_the_call_it_is_told_and_nothing_is_bought(
    call: str, skip: int, failure: str
) -> None:
    """By condition, one event, Argo CD and kstatus, with the API server's sentence. Once it ends,
    one is bought."""
    bench, (raised, reason) = Bench(), FAILURES[failure]
    bench.world.arm(failing(call, skip, raised))
    bench.passes(PASSES)
    assert str(raised) in (bench.shown(reason) or "")
    assert bench.warnings(reason) == 1
    assert (kstatus.status_of(bench.wire), health_of(bench.wire)[0]) == (
        KSTATUS[reason],
        HEALTH[reason],
    )
    judge(bench.wire)
    judge_reasons(bench.wire)
    judge_argo_cd(bench.wire)
    assert bench.world.purchases == ()
    bench.heal()
    assert (len(bench.world.purchases), bench.shown(reason)) == (1, None)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(("call", "skip"), AFTER_THE_CALL)
def test_after_the_call_it_is_never_said_that_nothing_was_bought(
    call: str, skip: int, failure: str
) -> None:
    """Purchased is Unknown or True from the announcement on; once it ends, the one purchase is in
    the ledger."""
    bench, (raised, reason) = Bench(), FAILURES[failure]
    bench.world.arm(failing(call, skip, raised))
    bench.passes(PASSES)
    assert len(bench.world.purchases) == 1
    purchased = bench.world.condition(bench.key, "Purchased")
    assert purchased is not None
    assert purchased.status != "False"
    assert bench.shown(reason) is not None
    assert bench.warnings(reason) == 1
    bench.heal()
    assert [order.state for order in bench.world.orders(bench.key)] == ["Fulfilled"]
    assert len(bench.world.purchases) == 1


def test_what_is_bought_and_not_recorded_is_named() -> None:
    """Only the process knows of it then: whoever reads the resource finds the instance."""
    bench = Bench()
    bench.world.arm(failing("move_order", 2, REFUSED))
    bench.passes(PASSES)
    (bought,) = bench.world.purchases
    assert (bench.shown("ClusterRefused") or "").startswith(
        f"{bought.instance_id} is paid for, and the ledger"
    )


@pytest.mark.parametrize("failure", ["failed", "conflict"])
def test_what_passes_at_once_is_not_told(failure: str) -> None:
    """Fewer failures than three in a row leave no trace on the resource."""
    bench, (raised, reason) = Bench(), FAILURES[failure]
    bench.world.arm(Fault("cluster.take_claim", "before", raised, times=PATIENCE - 1))
    bench.passes(PASSES)
    assert bench.warnings(reason) == 0
    assert not any(
        condition.reason == reason
        for _, each in bench.world.history
        for condition in each.conditions
    )


@pytest.mark.parametrize("failure", FAILURES)
def test_a_workspace_that_runs_stays_ready(failure: str) -> None:
    """What the API server refuses says nothing about the workspace: it is told beside Ready."""
    bench, (raised, reason) = Bench(), FAILURES[failure]
    bench.heal()
    bench.world.arm(failing("read_orders", 0, raised))
    bench.passes(PASSES)
    assert bench.world.is_ready(bench.key)
    assert bench.shown(reason) is not None
    judge(bench.wire)


def test_a_status_that_may_not_be_written_leaves_events() -> None:
    """There is no other place to say it; a few are enough."""
    bench = Bench()
    bench.world.arm(failing("write_status", 0, REFUSED), failing("write_conditions", 0, REFUSED))
    bench.passes(PASSES)
    assert 1 <= bench.warnings("ClusterRefused") <= PATIENCE
    bench.heal()
    assert len(bench.world.purchases) == 1


def test_a_fault_of_ours_is_told_without_its_text() -> None:
    """The text of what nobody thought of may hold a secret."""
    bench = Bench()

    def broken() -> str:
        raise KeyError("LTAI-secret")

    bench.reconciler.random_token = broken
    with pytest.raises(KeyError):
        bench.passes(1)
    message = bench.shown("OperatorFault") or ""
    assert "KeyError" in message
    assert "LTAI" not in message
