"""Writes to the API server: conditional on what was read, and atomic where something is created."""

from typing import TypeVar

from tests.model.rules import Run
from tests.model.state import (
    AGAIN,
    CURRENT,
    SENT,
    STALE,
    Claim,
    Cluster,
    Order,
    Process,
    Resource,
    State,
    Step,
)

MOVES = {
    "": ("Quoted", "Superseded", "Placed"),
    "Quoted": ("AwaitingApproval", "Placing", "Superseded", "Canceled", "Placed"),
    "AwaitingApproval": ("Placing", "Declined", "Superseded", "Canceled", "Placed"),
    "Placing": ("Placed", "Rejected", "Uncertain", "Quoted", "Superseded"),
    "Uncertain": ("Placed", "NotPlaced", "Rejected"),
}
"""The moves that the API server takes; what is settled can only move to Placed."""
Read = TypeVar("Read", Order, Step)


def with_process(state: State, index: int, process: Process) -> State:
    processes = state.processes
    changed = (*processes[:index], process, *processes[index + 1 :])
    return State(state.clusters, changed, *state[2:])  # half of all: in half the time of _replace


def with_cluster(state: State, home: int, cluster: Cluster) -> State:
    """The state with one cluster changed."""
    clusters = state.clusters
    return state._replace(clusters=(*clusters[:home], cluster, *clusters[home + 1 :]))


def spend(state: State, chance: str) -> State:
    """The state after one of the chances was used."""
    chances = state.chances
    return state._replace(chances=chances._replace(**{chance: getattr(chances, chance) - 1}))


def ledger_of(state: State, process: Process) -> tuple[Order, ...]:
    return tuple(order for order in state.clusters[process.home].orders if order.key == process.key)


def write_order(
    run: Run, state: State, index: int, step: Step, again: bool = False
) -> State | None:
    """A write of an order's status, conditional on the version that was read; None: conflict.

    `again`: a version of before a restore is taken for that of what is stored now."""
    process = state.processes[index]
    cluster = state.clusters[process.home]
    place = next(
        (place for place, order in enumerate(cluster.orders) if order.token == step.token), None
    )
    if place is None:
        return None
    order = cluster.orders[place]
    unconditional = step.kind == "intend" and not run.rules.conditional_intent
    fits = step.stale == CURRENT or (
        again and step.stale == AGAIN and step.to in MOVES.get(order.state, ("Placed",))
    )
    if not fits and not unconditional:
        return None
    if step.kind == "intend":
        return _announced(run, state, index, place, step)
    after = stored(run, state, process.home, place, moved_order(run, order, step))
    return with_process(after, index, process._replace(steps=process.steps[1:], mark=0))


def _announced(run: Run, state: State, index: int, place: int, step: Step) -> State:
    """The state after an intent was written; its process remembers the mark."""
    process, mark = state.processes[index], new_mark(run, state)
    cluster = state.clusters[process.home]
    order = moved_order(run, cluster.orders[place], step._replace(mark=mark))
    after = stored(run, state, process.home, place, order)
    now = cluster.resources[process.key]
    intent = (order.token, mark)
    stands = stands_for(now, order) and not any(each.shown for each in state.instances)
    after = after._replace(
        announced=after.announced | {order.token},
        outdated=after.outdated - {intent} if stands else after.outdated | {intent},
    )
    return with_process(after, index, process._replace(steps=process.steps[1:], mark=mark))


def stands_for(resource: Resource | None, order: Order) -> bool:
    """The resource is still what the order was opened for."""
    if resource is None or resource.deleting:
        return False
    return (resource.uid, resource.generation) == (order.uid, order.generation)


def new_mark(run: Run, state: State) -> int:
    """A mark that nobody knows: random ones are new, and which ones it does not matter.

    A version, in the place of a mark, is new too, but for those that a restore lets the API server
    give out again."""
    clusters = state.clusters if state.backup is None else (*state.clusters, state.backup)
    known = {order.mark for cluster in clusters for order in cluster.orders}
    if run.rules.mark_is_random or not state.restored:
        known |= {process.mark for process in state.processes}
    return next(mark for mark in range(1, len(known) + 2) if mark not in known)


