"""The report and the release that a pass still makes after an obstacle ended it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flink_workspace_operator.api.names import PURCHASE_FINALIZER
from flink_workspace_operator.api.workspace import PartialWorkspace
from flink_workspace_operator.core.facts.failures import ClusterFailure, Unreadable
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import Verdict
from flink_workspace_operator.core.reporting.obstacles import (
    PATIENCE,
    conditions_under,
    event_of,
    holding,
    is_reported,
    verdict_on_obstacle,
    with_unrecorded,
    with_way_out,
)
from flink_workspace_operator.memory import Memory
from flink_workspace_operator.ports import Cluster

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Obstacles:
    """Reports obstacles on the resource itself. Needs only its metadata and conditions."""

    cluster: Cluster
    memory: Memory
    clock: Callable[[], datetime]

    async def report(self, key: Key, obstacle: Exception) -> None:
        """Report it by conditions and event. Never raises: the caller handles the obstacle
        itself."""
        in_a_row = self.memory.count_failure(key)
        if not is_reported(obstacle, in_a_row):
            return None
        verdict = with_unrecorded(verdict_on_obstacle(obstacle), self.memory.of(key).answers)
        try:
            partial = await self.cluster.read_partial(key)
            if partial is None:
                return None
            if partial.deleting and isinstance(obstacle, Unreadable):
                held_by = holding(partial, await self.cluster.list_open_orders(key))
                if not held_by:
                    return await self._release(partial)
                verdict = with_way_out(verdict, held_by)
            await self._write(partial, verdict, is_new=in_a_row <= PATIENCE)
        except ClusterFailure as failure:
            log.info("could not say on the resource what ended the pass: %s", failure)

    async def _release(self, partial: PartialWorkspace) -> None:
        """Release a deleted resource that cannot be read. Its ledger stays, and is settled."""
        if PURCHASE_FINALIZER in partial.metadata.finalizers:
            await self.cluster.remove_purchase_finalizer(partial)

    async def _write(self, partial: PartialWorkspace, verdict: Verdict, is_new: bool) -> None:
        after = conditions_under(verdict, partial, self.clock())
        event = event_of(verdict, partial.conditions)
        try:
            if set(after) - set(partial.conditions):
                await self.cluster.write_conditions(partial, after)
        except ClusterFailure:
            event = event if is_new else None  # if no status can be written, one event is enough
            raise
        finally:
            if event is not None:
                await self.cluster.post_event(partial, event)
