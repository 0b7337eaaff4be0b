"""A whole process in a simulated world: the real queue and workers, many keys at once, every call
takes its time.

    process = Process(world, seed=1) process.at_work = apply_many
    # what people do once it is at work process.live(until=lambda: len(world.purchases) >= 20)
    # and then kill -9 process.live(until=lambda: len(world.purchases) >= 40, to_its_end=True)  # a
    fresh one, and then SIGTERM

The event loop's time is the world's clock, which jumps to the next moment at which something is
due. Nobody waits."""

import asyncio
import selectors
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final, TypeVar

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import Failure
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.reconcile import Reconciler
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.turns import Lane, Share
from flink_workspace_operator.runtime.workers import Workers
from tests.simulation.clock import BEGINNING, Clock
from tests.simulation.cloud import SimulatedCloud
from tests.simulation.cluster import SimulatedCluster
from tests.simulation.gate import Gate
from tests.simulation.server import Change, Lease
from tests.simulation.world import SimulatedWorld, Stuck

T = TypeVar("T")

NAME: Final = "a"
LONGEST_WAY: Final = 0.2
"""Seconds that a request, or an answer, is under way at most."""
LONGEST_LIFE: Final = 3 * 3600.0


class Leap(selectors.SelectSelector):
    """Waits for nothing: the time that a loop would wait for passes at once."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.seconds = (clock.now - BEGINNING).total_seconds()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass."""
        if timeout is None:
            raise Stuck("nobody has anything to do, and nothing is due")
        self.seconds += max(0.0, timeout)
        self.clock.now = max(self.clock.now, BEGINNING + timedelta(seconds=self.seconds))
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop on a world's clock."""

    def __init__(self, clock: Clock) -> None:
        self.leap = Leap(clock)
        super().__init__(self.leap)

    def time(self) -> float:
        """Seconds since the beginning of the world."""
        return self.leap.seconds


class Way(Gate):
    """What a process's calls go through: there and back takes a random time. After the process's
    end nothing does."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random, self.cut = random, False

    async def call(self, name: str, effect: Callable[[], T]) -> T:
        """One call."""
        del name
        await self._pass()
        try:
            return effect()
        finally:
            await self._pass()

    async def _pass(self) -> None:
        if not self.cut:
            await asyncio.sleep(self.random.uniform(0, LONGEST_WAY))
        if self.cut:
            raise asyncio.CancelledError


def nothing() -> None:
    """Do nothing."""


class Process:
    """One process after the other, each with a memory of its own."""

    def __init__(self, world: SimulatedWorld, seed: int) -> None:
        self.world, self.random = world, Random(seed)  # noqa: S311 - no secret
        self.queue: WorkQueue | None = None
        self.at_work: Callable[[], object] = nothing
        """Called once, when the process is at work."""
        self._look: Callable[[], object] = nothing
        """Asked after each write whether what is waited for is so."""
        self._defects: list[Exception] = []
        world.server.watchers += [self._wake, self._ask]

    def live(self, until: Callable[[], bool], *, to_its_end: bool = False) -> None:
        """Work until it is so, which a write of the API server shows; then die, or end as on
        SIGTERM."""
        with asyncio.Runner(loop_factory=partial(SimulatedLoop, self.world.clock)) as runner:
            runner.run(self._live(until, to_its_end))
        self.world.check()
        if self._defects:
            raise self._defects[0]

    async def _live(self, until: Callable[[], bool], to_its_end: bool) -> None:
        way, settings = Way(self.random), self.world.around.settings
        reconciler = self._reconciler(way)
        run_pass = partial(self._run_pass, reconciler)
        self.queue = WorkQueue(asyncio.get_running_loop(), Share.of(settings.workers))
        workers = Workers(
            self.queue, run_pass, settings.workers, self.random.random, reconciler.has_announced
        )
        for key in self.world.server.stored.workspaces:
            self.queue.add(key, Lane.ROUTINE)
        workers.start()
        at_work, self.at_work = self.at_work, nothing
        at_work()
        async with asyncio.timeout(LONGEST_LIFE):
            await self._reached(until)
            if to_its_end:
                await workers.drain(settings.drain_seconds)
        way.cut, self.queue = True, None

    async def _run_pass(self, reconciler: Reconciler, key: Key) -> Requeue:
        """Workers survive every mistake; here it ends the run, and so does a broken promise."""
        try:
            return await reconciler.run_pass(key)
        except Failure:
            raise
        except Exception as defect:
            self._defects.append(defect)
            self._look()
            raise

    async def _reached(self, fact: Callable[[], bool]) -> None:
        reached = asyncio.Event()

        def look() -> None:
            if self._defects or fact():
                reached.set()

        self._look = look
        look()
        await reached.wait()
        self._look = nothing

    def _reconciler(self, way: Gate) -> Reconciler:
        around = self.world.around
        return Reconciler(
            cloud=SimulatedCloud(around.account, way),
            cluster=SimulatedCluster(around.server, way, NAME),
            settings=around.settings,
            cluster_id=around.cluster_id,
            clock=lambda: self.world.clock.now,
            random_token=lambda: f"{self.random.getrandbits(128):032x}",
        )

    def _ask(self, _: Change) -> None:
        self._look()

    def _wake(self, change: Change) -> None:
        """As the watches do, of which the echoes of its own writes wake nobody."""
        seen = change.after or change.before
        if self.queue is None or change.writer == NAME or isinstance(seen, Lease):
            return
        name = (
            seen.spec.workspace_ref.name
            if isinstance(seen, FlinkWorkspaceOrder)
            else change.key.name
        )
        self.queue.add(Key(change.key.namespace, name))
