"""Judging by lists that nothing is to be done for a resource: then it needs no pass.

    lists of everything ──► observe ──► decide ──► report ──► as it is stored? ──► confirmed
                            as a pass, of lists    pure       else, or in doubt: a pass

What opens, announces, sends, settles, adopts or deletes is never decided here: there is nothing to
execute it with, and whatever such a pass reads raises `Doubtful`.
"""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn, TypeVar

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.core.case import Case, case_of
from flink_workspace_operator.core.checks.resting import rests_after
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import CloudFailure, ClusterFailure
from flink_workspace_operator.core.facts.identity import Key, Owner, PurchaseTarget
from flink_workspace_operator.core.facts.observed import Listing
from flink_workspace_operator.core.facts.snapshot import Remembered, Seen
from flink_workspace_operator.core.plan import Plan, Requeue
from flink_workspace_operator.core.reporting.report import report
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.observation import observe
from flink_workspace_operator.ports import CloudReads, ClusterReads
from flink_workspace_operator.settings import Settings

T = TypeVar("T")


class Doubtful(Exception):
    """Lists do not tell: a pass must read it itself."""


@dataclass(frozen=True)
class Confirmation:
    """Judges resources. Writes nothing."""

    cluster_id: str
    settings: Settings
    memory: Memory
    clock: Callable[[], datetime]
    observer: Callable[[Seen], None] = lambda _: None
    """Called with the facts of each confirmed resource, for metrics."""

    async def confirmed(self, key: Key, cloud: CloudReads, listed: ClusterReads) -> Seen | None:
        """The facts by which nothing is to be done for the key; None if a pass must look."""
        remembered, now = self.memory.of(key), self.clock()
        if self.memory.is_restless(key) or not _is_idle(remembered):
            return None
        owner = Owner(self.cluster_id, key)
        try:
            seen = await observe(owner, cloud, listed, remembered, self.settings, now)
        except (Doubtful, ClusterFailure):
            return None
        plan = decide(case_of(seen, self.settings))
        if not is_quiet(seen, plan, self.settings):
            return None
        if not seen.rests:
            self.memory.note_rest(key, _rests_after(seen, plan))
        self.observer(seen)
        return seen


def _is_idle(remembered: Remembered) -> bool:
    """True if this process owes nothing, and waits for nothing."""
    return remembered == Remembered(rests_as=remembered.rests_as)


def _rests_after(seen: Seen, plan: Plan) -> str:
    """The same as after a pass, which would leave the status as it is."""
    return rests_after(seen, plan, None if seen.workspace is None else seen.workspace.status)


def is_quiet(seen: Seen, plan: Plan, settings: Settings) -> bool:
    """True if the plan does nothing before the next round, and the status already says so."""
    if plan.steps or plan.retry is not None or plan.missing_since is not None:
        return False
    is_routine = plan.requeue == Requeue(settings.resync) or bool(_rests_after(seen, plan))
    if seen.workspace is None or not is_routine:
        return False
    if plan.verdict is None:
        return seen.rests
    told = report(Case(seen, settings, workspace=seen.workspace), plan.verdict)
    return told.as_wire() == seen.workspace.status.as_wire()


SHARED: Final = frozenset(
    {
        "identify",
        "list_regions",
        "list_zones",
        "find_role",
        "describe_network",
        "describe_bucket",
    }
)
"""All that is asked once for many without more. Not the others: another identity has another
account; a fresh look and the bill are a pass's."""


@dataclass
class SharedAnswers:
    """The cloud's answers of one round: each question is asked once.

    What is asked before something is bought or settled is not shared, and raises `Doubtful`; so
    does a question that failed.
    """

    cloud: CloudReads
    max_age: timedelta
    listings: dict[str, Listing] = field(default_factory=dict)
    """The complete lists of this round, by region."""
    _answers: dict[Hashable, Any] = field(default_factory=dict)

    def __getattr__(self, question: str) -> Callable[..., Awaitable[Any]]:
        if question not in SHARED:
            return _doubt
        ask = getattr(self.cloud, question)
        return lambda *about: self._once((question, *about), lambda: ask(*about))

    async def list_instances(self, region: str, _: timedelta) -> Listing:
        """All instances of a region: one list in a round."""
        about = ("instances", region)
        listing = await self._once(about, lambda: self.cloud.list_instances(region, self.max_age))
        self.listings[region] = listing
        return listing

    async def quote(self, target: PurchaseTarget, block: ApiModel) -> Quote:
        """The price, which is the same for all that are described alike. Nothing is bought on it:
        before an order is opened, a fresh look is asked for."""
        about = ("price", target.region, block.model_dump_json())
        return await self._once(about, lambda: self.cloud.quote(target, block))

    async def _once(self, about: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        if about not in self._answers:
            try:
                self._answers[about] = await ask()
            except CloudFailure as failure:
                self._answers[about] = failure
        answer: T | CloudFailure = self._answers[about]
        if isinstance(answer, CloudFailure):
            raise Doubtful
        return answer


async def _doubt(*_: object) -> NoReturn:
    raise Doubtful
