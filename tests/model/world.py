"""Everything that is not the operator: the cloud, time, and people's hands."""

from collections.abc import Iterator

from tests.model.process import ANSWERED
from tests.model.rules import Run
from tests.model.state import NOBODY, Call, Cluster, Instance, Move, Order, Process, Resource, State
from tests.model.writing import made_stale, set_finalizer, spend, stored, with_cluster, with_resource


def moves_of_world(run: Run, state: State) -> Iterator[Move]:
    """What may happen next without the operator."""
    yield from moves_of_cloud(run, state)
    if may_tick(run, state):
        yield Move("time passes", tick(run, state))
    yield from _hands(run, state)


def moves_of_cloud(run: Run, state: State) -> Iterator[Move]:
    """What is under way in the cloud. With no mishaps left, there is one move for each thing that is."""
    for place, call in enumerate(state.calls):
        if call.stage == "wire":
            yield from _arrive(run, state, place, call)
        elif call.stage == "accepted":
            yield from _commit(run, state, place, call)
    for place, instance in enumerate(state.instances):
        yield from _show(state, place, instance)


def _with_call(state: State, place: int, call: Call) -> State:
    """An answer that nobody waits for is not kept."""
    waiting = any((each.home, each.sent, each.at) == (call.home, call.token, "wait") for each in state.processes)
    kept = (call,) if waiting or call.stage not in ANSWERED else ()
    return state._replace(calls=(*state.calls[:place], *kept, *state.calls[place + 1 :]))


def _arrive(run: Run, state: State, place: int, call: Call) -> Iterator[Move]:
    """The gateway looks at the date, then at the nonce, then at all the rest."""
    if call.age > run.validity:
        yield Move("the gateway refuses a late call", _with_call(state, place, call._replace(stage="refused")))
        return
    if run.nonce and any(nonce == call.nonce for nonce, _ in state.nonces):
        yield Move("the gateway refuses a repeated nonce", _with_call(state, place, call._replace(stage="open")))
        return
    heard = state._replace(nonces=(*state.nonces, (call.nonce, 0))) if run.nonce else state
    accepted = call._replace(stage="accepted", age=0)
    yield Move("the gateway accepts a call", _with_call(heard, place, accepted))
    if state.chances.refusals:
        refused = _with_call(heard, place, call._replace(stage="refused"))
        yield Move("the gateway refuses a call", spend(refused, "refusals"))
    if state.chances.lost:
        lost = state._replace(calls=(*state.calls[:place], *state.calls[place + 1 :]))
        yield Move("a request is lost", spend(lost, "lost"))


def _commit(run: Run, state: State, place: int, call: Call) -> Iterator[Move]:
    if run.unique and state.instances:
        yield Move("the cloud finds the name taken", _with_call(state, place, call._replace(stage="taken")))
        return
    number = state.bought + 1
    instance = Instance(number, call.token, call.home, call.key)
    bought = state._replace(bought=number, instances=(*state.instances, instance))
    answered = call._replace(stage="bought", instance=number)
    yield Move("the cloud books a purchase", _with_call(bought, place, answered))
    if state.chances.failures:
        failed = _with_call(state, place, call._replace(stage="open"))
        yield Move("the cloud fails and books nothing", spend(failed, "failures"))


def _show(state: State, place: int, instance: Instance) -> Iterator[Move]:
    """An instance becomes visible, sometimes without its tags; a hand may strip them."""

    def now(**changes: object) -> State:
        changed = instance._replace(**changes)  # type: ignore[arg-type]  # fields of an Instance
        return state._replace(instances=(*state.instances[:place], changed, *state.instances[place + 1 :]))

    chances = state.chances
    if not instance.shown:
        yield Move("an instance becomes visible", now(shown=True))
        if chances.late_tags and instance.tags == "full" and instance.token != NOBODY:
            late = spend(now(shown=True, tags="late"), "late_tags")
            yield Move("an instance becomes visible, its tags do not yet", late)
        return
    if instance.tags == "late":
        yield Move("tags become visible", now(tags="full"))
    if instance.tags == "full" and instance.token != NOBODY:
        if chances.lost_tokens:
            yield Move("a hand strips the token", spend(now(tags="owner"), "lost_tokens"))
        if chances.lost_tags:
            yield Move("a hand strips all tags", spend(now(tags="none"), "lost_tags"))


def may_tick(run: Run, state: State) -> bool:
    """The cloud keeps its longest times: what is due comes before time goes on."""
    if run.commit is not None and any(call.stage == "accepted" and call.age >= run.commit for call in state.calls):
        return False
    due = run.visibility
    return not any((not each.shown or each.tags == "late") and each.age >= due for each in state.instances)


