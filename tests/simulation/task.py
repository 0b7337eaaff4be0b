"""One process's passes over one key, as steps that somebody else drives."""

import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flink_workspace_operator.core.failures import Failure, Throttled
from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.core.plan import NextLook
from flink_workspace_operator.core.seen import Remembered
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.reconcile import Reconciler
from flink_workspace_operator.settings import Settings
from tests.simulation.account import Account
from tests.simulation.cloud import SimulatedCloud
from tests.simulation.cluster import SimulatedCluster
from tests.simulation.gate import Gate, Point
from tests.simulation.server import ApiServer

LONGEST_RETRY_SECONDS = 60.0
CLUSTER_ID = "cluster-1"


@dataclass(frozen=True)
class Surroundings:
    """What a process works on, and with."""

    server: ApiServer
    account: Account
    settings: Settings
    cluster_id: str = CLUSTER_ID


@dataclass(frozen=True)
class Progress:
    """Everything about a task but the coroutine, which follows from it: the answers are given to a new one again."""

    due: datetime | None
    """When the next pass is due; None: when somebody changes something."""
    remembered: Remembered = field(default_factory=Remembered)
    failures: int = 0
    woken: bool = False
    """Somebody changed something while the pass was under way."""
    begun: datetime | None = None
    """When the pass under way began; None: there is none."""
    opened: int = 0
    """How many orders there had ever been then."""
    quiet_at: str | None = None
    """The version of the world that the last pass found and left so."""

    def rests(self, version: str) -> bool:
        """Whether nothing comes of the next pass but a later one, if the world stays at this version."""
        return self.due is None or self.quiet_at == version


class Task:
    """The passes of process `name` over `key`. Between passes only `Progress` is left of it, and its memory in that."""

    def __init__(self, name: str, key: Key, around: Surroundings, leads: Callable[[], bool]) -> None:
        self.name, self.key, self.around, self.leads = name, key, around, leads
        self.progress = Progress(due=around.server.clock.now)
        self.point: Point | None = None
        """Where the pass under way stands."""
        self.gate = Gate()
        self.reconciler = self._reconciler(Remembered())
        self._pass: Coroutine[Any, Any, NextLook] | None = None

    @property
    def running(self) -> bool:
        """Whether a pass is under way."""
        return self._pass is not None

    def begin(self) -> None:
        """Begin a pass, up to before its first call."""
        now = self.around.server.clock.now
        self.progress = replace(self.progress, begun=now, opened=self._opened(), due=None, woken=False)
        self._start([])
        self._advance(lambda running: running.send(None))

    def step(self) -> None:
        """Go on to the next stop, or to the end of the pass."""
        self._advance(lambda running: running.send(None))

    def fail(self, failure: Failure) -> None:
        """Let the call at which the pass stands bring this failure instead of its answer."""
        self._advance(lambda running: running.throw(failure))

    def run(self) -> None:
        """A whole pass, or the rest of the one under way."""
        if not self.running:
            self.begin()
        while self.running:
            self.step()

    def crash(self) -> None:
        """kill -9 and a new process: the pass and everything remembered are gone."""
        self._drop()
        self.progress = Progress(due=self.around.server.clock.now)
        self.reconciler = self._reconciler(Remembered())

    def wake(self) -> None:
        """Somebody changed something: a pass is due now, or after the one under way."""
        if self.running:
            self.progress = replace(self.progress, woken=True)
        else:
            self.progress = replace(self.progress, due=self.around.server.clock.now)

    def note_quiet(self, version: str | None) -> None:
        """The last pass changed nothing: the world is still what it found."""
        self.progress = replace(self.progress, quiet_at=version)

    def return_to(self, progress: Progress, answers: list[object]) -> None:
        """Become what the task was: a pass that was under way is told its answers again, which changes nothing."""
        self._drop()
        self.progress = progress
        self.reconciler = self._reconciler(progress.remembered)
        if progress.begun is not None:
            self._start(answers)
            self._advance(lambda running: running.send(None))

    def _start(self, answers: list[object]) -> None:
        self.gate.answers, self.gate.told_before = [], list(answers)
        self._pass = self.reconciler.run_pass(self.key)

    def _advance(self, move: Callable[[Coroutine[Any, Any, NextLook]], object]) -> None:
        assert self._pass is not None
        try:
            move(self._pass)
            self.point = self.gate.at
        except StopIteration as end:
            self._end(end.value.after)
        except Failure as failure:
            self._end(self._retry(failure), failed=True)

    def _retry(self, failure: Failure) -> timedelta:
        """As the workers do, without their jitter."""
        after = min(LONGEST_RETRY_SECONDS, 2.0 ** min(self.progress.failures, 10))
        if isinstance(failure, Throttled) and failure.retry_after is not None:
            after = max(after, failure.retry_after)
        return timedelta(seconds=after)

    def _end(self, after: timedelta | None, failed: bool = False) -> None:
        now = self.around.server.clock.now
        self._pass, self.point = None, None
        due = now if self.progress.woken else None if after is None else now + after
        remembered = self.reconciler.memory.of(self.key)
        failures = self.progress.failures + 1 if failed else 0
        self.progress = Progress(due, remembered, failures, quiet_at=self.progress.quiet_at)

    def _drop(self) -> None:
        if self._pass is not None:
            self._pass.close()
        self._pass, self.point = None, None

    def _opened(self) -> int:
        return sum(number for what, number in self.around.server.stored.births.items() if what.startswith("order "))

    def _reconciler(self, remembered: Remembered) -> Reconciler:
        around, clock = self.around, self.around.server.clock
        memory = Memory({self.key: remembered})
        return Reconciler(
            cloud=SimulatedCloud(around.account, self.gate),
            cluster=SimulatedCluster(around.server, self.gate, self.name),
            settings=around.settings,
            cluster_id=around.cluster_id,
            clock=lambda: self.progress.begun or clock.now,
            random_token=self._token,
            leads=self.leads,
            memory=memory,
        )

    def _token(self) -> str:
        """Another one for each process, key and number of orders, and the same in each run."""
        parts = f"{self.name} {self.key} {self.around.cluster_id} {self.progress.opened}"
        return hashlib.blake2b(parts.encode(), digest_size=16).hexdigest()
