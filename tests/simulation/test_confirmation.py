"""Lists confirm what a pass would leave as it is, and nothing else."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT, SUSPEND
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.confirmation import Confirmation, Doubtful, SharedAnswers, is_quiet
from flink_workspace_operator.core.case import case_of
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.identity import Claim, Key, Owner, PurchaseTarget
from flink_workspace_operator.core.facts.observed import Bought
from flink_workspace_operator.core.facts.snapshot import Answered, Intent, Remembered
from flink_workspace_operator.core.pace import OUTSIDE
from flink_workspace_operator.core.plan import RemoveFinalizer, Verdict
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.observation import observe
from flink_workspace_operator.reconcile import Reconciler
from tests.scenario.manifests import pay_as_you_go, subscription
from tests.simulation.cloud import SimulatedCloud
from tests.simulation.cluster import SimulatedCluster
from tests.simulation.faults import Fault
from tests.simulation.test_refused_calls import OpenGate
from tests.simulation.world import SimulatedWorld

MOST_PASSES = 40


@dataclass
class Lists:
    """The simulated API server, as lists show it."""

    cluster: SimulatedCluster

    async def read_workspace(self, key: Key) -> FlinkWorkspace | None:
        return await self.cluster.read_workspace(key)

    async def read_orders(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        return await self.cluster.read_orders(key)

    async def read_claim(self, target: PurchaseTarget, reader: Key) -> Claim | None:
        claim = await self.cluster.read_claim(target, reader)
        if claim is not None and claim.holder != reader:
            raise Doubtful
        return claim

    async def _doubt(self, *_: object) -> None:
        raise Doubtful

    list_neighbours = read_claims_of = read_outputs = read_secret = _doubt


@dataclass
class Bench:
    """One process: its passes, and what lists confirm in between."""

    wanted: dict[str, object]
    world: SimulatedWorld = field(default_factory=SimulatedWorld)

    def __post_init__(self) -> None:
        self.key = self.world.apply(self.wanted)
        gate, around, self.memory = OpenGate(), self.world.around, Memory()
        self.cluster = SimulatedCluster(around.server, gate, "a")
        self.cloud = SimulatedCloud(around.account, gate)
        self.reconciler = Reconciler(
            cloud=self.cloud,
            cluster=self.cluster,
            settings=around.settings,
            cluster_id=around.cluster_id,
            clock=lambda: self.world.clock.now,
            random_token=lambda: f"{self.world.clock.now:%Y%m%d%H%M%S%f}",
            memory=self.memory,
        )

    def confirmed(self, memory: Memory | None = None) -> bool:
        """Whether lists confirm it now; by default in the process that runs the passes."""
        around = self.world.around
        confirmation = Confirmation(
            around.cluster_id, around.settings, memory or self.memory, lambda: self.world.clock.now
        )
        shared = SharedAnswers(self.cloud, timedelta(0))
        lists = Lists(self.cluster)
        confirmed = confirmation.confirmed(self.key, shared, lists)  # type: ignore[arg-type]  # the rest raises
        return asyncio.run(confirmed) is not None

    def run_pass(self) -> bool:
        """One pass. Whether it changed anything, or is to be followed before its time."""
        before, requests = self.world.around.version, self.memory.of(self.key)
        look = asyncio.run(self.reconciler.run_pass(self.key))
        self.world.clock.now += look.after or timedelta(0)
        is_routine = look.after in (None, self.world.around.settings.resync)
        return not is_routine or (before, requests) != (
            self.world.around.version,
            self.memory.of(self.key),
        )

    def settle(self) -> "Bench":
        """Until a pass changes nothing; whatever was confirmed before a pass, that pass leaves as
        it is."""
        for _ in range(MOST_PASSES):
            confirmed, afresh = self.confirmed(), self.confirmed(Memory())
            did_something = self.run_pass()
            assert not (did_something and (confirmed or afresh)), self.world.told()
            if not did_something:
                return self
        raise AssertionError(self.world.told())


@pytest.fixture(params=[pay_as_you_go, subscription])
def bench(request: pytest.FixtureRequest) -> Bench:
    """A workspace that runs."""
    bench = Bench(request.param("w"))
    assert not bench.confirmed()
    return bench.settle()


def test_what_runs_is_confirmed_also_by_a_process_that_never_looked(bench: Bench) -> None:
    """By lists alone, and nothing is written or remembered for it."""
    before = bench.world.around.version, bench.memory.of(bench.key)
    assert bench.confirmed()
    assert bench.confirmed(Memory())
    assert before == (bench.world.around.version, bench.memory.of(bench.key))


def only(bench: Bench) -> str:
    [booking] = bench.world.purchases
    return booking.instance_id


def without_a_trace(bench: Bench) -> None:
    bench.world.user.delete_orders(bench.key, by_force=True)
    bench.world.user.wipe_status(bench.key)


CHANGES: dict[str, Callable[[Bench], object]] = {
    "suspended": lambda bench: bench.world.user.annotate(bench.key, SUSPEND, "true"),
    "requested": lambda bench: bench.world.user.annotate(bench.key, RECONCILE_REQUESTED_AT, "now"),
    "deleted": lambda bench: bench.world.user.delete(bench.key),
    "without its claim": lambda bench: bench.world.user.delete_claims(),
    "without its status": lambda bench: bench.world.user.wipe_status(bench.key),
    "without its order and status": without_a_trace,
    "released in the cloud": lambda bench: bench.world.account.release(only(bench)),
    "hidden": lambda bench: bench.world.account.hide(frozenset({only(bench)})),
    "tagged by others": lambda bench: bench.world.account.tag(
        only(bench), {"flink.alicloud.dev/workspace": "x/y"}
    ),
    "in a cloud that does not answer": lambda bench: bench.world.arm(
        Fault(
            "cloud.list_instances",
            "before",
            Unreachable("DescribeInstances", "NoConnection"),
            times=99,
        )
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_has_its_pass(bench: Bench, change: str) -> None:
    """By whomever: lists confirm nothing of it, in this process or in another."""
    CHANGES[change](bench)
    assert not bench.confirmed()
    assert not bench.confirmed(Memory())


DOING: dict[str, dict[str, object]] = {
    "a step": {"steps": (RemoveFinalizer(),)},
    "a failure": {"retry": Unreachable("x", "NoConnection")},
    "a pass soon": {"requeue": OUTSIDE},
    "a list that lacks it": {"missing_since": datetime(2026, 1, 1, tzinfo=UTC)},
    "another word": {"verdict": Verdict("Running", "Running", "something else")},
    "no word": {"verdict": None},
}


@pytest.mark.parametrize("doing", DOING)
def test_a_plan_that_is_more_than_nothing_is_a_pass(doing: str) -> None:
    """Whichever part of it."""
    bench = Bench(pay_as_you_go("w")).settle()
    around = bench.world.around
    seen = asyncio.run(
        observe(
            Owner(around.cluster_id, bench.key),
            SharedAnswers(bench.cloud, timedelta(0)),  # type: ignore[arg-type]  # answers as one
            Lists(bench.cluster),  # type: ignore[arg-type]  # the rest raises
            Remembered(),
            around.settings,
            bench.world.clock.now,
        )
    )
    plan = decide(case_of(seen, around.settings))
    assert is_quiet(seen, plan, around.settings)
    assert not is_quiet(seen, replace(plan, **DOING[doing]), around.settings)  # type: ignore[arg-type]  # any field


def test_what_is_due_soon_has_its_pass(bench: Bench) -> None:
    """Stalled as told, and nothing to write: but it is looked at again in half a minute, not at the
    next round."""
    bench.world.account.release(only(bench))
    for _ in range(MOST_PASSES):
        bench.run_pass()
    ready = bench.world.condition(bench.key)
    assert ready is not None
    assert ready.reason == "Lost"
    assert not bench.confirmed(Memory())


def test_what_this_process_owes_has_its_pass(bench: Bench) -> None:
    """An unsent purchase, an answer to record, a list that lacked it, a pass that failed."""
    memories = [Memory() for _ in range(4)]
    memories[0].remember_intent(bench.key, Intent("uid", "mark", 1))
    memories[1].remember_answer(
        bench.key, Answered("uid", "mark", Bought("id", None, None), bench.world.clock.now)
    )
    memories[2].note_missing(bench.key, bench.world.clock.now)
    memories[3].note_restless(bench.key, True)
    assert not any(map(bench.confirmed, memories))


def test_a_suspended_one_that_was_never_ordered_is_confirmed(bench: Bench) -> None:
    """At the price of one question for all that are described alike; afterwards it rests."""
    bench.world.user.delete(bench.key)
    other = Bench(pay_as_you_go("other", suspend=True)).settle()
    afresh = Memory()
    assert other.confirmed(afresh)
    assert afresh.of(other.key).rests_as


def test_a_pass_that_failed_is_followed_by_a_pass(bench: Bench) -> None:
    """Lists say nothing of what stopped it."""
    fault = Fault("cluster.read_orders", "before", Unreachable("x", "NoConnection"), times=1)
    bench.world.arm(fault)
    with pytest.raises(Unreachable):
        bench.run_pass()
    assert bench.memory.is_restless(bench.key)
    assert not bench.confirmed()
    bench.run_pass()
    assert bench.confirmed()
