"""Judging by lists that nothing is to be done for a resource: then it needs no pass.

    lists of everything ──► observe ──► decide ──► report ──► as it is stored? ──► confirmed
                            as a pass, of lists    pure       else, or in doubt: a pass

What opens, announces, sends, settles, adopts or deletes is never decided here: there is nothing to
execute it with, and whatever such a pass reads raises `Doubtful`.
"""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn, Self, TypeVar

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.parameters import Network
from flink_workspace_operator.core.case import Case
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
        plan = decide(Case(seen, self.settings))
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
    told = report(Case(seen, settings), plan.verdict)
    return told.as_wire() == seen.workspace.status.as_wire()


@dataclass
class SharedAnswers:
    """The cloud's answers of one round: each question that many share is asked once.

    What is asked before something is bought or settled is not shared, and raises `Doubtful`.
    """

    cloud: CloudReads
    max_age: timedelta
    listings: dict[str, Listing] = field(default_factory=dict)
    """The complete lists of this round, by region."""
    _answers: dict[Hashable, Any] = field(default_factory=dict)

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

    async def identify(self) -> str:
        """The account of the operator's own identity."""
        return await self._once("account", self.cloud.identify)

    async def list_regions(self) -> frozenset[str]:
        """Regions where workspaces are sold."""
        return await self._once("regions", self.cloud.list_regions)

    async def list_zones(self, region: str, architecture: str) -> frozenset[str]:
        """Zones of a region where workspaces of that architecture are sold."""
        about = ("zones", region, architecture)
        return await self._once(about, lambda: self.cloud.list_zones(region, architecture))

    async def list_instances(self, region: str, max_age: timedelta) -> Listing:
        """All instances of a region: one list in a round."""
        about = ("instances", region)
        listing = await self._once(about, lambda: self.cloud.list_instances(region, self.max_age))
        self.listings[region] = listing
        return listing

    async def find_role(self, name: str) -> Any:  # noqa: ANN401 - as the port has it
        """A RAM role with its policies."""
        return await self._once(("role", name), lambda: self.cloud.find_role(name))

    async def describe_network(self, region: str, network: Network) -> Any:  # noqa: ANN401 - as the port has it
        """The VPC and vSwitches that exist."""
        about = ("network", region, network)
        return await self._once(about, lambda: self.cloud.describe_network(region, network))

    async def describe_bucket(self, region: str, bucket: str, directories: tuple[str, ...]) -> Any:  # noqa: ANN401 - as the port has it
        """The bucket, and those of the directories that it has."""
        about = ("bucket", region, bucket, directories)
        return await self._once(
            about, lambda: self.cloud.describe_bucket(region, bucket, directories)
        )

    async def quote(self, target: PurchaseTarget, block: ApiModel) -> Quote:
        """The price, which is the same for all that are described alike. Nothing is bought on it:
        before an order is opened, a fresh look is asked for."""
        about = ("price", target.region, block.model_dump_json())
        return await self._once(about, lambda: self.cloud.quote(target, block))

    async def signed_with(self, *_: object) -> Self:
        """Other identities have other accounts."""
        raise Doubtful

    async def look_up(self, *_: object) -> NoReturn:
        """A fresh look is a pass's."""
        raise Doubtful

    async def read_bill(self, *_: object) -> NoReturn:
        """And the bill."""
        raise Doubtful
