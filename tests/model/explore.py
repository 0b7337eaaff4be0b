"""Breadth-first search through all states of a run; the first violation found is one of the
shortest."""

import gc
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.model.invariants import come_to_rest, is_idle, wrong_at_rest, wrong_in
from tests.model.process import at_work, freezes, moves_of
from tests.model.rules import Run
from tests.model.state import Chances, Cluster, Move, Process, Resource, State
from tests.model.world import moves_of_world

WHO = re.compile("^p[0-9] ")
"""Which process; a run asks for what happens, not who does it."""


class Outcome(NamedTuple):
    """What a search found."""

    run: Run
    states: int
    depth: int
    seconds: float
    exhausted: bool
    violation: str
    schedule: tuple[str, ...]
    happened: frozenset[str]

    @property
    def result(self) -> str:
        """In a few words."""
        if self.violation:
            return f"violated: {self.violation}"
        return "exhausted, none" if self.exhausted else "none up to the limit"


def first_state(run: Run) -> State:
    """The resource was just applied; a second cluster does not exist yet."""
    resources = tuple(None if key in run.gone else Resource(key + 1) for key in range(run.keys))
    first = Cluster(resources, uids=run.keys)
    others = tuple(Cluster((None,) * run.keys, uids=0) for _ in run.cluster_ids[1:])
    shorts = run.short or (0,) * len(run.processes)
    processes = tuple(
        Process(home, key, short=short)
        for (home, key), short in zip(run.processes, shorts, strict=True)
    )
    return State((first, *others), processes, chances=run.chances)


def moves(run: Run, state: State) -> Iterator[Move]:
    """All that may happen next."""
    for index in at_work(state):
        yield from moves_of(run, state, index)
    if state.chances.freezes:
        yield from freezes(state)
    yield from moves_of_world(run, state)


def canonical(state: State) -> State:
    """Replicas at one key are alike: of states that differ only in which is which, one is kept."""
    processes = state.processes
    if len(processes) == 1:
        return state
    alike = tuple(sorted(processes, key=lambda process: (process.home, process.key, hash(process))))
    return state if alike == processes else state._replace(processes=alike)


class Search:
    """One breadth-first search."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.came_from: dict[State, State | None] = {}
        self.happened: set[str] = set()
        self.ends: dict[State, State | None] = {}
        self.rested: dict[State, str | None] = {}

    def explore(self) -> Outcome:
        """Search until a violation, the end of all states, or the limit."""
        begun, depth = time.perf_counter(), 0
        start = first_state(self.run)
        self.came_from[start] = None
        layer, wrong, last = [start], None, None
        while layer and wrong is None and len(self.came_from) < self.run.limit:
            layer, wrong, last = self._next_layer(layer)
            depth += 1
        return Outcome(
            run=self.run,
            states=len(self.came_from),
            depth=depth,
            seconds=time.perf_counter() - begun,
            exhausted=not layer,
            violation=wrong or "",
            schedule=self._schedule(last) if last is not None else (),
            happened=frozenset(self.happened),
        )

    def _next_layer(
        self, layer: list[State]
    ) -> tuple[list[State], str | None, tuple[State, Move] | None]:
        run, came_from = self.run, self.came_from
        found: list[State] = []
        for state in layer:
            for move in moves(run, state):
                after = canonical(move.state)
                if after in came_from:
                    if move.wrong is None:
                        continue
                else:
                    came_from[after] = state
                    found.append(after)
                    self._note(state, move)
                wrong = move.wrong or wrong_in(after) or self._wrong_at_rest(after)
                if wrong is not None:
                    return found, wrong, (state, move)
        return found, None, None

    def _wrong_at_rest(self, state: State) -> str | None:
        if not is_idle(state):
            return None
        calm = state._replace(chances=Chances(orders=state.chances.orders))
        if calm not in self.rested:
            rest = come_to_rest(self.run, calm, self.ends)
            self.rested[calm] = (
                "never comes to rest" if rest is None else wrong_at_rest(self.run, rest)
            )
        return self.rested[calm]

    def _note(self, before: State, move: Move) -> None:
        """Remember what really happened: a run in which nothing does would prove nothing."""
        state = move.state
        self.happened.add(WHO.sub("", move.what))
        if state.bought <= before.bought:
            return
        self.happened.add("bought")
        token = state.instances[-1].token
        for order in (
            order for cluster in state.clusters for order in cluster.orders if order.state
        ):
            self.happened.add(
                f"bought {'while' if order.token == token else 'after'} {order.state}"
            )

    def _schedule(self, last: tuple[State, Move]) -> tuple[str, ...]:
        """What happened up to the violation, one line a transition."""
        path: list[State] = [last[0]]
        while (before := self.came_from[path[-1]]) is not None:
            path.append(before)
        state, said = first_state(self.run), []
        for wanted in path[-2::-1]:
            move = next(move for move in moves(self.run, state) if canonical(move.state) == wanted)
            said.append(move.what)
            state = move.state
        end = canonical(last[1].state)
        said.append(
            next(move.what for move in moves(self.run, state) if canonical(move.state) == end)
        )
        return tuple(said)


def explore(run: Run) -> Outcome:
    """Search a run."""
    with _no_collection():
        return Search(run).explore()


@contextmanager
def _no_collection() -> Iterator[None]:
    """States hold no cycles; looking for some in millions of tuples takes longer than the search
    itself."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
