"""Manual edits: of the resource, of the ledger, at the API server, and in the cloud's console."""

from collections.abc import Iterator

from tests.model.rules import Run
from tests.model.state import (
    AGAIN,
    CURRENT,
    NOBODY,
    OLD,
    STALE,
    Cluster,
    Decision,
    Instance,
    Move,
    Process,
    Resource,
    State,
)
from tests.model.writing import (
    Read,
    made_stale,
    set_finalizer,
    spend,
    stored,
    with_cluster,
    with_resource,
)


def manual_moves(run: Run, state: State) -> Iterator[Move]:
    """What people do."""
    for home, cluster in enumerate(state.clusters):
        for key in range(len(cluster.resources)):
            yield from _hands_on_resource(state, home, key)
        yield from _hands_on_ledger(run, state, home)
        yield from _decisions(state, home)
    if state.chances.rises:
        dearer = state._replace(price=state.price + 1)
        yield Move("the price rises", spend(dearer, "rises"))
    yield from _second_cluster(state)
    yield from _backups(run, state)
    yield from _strangers(run, state)


def _hands_on_resource(state: State, home: int, key: int) -> Iterator[Move]:
    """Create, edit, suspend, delete, and strip the finalizer."""
    chances, cluster = state.chances, state.clusters[home]
    resource = cluster.resources[key]
    if resource is None:
        if chances.creations and cluster.uids:
            yield _changed(
                state, home, _created(cluster, key), "creations", f"resource {key} is created anew"
            )
        return
    if not resource.deleting:
        yield from _hands_on_wanted(state, home, key, resource)
    if chances.strips and resource.finalizer:
        stripped = set_finalizer(cluster, key, present=False)
        yield _changed(
            state, home, stripped, "strips", f"a hand strips the finalizer of resource {key}"
        )


def _hands_on_wanted(state: State, home: int, key: int, resource: Resource) -> Iterator[Move]:
    chances, cluster = state.chances, state.clusters[home]
    if chances.edits:
        edited = with_resource(cluster, key, resource._replace(generation=resource.generation + 1))
        yield _changed(state, home, edited, "edits", f"a hand edits resource {key}")
    if chances.deletions:
        going = with_resource(
            cluster, key, resource._replace(deleting=True) if resource.finalizer else None
        )
        yield _changed(state, home, going, "deletions", f"a hand deletes resource {key}")
    if resource.suspended:
        resumed = with_cluster(
            state, home, with_resource(cluster, key, resource._replace(suspended=False))
        )
        yield Move(f"a hand resumes resource {key}", resumed)
    elif chances.suspensions:
        suspended = with_resource(cluster, key, resource._replace(suspended=True))
        yield _changed(state, home, suspended, "suspensions", f"a hand suspends resource {key}")


def _decisions(state: State, home: int) -> Iterator[Move]:
    """Somebody approves or denies what is asked now, or deletes all decisions."""
    chances, cluster = state.chances, state.clusters[home]
    for order in (each for each in cluster.orders if each.state == "AwaitingApproval"):
        for chance, word in (("approvals", "Approved"), ("denials", "Denied")):
            said = Decision(order.token, order.asked, word)
            if getattr(chances, chance) and said not in cluster.decisions:
                decided = cluster._replace(decisions=cluster.decisions | {said})
                yield _changed(state, home, decided, chance, f"order {order.number} is {word}")
    if chances.retractions and cluster.decisions:
        none = cluster._replace(decisions=frozenset())
        yield _changed(state, home, none, "retractions", "all decisions are deleted")


def _hands_on_ledger(run: Run, state: State, home: int) -> Iterator[Move]:
    """Remove an order by force; or be sure that nothing was bought, and say so in the ledger."""
    cluster = state.clusters[home]
    for place, order in enumerate(cluster.orders):
        if state.chances.removals:
            left = cluster._replace(orders=(*cluster.orders[:place], *cluster.orders[place + 1 :]))
            removed = _changed(
                state, home, left, "removals", f"a hand removes order {order.number} by force"
            )
            yield removed._replace(state=made_stale(run, removed.state, home, order.token))
        if state.chances.forgeries and order.state == "Uncertain":
            for to in ("NotPlaced", "Rejected"):
                forged = stored(run, state, home, place, order._replace(state=to))
                yield Move(f"a hand moves order {order.number} to {to}", spend(forged, "forgeries"))


