"""Looks for orphans now and then, and tells of each one once: in the log, by an event, and as a number."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import CloudFailure, ClusterFailure
from flink_workspace_operator.core.orphans import ADVICE, Orphan
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.runtime.metrics.orphans import OrphanMetrics
from flink_workspace_operator.survey import Findings

log = logging.getLogger(__name__)


@dataclass
class OrphanWatch:
    """`survey` looks; `tell` posts an event."""

    survey: Callable[[], Awaitable[Findings]]
    tell: Callable[[Event], Awaitable[None]]
    metrics: OrphanMetrics
    seconds: float
    """From one look to the next."""
    _told: set[Orphan] = field(default_factory=set)

    async def keep_looking(self) -> None:
        """For as long as the process leads. A look that fails is no reason to stop, whatever it was."""
        while True:
            try:
                await self.look()
            except CloudFailure as failure:
                log.warning("no look for orphans: %s", describe(failure))
            except ClusterFailure as failure:
                log.warning("no look for orphans: %s", failure)
            except Exception:  # nothing depends on this look: a mistake in it must not end it for good
                log.exception("the look for orphans broke")
            await asyncio.sleep(self.seconds)

    async def look(self) -> None:
        """One look at everything. Where it could not look, nothing is said: neither a number nor its absence."""
        findings = await self.survey()
        for region, failure in findings.unread.items():
            log.warning("no look for orphans in %s: %s", region, describe(failure))
        self.metrics.found(findings.read, [(orphan.kind, orphan.region) for orphan in findings.orphans])
        for orphan in findings.orphans:
            if orphan not in self._told:
                message = f"{orphan}: {ADVICE[orphan.kind]}"
                log.warning("%s", message)
                await self.tell(Event("Warning", orphan.kind, message))
        unseen = {orphan for orphan in self._told if orphan.region in findings.unread}
        self._told = unseen.union(findings.orphans)
