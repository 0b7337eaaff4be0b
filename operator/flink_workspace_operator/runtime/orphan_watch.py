"""A survey for orphans after each deletion, and now and then; each is reported once: log, event and
metric."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import CloudFailure, ClusterFailure
from flink_workspace_operator.core.operator_report import Surveyed, SurveyFailure
from flink_workspace_operator.core.orphans import OWN, Findings, Orphan
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.runtime.metrics.orphans import OrphanMetrics

log = logging.getLogger(__name__)

GATHERING_SECONDS: Final = 5.0
"""From a deletion to its survey: one survey serves all that are deleted together."""


@dataclass
class OrphanWatch:
    """`survey` lists; `tell` posts an event."""

    survey: Callable[[], Awaitable[Findings]]
    tell: Callable[[Event], Awaitable[None]]
    metrics: OrphanMetrics
    seconds: float
    """Seconds from one survey to the next, without a deletion."""
    gathering_seconds: float = GATHERING_SECONDS
    _deleted: asyncio.Event = field(default_factory=asyncio.Event)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    surveyed: Surveyed | None = None
    """The last survey that was made."""
    failure: SurveyFailure | None = None
    """Since when surveys fail; None if the last one was made."""
    _told: set[Orphan] = field(default_factory=set)

    def seen(self, how: str | None, wire: Mapping[str, Any]) -> None:
        """Survey soon after a workspace was DELETED that had bought, or may have bought."""
        status = wire.get("status") or {}
        if how == "DELETED" and (status.get("instance") or status.get("order")):
            self.gone()

    def gone(self) -> None:
        """Survey soon: of a workspace it is only known that it is gone."""
        self._deleted.set()

    async def keep_looking(self) -> None:
        """Survey for as long as the process leads, whatever fails."""
        while True:
            try:
                await self.look()
            except CloudFailure as failure:
                self._failed(describe(failure))
            except ClusterFailure as failure:
                self._failed(str(failure))
            except Exception:  # nothing depends on a survey: a bug in it must not end it for good
                log.exception("the survey for orphans failed")
            await self._next()

    async def _next(self) -> None:
        """Wait until a survey is due."""
        try:
            async with asyncio.timeout(self.seconds):
                await self._deleted.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self.gathering_seconds)
        self._deleted.clear()

    def _failed(self, why: str) -> None:
        log.warning("no survey for orphans: %s", why)
        since = self.failure.since if self.failure is not None else self.clock()
        self.failure = SurveyFailure(since, why)

    async def look(self) -> None:
        """One survey. A region that could not be listed is not reported, neither found nor gone."""
        findings = await self.survey()
        if OWN in findings.unasked:
            self._failed(describe(findings.unasked[OWN]))
        else:
            self.surveyed, self.failure = Surveyed(findings, self.clock()), None
        for (account_id, region), failure in findings.unread.items():
            log.warning(
                "no survey for orphans in %s of account %s: %s",
                region,
                account_id,
                describe(failure),
            )
        for who, failure in findings.unasked.items():
            log.warning("no survey for orphans with %s: %s", who, describe(failure))
        found = [(orphan.kind, orphan.region) for orphan in findings.orphans]
        self.metrics.found({region for _, region in (*findings.read, *found)}, found)
        for orphan in findings.orphans:
            if orphan not in self._told:
                message = f"{orphan}: {orphan.advice}"
                log.warning("%s", message)
                await self.tell(Event("Warning", orphan.kind, message))
        unseen = {orphan for orphan in self._told if orphan.place not in findings.read}
        self._told = unseen.union(findings.orphans)
