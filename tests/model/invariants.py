"""What must hold: in every state, and wherever everything has come to rest."""

from collections.abc import Iterator

from tests.model.process import moves_of
from tests.model.rules import Run
from tests.model.state import NOBODY, SENT, Chances, Cluster, Order, State
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
    """No process is in the middle of a pass."""
    return all(process.at == "idle" for process in state.processes)


def come_to_rest(run: Run, state: State, ends: dict[State, State | None]) -> State | None:
    """Where this ends if nothing goes wrong any more; None: it never ends.

    `ends` is what earlier ones came to, at each state on their way: most ways meet."""
    state = state._replace(chances=Chances(orders=state.chances.orders))
    way: list[State] = []
    while state not in ends and len(way) < ROUNDS:
        way.append(state)
        after = _after_a_round(run, state)
        if after == state:
            ends[state] = state
        state = after
    end = ends.get(state)
    ends.update((each, end) for each in way)
    return end


def _after_a_round(run: Run, state: State) -> State:
    """One round of all processes; where they change nothing, time passes, if anything comes of
    it."""
    before = state
    for index in range(len(state.processes)):
        state = _until_idle(run, state, index)
    return tick(run, state) if state == before and may_tick(run, state) else state


def _until_idle(run: Run, state: State, index: int) -> State:
    """Passes of one process, until they change nothing: replicas take turns, they do not hinder
    each other for ever."""
    for _ in range(ROUNDS):
        before, state = state, _one_pass(run, _through_the_cloud(run, state), index)
        if state == before:
            break
    return state


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
    return wrong_in(state) or next(_complaints(run, state), None)


def _complaints(run: Run, state: State) -> Iterator[str]:
    for instance in state.instances:
        for order in (order for cluster in state.clusters for order in cluster.orders):
            if instance.token == order.token and instance.id != order.instance:
                yield f"order {order.number} bought an instance and says {order.state or 'nothing'}"
    stranger = any(each.token == NOBODY for each in state.instances)
    for cluster in state.clusters:
        came_to_nothing = sum(order.state == "NotPlaced" for order in cluster.orders)
        if run.wastes_nothing and came_to_nothing > run.chances.lost + run.chances.failures:
            yield "an order came to nothing, and neither a request nor an answer of it was lost"
        if any(order.state in SENT for order in cluster.orders) and not stranger:
            yield "an order stays open although nothing more can come"
        if any(resource is not None and resource.deleting for resource in cluster.resources):
            yield "a resource that is deleted never goes"
        wanted = any(
            resource is not None and not resource.suspended for resource in cluster.resources
        )
        waits = run.approval and not any(_is_approved(cluster, order) for order in cluster.orders)
        if wanted and not state.bought and not stranger and state.chances.orders > 0 and not waits:
            yield "nothing is ever bought"


def _is_approved(cluster: Cluster, order: Order) -> bool:
    """It waits for a decision that there is."""
    words = {each.word for each in cluster.decisions if each[:2] == (order.token, order.asked)}
    return order.state == "AwaitingApproval" and words == {"Approved"}
