"""Everything that is not the operator: the cloud and time. What people do is in
`manual_edits.py`."""

from collections.abc import Iterator

from tests.model.manual_edits import manual_moves
from tests.model.rules import Run
from tests.model.state import NOBODY, Call, Cluster, Instance, Move, Order, Process, State
from tests.model.wire import is_due, moves_of_calls
from tests.model.writing import spend

AFTER_LOOK = ("claim", "holder", "holder's orders", "own claim", "own orders", "own resource")
"""Where a process may be between its look and its plan."""


def moves_of_world(run: Run, state: State) -> Iterator[Move]:
    """What may happen next without the operator."""
    yield from moves_of_cloud(run, state)
    if may_tick(run, state):
        yield Move("time passes", tick(run, state))
    yield from manual_moves(run, state)


def moves_of_cloud(run: Run, state: State) -> Iterator[Move]:
    """What is under way in the cloud. With no mishaps left, there is one move for each thing that
    is."""
    yield from moves_of_calls(run, state)
    for place, instance in enumerate(state.instances):
        yield from _show(state, place, instance)


def _show(state: State, place: int, instance: Instance) -> Iterator[Move]:
    """An instance becomes visible, sometimes without its tags; a hand may strip them."""

    def now(**changes: object) -> State:
        changed = instance._replace(**changes)  # type: ignore[arg-type]  # fields of an Instance
        return state._replace(
            instances=(*state.instances[:place], changed, *state.instances[place + 1 :])
        )

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
    """The cloud keeps its longest times: what is due comes before time passes."""
    if any(is_due(run, call) for call in state.calls):
        return False
    due = run.visibility
    return not any(
        (not each.shown or each.tags == "late") and each.age >= due for each in state.instances
    )


def tick(run: Run, state: State) -> State:
    """One tick later."""
    return state._replace(
        clusters=tuple(_later_cluster(run, cluster) for cluster in state.clusters),
        processes=tuple(_later_process(run, process) for process in state.processes),
        calls=tuple(_later_call(run, call) for call in state.calls),
        instances=tuple(
            each._replace(age=min(each.age + 1, run.visibility + 1)) for each in state.instances
        ),
        nonces=tuple((nonce, age + 1) for nonce, age in state.nonces if age < run.memory),
        backup=None if state.backup is None else _later_cluster(run, state.backup),
    )


def _later_cluster(run: Run, cluster: Cluster) -> Cluster:
    orders = cluster.orders
    return (
        cluster._replace(orders=tuple(_older(run, order) for order in orders))
        if orders
        else cluster
    )


def _later_process(run: Run, process: Process) -> Process:
    if process.at == "look":
        return process._replace(orders=tuple(_older(run, order) for order in process.orders))
    if process.at in AFTER_LOOK or process.answer == "refused for now":
        return process._replace(since=min(process.since + 1, run.over))
    if process.at == "act" and process.steps[0].kind in ("intend", "send"):
        step = process.steps[0]
        step = step._replace(age=min(step.age + 1, run.over))
        return process._replace(steps=(step, *process.steps[1:]))
    return process


def _later_call(run: Run, call: Call) -> Call:
    last = {"wire": run.validity + 1, "accepted": run.commit or 0, "refused for now": run.over}.get(
        call.stage
    )
    return call if last is None else call._replace(age=min(call.age + 1, last))


def _older(run: Run, order: Order) -> Order:
    if order.state == "":
        return order._replace(age=1)
    if order.state in run.aging and order.age < run.over:
        return order._replace(age=order.age + 1)
    return order