def _changed(state: State, home: int, cluster: Cluster, chance: str, what: str) -> Move:
    return Move(what, spend(with_cluster(state, home, cluster), chance))


def _created(cluster: Cluster, key: int) -> Cluster:
    uid = cluster.uids + 1
    return with_resource(cluster, key, Resource(uid))._replace(uids=uid)


def _second_cluster(state: State) -> Iterator[Move]:
    if len(state.clusters) < 2 or state.clusters[1].uids:
        return
    first = state.clusters[0]
    if state.chances.restores and first.resources[0] is not None:
        restored = Cluster((Resource(1, first.resources[0].generation),))
        yield _changed(
            state, 1, restored, "restores", "the resource is restored in the second cluster"
        )
    if state.chances.clones:
        yield _changed(state, 1, first, "clones", "the second cluster becomes a copy of the first")


def _backups(run: Run, state: State) -> Iterator[Move]:
    """The first cluster's API server is restored to a backup, while the processes live on."""
    chances = state.chances
    if state.backup is None:
        first = next((order.state for order in state.clusters[0].orders), "")
        if (chances.rollbacks or chances.early_rollbacks) and run.backup_at in ("", first):
            yield Move("the API server is backed up", _backed_up(state))
        return
    what = "the API server is restored"
    if chances.rollbacks:
        yield Move(what, spend(_restored(state, state.backup), "rollbacks"))
    at_rest = all(process.at == "idle" for process in state.processes)
    if chances.early_rollbacks and at_rest and not state.calls and not state.bought:
        yield Move(
            f"{what} before anything was sent",
            spend(_restored(state, state.backup), "early_rollbacks"),
        )


def _backed_up(state: State) -> State:
    """The state with a backup. What is stale by now was never stored after it."""

    def older(read: Read) -> Read:
        return read._replace(stale=OLD) if read.stale == STALE else read

    processes = tuple(
        each._replace(orders=tuple(map(older, each.orders)), steps=tuple(map(older, each.steps)))
        for each in state.processes
    )
    return state._replace(backup=state.clusters[0], processes=processes)


def _restored(state: State, backup: Cluster) -> State:
    """The state after a restore. Uids are not given out again; versions are."""
    first = backup._replace(uids=max(backup.uids, state.clusters[0].uids))
    same = {order.token for order in backup.orders if order in state.clusters[0].orders}
    processes = tuple(
        _after_restore(each, same) if each.home == 0 else each for each in state.processes
    )
    restored = with_cluster(state, 0, first)
    return restored._replace(processes=processes, backup=None, restored=True)


def _after_restore(process: Process, same: set[int]) -> Process:
    """What a process has read of an order that is another one now."""

    def after(read: Read) -> Read:
        unchanged = read.stale == OLD or (read.stale == CURRENT and read.token in same)
        return read if unchanged else read._replace(stale=AGAIN)

    return process._replace(
        orders=tuple(map(after, process.orders)), steps=tuple(map(after, process.steps))
    )


def _strangers(run: Run, state: State) -> Iterator[Move]:
    stranger = next(
        (place for place, each in enumerate(state.instances) if each.token == NOBODY), None
    )
    if stranger is not None:
        left = (*state.instances[:stranger], *state.instances[stranger + 1 :])
        # Whatever was announced while it blocked the name may be sent now.
        released = state._replace(instances=left, outdated=frozenset())
        yield Move("a hand releases its workspace", released)
    elif state.chances.strangers and not (run.unique and state.instances):
        bought = state._replace(
            instances=(*state.instances, Instance(NOBODY, NOBODY, NOBODY, NOBODY))
        )
        yield Move("a hand buys a workspace of this name", spend(bought, "strangers"))
