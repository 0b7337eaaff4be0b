"""What people do to the cluster: apply, edit, delete, and the things that they had better not
do."""

from dataclasses import dataclass, replace
from typing import Any

from flink_workspace_operator.api.approval import (
    Decision,
    FlinkPurchaseApprovalSpec,
    OrderAtPrice,
)
from flink_workspace_operator.api.names import LEDGER_FINALIZER, PURCHASE_FINALIZER
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace, FlinkWorkspaceSpec
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.secret import AccessKey
from tests.simulation.server import ApiServer, key_of

USER = "user"


@dataclass(frozen=True)
class Export:
    """Resources and orders as `kubectl get -o yaml` writes them, for a restore."""

    workspaces: tuple[FlinkWorkspace, ...]
    orders: tuple[FlinkWorkspaceOrder, ...]


class User:
    """A person with all rights."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server

    def apply(self, namespace: str, manifest: dict[str, Any]) -> Key:
        """`kubectl apply`: make the resource, or give it this spec and these annotations."""
        key = Key(namespace, manifest["metadata"]["name"])
        spec = FlinkWorkspaceSpec.model_validate(manifest["spec"])
        annotations = manifest["metadata"].get("annotations", {})
        if key not in self.server.stored.workspaces:
            self.server.create_workspace(key, spec, USER, annotations=annotations)
            return key
        now = self.server.write_spec(self._workspace(key), spec, USER)
        self.server.write_metadata(
            now, USER, annotations={**now.metadata.annotations, **annotations}
        )
        return key

    def edit(self, key: Key, **changes: object) -> None:
        """Change fields of the spec, by their names on the wire; None removes one."""
        now = self._workspace(key)
        wanted = {**now.spec.as_wire(), **changes}
        spec = FlinkWorkspaceSpec.model_validate(
            {name: each for name, each in wanted.items() if each is not None}
        )
        self.server.write_spec(now, spec, USER)

    def annotate(self, key: Key, name: str, value: str | None) -> None:
        """Set an annotation; None removes it."""
        now = self._workspace(key)
        annotations = {**now.metadata.annotations, **({} if value is None else {name: value})}
        if value is None:
            annotations.pop(name, None)
        self.server.write_metadata(now, USER, annotations=annotations)

    def decide(self, namespace: str, order: FlinkWorkspaceOrder, decision: Decision) -> None:
        """`kubectl create` a decision on an order at the price that is asked."""
        about = OrderAtPrice(name=order.metadata.name, digest=order.status.digest or "")
        name = f"{decision}-{(order.status.digest or '')[-8:]}"
        self.server.create_approval(
            Key(namespace, name.lower()),
            FlinkPurchaseApprovalSpec(order=about, decision=decision),
        )

    def put_secret(self, at: Key, account_id: str) -> None:
        """Make a Secret with a key of an account, or put that key into it."""
        self.server.write_secret(at, AccessKey(account_id, f"secret of {account_id}"))

    def delete_secret(self, at: Key) -> None:
        """Delete a Secret."""
        self.server.delete_secret(at)

    def delete(self, key: Key) -> None:
        """`kubectl delete --wait=false`."""
        self.server.delete(self._workspace(key), USER)

    def strip_finalizer(self, key: Key) -> None:
        """Take our finalizer off by hand."""
        now = self._workspace(key)
        others = tuple(each for each in now.metadata.finalizers if each != PURCHASE_FINALIZER)
        self.server.set_finalizers(now, others, USER)

    def delete_by_force(self, key: Key) -> None:
        """Delete, and take the finalizer off."""
        self.delete(key)
        if key in self.server.stored.workspaces:
            self.strip_finalizer(key)

    def wipe_status(self, key: Key) -> None:
        """Throw away everything that the resource says is known."""
        self.server.write_workspace_status(self._workspace(key), FlinkWorkspaceStatus(), USER)

    def delete_orders(self, key: Key, *, by_force: bool = False) -> None:
        """Delete the ledger of a key; by force: in spite of its finalizer."""
        for order in self.server.orders_of(key):
            self.server.delete(order, USER)
            now = self.server.stored.orders.get(key_of(order))
            if by_force and now is not None:
                others = tuple(each for each in now.metadata.finalizers if each != LEDGER_FINALIZER)
                self.server.set_finalizers(now, others, USER)

    def delete_claims(self) -> None:
        """Delete all claims."""
        for lease in tuple(self.server.stored.leases.values()):
            self.server.delete_lease(lease.name, lease.version, USER)

    def export(self) -> Export:
        """Write everything down."""
        stored = self.server.stored
        return Export(tuple(stored.workspaces.values()), tuple(stored.orders.values()))

    def restore(
        self, export: Export, *, orders: bool = True, status: bool = False, into: Key | None = None
    ) -> None:
        """Create again what is not there: new uids, annotations and finalizers as they were.

        With `status`, orders get back theirs, as a restore tool can do. `into`: under another
        namespace and name."""
        for workspace in export.workspaces:
            key = into or key_of(workspace)
            if key not in self.server.stored.workspaces:
                kept = {
                    name: getattr(workspace.metadata, name)
                    for name in ("annotations", "finalizers")
                }
                self.server.create_workspace(key, workspace.spec, USER, **kept)
        for order in export.orders if orders else ():
            at = key_of(order) if into is None else replace(key_of(order), namespace=into.namespace)
            if at not in self.server.stored.orders:
                kept = {"finalizers": order.metadata.finalizers}
                self.server.create_order(
                    at, order.spec, USER, order.status if status else None, **kept
                )

    def _workspace(self, key: Key) -> FlinkWorkspace:
        return self.server.stored.workspaces[key]
