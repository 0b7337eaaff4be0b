"""One pass over one workspace: the function to read first.

    observe ──► decide ──► execute ──► report
       reads       pure       writes     one status write

Only `Memory`, the knowledge of this process alone, is kept between passes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case, case_of
from flink_workspace_operator.core.checks.resting import rests_after
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.identity import Key, Owner
from flink_workspace_operator.core.facts.snapshot import Seen
from flink_workspace_operator.core.plan import Plan, Requeue
from flink_workspace_operator.core.reporting.events import events_of_orders, events_of_steps
from flink_workspace_operator.core.reporting.obstacles import unrecorded, with_unrecorded
from flink_workspace_operator.core.reporting.report import report
from flink_workspace_operator.core.reporting.turning_points import turning_points
from flink_workspace_operator.core.verdicts import verdict_of
from flink_workspace_operator.execution import Execution
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.observation import cloud_of, observe
from flink_workspace_operator.obstruction import Obstacles
from flink_workspace_operator.outcome import Done
from flink_workspace_operator.ports import Cloud, Cluster
from flink_workspace_operator.settings import Settings


@dataclass
class Reconciler:
    """Runs passes, one at a time for each key."""

    cloud: Cloud
    cluster: Cluster
    settings: Settings
    cluster_id: str
    clock: Callable[[], datetime]
    random_token: Callable[[], str]
    leads: Callable[[], bool] = lambda: True
    """True if this process leads for long enough to send a purchase; asked after all reads."""
    memory: Memory = field(default_factory=Memory)
    observer: Callable[[Seen], None] = lambda _: None
    """Called with the facts of each pass, for metrics."""

    @property
    def _obstacles(self) -> Obstacles:
        return Obstacles(self.cluster, self.memory, self.clock)

    async def run_pass(self, key: Key) -> Requeue:
        """Observe, decide, execute, report. Returns the time until the next pass.

        Raises `ClusterFailure` or `CloudFailure` if API server or cloud must be asked again later;
        `Conflict` and `Vanished` if somebody else wrote meanwhile.
        """
        try:
            plan, done = await self._pass(key)
        except Exception as obstacle:  # also a fault of ours: people must see it on the resource
            self.memory.note_restless(key, True)
            self.memory.note_rest(key, "")  # the report on the obstacle must be withdrawn later
            await self._obstacles.report(key, obstacle)
            raise
        failure = done.failure or plan.retry
        is_routine = plan.requeue.after in (None, self.settings.resync)
        self.memory.note_restless(key, failure is not None or not is_routine)
        if failure is not None:
            raise failure
        return plan.requeue

    def has_announced(self, key: Key) -> bool:
        """True if this process announced a purchase, and neither sent it nor recorded its
        answer."""
        remembered = self.memory.of(key)
        return remembered.intent is not None or bool(remembered.answers)

    async def _pass(self, key: Key) -> tuple[Plan, Done]:
        owner, remembered, now = Owner(self.cluster_id, key), self.memory.of(key), self.clock()
        seen = await observe(owner, self.cloud, self.cluster, remembered, self.settings, now)
        self.observer(seen)
        seen = seen.updated(leads=self.leads())
        plan = decide(case_of(seen, self.settings, self.random_token()))
        signed = await cloud_of(seen.signer, self.cloud)
        execution = Execution(seen, signed, self.cluster, self.memory, self.settings, self.clock)
        done = await execution.execute(plan)
        reported = await self._report(seen, plan, done)
        if not seen.rests:
            self.memory.note_rest(key, rests_after(seen, plan, reported))
        return plan, done

    async def _report(self, seen: Seen, plan: Plan, done: Done) -> FlinkWorkspaceStatus | None:
        """One status write, if anything changed, and an event for each thing that happened.

        Returns the status as it is now. Turning points of it are events only once it is written:
        what could not be written is reported again by the next pass.
        """
        await self._report_orders(seen, done)
        if seen.workspace is None:
            return None
        workspace, before = at_version(seen.workspace, done.version), seen.workspace.status
        verdict = verdict_of(done.failure) if done.failure else plan.verdict
        case = Case(seen.updated(orders=done.orders), self.settings, workspace=seen.workspace)
        lacking = unrecorded(self.memory.of(seen.key).answers, case)
        verdict = verdict and with_unrecorded(verdict, lacking)
        after = report(case, verdict) if verdict else before
        for event in events_of_steps(done.made):
            await self.cluster.post_event(workspace, event)
        if after.as_wire() != before.as_wire():
            await self.cluster.write_status(workspace, after)
            for event in turning_points(case, before, after):
                await self.cluster.post_event(workspace, event)
        if verdict:
            self.memory.end_failures(seen.key)
        return after

    async def _report_orders(self, seen: Seen, done: Done) -> None:
        """An event for each order that moved, on the order and on the resource, which may be gone:
        its orders are settled all the same."""
        for order, event in events_of_orders(seen.orders, done.orders):
            await self.cluster.post_event(order, event)
            if seen.workspace is not None:
                await self.cluster.post_event(seen.workspace, event)


def at_version(workspace: FlinkWorkspace, version: str | None) -> FlinkWorkspace:
    """The resource as it was read, at the version that it has since our own write."""
    if version is None:
        return workspace
    now = workspace.metadata.model_copy(update={"resource_version": version})
    return workspace.model_copy(update={"metadata": now})
