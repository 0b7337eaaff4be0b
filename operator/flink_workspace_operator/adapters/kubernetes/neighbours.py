"""Instances that other resources own, read from the stored JSON: one that this version cannot parse counts too."""

from datetime import datetime
from typing import Final

from flink_workspace_operator.adapters.kubernetes.collection import Wire
from flink_workspace_operator.api.names import REPLACE_LOST
from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.core.neighbours import Neighbour

RUNNING: Final = "RUNNING"


def neighbour_in(wire: Wire) -> Neighbour | None:
    """The instance that a resource owns by its status. None: it owns none, is being deleted, or gave it up."""
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
    key = Key(metadata["namespace"], metadata["name"])
    return Neighbour(key, account_id, wire["spec"]["region"], instance_id, bought_at)


def _bought_at(status: Wire) -> datetime | None:
    """Its creation, or else its announcement: while it is new, one list may show it before the others do."""
    written = status["instance"].get("createTime") or (status.get("order") or {}).get("intentTime")
    try:
        return None if written is None else datetime.fromisoformat(written)
    except ValueError:
        return None
