"""A simulated world at one moment, to come back to."""

from dataclasses import dataclass
from datetime import datetime

from flink_workspace_operator.core.facts.identity import Key
from tests.simulation.account import Books
from tests.simulation.gate import Point
from tests.simulation.server import Stored
from tests.simulation.task import Progress
from tests.simulation.world import SimulatedWorld


@dataclass(frozen=True)
class Snapshot:
    """Everything that changes. A pass under way is kept as the answers that it was given."""

    now: datetime
    stored: Stored
    books: tuple[Books, ...]
    """Of each account."""
    tasks: dict[tuple[str, Key], tuple[Progress, tuple[object, ...], Point | None]]


def taken(world: SimulatedWorld) -> Snapshot:
    """The world as it is. Passes under way must stand before a call, not after one."""
    tasks = {
        name: (task.progress, tuple(task.gate.answers), task.point)
        for name, task in world.tasks.items()
    }
    books = tuple(account.books.copy() for account in world.accounts)
    return Snapshot(world.clock.now, world.server.stored.copy(), books, tasks)


def return_to(world: SimulatedWorld, snapshot: Snapshot) -> None:
    """Make the world what it was."""
    world.clock.now = snapshot.now
    world.server.stored = snapshot.stored.copy()
    for account, books in zip(world.accounts, snapshot.books, strict=True):
        account.books = books.copy()
    for name in world.tasks.keys() - snapshot.tasks.keys():
        world.tasks.pop(name).crash()
    for name, (progress, answers, point) in snapshot.tasks.items():
        task = world.tasks[name]
        if task.progress is not progress or len(task.gate.answers) != len(answers):
            task.return_to(progress, answers, point)


def mark(world: SimulatedWorld) -> tuple[object, ...]:
    """Equal marks mean that the world goes on in the same way, as long as the same tasks are
    chosen."""
    faults = (
        world.server.stored.faults.seen,
        *(account.books.faults.seen for account in world.accounts),
    )
    tasks = tuple((name, task.mark) for name, task in world.tasks.items())
    return (world.clock.now, world.around.version, faults, tasks)
