"""Manual edits by a person with all rights, beside those of `user.py`."""

from dataclasses import dataclass

from flink_workspace_operator.api.names import LEDGER_FINALIZER
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import MOVES, OrderState
from flink_workspace_operator.api.workspace import FlinkWorkspace
from tests.simulation.server import ApiServer, Lease, key_of
from tests.simulation.stateful.judge import BINDING
from tests.simulation.user import USER, Export
from tests.simulation.world import SimulatedWorld


def replace_by_kubectl(server: ApiServer, workspace: FlinkWorkspace) -> None:
    """`kubectl replace` with what was written at first: no annotations, no finalizers."""
    server.write_metadata(workspace, USER, annotations={}, finalizers=())


def delete_order(server: ApiServer, order: FlinkWorkspaceOrder, force: bool) -> None:
    """Delete an order; by force: in spite of its finalizer."""
    server.delete(order, USER)
    now = server.stored.orders.get(key_of(order))
    if force and now is not None:
        others = tuple(each for each in now.metadata.finalizers if each != LEDGER_FINALIZER)
        server.set_finalizers(now, others, USER)


def edit_order(world: SimulatedWorld, order: FlinkWorkspaceOrder, state: OrderState) -> bool:
    """Write another state into an order, and nothing else; where that needs an instance, the one
    that it bought."""
    if state not in MOVES[order.state]:
        return False
    changes: dict[str, object] = {"state": state}
    if state in BINDING and order.status.instance_id is None:
        bought = [each.instance_id for each in world.purchases if each.token == order.spec.token]
        changes["instance_id"] = bought[0] if bought else None
    world.server.write_order_status(order, order.status.model_copy(update=changes), USER)
    return True


@dataclass(frozen=True)
class Backup:
    """All objects, as a backup tool keeps them."""

    export: Export
    leases: tuple[Lease, ...]


def take_backup(world: SimulatedWorld) -> Backup:
    """Write everything down."""
    return Backup(world.user.export(), tuple(world.server.stored.leases.values()))


def lose_everything(world: SimulatedWorld) -> None:
    """The cluster is gone, and its processes with it; a new one stands in its place, with the old
    one's id."""
    stored = world.server.stored
    for process in world.processes:
        world.restart(process)
    stored.workspaces.clear()
    stored.orders.clear()
    stored.leases.clear()


def restore(
    world: SimulatedWorld, backup: Backup, *, orders: bool, status: bool, leases: bool
) -> None:
    """Create again what is not there: new uids, no status but, where wanted, that of the orders."""
    for lease in backup.leases if leases else ():
        if lease.name not in world.server.stored.leases:
            world.server.write_lease(lease.target, (lease.holder, lease.uid), None, USER)
    world.user.restore(backup.export, orders=orders, status=status)
