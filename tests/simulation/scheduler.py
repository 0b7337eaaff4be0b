"""All ways in which a world can go on, within a budget of things that go wrong. The passes in it
are the real ones.

A world stands before a choice whenever a pass stands before a call, and whenever a pass has ended.
It is taken back to that moment for each move; where the same state was reached before with the same
budget, its rest is known already. A `brief` exploration lets things go wrong at each call once in
each situation, and not each time that a pass looks."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from flink_workspace_operator.core.facts.failures import ClusterUnreachable, Unreachable
from flink_workspace_operator.core.facts.identity import Key
from tests.simulation.invariants import Broken
from tests.simulation.snapshot import mark, return_to, taken
from tests.simulation.task import Task
from tests.simulation.world import SimulatedWorld, Stuck

Name = tuple[str, Key]
"""Of a task: its process and key."""

QUESTIONS_ABOUT_NOTHING_NEW: Final = frozenset(
    f"cloud.{method}"
    for method in (
        "identify",
        "list_regions",
        "list_zones",
        "find_role",
        "describe_network",
        "describe_bucket",
    )
) | {"cluster.post_event"}
"""Calls whose answers nobody changes here, and whose effects nobody reads: that others come before
or after them makes no difference, so a pass that stands before one of them stands as well before
the next call."""
GOES_ON: Final = "on with"
DEEPEST: Final = 50_000
"""Choices in one run, each a level of the search."""
LONGEST: Final = 400
"""Passes in one run after which it counts as stuck."""


@dataclass(frozen=True)
class Act:
    """What a person does once, at any moment at which it is possible; `at_once`: at the first one
    between passes."""

    name: str
    possible: Callable[[SimulatedWorld], bool]
    do: Callable[[SimulatedWorld], object]
    at_once: bool = False


@dataclass(frozen=True)
class Budget:
    """How much may go wrong from here on. A preemption: another goes on although this one could."""

    preemptions: int = 0
    crashes: int = 0
    losses: int = 0
    """Calls that never arrive, or whose answers are lost."""


@dataclass(frozen=True)
class Node:
    """What is not in the world itself: who is at work, what a person still does, and what may still
    go wrong."""

    current: Name | None
    acts: tuple[Act, ...]
    budget: Budget
    passes: int = 0


Move = Callable[[], Node]


@dataclass
class Exploration:
    """Every run of a world to its end. `check` is asked at each end; it raises."""

    world: SimulatedWorld
    check: Callable[[SimulatedWorld], None]
    idle_calls: frozenset[str] = QUESTIONS_ABOUT_NOTHING_NEW
    path: list[str] = field(default_factory=list)
    """What was chosen so far, where there was a choice."""
    known: dict[int, int] = field(default_factory=dict)
    """How many runs begin in a state, by its mark."""
    runs: int = 0
    """How many there are."""
    long_wait: timedelta = timedelta(seconds=15)
    ends: int = 0
    """In how many states they end."""
    calls: int = 0
    """How many calls were made in the search."""
    brief: bool = False
    """Things go wrong at a call the first time that it is made in a situation: orders and purchases
    are as they were where it is made again."""
    tried: set[tuple[object, ...]] = field(default_factory=set)
    """Calls at which things went wrong, with their situations."""

    def explore(self, budget: Budget, acts: tuple[Act, ...] = ()) -> None:
        """Try all runs. All of them end well, or this raises `Broken` with the way to the end that
        is not."""
        sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST))
        try:
            self.runs = self._runs(Node(None, acts, budget))
        # whatever it is, the way to it matters more than the stack of this search
        except Exception as broken:
            way = "\n  ".join(turns(self.path))
            raise Broken(
                f"{type(broken).__name__}: {broken}\nafter\n  {way}\n{self.world.told()}"
            ) from None

    def _runs(self, node: Node) -> int:
        """Go on as long as there is no choice. States on the way are known afterwards, too."""
        passed: list[int] = []
        total: int | None = None
        while total is None:
            moves = list(self.moves(node))
            if not moves:
                total = self._end()
            elif len(moves) > 1 or node.current is None:
                state = hash((mark(self.world), node.current, len(node.acts), node.budget))
                total = self.known.get(state)
                passed.append(state)
            if total is None:
                if len(moves) > 1:
                    total = self._sum(node, moves)
                else:
                    node = moves[0][1]()
        self.known.update(dict.fromkeys(passed, total))
        return total

    def _sum(self, node: Node, moves: list[tuple[str, Move]]) -> int:
        here, total, depth = taken(self.world), 0, len(self.path)
        for number, (name, move) in enumerate(moves):
            if number:
                return_to(self.world, here)
            self.path.append(name)
            total += self._runs(move())
            del self.path[depth:]
        return total

    def _end(self) -> int:
        self.ends += 1
        self.world.check_rest()
        self.check(self.world)
        return 1

    def moves(self, node: Node) -> Iterator[tuple[str, Move]]:
        """What may come next, with a name."""
        if node.passes > LONGEST:
            raise Stuck("the run does not come to an end")
        current = self.world.tasks[node.current] if node.current else None
        if current is None:
            yield from self._between_passes(node)
            return
        point = current.point
        assert point is not None
        yield f"{GOES_ON} {current.name}", lambda: self._go_on(node, current)
        if self.brief and self._is_known(node, current):
            return
        yield from self._failing(node, current, point.call)
        if node.budget.preemptions and self._matters(current):
            less = replace(
                node, budget=replace(node.budget, preemptions=node.budget.preemptions - 1)
            )
            yield from self._others(less, current, f"before {point.call} of {current.name}: ")

    def _is_known(self, node: Node, current: Task) -> bool:
        """Things went wrong at this call before, in this situation; if not, they do now."""
        if node.budget == Budget():
            return True
        point, stored = current.point, self.world.server.stored
        assert point is not None
        orders = tuple((at, order.state) for at, order in stored.orders.items())
        booked = tuple(len(account.books.instances) for account in self.world.accounts)
        situation = (
            current.name,
            point.call,
            node.budget,
            len(node.acts),
            tuple(stored.workspaces),
            orders,
            booked,
        )
        known = situation in self.tried
        self.tried.add(situation)
        return known

    def _between_passes(self, node: Node) -> Iterator[tuple[str, Move]]:
        for task in self._worth_waking():
            yield (
                f"{task.name} wakes up",
                lambda task=task: replace(node, current=(task.name, task.key)),  # type: ignore[misc]  # bound now
            )
        yield from self._acts(node, "")
        if node.acts and node.acts[0].at_once and node.acts[0].possible(self.world):
            return
        if not self.world.at_rest:
            for task in self._due(None)[:1]:
                yield f"{GOES_ON} {task.name}", lambda task=task: self._begin(node, task)  # type: ignore[misc]  # bound now

    def _worth_waking(self) -> list[Task]:
        """The passes that stand still, where it makes a difference when they go on.

        While the others only look and wait, they go on at the beginning of that time, late in it,
        or at its end."""
        frozen = [task for task in self.world.tasks.values() if task.running]
        others = [
            task.progress
            for task in self.world.tasks.values()
            if not task.running and task.progress.due
        ]
        version, long = self.world.around.version, self.long_wait
        now, at_rest = self.world.clock.now, self.world.at_rest
        for one in others if frozen and not at_rest else ():
            since = one.quiet_since if one.quiet_at == version else None
            if since is None or one.due is None:
                continue
            if not (now - since < long <= one.due - since) and now > since:
                return []
        return frozen

    def _others(self, node: Node, current: Task, why: str) -> Iterator[tuple[str, Move]]:
        if not (node.acts and node.acts[0].at_once):
            yield from self._acts(node, why)
        for task in self.world.tasks.values():
            if task is not current and task.running:
                yield (
                    f"{why}{task.name} wakes up",
                    lambda task=task: replace(node, current=(task.name, task.key)),  # type: ignore[misc]  # bound now
                )
        for task in self._due(current):
            yield f"{why}{task.name} begins", lambda task=task: self._begin(node, task)  # type: ignore[misc]  # bound now

    def _acts(self, node: Node, why: str) -> Iterator[tuple[str, Move]]:
        if node.acts and node.acts[0].possible(self.world):
            yield f"{why}{node.acts[0].name}", lambda: self._act(node)

    def _failing(self, node: Node, task: Task, call: str) -> Iterator[tuple[str, Move]]:
        budget = node.budget
        failure = (
            ClusterUnreachable(call)
            if call.startswith("cluster.")
            else Unreachable(call, "ConnectionReset")
        )
        if budget.crashes:
            less = replace(node, budget=replace(budget, crashes=budget.crashes - 1))
            yield f"crash before {call}", lambda: self._failed(less, task, task.crash)
            yield f"crash after {call}", lambda: self._failed(less, task, task.step, task.crash)
        if budget.losses:
            less = replace(node, budget=replace(budget, losses=budget.losses - 1))
            yield (
                f"{call} never arrives",
                lambda: self._failed(less, task, lambda: task.fail(failure)),
            )
            yield (
                f"answer to {call} is lost",
                lambda: self._failed(less, task, task.step, lambda: task.fail(failure)),
            )

    def _due(self, current: Task | None) -> list[Task]:
        idle = [
            task for task in self.world.tasks.values() if task is not current and not task.running
        ]
        return sorted(
            (task for task in idle if task.progress.due is not None),
            key=lambda task: task.progress.due or 0,
        )

    def _begin(self, node: Node, task: Task) -> Node:
        self.world.begin(task)
        return self._after(replace(node, passes=node.passes + 1), task)

    def _go_on(self, node: Node, task: Task) -> Node:
        """Up to the next call before which there is a choice."""
        budget = node.budget
        while task.running:
            self.calls += 1
            task.step()
            task.step()
            if budget.crashes or budget.losses or (budget.preemptions and self._matters(task)):
                break
        return self._after(node, task)

    def _matters(self, task: Task) -> bool:
        return task.point is not None and task.point.call not in self.idle_calls

    def _failed(self, node: Node, task: Task, *steps: Callable[[], None]) -> Node:
        for step in steps:
            step()
        return self._after(node, task)

    def _act(self, node: Node) -> Node:
        node.acts[0].do(self.world)
        return replace(node, acts=node.acts[1:])

    def _after(self, node: Node, task: Task) -> Node:
        self.world.check()
        return replace(node, current=(task.name, task.key) if task.running else None)


def turns(path: list[str]) -> list[str]:
    """A path without the moves that take no turn, which are only counted."""
    told, steps = [], 0
    for move in path:
        if move.startswith(GOES_ON):
            steps += 1
        else:
            told.append(f"{steps} steps, then {move}")
            steps = 0
    return [*told, f"{steps} steps"]