def stored(run: Run, state: State, home: int, place: int, order: Order) -> State:
    """The ledger with one order written; what anybody has read of it before is stale."""
    cluster = state.clusters[home]
    orders = (*cluster.orders[:place], order, *cluster.orders[place + 1 :])
    return made_stale(
        run, with_cluster(state, home, cluster._replace(orders=orders)), home, order.token
    )


def made_stale(run: Run, state: State, home: int, token: int) -> State:
    """The state after an order was written or removed, as far as processes have read it."""
    return state._replace(
        processes=tuple(
            _stale(run, each, token) if each.home == home else each for each in state.processes
        )
    )


def _stale(run: Run, process: Process, token: int) -> Process:
    conditional = ("move", "quote", "intend") if run.rules.conditional_intent else ("move", "quote")
    next_step = process.steps[0] if process.steps else None
    if (
        next_step
        and next_step.token == token
        and next_step.kind in conditional
        and not run.chances.rollbacks
    ):
        return process.idle()  # it can only run into the conflict, so it is there already
    return process._replace(
        orders=tuple(_older(order) if order.token == token else order for order in process.orders),
        steps=tuple(
            _older(step) if step.token == token and step.kind in conditional else step
            for step in process.steps
        ),
    )


def _older(read: Read) -> Read:
    return read._replace(stale=STALE) if read.stale == CURRENT else read


def moved_order(run: Run, order: Order, step: Step) -> Order:
    """An order after a move. Its age says how long ago its intent was, as far as that may still be
    asked."""
    age = step.age if step.kind == "intend" else 0 if step.anew else order.age
    if step.to not in run.aging:
        age = 0
    moved = order._replace(state=step.to, age=age, instance=step.instance or order.instance)
    if step.to == "AwaitingApproval":
        moved = moved._replace(asked=step.price)
    if step.kind == "intend":
        return moved._replace(nonce=step.nonce, mark=step.mark, short=step.short, price=step.price)
    return moved if step.to in SENT else moved._replace(mark=0)


def open_order(state: State, index: int, step: Step) -> State | None:
    """Create an order, without a status; None: one of this name exists."""
    process = state.processes[index]
    cluster, resource = state.clusters[process.home], process.resource
    if (
        resource is None
        or state.chances.orders <= 0
        or any(order.number == step.number for order in ledger_of(state, process))
    ):
        return None
    token = state.tokens + 1
    order = Order(process.key, step.number, token, resource.uid, resource.generation)
    after = with_cluster(state, process.home, cluster._replace(orders=(*cluster.orders, order)))
    return spend(after, "orders")._replace(tokens=token)


def write_other(state: State, index: int, step: Step) -> State | None:
    """A write of the resource's finalizer or of the claim; None: conflict."""
    process = state.processes[index]
    cluster = state.clusters[process.home]
    if step.kind == "claim":
        if cluster.claim is not None:
            return None
        claim = Claim(process.key, cluster.uids + 1)
        return with_cluster(state, process.home, cluster._replace(claim=claim, uids=claim.uid))
    if step.kind == "give back":
        if cluster.claim is not None and cluster.claim.uid != step.token:
            return None
        return with_cluster(state, process.home, cluster._replace(claim=None))
    resource = cluster.resources[process.key]
    if resource is None or resource != process.resource:
        return None
    return with_cluster(
        state, process.home, set_finalizer(cluster, process.key, present=step.kind == "hold")
    )


def set_finalizer(cluster: Cluster, key: int, present: bool) -> Cluster:
    """The cluster with a resource's finalizer put on or taken off; what is being deleted goes
    without it."""
    resource = cluster.resources[key]
    if resource is not None:
        resource = (
            resource._replace(finalizer=present) if present or not resource.deleting else None
        )
    return with_resource(cluster, key, resource)


def with_resource(cluster: Cluster, key: int, resource: Resource | None) -> Cluster:
    """The cluster with one resource replaced."""
    return cluster._replace(
        resources=(*cluster.resources[:key], resource, *cluster.resources[key + 1 :])
    )
