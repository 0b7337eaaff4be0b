"""Workspaces in numbers: what was seen of them last. A handful of series each, which go with the resource."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
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
"""The conditions that have series: what people are called for. All twelve would say little more, for `Ready` repeats
the reason of whichever decides; and there may be ten thousand workspaces."""

Labels = tuple[str, ...]


@dataclass(frozen=True)
class WorkspaceNumbers:
    """The few values of a workspace that are kept. Equal words are kept once for all workspaces."""

    conditions: tuple[Labels, ...]
    """Type, status and reason of each."""
    expiration: float | None
    """Seconds of the epoch."""
    v_switches: tuple[Labels, ...]
    """Id and band of each."""

    @classmethod
    def of(cls, wire: Mapping[str, Any]) -> "WorkspaceNumbers":
        """What counts of a workspace. Of one that a newer version wrote, what can be read."""
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


class WorkspaceMetrics(Collector):
    """Conditions, ends of paid times and free addresses. Empty until the watch showed a workspace."""

    def __init__(self) -> None:
        self._workspaces: dict[Key, WorkspaceNumbers] = {}
        self._free_addresses: dict[Key, tuple[tuple[str, int], ...]] = {}

    def seen(self, how: str | None, wire: Mapping[str, Any]) -> None:
        """A FlinkWorkspace was listed (`how` None), or is ADDED, MODIFIED or DELETED."""
        key = Key(wire["metadata"]["namespace"], wire["metadata"]["name"])
        if how == "DELETED":
            self._forget(key)
        else:
            self._workspaces[key] = WorkspaceNumbers.of(wire)

    def corrected(self, run_pass: Pass) -> Pass:
        """The same pass. Where it finds nothing left to look after, the numbers go, too: a gap in the watch may have
        hidden that the resource was deleted."""

        async def run(key: Key) -> Requeue:
            look = await run_pass(key)
            if look.after is None:
                self._forget(key)
            return look

        return run

    def looked(self, seen: Seen) -> None:
        """A pass saw this. The status has free addresses as a band only: the number moves with every job."""
        network = seen.cloud.network
        if seen.workspace is not None and isinstance(network, SeenNetwork):
            numbers = ((sys.intern(v_switch.id), v_switch.free_addresses) for v_switch in network.v_switches)
            self._free_addresses[seen.key] = tuple(numbers)

    def _forget(self, key: Key) -> None:
        self._workspaces.pop(key, None)
        self._free_addresses.pop(key, None)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The numbers now."""
        workspaces = tuple(self._workspaces.items())
        conditions, capacity = families.CONDITION.with_no_number(), families.CAPACITY.with_no_number()
        expirations = families.EXPIRATION.with_no_number()
        for key, numbers in workspaces:
            named = (key.namespace, key.name)
            for labels in numbers.conditions:
                conditions.add_metric((*named, *labels), 1)
            for labels in numbers.v_switches:
                capacity.add_metric((*named, *labels), 1)
            if numbers.expiration is not None:
                expirations.add_metric(named, numbers.expiration)
        yield from (conditions, expirations, capacity, self._count_addresses())

    def _count_addresses(self) -> GaugeMetricFamily:
        family = families.FREE_ADDRESSES.with_no_number()
        for key, numbers in tuple(self._free_addresses.items()):
            for v_switch, free in numbers:
                family.add_metric((key.namespace, key.name, v_switch), free)
        return family
