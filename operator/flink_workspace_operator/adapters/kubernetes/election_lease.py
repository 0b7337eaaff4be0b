"""The Lease that names the leading process, in the operator's own namespace."""

from dataclasses import dataclass
from typing import Any

from flink_workspace_operator.adapters.kubernetes.claims import micro_time
from flink_workspace_operator.adapters.kubernetes.collection import Collection, Wire

ELECTION_LEASE = "flink-workspace-operator"
"""No setting, because two processes with different names of it would both lead."""


@dataclass(frozen=True)
class Standing:
    """The Lease as it was read."""

    wire: Wire

    @property
    def spec(self) -> dict[str, Any]:
        """The Lease's spec: it changes with every renewal."""
        return self.wire.get("spec") or {}

    @property
    def holder(self) -> str:
        """The holder's identity; empty if nobody holds it."""
        return str(self.spec.get("holderIdentity") or "")

    @property
    def version(self) -> str:
        """Its resourceVersion; empty if it has none."""
        return str((self.wire.get("metadata") or {}).get("resourceVersion") or "")

    @property
    def seconds(self) -> float:
        """Seconds that it is valid without a renewal, as its holder wrote."""
        return float(self.spec.get("leaseDurationSeconds") or 0)


def went_back(before: str, now: str) -> bool:
    """True if a version is older than the one that was read before it, of one object, by uncached
    reads.

    From Kubernetes 1.35 on it is documented that resource versions can be compared; before, they
    have been etcd's counter of writes all the same. False if one of the two is no number.
    """
    return before.isdecimal() and now.isdecimal() and int(now) < int(before)


@dataclass(frozen=True)
class ElectionLease:
    """Reads and writes the Lease. Raises `ClusterFailure`."""

    leases: Collection
    namespace: str
    name: str

    async def read(self) -> Standing | None:
        """The Lease as it is, None if there is none."""
        wire = await self.leases.get(self.namespace, self.name)
        return None if wire is None else Standing(wire)

    async def hold(self, over: Standing | None, holder: str, seconds: int) -> Standing:
        """Take or renew it, if it is as it was read; else Conflict. Returns the new Lease.

        The times are for people: nobody compares them.
        """
        now = micro_time()
        since = (
            over.spec.get("acquireTime", now) if over is not None and over.holder == holder else now
        )
        spec = {
            "holderIdentity": holder,
            "leaseDurationSeconds": seconds,
            "acquireTime": since,
            "renewTime": now,
        }
        return await self._write(over, spec)

    async def give_back(self, held: Standing) -> None:
        """Clear the holder, if it is as it was read: the next process need not wait for expiry."""
        await self._write(held, {"renewTime": micro_time()})

    async def _write(self, over: Standing | None, spec: dict[str, Any]) -> Standing:
        """Replace the whole spec, so that no field of a manual edit stays."""
        if over is not None:
            return Standing(await self.leases.put(over.wire, "/spec", spec))
        metadata = {"name": self.name}
        lease = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": metadata,
            "spec": spec,
        }
        return Standing(await self.leases.create(self.namespace, lease))
