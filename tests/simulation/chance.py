"""Random schedules, each of which a seed brings back.

Every pass has a rank; the highest goes on, and from time to time the one at work drops to the
lowest. Then it stands still, before a call or after it, until the others have nothing to do any
more or drop below it in their turn. After so many steps every pass that is under way is let end:
whoever is never let go on gets nowhere, and that is no fault."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.invariants import Broken
from tests.simulation.scheduler import Act
from tests.simulation.task import Task
from tests.simulation.world import SimulatedWorld

LENGTH = 400
"""Steps in which something happens by chance; most runs are shorter."""
STRAIGHT = 250
"""About as many as a straight purchase takes."""
LONGEST = 20_000
A_WHILE = 200
"""Steps that take a second, once nothing happens by chance any more."""
MOST_DROPS = 6


@dataclass
class RandomRun:
    """One run. `acts` happen in their order, each at a random step from which on it is possible."""

    world: SimulatedWorld
    acts: tuple[Act, ...]
    seed: int
    crashes: int = 0
    """How many crashes there are at most."""
    ranks: dict[int, float] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def run(self, check: Callable[[SimulatedWorld], None]) -> None:
        """Go to the end. Raises `Broken`, with the seed, where it is a bad one."""
        try:
            self._run(random.Random(self.seed))  # noqa: S311 - chance, not a secret
            self.world.check_rest()
            check(self.world)
        except Exception as broken:
            way = "\n  ".join(self.told)
            said = f"{type(broken).__name__}: {broken}\nSCHEDULE_SEED={self.seed}\n  {way}\n{self.world.told()}"
            raise Broken(said) from broken

    def _run(self, chance: random.Random) -> None:
        drops = set(chance.sample(range(LENGTH), chance.randint(1, MOST_DROPS)))
        crashes = set(chance.sample(range(LENGTH), self.crashes))
        acts = sorted(chance.sample(range(STRAIGHT), len(self.acts)))
        for step in range(LONGEST):
            acted = bool(acts) and acts[0] <= step and self._act(len(acts))
            if acted:
                acts.pop(0)
            task = self._next(chance, fair=step >= LENGTH)
            if task is None and (not acts or (acts[0] <= step and not acted)):
                return  # what a person may still want to do is not possible any more
            if task is None:
                acts[0] = min(acts[0], step)
            elif step in crashes:
                self._tell(step, "crash", task)
                task.crash()
            elif step in drops:
                self._tell(step, "drop", task)
                self.ranks[id(task)] = -step
            else:
                self._step(task)
            if step > LENGTH and step % A_WHILE == 0:
                self.world.clock.advance(1)  # two that wake each other take time, too
        raise AssertionError("the run does not come to an end")

    def _act(self, left: int) -> bool:
        act = self.acts[-left]
        if not act.possible(self.world):
            return False
        self.told.append(act.name)
        act.do(self.world)
        return True

    def _next(self, chance: random.Random, fair: bool) -> Task | None:
        able = [task for task in self.world.tasks.values() if task.running]
        if fair and able:
            return able[0]
        first = None if self.world.at_rest else self.world.next_task()
        if first is not None:
            able.append(first)
        for task in able:
            self.ranks.setdefault(id(task), chance.random())
        return max(able, key=lambda task: self.ranks[id(task)], default=None)

    def _step(self, task: Task) -> None:
        if task.running:
            task.step()
        else:
            self.world.begin(task)
        self.world.check()

    def _tell(self, step: int, what: str, task: Task) -> None:
        self.told.append(f"{step}: {what} {task.name} {task.key} at {task.point}")
