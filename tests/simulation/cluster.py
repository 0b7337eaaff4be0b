"""`SimulatedCluster`: the `Cluster` port of one process on a simulated API server.

Each request of the real adapter is one call through the gate, so what the real one does in two
steps is two steps here."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from flink_workspace_operator.adapters.kubernetes.claims import lease_name
from flink_workspace_operator.adapters.kubernetes.neighbours import neighbour_in
from flink_workspace_operator.adapters.kubernetes.reading import commitment_in, purchase_in
from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import (
    LEDGER_FINALIZER,
    PURCHASE_FINALIZER,
    secret_finalizer,
)
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    FlinkWorkspaceOrderStatus,
)
from flink_workspace_operator.api.policy import FlinkPurchasePolicy, FlinkPurchasePolicyStatus
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace, PartialWorkspace
from flink_workspace_operator.core.facts.boundary import Boundary, PoliciesUnread
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content
from flink_workspace_operator.core.facts.failures import (
    ClusterFailure,
    ClusterRefused,
    Conflict,
    Vanished,
)
from flink_workspace_operator.core.facts.identity import Claim, Key, PurchaseTarget, WantedName
from flink_workspace_operator.core.facts.key_failures import SecretRefused
from flink_workspace_operator.core.facts.neighbours import Neighbour
from flink_workspace_operator.core.facts.observed import Absent
from flink_workspace_operator.core.facts.secret import Secret
from flink_workspace_operator.core.orphans import Purchase
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.ports import Reportable
from tests.simulation.gate import Gate
from tests.simulation.server import ApiServer, Lease, key_of

T = TypeVar("T")


class SimulatedCluster:
    """The API server as one process sees it, through its gate; `name` is the process's."""

    def __init__(self, server: ApiServer, gate: Gate, name: str = "operator") -> None:
        self.server, self.gate, self.name = server, gate, name
        self.events: list[Event] = []

    async def read_workspace(self, key: Key) -> FlinkWorkspace | None:
        """One read."""
        return await self._call("read_workspace", lambda: self.server.stored.workspaces.get(key))

    async def read_partial(self, key: Key) -> PartialWorkspace | None:
        """One read."""
        found = await self._call("read_partial", lambda: self.server.stored.workspaces.get(key))
        return (
            None
            if found is None
            else PartialWorkspace.of(found.model_dump(mode="json", by_alias=True))
        )

    async def list_wanted_names(self) -> tuple[WantedName, ...]:
        """One list."""
        return await self._call(
            "list_wanted_names", lambda: tuple(map(_wanted, self.server.stored.workspaces.values()))
        )

    async def list_purchases(self) -> tuple[Purchase, ...]:
        """One list."""
        wires = (
            each.model_dump(mode="json", by_alias=True)
            for each in self.server.stored.orders.values()
        )
        return await self._call(
            "list_purchases", lambda: tuple(filter(None, map(purchase_in, wires)))
        )

    async def list_neighbours(self) -> tuple[Neighbour, ...]:
        """What all resources own. No step of its own: the real one is shared, and may be a few
        seconds old."""
        return self.gate.share(self._neighbours)

    def _neighbours(self) -> tuple[Neighbour, ...]:
        wires = (
            each.model_dump(mode="json", by_alias=True)
            for each in self.server.stored.workspaces.values()
        )
        return tuple(each for each in map(neighbour_in, wires) if each is not None)

    async def read_orders(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        """One list."""
        return await self._call("read_orders", lambda: self.server.orders_of(key))

    async def read_boundary(self, namespace: str) -> Boundary | PoliciesUnread:
        """No step of its own, so that stories stay as short as they were: it is read together with
        the answer before it."""
        stored = self.server.stored
        policies = tuple(stored.policies.values())
        capped = any(each.spec.spend_cap is not None for each in policies)
        ledger = stored.orders.values() if capped else ()
        return self.gate.share(
            lambda: Boundary(
                policies,
                stored.labels.get(namespace, {}),
                tuple(commitment_in(_wire_of(order)) for order in ledger),
            )
        )

    async def reserve_room(
        self, policy: FlinkPurchasePolicy, status: FlinkPurchasePolicyStatus
    ) -> None:
        """One conditional write."""
        await self._call("reserve_room", lambda: self.server.write_policy_status(policy, status))

    async def read_approvals(self, key: Key, order: str) -> tuple[FlinkPurchaseApproval, ...]:
        """One list."""
        return await self._call(
            "read_approvals",
            lambda: tuple(
                each
                for at, each in sorted(self.server.stored.approvals.items(), key=str)
                if at.namespace == key.namespace and each.spec.order.name == order
            ),
        )

    async def list_open_orders(self, key: Key) -> tuple[str, ...]:
        """One list."""
        orders = await self._call("list_open_orders", lambda: self.server.orders_of(key))
        return tuple(order.metadata.name for order in orders if order.keeps_claim)

    async def read_claim(self, target: PurchaseTarget, reader: Key) -> Claim | None:
        """The claim, and then whether its holder still wants it, unless that is who reads."""
        lease = await self._call(
            "read_claim", lambda: self.server.stored.leases.get(lease_name(target))
        )
        return (
            None
            if lease is None
            else _claim(lease, lease.holder == reader or await self._is_alive(lease))
        )

    async def read_claims_of(self, holder: Key) -> tuple[Claim, ...]:
        """One list."""
        leases = await self._call(
            "read_claims_of",
            lambda: [
                lease for lease in self.server.stored.leases.values() if lease.holder == holder
            ],
        )
        return tuple(_claim(lease, alive=True) for lease in leases)

    async def _is_alive(self, lease: Lease) -> bool:
        if lease.holder is None:
            return False
        wanted = (lease.target.region, lease.target.workspace_name)
        workspace = await self.read_workspace(lease.holder)
        if workspace is not None and (workspace.spec.region, workspace.workspace_name) == wanted:
            return True
        orders = await self.read_orders(lease.holder)
        return any(
            order.keeps_claim and (order.spec.region, order.spec.workspace_name) == wanted
            for order in orders
        )

    async def add_purchase_finalizer(self, workspace: FlinkWorkspace | PartialWorkspace) -> str:
        """One conditional write."""
        wanted = (*_without(PURCHASE_FINALIZER, workspace.metadata.finalizers), PURCHASE_FINALIZER)
        held = await self._call(
            "add_purchase_finalizer",
            lambda: self.server.set_finalizers(self._stored(workspace), wanted, self.name),
        )
        assert held is not None
        return held.metadata.resource_version

    async def remove_purchase_finalizer(self, workspace: FlinkWorkspace | PartialWorkspace) -> None:
        """One conditional write."""
        wanted = _without(PURCHASE_FINALIZER, workspace.metadata.finalizers)
        await self._call(
            "remove_purchase_finalizer",
            lambda: self.server.set_finalizers(self._stored(workspace), wanted, self.name),
        )

    def _stored(self, read: FlinkWorkspace | PartialWorkspace) -> FlinkWorkspace:
        """What was read, in whole; Conflict if it is not stored in that version any more."""
        if isinstance(read, FlinkWorkspace):
            return read
        found = self.server.stored.workspaces.get(Key(read.metadata.namespace, read.metadata.name))
        if found is None or found.metadata.resource_version != read.metadata.resource_version:
            raise Conflict("it is not as it was read")
        return found

    async def write_status(self, workspace: FlinkWorkspace, status: FlinkWorkspaceStatus) -> None:
        """One conditional write."""
        await self._call(
            "write_status", lambda: self.server.write_workspace_status(workspace, status, self.name)
        )

    async def write_conditions(
        self, partial: PartialWorkspace, conditions: tuple[Condition, ...]
    ) -> None:
        """One conditional write."""
        told = {each.type for each in conditions}

        def effect() -> None:
            read = self._stored(partial)
            others = tuple(each for each in read.status.conditions if each.type not in told)
            new = {
                "conditions": (*conditions, *others),
                "observed_generation": partial.metadata.generation,
            }
            self.server.write_workspace_status(read, read.status.model_copy(update=new), self.name)

        await self._call("write_conditions", effect)

    async def take_claim(
        self, target: PurchaseTarget, holder: Key, uid: str, over: Claim | None
    ) -> None:
        """An atomic creation, or a conditional write."""
        await self._call(
            "take_claim", lambda: self.server.write_lease(target, (holder, uid), over, self.name)
        )

    async def give_back_claim(self, claim: Claim) -> None:
        """One conditional deletion."""
        await self._call(
            "give_back_claim",
            lambda: self.server.delete_lease(claim.name, claim.resource_version, self.name),
        )

    async def create_order(
        self, key: Key, number: int, spec: FlinkWorkspaceOrderSpec
    ) -> FlinkWorkspaceOrder:
        """One atomic creation."""
        at = Key(key.namespace, f"{key.name}-{number}")
        return await self._call(
            "create_order", lambda: self.server.create_order(at, spec, self.name)
        )

    async def move_order(
        self, order: FlinkWorkspaceOrder, status: FlinkWorkspaceOrderStatus
    ) -> FlinkWorkspaceOrder:
        """One conditional write."""
        return await self._call(
            "move_order", lambda: self.server.write_order_status(order, status, self.name)
        )

    async def reread_order(self, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrder:
        """One read."""
        return await self._call("reread_order", lambda: self._reread(order))

    def _reread(self, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrder:
        found = self.server.stored.orders.get(key_of(order))
        if found is None:
            raise Vanished(f"order {order.metadata.name} is gone")
        return found

    async def release_order(self, order: FlinkWorkspaceOrder) -> None:
        """One conditional write."""
        others = tuple(each for each in order.metadata.finalizers if each != LEDGER_FINALIZER)
        await self._call(
            "release_order", lambda: self.server.set_finalizers(order, others, self.name)
        )

    async def read_outputs(self, key: Key, name: str) -> ConfigMap | None:
        """One read."""
        return await self._call(
            "read_outputs", lambda: self.server.stored.config_maps.get(Key(key.namespace, name))
        )

    async def write_outputs(
        self, key: Key, name: str, content: Content, over: ConfigMap | None
    ) -> None:
        """An atomic creation, or a conditional write."""
        at = Key(key.namespace, name)
        await self._call("write_outputs", lambda: self.server.write_config_map(at, content, over))

    async def delete_outputs(self, key: Key, config_map: ConfigMap) -> None:
        """One conditional deletion."""
        await self._call(
            "delete_outputs", lambda: self.server.delete_config_map(key.namespace, config_map)
        )

    async def read_secret(self, key: Key, name: str) -> Secret | Absent | SecretRefused:
        """One read."""
        at = Key(key.namespace, name)
        return await self._call(
            "read_secret", lambda: self.server.stored.secrets.get(at) or Absent()
        )

    async def hold_secret(self, key: Key, secret: Secret) -> SecretRefused | None:
        """One conditional write."""
        ours = secret_finalizer(key.name)
        return await self._set_secret(
            "hold_secret", key, secret, (*_without(ours, secret.finalizers), ours)
        )

    async def release_secret(self, key: Key, secret: Secret) -> SecretRefused | None:
        """One conditional write."""
        wanted = _without(secret_finalizer(key.name), secret.finalizers)
        return await self._set_secret("release_secret", key, secret, wanted)

    async def _set_secret(
        self, call: str, key: Key, secret: Secret, wanted: tuple[str, ...]
    ) -> SecretRefused | None:
        at = Key(key.namespace, secret.name)

        def effect() -> SecretRefused | None:
            try:
                self.server.set_secret_finalizers(at, wanted, secret)
            except ClusterRefused:
                return SecretRefused(secret.name)
            return None

        return await self._call(call, effect)

    async def post_event(self, about: Reportable, event: Event) -> None:
        """One creation, of what no pass reads; that it failed is not told."""
        with suppress(ClusterFailure):
            await self._call("post_event", lambda: self.events.append(event))

    async def post_notice(self, event: Event) -> None:
        """The same."""
        with suppress(ClusterFailure):
            await self._call("post_notice", lambda: self.events.append(event))

    async def _call(self, method: str, effect: Callable[[], T]) -> T:
        name = f"cluster.{method}"

        def served() -> T:
            fault = self.server.stored.faults.take(name)
            if fault is not None and fault.strike == "before":
                raise fault.raised
            answer = effect()
            if fault is not None:
                raise fault.raised
            return answer

        return await self.gate.call(name, served)


def _wire_of(order: FlinkWorkspaceOrder) -> dict[str, Any]:
    return order.model_dump(mode="json", by_alias=True)


def _wanted(workspace: FlinkWorkspace) -> WantedName:
    return WantedName(key_of(workspace), workspace.spec.region, workspace.workspace_name)


def _claim(lease: Lease, alive: bool) -> Claim:
    return Claim(lease.name, lease.holder, alive, lease.version, lease.target, lease.uid)


def _without(finalizer: str, finalizers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in finalizers if each != finalizer)