def tick(run: Run, state: State) -> State:
    """One tick later."""
    over, dated = run.over, run.validity + 1

    def older(orders: tuple[Order, ...]) -> tuple[Order, ...]:
        return tuple(_older(run, order) for order in orders)

    def later(process: Process) -> Process:
        if process.at == "look":
            return process._replace(orders=older(process.orders))
        if process.at in ("claim", "holder", "holder's orders"):
            return process._replace(since=min(process.since + 1, over))
        if process.at == "act" and process.steps[0].kind in ("intend", "send"):
            step = process.steps[0]
            return process._replace(steps=(step._replace(age=min(step.age + 1, over)), *process.steps[1:]))
        return process

    def of_call(call: Call) -> Call:
        last = dated if call.stage == "wire" else run.commit or 0
        return call._replace(age=min(call.age + 1, last)) if call.stage in ("wire", "accepted") else call

    return state._replace(
        clusters=tuple(cluster._replace(orders=older(cluster.orders)) for cluster in state.clusters),
        processes=tuple(later(process) for process in state.processes),
        calls=tuple(of_call(call) for call in state.calls),
        instances=tuple(each._replace(age=min(each.age + 1, run.visibility + 1)) for each in state.instances),
        nonces=tuple((nonce, age + 1) for nonce, age in state.nonces if age < run.memory),
    )


def _older(run: Run, order: Order) -> Order:
    if order.state == "":
        return order._replace(age=1)
    if order.state in ("Placing", "Uncertain", "Rejected", "NotPlaced"):
        return order._replace(age=min(order.age + 1, run.over))
    return order


def _hands(run: Run, state: State) -> Iterator[Move]:
    """What people do."""
    for home, cluster in enumerate(state.clusters):
        for key in range(len(cluster.resources)):
            yield from _hands_on_resource(state, home, key)
        yield from _hands_on_ledger(run, state, home)
    yield from _second_cluster(state)
    yield from _strangers(run, state)


def _hands_on_resource(state: State, home: int, key: int) -> Iterator[Move]:
    """Create, edit, delete, and strip the finalizer."""
    chances, cluster = state.chances, state.clusters[home]
    resource = cluster.resources[key]
    if resource is None:
        if chances.creations and cluster.uids:
            yield _changed(state, home, _created(cluster, key), "creations", f"resource {key} is created anew")
        return
    if chances.edits and not resource.deleting:
        edited = with_resource(cluster, key, resource._replace(generation=resource.generation + 1))
        yield _changed(state, home, edited, "edits", f"a hand edits resource {key}")
    if chances.deletions and not resource.deleting:
        going = with_resource(cluster, key, resource._replace(deleting=True) if resource.finalizer else None)
        yield _changed(state, home, going, "deletions", f"a hand deletes resource {key}")
    if chances.strips and resource.finalizer:
        stripped = set_finalizer(cluster, key, present=False)
        yield _changed(state, home, stripped, "strips", f"a hand strips the finalizer of resource {key}")


def _hands_on_ledger(run: Run, state: State, home: int) -> Iterator[Move]:
    """Remove an order by force; or be sure that nothing was bought, and say so in the ledger."""
    cluster = state.clusters[home]
    for place, order in enumerate(cluster.orders):
        if state.chances.removals:
            left = cluster._replace(orders=(*cluster.orders[:place], *cluster.orders[place + 1 :]))
            removed = _changed(state, home, left, "removals", f"a hand removes order {order.number} by force")
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
        yield _changed(state, 1, restored, "restores", "the resource is restored in the second cluster")
    if state.chances.clones:
        yield _changed(state, 1, first, "clones", "the second cluster becomes a copy of the first")


def _strangers(run: Run, state: State) -> Iterator[Move]:
    stranger = next((place for place, each in enumerate(state.instances) if each.token == NOBODY), None)
    if stranger is not None:
        left = (*state.instances[:stranger], *state.instances[stranger + 1 :])
        # Whatever was announced while it stood in the way may be sent now.
        released = state._replace(instances=left, outdated=frozenset())
        yield Move("a hand releases its workspace", released)
    elif state.chances.strangers and not (run.unique and state.instances):
        bought = state._replace(instances=(*state.instances, Instance(NOBODY, NOBODY, NOBODY, NOBODY)))
        yield Move("a hand buys a workspace of this name", spend(bought, "strangers"))
