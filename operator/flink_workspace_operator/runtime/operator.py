"""The running operator: election, watches, and workers on a queue."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from flink_workspace_operator.adapters.kubernetes.claim_watch import ClaimWatch
from flink_workspace_operator.adapters.kubernetes.neighbours import Neighbours
from flink_workspace_operator.core.facts.failures import ClusterFailure
from flink_workspace_operator.runtime.creation_watch import CreationWatch
from flink_workspace_operator.runtime.election import Election
from flink_workspace_operator.runtime.garbage import keep_setting_aside
from flink_workspace_operator.runtime.health import Health
from flink_workspace_operator.runtime.metrics.registry import Metrics
from flink_workspace_operator.runtime.orphan_watch import OrphanWatch
from flink_workspace_operator.runtime.publishing import Publishing
from flink_workspace_operator.runtime.resync import Resync
from flink_workspace_operator.runtime.scope import Scope
from flink_workspace_operator.runtime.triggers import Triggers
from flink_workspace_operator.runtime.watches import Watches
from flink_workspace_operator.runtime.workers import Workers

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 5.0


@dataclass(frozen=True)
class Operator:
    """The parts that live as long as the process."""

    scope: Scope
    triggers: Triggers
    workers: Workers
    watches: Watches
    resync: Resync
    health: Health
    claim_watch: ClaimWatch
    election: Election
    metrics: Metrics
    neighbours: Neighbours
    orphan_watch: OrphanWatch
    publishing: Publishing
    creation_watch: CreationWatch
    drain_seconds: float
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the watches end, or must end."""

    @asynccontextmanager
    async def leading(self) -> AsyncIterator[None]:
        """Wait for the Lease, and lead inside. `election.lost` is set if that ends before we
        leave."""
        renewing = None
        try:
            await self.election.win()
            renewing = asyncio.create_task(self._renew(), name="election")
            yield
        finally:
            if renewing is not None:
                renewing.cancel()
            await self.election.give_back()  # also if we never led: a write's answer may be lost

    async def _renew(self) -> None:
        """Renew the Lease. Any end of this, also by a bug, ends the work: the Lease will expire."""
        try:
            await self.election.keep()
        except Exception:  # any failure: the next lines end the process
            log.exception("the election broke, the process ends")
        self.workers.begin_no_more()
        self.election.lost.set()
        self.ending.set()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[tuple[str, ...] | None]:
        """Run workers inside. Yields the namespaces to watch, None meaning all."""
        served = await self.scope.settle()
        self.health.begin()
        self.workers.start()
        beside = (
            asyncio.create_task(self._watch_claims(), name="watch of claims"),
            asyncio.create_task(self._list_everything(served), name="list of everything"),
            asyncio.create_task(self.orphan_watch.keep_looking(), name="look for orphans"),
            asyncio.create_task(self.publishing.keep_publishing(), name="publish the report"),
            asyncio.create_task(self.creation_watch.keep_looking(), name="look at creations"),
            asyncio.create_task(self._follow_rights(served), name="look at rights"),
            asyncio.create_task(keep_setting_aside(), name="set aside what lives"),
        )
        try:
            yield served
        finally:
            for task in beside:
                task.cancel()
            await self.workers.drain(self.drain_seconds)  # does nothing the second time

    async def drain(self) -> None:
        """Begin no more passes, and wait for those under way: they may be paying."""
        self.ending.set()
        log.info("stopping; passes under way may take up to %.0f s", self.drain_seconds)
        await self.workers.drain(self.drain_seconds)

    async def _list_everything(self, served: tuple[str, ...] | None) -> None:
        await self.resync.begin(served)
        await self.resync.keep_listing(served)

    async def _follow_rights(self, served: tuple[str, ...] | None) -> None:
        """End the watches, and so the process, once there are other namespaces to watch."""
        await self.scope.keep_looking(served)
        self.ending.set()

    async def _watch_claims(self) -> None:
        """Watch claims for ever. A gap only delays: who waits for a claim reads it again anyway."""
        while True:
            try:
                async for change in self.claim_watch.changes():
                    self.watches.claims.heard()
                    if change is not None:
                        name = (change.target.region, change.target.workspace_name)
                        self.triggers.claim_seen(
                            change.holder, name, change.given_back, change.resource_version
                        )
            except ClusterFailure as failure:
                log.warning("%s; watching again in %.0f s", failure, RECONNECT_SECONDS)
                await asyncio.sleep(RECONNECT_SECONDS)
            except Exception:  # this watch only saves time: a bug in it must not end it for good
                log.exception(
                    "the watch of claims broke; watching again in %.0f s", RECONNECT_SECONDS
                )
                await asyncio.sleep(RECONNECT_SECONDS)
