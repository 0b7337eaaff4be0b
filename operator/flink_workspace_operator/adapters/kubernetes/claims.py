"""Claims: one Lease for each workspace name, created atomically, in the operator's own namespace."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from flink_workspace_operator.adapters.kubernetes.collection import Collection, Wire
from flink_workspace_operator.api.names import GROUP
from flink_workspace_operator.core.identity import Key, Subject

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")

ACCOUNT, REGION, NAME = f"{GROUP}/account-id", f"{GROUP}/region", f"{GROUP}/workspace-name"
HOLDER = f"{GROUP}/claim-holder"
"""Label with a hash of the holder, so that its claims can be listed; the holder itself does not fit into a label."""


@dataclass(frozen=True)
class Lease:
    """A claim as it is stored."""

    wire: Wire
    holder: Key | None
    subject: Subject


@dataclass(frozen=True)
class Claims:
    """All claims of this cluster."""

    leases: Collection
    namespace: str

    async def read(self, subject: Subject) -> Lease | None:
        """The claim on a subject, None if it is free."""
        wire = await self.leases.get(self.namespace, lease_name(subject))
        return None if wire is None else Lease(wire, claim_in(wire)[0], subject)  # its name says what it is about

    async def read_of(self, holder: Key) -> list[Lease]:
        """All claims that a key holds."""
        wires = self.leases.list(self.namespace, f"{HOLDER}={_hash(str(holder))}")
        return [lease for lease in [_lease(wire) async for wire in wires] if lease.holder == holder]

    async def create(self, subject: Subject, holder: Key) -> None:
        """Claim a free subject; Conflict if somebody was faster."""
        await self.leases.create(
            self.namespace,
            {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {
                    "name": lease_name(subject),
                    "labels": {HOLDER: _hash(str(holder))},
                    "annotations": {
                        ACCOUNT: subject.account_id,
                        REGION: subject.region,
                        NAME: subject.workspace_name,
                    },
                },
                "spec": {"holderIdentity": str(holder), "acquireTime": micro_time()},
            },
        )

    async def give_back(self, name: str, resource_version: str) -> None:
        """Delete a claim, if it is as it was read."""
        await self.leases.delete(self.namespace, name, resource_version)


def lease_name(subject: Subject) -> str:
    """The same for everybody who wants to buy this name in this region of this account."""
    return "flink-claim-" + _hash(f"{subject.account_id}\n{subject.region}\n{subject.workspace_name}")


def claim_in(wire: Wire) -> tuple[Key | None, Subject]:
    """Who holds a Lease, and what. None where the holder is no key: no claim of ours, or edited by hand."""
    annotations = wire["metadata"].get("annotations", {})
    namespace, _, name = (wire.get("spec", {}).get("holderIdentity") or "").partition("/")
    subject = Subject(annotations.get(ACCOUNT, ""), annotations.get(REGION, ""), annotations.get(NAME, ""))
    is_key = _NAME.fullmatch(namespace) and _NAME.fullmatch(name)
    return Key(namespace, name) if is_key else None, subject


def _lease(wire: Wire) -> Lease:
    return Lease(wire, *claim_in(wire))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def micro_time() -> str:
    """Now, as a Lease has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
