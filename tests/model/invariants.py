"""What must hold: in every state, and wherever everything has come to rest."""

from collections.abc import Iterator

from tests.model.process import moves_of
from tests.model.rules import Run
from tests.model.state import NOBODY, SENT, Chances, Order, State
from tests.model.world import may_tick, moves_of_cloud, tick

ROUNDS = 80
"""Rounds after which a world without mishaps must have come to rest."""


def wrong_in(state: State) -> str | None:
    """What is wrong in any state, whatever may still happen."""
    if state.bought > 1:
        return "bought twice"
    for home, cluster in enumerate(state.clusters):
        for order in cluster.orders:
            if order.state == "Placed" and not _bought_by(state, home, order):
                return f"order {order.number} says Placed and bought nothing"
    return None


def _bought_by(state: State, home: int, order: Order) -> bool:
    return any(each.id == order.instance and each.token == order.token for each in state.instances)


def is_idle(state: State) -> bool:
    """Whether no process is in the middle of a pass."""
    return all(process.at == "idle" for process in state.processes)


def come_to_rest(run: Run, state: State) -> State | None:
    """Where this ends if nothing goes wrong any more; None: it goes on for ever."""
    state = state._replace(chances=Chances(orders=state.chances.orders))
    for _ in range(ROUNDS):
        before, state = state, _one_round(run, state)
        if state == before:
            if not may_tick(run, state) or (later := tick(run, state)) == state:
                return state
            state = later
    return None


def _one_round(run: Run, state: State) -> State:
    state = _through_the_cloud(run, state)
    for index in range(len(state.processes)):
        state = _one_pass(run, state, index)
    return _through_the_cloud(run, state)


def _through_the_cloud(run: Run, state: State) -> State:
    """Everything that is on its way in the cloud arrives."""
    while (move := next(moves_of_cloud(run, state), None)) is not None:
        state = move.state
    return state


def _one_pass(run: Run, state: State, index: int) -> State:
    """One process alone, until it is idle again."""
    while True:
        move = next(iter(moves_of(run, state, index)), None)
        if move is None:
            state = _through_the_cloud(run, state)
            continue
        state = move.state
        if state.processes[index].at == "idle":
            return state


def wrong_at_rest(run: Run, state: State) -> str | None:
    """What is wrong where nothing happens any more."""
    return next(_complaints(run, state), None)


def _complaints(run: Run, state: State) -> Iterator[str]:
    strangers = any(each.token == NOBODY for each in state.instances)
    for instance in state.instances:
        if instance.token == NOBODY:
            continue
        for order in state.clusters[instance.home].orders:
            if order.token == instance.token and order.instance != instance.id:
                yield f"order {order.number} bought an instance and says {order.state or 'nothing'}"
    for home, cluster in enumerate(state.clusters):
        if any(order.state in SENT for order in cluster.orders) and not strangers:
            yield "an order stays open although nothing more can come"
        for key, resource in enumerate(cluster.resources):
            if resource is None:
                continue
            if resource.deleting:
                yield "a resource that is deleted never goes"
            elif not state.bought and not strangers and state.chances.orders:
                yield f"nothing is ever bought for resource {key} of cluster {home}"
