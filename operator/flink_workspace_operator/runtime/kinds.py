"""The two kinds of a resync; what it finds is handled as if the watch had shown it."""

from typing import Any

from flink_workspace_operator.adapters.kubernetes.neighbours import Neighbours
from flink_workspace_operator.api.order_states import facts_of
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.metrics.registry import Metrics
from flink_workspace_operator.runtime.orphan_watch import OrphanWatch
from flink_workspace_operator.runtime.resync import Kind, ListObjects, Wire
from flink_workspace_operator.runtime.rounds import Round
from flink_workspace_operator.runtime.triggers import Triggers
from flink_workspace_operator.runtime.watches import ObjectWatch, name_in


def workspaces(
    watch: ObjectWatch,
    objects: ListObjects,
    triggers: Triggers,
    metrics: Metrics,
    neighbours: Neighbours,
    orphan_watch: OrphanWatch,
) -> Kind:
    """All workspaces. Each of them gets a pass now and then."""

    def show(wire: Wire) -> None:
        triggers.workspace_seen(None, wire)
        metrics.workspaces.seen(None, wire)
        neighbours.seen(None, wire)

    def gone(name: Key) -> None:
        triggers.workspace_gone(name)
        metrics.workspaces.seen("DELETED", _no_more_than(name))
        neighbours.seen("DELETED", _no_more_than(name))
        orphan_watch.gone()

    async def take(round_: Round, wire: Wire) -> None:
        neighbours.listed(wire)
        await round_.take_workspace(wire)

    return Kind(watch, objects, key=name_in, show=show, gone=gone, take=take)


def orders(watch: ObjectWatch, objects: ListObjects, triggers: Triggers, metrics: Metrics) -> Kind:
    """All orders. The ledger keeps them for ever, so only open ones get a pass now and then."""

    def show(wire: Wire) -> None:
        triggers.order_seen(None, wire)
        metrics.orders.seen(None, wire)

    def gone(name: Key) -> None:
        triggers.order_gone(_workspace_of(name))
        metrics.orders.seen("DELETED", _no_more_than(name))

    return Kind(watch, objects, key=_key_of_open_order, show=show, gone=gone, take=Round.take_order)


def _key_of_open_order(wire: Wire) -> Key | None:
    state = (wire.get("status") or {}).get("state")
    return _workspace_of(name_in(wire)) if facts_of(state).is_open else None


def _workspace_of(order: Key) -> Key:
    """The key of an order's workspace: the order's name begins with its name."""
    return Key(order.namespace, order.name.rpartition("-")[0])


def _no_more_than(name: Key) -> dict[str, Any]:
    """The JSON of a deleted object: only its name is known."""
    return {"metadata": {"namespace": name.namespace, "name": name.name}}
