"""Workspaces that are being created, looked at together: one list of a region every few seconds for
all of them.

It decides nothing. Whose creation is over, well or not, is woken, and its pass reads everything
itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from flink_workspace_operator.core.checks.lifecycle import PROVISIONING, judge_instance
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import Listing, SeenInstance
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.watches import name_in

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0
LOOKS: Final = 720
"""After so many, an hour, one is followed by its own passes only: nothing is listed for ever for
what never comes."""


@dataclass
class Creation:
    """An instance that is being created."""

    region: str
    instance_id: str
    looks: int = 0


@dataclass
class CreationWatch:
    """Those that the watch shows. `list_instances` is the shared list of the operator's own
    identity."""

    list_instances: Callable[[str, timedelta], Awaitable[Listing]]
    queue: WorkQueue
    _creations: dict[Key, Creation] = field(default_factory=dict)

    def seen(self, how: str | None, wire: Mapping[str, Any]) -> None:
        """A workspace was listed (`how` None), or is ADDED, MODIFIED or DELETED."""
        key, creation = name_in(wire), None if how == "DELETED" else creation_in(wire)
        if creation is None:
            self._creations.pop(key, None)
        elif key not in self._creations or self._creations[key].instance_id != creation.instance_id:
            self._creations[key] = creation

    async def keep_looking(self) -> None:
        """For as long as the process leads. It only makes things faster: no mistake in it may end
        it, or anything."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:  # it only makes things faster: no fault in it may end the process
                log.exception("the watch of creations failed")

    async def look(self) -> None:
        """One list of each region in which something is being created. Not an older one that is
        shared: the end of a creation would be seen up to twice as late."""
        for region in {each.region for each in self._creations.values()}:
            try:
                listing = await self.list_instances(region, timedelta(0))
            except CloudFailure:  # the passes find out and tell
                continue
            self._wake(region, listing.instances)

    def _wake(self, region: str, instances: Iterable[SeenInstance]) -> None:
        over = {
            each.instance_id for each in instances if judge_instance(each).kind != "Progressing"
        }
        for key, creation in tuple(self._creations.items()):
            if creation.region != region:
                continue
            creation.looks += 1
            if creation.instance_id in over:
                self.queue.add(key, goes_on=True)
            if creation.instance_id in over or creation.looks >= LOOKS:
                # If its pass comes to nothing, the next one comes when it is due.
                del self._creations[key]


def creation_in(wire: Mapping[str, Any]) -> Creation | None:
    """What a resource says is being created. None for one that asks with other keys: its passes
    look by themselves."""
    spec, status = wire.get("spec") or {}, wire.get("status") or {}
    instance_id = (status.get("instance") or {}).get("instanceId")
    told = {
        each.get("reason") for each in status.get("conditions") or () if each.get("type") == "Ready"
    }
    if not instance_id or PROVISIONING not in told or spec.get("credentials"):
        return None
    return Creation(str(spec.get("region") or ""), str(instance_id))
