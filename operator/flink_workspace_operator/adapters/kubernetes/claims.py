"""Claims: one Lease for each workspace name, created atomically, in the operator's own
namespace."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from flink_workspace_operator.adapters.kubernetes.collection import Collection, Wire
from flink_workspace_operator.api.names import GROUP
from flink_workspace_operator.core.facts.identity import Claim, Key, PurchaseTarget

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")

ACCOUNT, REGION, NAME = f"{GROUP}/account-id", f"{GROUP}/region", f"{GROUP}/workspace-name"
HOLDER = f"{GROUP}/claim-holder"
"""Label with a hash of the holder, so that its claims can be listed; the holder itself does not fit
into a label."""
HOLDER_UID = f"{GROUP}/claim-holder-uid"


@dataclass(frozen=True)
class Lease:
    """A claim as it is stored."""

    wire: Wire
    holder: Key | None
    target: PurchaseTarget

    @property
    def uid(self) -> str | None:
        """The holder's uid when it claimed."""
        uid = self.wire["metadata"].get("annotations", {}).get(HOLDER_UID)
        return None if uid is None else str(uid)


@dataclass(frozen=True)
class Claims:
    """All claims of this cluster."""

    leases: Collection
    namespace: str

    async def read(self, target: PurchaseTarget) -> Lease | None:
        """The claim on a purchase target, None if it is free."""
        wire = await self.leases.get(self.namespace, lease_name(target))
        # The Lease's name says what it is about.
        return None if wire is None else Lease(wire, claim_in(wire)[0], target)

    async def read_of(self, holder: Key) -> list[Lease]:
        """All claims that a key holds."""
        wires = self.leases.list(self.namespace, f"{HOLDER}={_hash(str(holder))}")
        return [lease for lease in [_lease(wire) async for wire in wires] if lease.holder == holder]

    async def create(self, target: PurchaseTarget, holder: Key, uid: str) -> None:
        """Claim a free purchase target; Conflict if somebody was faster."""
        said = _content(target, holder, uid)
        metadata = {
            "name": lease_name(target),
            "labels": said.labels,
            "annotations": said.annotations,
        }
        lease = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": metadata,
            "spec": said.spec,
        }
        await self.leases.create(self.namespace, lease)

    async def take_over(self, claim: Claim, holder: Key, uid: str) -> None:
        """Replace the holder that was read, also by a new resource of its name; else Conflict."""
        read = {
            "namespace": self.namespace,
            "name": claim.name,
            "resourceVersion": claim.resource_version,
        }
        said = _content(claim.target, holder, uid)
        changes = {
            "/metadata/labels": said.labels,
            "/metadata/annotations": said.annotations,
            "/spec": said.spec,
        }
        await self.leases.replace({"metadata": read}, changes)

    async def give_back(self, name: str, resource_version: str) -> None:
        """Delete a claim; Conflict unless it is as it was read."""
        await self.leases.delete(self.namespace, name, resource_version)


@dataclass(frozen=True)
class _Content:
    labels: dict[str, str]
    annotations: dict[str, str]
    spec: dict[str, str]


def _content(target: PurchaseTarget, holder: Key, uid: str) -> _Content:
    about = {ACCOUNT: target.account_id, REGION: target.region, NAME: target.workspace_name}
    spec = {"holderIdentity": str(holder), "acquireTime": micro_time()}
    return _Content({HOLDER: _hash(str(holder))}, {**about, HOLDER_UID: uid}, spec)


def lease_name(target: PurchaseTarget) -> str:
    """The Lease's name: the same for all who want this name in this region of this account."""
    return "flink-claim-" + _hash(f"{target.account_id}\n{target.region}\n{target.workspace_name}")


def claim_in(wire: Wire) -> tuple[Key | None, PurchaseTarget]:
    """Holder and target of a Lease. The holder is None if it is no key: not a claim, or edited."""
    annotations = wire["metadata"].get("annotations", {})
    namespace, _, name = (wire.get("spec", {}).get("holderIdentity") or "").partition("/")
    target = PurchaseTarget(
        annotations.get(ACCOUNT, ""), annotations.get(REGION, ""), annotations.get(NAME, "")
    )
    is_key = _NAME.fullmatch(namespace) and _NAME.fullmatch(name)
    return Key(namespace, name) if is_key else None, target


def _lease(wire: Wire) -> Lease:
    return Lease(wire, *claim_in(wire))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def micro_time() -> str:
    """The present time in the format of a Lease."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def claim_of(lease: Lease, alive: bool) -> Claim:
    """The claim that a Lease stands for."""
    metadata = lease.wire["metadata"]
    return Claim(
        metadata["name"], lease.holder, alive, metadata["resourceVersion"], lease.target, lease.uid
    )
