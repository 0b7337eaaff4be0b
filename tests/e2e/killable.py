"""A process of the operator that dies or stops where it is told to, before or after its n-th call
of a port.

It is put together from the parts of the product, which has no hook for this: the adapters of
`wiring` under the ServiceAccount's token, a `Recorded` around each, the same Reconciler, work queue
and workers. Left out is kopf, which takes seconds to start and looks after a whole cluster, also
after other tests' resources: the one key is put into the queue as its listing would put it there.
And nothing waits: where the queue would, the cloud's clock is moved instead.

Left out is the election, too: each of these processes believes that it leads. What an election
cannot promise, that nobody acts who was stopped and does not know yet that another has taken over,
is so what they show.

    run(Start(...))     is the process's main function; exit code 0: nothing is left to do; -9: it
    was killed
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.ports import Cloud, Cluster
from flink_workspace_operator.reconcile import Reconciler
from flink_workspace_operator.runtime.logs import set_up
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.workers import Workers
from flink_workspace_operator.settings import Settings
from flink_workspace_operator.wiring import connect_cluster
from tests.e2e.forks import become
from tests.emulator_fixture import EmulatedAccount, EmulatorControl
from tests.patience import patience
from tests.scenario.world import credentials_of

ENDS_WITHIN_SECONDS = 45


@dataclass(frozen=True)
class Point:
    """A moment in the life of a process: before or after a call of a port, counted from 1."""

    number: int
    call: str
    when: Literal["before", "after"]


@dataclass(frozen=True)
class Start:
    """What a process is started with."""

    settings: Settings
    kubeconfig: Path
    account: EmulatedAccount
    key: Key
    log: Path
    kill: Point | None = None
    """Where it dies, by SIGKILL."""
    stop: Point | None = None
    """Where it stops, by SIGSTOP, until it is told to go on."""
    record: Path | None = None
    """Where each call of a port is written down, one a line."""


@dataclass
class Journal:
    """Counts the calls of both ports, and kills or stops the process at its point."""

    start: Start
    calls: int = 0

    def before(self, call: str) -> None:
        """A call is about to be made."""
        self.calls += 1
        if self.start.record is not None:
            with self.start.record.open("a") as record:
                record.write(f"{call}\n")
        self._signal_at(Point(self.calls, call, "before"))

    def after(self, call: str) -> None:
        """It came back, or failed."""
        self._signal_at(Point(self.calls, call, "after"))

    def _signal_at(self, point: Point) -> None:
        if point == self.start.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        if point == self.start.stop:
            os.kill(os.getpid(), signal.SIGSTOP)


class Recorded:
    """A port, with each of its calls in the journal."""

    def __init__(self, name: str, port: Cloud | Cluster, journal: Journal) -> None:
        self._name, self._port, self._journal = name, port, journal

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        made, call = getattr(self._port, method), f"{self._name}.{method}"

        async def recorded(*arguments: object) -> object:
            self._journal.before(call)
            try:
                return await made(*arguments)
            finally:
                self._journal.after(call)

        return recorded


@dataclass(frozen=True)
class TimeLapse:
    """The queue's timers: they ring at once, and the time that they should have taken passes in the
    cloud."""

    loop: asyncio.AbstractEventLoop
    control: EmulatorControl

    def time(self) -> float:
        """The loop's time."""
        return self.loop.time()

    def call_at(
        self, when: float, callback: Callable[..., object], *arguments: object
    ) -> asyncio.TimerHandle:
        """Move the cloud's clock up to then."""
        now = self.loop.time()
        self.control.advance(max(0.0, when - now))
        return self.loop.call_at(now, callback, *arguments)


def run(start: Start) -> None:
    """The process: work until nothing is due but the routine look."""
    become({"KUBECONFIG": str(start.kubeconfig)}, start.log)
    set_up("text")
    asyncio.run(_work(start))


async def _work(start: Start) -> None:
    settings, idle = start.settings, asyncio.Event()
    cloud = AlibabaCloud(settings, credentials_of(start.account))
    async with connect_cluster(settings) as side, AsyncExitStack() as stack:
        stack.push_async_callback(cloud.close)
        journal = Journal(start)
        reconciler = Reconciler(
            cloud=cast(Cloud, Recorded("cloud", cloud, journal)),
            cluster=cast(Cluster, Recorded("cluster", side.cluster, journal)),
            settings=settings,
            cluster_id=side.cluster_id,
            clock=lambda: datetime.now(UTC),
            random_token=lambda: os.urandom(16).hex(),
        )

        async def run_pass(key: Key) -> Requeue:
            look = await reconciler.run_pass(key)
            if look.after is not None and look.after.total_seconds() >= settings.resync_seconds:
                idle.set()
                return Requeue(None)
            return look

        queue = WorkQueue(TimeLapse(asyncio.get_running_loop(), start.account.control))
        workers = Workers(queue, run_pass, 1, lambda: 0.0, reconciler.has_announced)
        queue.add(start.key)
        workers.start()
        async with asyncio.timeout(patience(ENDS_WITHIN_SECONDS)):
            await idle.wait()
        await workers.drain(settings.drain_seconds)
