"""Instances that other resources own, read from the stored JSON: one that this version cannot parse
counts too."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flink_workspace_operator.adapters.kubernetes.collection import Wire
from flink_workspace_operator.api.names import REPLACE_LOST
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.neighbours import Neighbour

RUNNING: Final = "RUNNING"


@dataclass
class Neighbours:
    """The instances that resources own: listed once, then kept up to date by watch and resync.

    A list of all workspaces for each purchase would overload the API server with large ones. This
    cache can only prevent purchases; an instance that the watch has not shown yet prevents none.
    """

    objects: Callable[[], AsyncIterator[Wire]]
    """Lists all workspaces. Raises `ClusterFailure`; then the next purchase lists again."""
    _owned: dict[Key, Neighbour] = field(default_factory=dict)
    _shown: set[Key] = field(default_factory=set)
    """Keys that the watch showed before the list ended: the list may be older."""
    _listed: bool = False
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def seen(self, how: str | None, wire: Mapping[str, Any]) -> None:
        """Take in a workspace that was listed (`how` None), ADDED, MODIFIED or DELETED."""
        key = _key(wire)
        if not self._listed:
            self._shown.add(key)
        self._note(key, None if how == "DELETED" else neighbour_in(wire))

    async def all(self) -> tuple[Neighbour, ...]:
        """The known neighbours. Raises `ClusterFailure` until one list succeeded."""
        async with self._one_at_a_time:
            if not self._listed:
                await self._list()
        return tuple(self._owned.values())

    def listed(self, wire: Wire) -> None:
        """Take in a workspace of somebody else's list of all, until `all_listed`."""
        if not self._listed and _key(wire) not in self._shown:
            self._note(_key(wire), neighbour_in(wire))

    def all_listed(self) -> None:
        """That list was complete: no other is needed."""
        self._listed = True
        self._shown.clear()

    async def _list(self) -> None:
        async for wire in self.objects():
            self.listed(wire)
        self.all_listed()

    def _note(self, key: Key, neighbour: Neighbour | None) -> None:
        if neighbour is None:
            self._owned.pop(key, None)
        else:
            self._owned[key] = neighbour


def neighbour_in(wire: Mapping[str, Any]) -> Neighbour | None:
    """The instance that a resource owns by its status; None if none, deleting, or given up."""
    metadata, status = wire["metadata"], wire.get("status") or {}
    instance, account_id = status.get("instance") or {}, status.get("accountId")
    instance_id = instance.get("instanceId")
    given_up = (metadata.get("annotations") or {}).get(REPLACE_LOST) == instance_id
    if not instance_id or not account_id or given_up or metadata.get("deletionTimestamp"):
        return None
    has_run = instance.get("clusterStatus") == RUNNING
    bought_at = None if has_run else _bought_at(status)
    if bought_at is None and not has_run:
        return None
    return Neighbour(_key(wire), account_id, wire["spec"]["region"], instance_id, bought_at)


def _key(wire: Mapping[str, Any]) -> Key:
    return Key(wire["metadata"]["namespace"], wire["metadata"]["name"])


def _bought_at(status: Wire) -> datetime | None:
    """Its creation, or else its announcement: lists may differ about a new instance."""
    written = status["instance"].get("createTime") or (status.get("order") or {}).get("intentTime")
    try:
        return None if written is None else datetime.fromisoformat(written)
    except ValueError:
        return None
