"""Metrics of workspaces, from watch and passes. A few series each, deleted with the resource."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import PartialWorkspace
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import SeenNetwork
from flink_workspace_operator.core.facts.snapshot import Seen
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.runtime.metrics import families
from flink_workspace_operator.runtime.workers import Pass

TOLD: Final = ("Ready", "Stalled", "Suspended", "InSync", "CloudReachable")
"""The conditions with series: those that alert people. The others would add little, as `Ready`
repeats the deciding reason, and there may be ten thousand workspaces."""

Labels = tuple[str, ...]


@dataclass(frozen=True)
class WorkspaceNumbers:
    """The few values of a workspace that are kept. Equal strings are shared by all workspaces."""

    conditions: tuple[Labels, ...]
    """Type, status and reason of each."""
    expiration: float | None
    """Seconds of the epoch."""
    v_switches: tuple[Labels, ...]
    """Id and band of each."""

    @classmethod
    def of(cls, wire: Mapping[str, Any]) -> "WorkspaceNumbers":
        """The values of a workspace; of an unreadable one of a newer version, the readable ones."""
        status = _status(wire)
        expires = status.instance.expire_time if status.instance is not None else None
        v_switches = status.network.v_switches if status.network is not None else ()
        return cls(
            conditions=tuple(
                _shared(condition.type, condition.status, condition.reason)
                for condition in PartialWorkspace.of(wire).conditions
                if condition.type in TOLD
            ),
            expiration=expires.timestamp() if expires is not None else None,
            v_switches=tuple(_shared(v_switch.id, v_switch.capacity) for v_switch in v_switches),
        )


def _status(wire: Mapping[str, Any]) -> FlinkWorkspaceStatus:
    try:
        return FlinkWorkspaceStatus.model_validate(wire.get("status") or {})
    except ValidationError:
        return FlinkWorkspaceStatus()


def _shared(*words: str) -> Labels:
    return tuple(map(sys.intern, words))


class WorkspaceMetrics:
    """Conditions, ends of paid times and free addresses.

    Empty until the watch showed a workspace.
    """

    def __init__(self) -> None:
        self._workspaces: dict[Key, WorkspaceNumbers] = {}
        self._free_addresses: dict[Key, tuple[tuple[str, int], ...]] = {}

    def seen(self, how: str | None, wire: Mapping[str, Any]) -> None:
        """Take in a FlinkWorkspace that was listed (`how` None), ADDED, MODIFIED or DELETED."""
        key = Key(wire["metadata"]["namespace"], wire["metadata"]["name"])
        if how == "DELETED":
            self._forget(key)
        else:
            self._workspaces[key] = WorkspaceNumbers.of(wire)

    def corrected(self, run_pass: Pass) -> Pass:
        """The pass; once it finds nothing left to manage, the series end: the watch may have missed
        the deletion."""

        async def run(key: Key) -> Requeue:
            look = await run_pass(key)
            if look.after is None:
                self._forget(key)
            return look

        return run

    def looked(self, seen: Seen) -> None:
        """Take in a pass's free addresses: the status has a band, as the number moves with each
        job."""
        network = seen.cloud.network
        if seen.workspace is not None and isinstance(network, SeenNetwork):
            numbers = (
                (sys.intern(v_switch.id), v_switch.free_addresses)
                for v_switch in network.v_switches
            )
            self._free_addresses[seen.key] = tuple(numbers)

    def _forget(self, key: Key) -> None:
        self._workspaces.pop(key, None)
        self._free_addresses.pop(key, None)

    def as_text(self) -> str:
        """The numbers now, as Prometheus reads them.

        Copied whole, as this is written in a thread: while pairs are made one by one, garbage may
        be collected, and the event loop goes on meanwhile.
        """
        workspaces = tuple(self._workspaces.copy().items())
        addresses = tuple(self._free_addresses.copy().items())
        told = (
            (families.CONDITION, _each((key, numbers.conditions) for key, numbers in workspaces)),
            (families.EXPIRATION, _expirations(workspaces)),
            (families.CAPACITY, _each((key, numbers.v_switches) for key, numbers in workspaces)),
            (families.FREE_ADDRESSES, _free(addresses)),
        )
        return "".join(family.written(series) for family, series in told)


Series = Iterator[tuple[Labels, float]]


def _each(labelled: Iterable[tuple[Key, tuple[Labels, ...]]]) -> Series:
    """1 for each of these labels."""
    return (
        ((key.namespace, key.name, *labels), 1.0)
        for key, all_labels in labelled
        for labels in all_labels
    )


def _expirations(workspaces: tuple[tuple[Key, WorkspaceNumbers], ...]) -> Series:
    for key, numbers in workspaces:
        if numbers.expiration is not None:
            yield (key.namespace, key.name), numbers.expiration


def _free(addresses: tuple[tuple[Key, tuple[tuple[str, int], ...]], ...]) -> Series:
    for key, v_switches in addresses:
        for v_switch, free in v_switches:
            yield (key.namespace, key.name, v_switch), float(free)
