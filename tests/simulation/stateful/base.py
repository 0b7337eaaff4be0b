"""What all rules of the machine share: a world, and driving its processes on."""

import sys
from collections import Counter
from datetime import timedelta
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.scenario.manifests import pay_as_you_go
from tests.simulation.account import Behaviour, Books
from tests.simulation.faults import Fault
from tests.simulation.stateful.faults import purchase_faults
from tests.simulation.stateful.judge import Judge
from tests.simulation.stateful.remaining_rules import come_to_rest
from tests.simulation.task import Task
from tests.simulation.world import SimulatedWorld

SETTINGS: Final = Settings(
    **ALLOWED,
    short_windows=True,
    signature_validity_seconds=20,
    longest_commit_seconds=10,
    longest_visibility_seconds=10,
    nonce_memory_seconds=50,
    purchase_timeout_seconds=5,
    quote_validity_seconds=30,
    prerequisite_grace_seconds=20,
    refusal_backoff_seconds=20,
    refusal_backoff_max_seconds=60,
    throttled_backoff_seconds=10,
)
"""The real windows, shortened alike, so that a run takes fewer looks to get through them."""

MOST_PASSES: Final = 40
"""In one step of a run."""

HOME: Final = "1000000000000001"
ELSEWHERE: Final = "2000000000000002"

W: Final = Key("team", "w")
KEYS: Final = (W, Key("team", "v"), Key("other", "w"))
NAMES: Final = ("w", "x")
"""Names of workspaces: fewer than keys, so that resources meet."""

keys = st.sampled_from((W, *KEYS))
names = st.sampled_from(("w", *NAMES))
processes = st.sampled_from(("a", "b"))
nth = st.integers(0, 2)
"""Which of those that there are."""
then = st.sampled_from((0, 1, 2, 3, 5, 8, 16))
"""Passes that follow a rule."""


class WorldMachine(RuleBasedStateMachine):
    """A world in which one resource was applied, and its driver. The rules are in the classes that
    inherit."""

    happened: ClassVar[Counter[str]] = Counter()
    """What was seen in all runs, by which a test knows that it is not empty."""

    def __init__(self) -> None:
        super().__init__()
        self.frozen: set[str] = set()
        self.followers: set[str] = set()
        self.elsewhere = (ELSEWHERE, Books(prefix="elsewhere-"))
        """The account whose credentials are not in use."""

    @initialize(
        two=st.booleans(),
        unique=st.sampled_from(("off", "off", "account")),
        visibility=st.sampled_from((0, 10)),
        fault=st.one_of(st.none(), purchase_faults),
        passes=then,
    )
    def begin(
        self, two: bool, unique: str, visibility: int, fault: Fault | None, passes: int
    ) -> None:
        """A resource is applied, one or two processes look after it."""
        behaviour = Behaviour(
            signature_validity=20,
            nonce_memory=50,
            visibility=visibility,
            unique_names=unique,  # type: ignore[arg-type]  # one of its words
        )
        workers = ("a", "b") if two else ("a",)
        self.world = SimulatedWorld(
            behaviour, workers, SETTINGS, lambda process: process not in self.followers
        )
        self.world.allowed = 10**6  # the judge knows better
        self.world.server.numbered = True
        self.judge = Judge(self.world, self.happened)
        self.world.arm(*([fault] if fault else []))
        self.world.apply(pay_as_you_go("w", workspaceName="w"), W.namespace)
        self.drive(passes)

    def teardown(self) -> None:
        """Whatever was done: once it ends, all comes to rest, and the rest is as it was
        promised."""
        self.happened["histories"] += 1
        if sys.exception() is not None or not hasattr(self, "world"):
            return  # a rule has failed: that is what is to be told
        self.calm_down()
        come_to_rest(self.world, self.judge)

    def calm_down(self) -> None:
        """Nothing goes wrong any more, and every process is at work."""
        self.frozen.clear()
        self.followers.clear()
        self.world.around.skews.clear()
        self.world.arm()

    def drive(self, passes: int) -> None:
        """The end of each step: so many passes, first of all the rest of those under way; each when
        it is due."""
        self.happened["steps"] += 1
        self.judge.look()
        for _ in range(passes):
            task = self.next_task()
            if task is None:
                return
            self.run_pass(task)

    def run_pass(self, task: Task) -> None:
        """A whole pass, or the rest of it."""
        self.happened["passes"] += 1
        if not task.running:
            self.start(task)
        while task.running:
            task.step()
            self.judge.look()

    def start(self, task: Task) -> None:
        """The time of the pass comes, and it begins."""
        if task.progress.due is not None:
            self.world.clock.now = max(self.world.clock.now, task.progress.due)
        task.begin()

    def next_task(self) -> Task | None:
        """Who goes on next: whoever stands in the middle, then whoever is due first."""
        awake = [task for task in self.world.tasks.values() if task.name not in self.frozen]
        running = next((task for task in awake if task.running), None)
        due = [task for task in awake if task.progress.due is not None]
        return running or min(
            due, key=lambda task: task.progress.due or self.world.clock.now, default=None
        )

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass, with the first passes that are due in it; for the rest of it
        nobody is at work."""
        end = self.world.clock.now + timedelta(seconds=seconds)
        for _ in range(MOST_PASSES):
            task = self.next_task()
            if task is None or (not task.running and (task.progress.due or end) >= end):
                break
            self.run_pass(task)
        self.world.clock.now = max(self.world.clock.now, end)

    def resource(self, number: int) -> FlinkWorkspace | None:
        """One of those that there are."""
        there = list(self.world.server.stored.workspaces.values())
        return there[number % len(there)] if there else None

    def order(self, number: int) -> FlinkWorkspaceOrder | None:
        """One of those that there are, the newest first."""
        there = list(self.world.server.stored.orders.values())
        return there[-1 - number % len(there)] if there else None

    def has_resources(self) -> bool:
        """Whether there is one."""
        return bool(self.world.server.stored.workspaces)

    def has_orders(self) -> bool:
        """Whether there is one."""
        return bool(self.world.server.stored.orders)

    def has_instances(self) -> bool:
        """Whether there is one in the account whose credentials are in use."""
        return bool(self.world.account.books.instances)
