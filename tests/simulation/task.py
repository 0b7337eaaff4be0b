"""One process's passes over one key, as steps that somebody else drives."""

import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.boundary import Boundary
from flink_workspace_operator.core.facts.config_map import ConfigMap
from flink_workspace_operator.core.facts.failures import Failure
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import Listing
from flink_workspace_operator.core.facts.secret import Secret
from flink_workspace_operator.core.facts.snapshot import Remembered
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.reconcile import Reconciler
from flink_workspace_operator.runtime.backoff import wait_after
from flink_workspace_operator.settings import Settings
from tests.simulation.account import Account
from tests.simulation.cloud import SimulatedCloud
from tests.simulation.cluster import SimulatedCluster
from tests.simulation.gate import Gate, Point
from tests.simulation.invariants import check_hand_over
from tests.simulation.server import ApiServer

CLUSTER_ID = "cluster-1"
HAND_OVER = Point("cloud.place", "request")


@dataclass(frozen=True)
class Surroundings:
    """What a process works on, and with."""

    server: ApiServer
    account: Account
    settings: Settings
    cluster_id: str = CLUSTER_ID
    skews: dict[str, timedelta] = field(default_factory=dict)
    """By how much the clock of a process is wrong, by its name."""
    own_settings: dict[str, Settings] = field(default_factory=dict)
    """Of processes that were started with others, by their names."""

    @property
    def version(self) -> str:
        """Equal versions mean that the same is stored, at the API server and in the account."""
        books = [each.books.version for each in (self.account, *self.account.others)]
        return " ".join([self.server.version, *books])


@dataclass(frozen=True)
class Progress:
    """Everything about a task but the coroutine, which follows from it: the answers are given to a
    new one again."""

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
    found: str = ""
    """The version of the world then."""
    quiet_at: str | None = None
    """The version of the world that the last pass found and left so."""
    quiet_since: datetime | None = None
    """When the first of those passes began."""

    def is_quiet(self, version: str, since: datetime) -> bool:
        """Whether no pass has changed anything at this version of the world, and one looked by
        then; or none is due."""
        if self.due is None:
            return True
        return (
            self.quiet_at == version and self.quiet_since is not None and self.quiet_since <= since
        )


class Task:
    """The passes of process `name` over `key`. Between passes only `Progress` is left of it, and
    its memory in that."""

    def __init__(
        self, name: str, key: Key, around: Surroundings, leads: Callable[[], bool]
    ) -> None:
        self.name, self.key, self.around, self.leads = name, key, around, leads
        self.progress = Progress(due=around.server.clock.now)
        self.point: Point | None = None
        """Where the pass under way stands."""
        self.gate = Gate()
        self.reconciler = self._reconciler()
        self._pass: Coroutine[Any, Any, Requeue] | None = None

    @property
    def mark(self) -> tuple[object, ...]:
        """Equal marks mean that the task goes on in the same way, as long as the world is the
        same."""
        now = self.progress
        quiet = now.quiet_since if now.quiet_at == self.around.version else None
        known = "" if now.remembered == Remembered() else repr(now.remembered)
        return (
            now.due,
            known,
            now.failures,
            now.woken,
            now.begun,
            now.opened,
            quiet,
            *map(_mark, self.gate.answers),
        )

    @property
    def running(self) -> bool:
        """Whether a pass is under way."""
        return self.progress.begun is not None

    def begin(self) -> None:
        """Begin a pass, up to before its first call."""
        now, found = self.around.server.clock.now, self.around.version
        self.progress = replace(
            self.progress, begun=now, found=found, opened=self._opened(), due=None, woken=False
        )
        self.gate.answers = []
        self._start()
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

    def wake(self) -> None:
        """Somebody changed something: a pass is due now, or after the one under way."""
        if self.running:
            self.progress = replace(self.progress, woken=True)
        else:
            self.progress = replace(self.progress, due=self.around.server.clock.now)

    def return_to(
        self, progress: Progress, answers: tuple[object, ...], point: Point | None
    ) -> None:
        """Become what the task was when its pass under way, if there was one, stood before a
        call."""
        self._drop()
        self.progress, self.point = progress, point
        self.gate.answers = list(answers)

    def _start(self) -> None:
        self.reconciler = self._reconciler()
        self._pass = self.reconciler.run_pass(self.key)

    def _resume(self) -> None:
        """Tell a new pass the answers of the one that it continues: that changes nothing but the
        memory."""
        self.gate.told_before, self.gate.answers = self.gate.answers, []
        self._start()
        self._advance(lambda running: running.send(None))

    def _advance(self, move: Callable[[Coroutine[Any, Any, Requeue]], object]) -> None:
        if self._pass is None:
            self._resume()
        assert self._pass is not None
        try:
            move(self._pass)
            self.point = self.gate.at
            if self.point == HAND_OVER:
                check_hand_over(self.key, self.gate.answers)
        except StopIteration as end:
            self._end(end.value.after)
        except Failure as failure:
            self._end(self._retry(failure), failed=True)

    def _retry(self, failure: Failure) -> timedelta:
        """As the workers do, without their jitter."""
        return timedelta(seconds=wait_after(failure, self.progress.failures))

    def _end(self, after: timedelta | None, failed: bool = False) -> None:
        now = self.around.server.clock.now
        self._pass, self.point = None, None
        self.gate.answers = []
        due = now if self.progress.woken else None if after is None else now + after
        remembered = self.reconciler.memory.of(self.key)
        failures = self.progress.failures + 1 if failed else 0
        before = self.progress
        self.progress = Progress(due, remembered, failures)
        if before.found == self.around.version:
            since = before.quiet_since if before.quiet_at == before.found else before.begun
            self.progress = replace(self.progress, quiet_at=before.found, quiet_since=since)

    def _drop(self) -> None:
        if self._pass is not None:
            self._pass.close()
        self._pass, self.point = None, None
        self.gate.told_before, self.gate.answers = [], []

    def _opened(self) -> int:
        return sum(
            number
            for what, number in self.around.server.stored.births.items()
            if what.startswith("order ")
        )

    def _reconciler(self) -> Reconciler:
        around, clock = self.around, self.around.server.clock
        memory = Memory({self.key: self.progress.remembered})
        return Reconciler(
            cloud=SimulatedCloud(around.account, self.gate),
            cluster=SimulatedCluster(around.server, self.gate, self.name),
            settings=around.own_settings.get(self.name, around.settings),
            cluster_id=around.cluster_id,
            clock=lambda: (
                self.gate.share(lambda: clock.now) + around.skews.get(self.name, timedelta())
            ),
            random_token=self._token,
            leads=self.leads,
            memory=memory,
        )

    def _token(self) -> str:
        """Another one for each process, key and version of the world, and the same in each run."""
        parts = f"{self.name} {self.key} {self.around.cluster_id} {self.progress.opened} {self.progress.found}"
        return hashlib.blake2b(parts.encode(), digest_size=16).hexdigest()


def _mark(answer: object) -> object:
    """What tells an answer from all others: of what is stored, the versions; of what can be hashed,
    itself."""
    if isinstance(answer, FlinkWorkspace | FlinkWorkspaceOrder):
        return answer.metadata.resource_version
    if isinstance(answer, ConfigMap | Secret):
        return answer.resource_version
    if isinstance(answer, tuple):
        return tuple(_mark(each) for each in answer)
    if isinstance(answer, FlinkPurchaseApproval):
        return answer.metadata.uid
    if isinstance(answer, Failure | Listing | Boundary | list):
        return repr(answer)
    return answer
