"""Resources with their orders and claims, as one list of each kind has them."""

import json
from dataclasses import dataclass, field
from typing import NoReturn

from flink_workspace_operator.adapters.kubernetes.claims import HOLDER_UID, claim_in, lease_name
from flink_workspace_operator.adapters.kubernetes.collection import Wire
from flink_workspace_operator.adapters.kubernetes.ledger import orders_of_key
from flink_workspace_operator.adapters.kubernetes.reading import order_in, workspace_in
from flink_workspace_operator.api.names import LEDGER_FINALIZER
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.confirmation import Doubtful
from flink_workspace_operator.core.facts.identity import Claim, Key, PurchaseTarget


@dataclass
class Lists:
    """Orders and claims of a round, to be there before its workspaces are judged."""

    _orders: dict[Key, list[bytes]] = field(default_factory=dict)
    """As text: decoded, each takes five times as much memory."""
    _held: set[Key] = field(default_factory=set)
    _claims: dict[str, Wire] = field(default_factory=dict)

    def take_order(self, wire: Wire) -> None:
        """Keep an order, under the workspace that its name says."""
        metadata = wire["metadata"]
        metadata.pop("managedFields", None)  # half of what is stored, and nobody reads it
        key = Key(metadata["namespace"], metadata["name"].rpartition("-")[0])
        self._orders.setdefault(key, []).append(json.dumps(wire).encode())
        if LEDGER_FINALIZER in (metadata.get("finalizers") or ()):
            self._held.add(key)

    def take_claim(self, wire: Wire) -> None:
        """Keep a Lease of the operator's namespace."""
        self._claims[wire["metadata"]["name"]] = wire

    def of(self, workspace: Wire) -> "Listed":
        """The resource with all that belongs to it."""
        metadata = workspace["metadata"]
        key = Key(metadata["namespace"], metadata["name"])
        orders = tuple(json.loads(each) for each in self._orders.get(key, ()))
        return Listed(workspace, orders, self._claims)

    def held_for(self) -> set[Key]:
        """The keys with an order that a pass may have to release, or to settle."""
        return self._held


@dataclass(frozen=True)
class Listed:
    """The reads of a pass, answered by lists. What they do not have raises `Doubtful`."""

    workspace: Wire
    orders: tuple[Wire, ...]
    claims: dict[str, Wire]

    async def read_workspace(self, _: Key) -> FlinkWorkspace | None:
        """The resource as it was listed."""
        return workspace_in(self.workspace)

    async def read_orders(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        """Its orders by number."""
        return tuple(order_in(wire) for wire in orders_of_key(self.orders, key))

    async def read_claim(self, target: PurchaseTarget, reader: Key) -> Claim | None:
        """The reader's own claim, or none: a pass must ask whether another holder is alive."""
        wire = self.claims.get(lease_name(target))
        if wire is None:
            return None
        if claim_in(wire)[0] != reader:
            raise Doubtful
        metadata = wire["metadata"]
        uid = (metadata.get("annotations") or {}).get(HOLDER_UID)
        version = metadata["resourceVersion"]
        return Claim(metadata["name"], reader, True, version, target, uid)

    async def read_boundary(self, *_: object) -> NoReturn:
        """Asked for only before a purchase, as the next one."""
        raise Doubtful

    async def read_approvals(self, *_: object) -> NoReturn:
        """Decisions are not listed."""
        raise Doubtful

    async def list_neighbours(self) -> NoReturn:
        """Asked for only before a purchase or the like."""
        raise Doubtful

    async def read_claims_of(self, *_: object) -> NoReturn:
        """Of one that is being deleted."""
        raise Doubtful

    async def read_outputs(self, *_: object) -> NoReturn:
        """ConfigMaps are not listed."""
        raise Doubtful

    async def read_secret(self, *_: object) -> NoReturn:
        """Secrets are not listed either."""
        raise Doubtful
