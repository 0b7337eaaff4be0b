"""The `Cluster` port on the API server."""

from collections.abc import AsyncIterator

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.claims import Claims, Lease, claim_of
from flink_workspace_operator.adapters.kubernetes.collection import (
    PAGE_OF_USERS,
    TIMEOUT_SECONDS,
    Collection,
    OwnWrites,
    Wire,
    answer,
)
from flink_workspace_operator.adapters.kubernetes.events import Events
from flink_workspace_operator.adapters.kubernetes.ledger import Ledger
from flink_workspace_operator.adapters.kubernetes.limits import Limits
from flink_workspace_operator.adapters.kubernetes.neighbours import Neighbours
from flink_workspace_operator.adapters.kubernetes.outputs import OutputsMaps
from flink_workspace_operator.adapters.kubernetes.reading import (
    order_in,
    purchase_in,
    wanted_in,
    workspace_in,
)
from flink_workspace_operator.adapters.kubernetes.secrets import Secrets
from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import (
    API_VERSION,
    GROUP,
    LEDGER_FINALIZER,
    ORDERS,
    PURCHASE_FINALIZER,
    VERSION,
    WORKSPACES,
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
    ClusterRefused,
    ClusterUnreachable,
    Unreadable,
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
from flink_workspace_operator.settings import Settings


class KubernetesCluster:
    """The port through one client; `ports.py` describes the methods that have no docstring here.

    Remembers the versions of its own writes, and which instances the workspace resources own.
    """

    def __init__(self, api_client: client.ApiClient, settings: Settings) -> None:
        self._core = client.CoreV1Api(api_client)
        self._outputs = OutputsMaps(self._core)
        self._secrets = Secrets(self._core, settings.namespace)
        self._own_writes = OwnWrites()
        custom = client.CustomObjectsApi(api_client)
        self._workspaces = Collection(
            custom, GROUP, VERSION, WORKSPACES, self._own_writes, PAGE_OF_USERS
        )
        self._orders = Collection(custom, GROUP, VERSION, ORDERS, self._own_writes)
        self._ledger = Ledger(self._orders)
        self._limits = Limits(self._core, custom, self._own_writes, settings.namespaces)
        self._events = Events(custom, settings.namespace)
        self._namespaces = settings.namespaces
        self.neighbours = Neighbours(self._readable_workspaces)
        self._claims = Claims(
            Collection(custom, "coordination.k8s.io", "v1", "leases", self._own_writes),
            settings.namespace,
        )

    def is_own_write(self, resource_version: str) -> bool:
        """True if we wrote this version of an object: its echo in a watch is no news."""
        return resource_version in self._own_writes

    async def cluster_id(self) -> str:
        """The uid of the namespace kube-system: the usual name of a cluster that has none."""
        namespace = await answer(
            self._core.read_namespace("kube-system", _request_timeout=TIMEOUT_SECONDS)
        )
        if namespace.metadata is None or not namespace.metadata.uid:
            raise ClusterUnreachable("the namespace kube-system has no uid")
        return namespace.metadata.uid

    async def read_workspace(self, key: Key) -> FlinkWorkspace | None:
        wire = await self._workspaces.get(key.namespace, key.name)
        return None if wire is None else workspace_in(wire)

    async def read_partial(self, key: Key) -> PartialWorkspace | None:
        wire = await self._workspaces.get(key.namespace, key.name)
        return None if wire is None else PartialWorkspace.of(wire)

    async def list_wanted_names(self) -> tuple[WantedName, ...]:
        """The workspace names that all resources in the managed namespaces ask for."""
        places = self._namespaces or (None,)
        return tuple(
            [wanted_in(wire) for place in places async for wire in self._workspaces.list(place)]
        )

    async def list_purchases(self) -> tuple[Purchase, ...]:
        """The workspaces that the ledger of the managed namespaces has as bought."""
        places = self._namespaces or (None,)
        found = [purchase_in(wire) for place in places async for wire in self._orders.list(place)]
        return tuple(each for each in found if each is not None)

    async def list_neighbours(self) -> tuple[Neighbour, ...]:
        return await self.neighbours.all()

    async def _readable_workspaces(self) -> AsyncIterator[Wire]:
        for place in self._namespaces or (None,):
            try:
                async for wire in self._workspaces.list(place):
                    yield wire
            except ClusterRefused:
                # A namespace is left out until the operator has rights there. If all were left out,
                # no neighbour would be known, and the check against a second purchase would pass.
                if place is None:
                    raise

    async def read_orders(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        """All orders of a key by number."""
        return await self._ledger.read(key)

    async def list_open_orders(self, key: Key) -> tuple[str, ...]:
        """The names of the orders that keep the claim. An unreadable order counts as open."""
        return await self._ledger.list_open(key)

    async def read_boundary(self, namespace: str) -> Boundary | PoliciesUnread:
        return await self._limits.read_boundary(namespace)

    async def reserve_room(
        self, policy: FlinkPurchasePolicy, status: FlinkPurchasePolicyStatus
    ) -> None:
        await self._limits.reserve_room(policy, status)

    async def read_approvals(self, key: Key, order: str) -> tuple[FlinkPurchaseApproval, ...]:
        return await self._limits.read_approvals(key.namespace, order)

    async def read_claim(self, target: PurchaseTarget, reader: Key) -> Claim | None:
        lease = await self._claims.read(target)
        if lease is None:
            return None
        try:
            return claim_of(lease, lease.holder == reader or await self._is_alive(lease))
        except (ClusterRefused, Unreadable):
            # The namespace is no longer managed, or the order is newer: unreadable is not absent.
            return claim_of(lease, alive=True)

    async def read_claims_of(self, holder: Key) -> tuple[Claim, ...]:
        return tuple(claim_of(lease, alive=True) for lease in await self._claims.read_of(holder))

    async def _is_alive(self, lease: Lease) -> bool:
        """True if the holder still wants the name, or an open order of it may still become one."""
        if lease.holder is None:
            return False
        wanted = (lease.target.region, lease.target.workspace_name)
        wire = await self._workspaces.get(lease.holder.namespace, lease.holder.name)
        held = None if wire is None else wanted_in(wire)
        if held is not None and (held.region, held.workspace_name) == wanted:
            return True
        orders = await self.read_orders(lease.holder)
        return any(
            order.keeps_claim and (order.spec.region, order.spec.workspace_name) == wanted
            for order in orders
        )

    async def add_purchase_finalizer(self, workspace: FlinkWorkspace | PartialWorkspace) -> str:
        return await self._set_finalizers(
            workspace, (*_other_finalizers(workspace), PURCHASE_FINALIZER)
        )

    async def remove_purchase_finalizer(self, workspace: FlinkWorkspace | PartialWorkspace) -> None:
        await self._set_finalizers(workspace, _other_finalizers(workspace))

    async def _set_finalizers(
        self, workspace: FlinkWorkspace | PartialWorkspace, finalizers: tuple[str, ...]
    ) -> str:
        """The resource's version after the write."""
        path, wanted = "/metadata/finalizers", list(finalizers)
        wire = await self._workspaces.put(_reference(workspace), path, wanted)
        return str(wire["metadata"]["resourceVersion"])

    async def write_status(self, workspace: FlinkWorkspace, status: FlinkWorkspaceStatus) -> None:
        await self._workspaces.put(_reference(workspace), "/status", status.as_wire(), status=True)

    async def write_conditions(
        self, partial: PartialWorkspace, conditions: tuple[Condition, ...]
    ) -> None:
        told = {each.type for each in conditions}
        others = (each for each in partial.stored_conditions if each.get("type") not in told)
        changed = {
            "/status/conditions": [*(each.as_wire() for each in conditions), *others],
            "/status/observedGeneration": partial.metadata.generation,
        }
        missing: Wire = {} if partial.has_status else {"/status": {}}
        await self._workspaces.replace(_reference(partial), {**missing, **changed}, status=True)

    async def take_claim(
        self, target: PurchaseTarget, holder: Key, uid: str, over: Claim | None
    ) -> None:
        if over is None:
            await self._claims.create(target, holder, uid)
        else:
            await self._claims.take_over(over, holder, uid)

    async def give_back_claim(self, claim: Claim) -> None:
        await self._claims.give_back(claim.name, claim.resource_version)

    async def create_order(
        self, key: Key, number: int, spec: FlinkWorkspaceOrderSpec
    ) -> FlinkWorkspaceOrder:
        body = {
            "apiVersion": API_VERSION,
            "kind": "FlinkWorkspaceOrder",
            "metadata": {"name": f"{key.name}-{number}", "finalizers": [LEDGER_FINALIZER]},
            "spec": spec.as_wire(),
        }
        return order_in(await self._orders.create(key.namespace, body))

    async def move_order(
        self, order: FlinkWorkspaceOrder, status: FlinkWorkspaceOrderStatus
    ) -> FlinkWorkspaceOrder:
        wire = await self._orders.put(_reference(order), "/status", status.as_wire(), status=True)
        return order_in(wire)

    async def reread_order(self, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrder:
        wire = await self._orders.get(order.metadata.namespace, order.metadata.name)
        if wire is None:
            raise Vanished(f"order {order.metadata.name} is gone")
        return order_in(wire)

    async def release_order(self, order: FlinkWorkspaceOrder) -> None:
        finalizers = [each for each in order.metadata.finalizers if each != LEDGER_FINALIZER]
        await self._orders.put(_reference(order), "/metadata/finalizers", finalizers)

    async def read_outputs(self, key: Key, name: str) -> ConfigMap | None:
        return await self._outputs.read(key, name)

    async def write_outputs(
        self, key: Key, name: str, content: Content, over: ConfigMap | None
    ) -> None:
        await self._outputs.write(key, name, content, over)

    async def delete_outputs(self, key: Key, config_map: ConfigMap) -> None:
        await self._outputs.delete(key, config_map)

    async def read_secret(self, key: Key, name: str) -> Secret | Absent | SecretRefused:
        return await self._secrets.read(key, name)

    async def hold_secret(self, key: Key, secret: Secret) -> SecretRefused | None:
        return await self._secrets.hold(key, secret)

    async def release_secret(self, key: Key, secret: Secret) -> SecretRefused | None:
        return await self._secrets.release(key, secret)

    async def post_event(self, about: Reportable, event: Event) -> None:
        await self._events.post_about(about, event)

    async def post_notice(self, event: Event) -> None:
        await self._events.post_notice(event)


def _other_finalizers(workspace: FlinkWorkspace | PartialWorkspace) -> tuple[str, ...]:
    return tuple(each for each in workspace.metadata.finalizers if each != PURCHASE_FINALIZER)


def _reference(resource: FlinkWorkspace | PartialWorkspace | FlinkWorkspaceOrder) -> Wire:
    """The object that an event is about, in the version that was read."""
    metadata = resource.metadata
    return {
        "metadata": {
            "namespace": metadata.namespace,
            "name": metadata.name,
            "resourceVersion": metadata.resource_version,
        }
    }
