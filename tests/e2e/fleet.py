"""Several processes under election, kept as a Deployment keeps them: one that ended is started
anew."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flink_local.cluster import Cluster
from tests.e2e.processes import Operator, end, start_operator
from tests.emulator_fixture import EmulatedAccount
from tests.patience import patience, until

SHORT_LEASE_SECONDS = math.ceil(patience(5))
"""A leader that is not let work for so long ends by itself, on a busy machine as anywhere."""


@dataclass
class Fleet:
    """The processes. `restarts` counts those that were started anew, for whatever reason they had
    ended."""

    operators: list[Operator]
    restarts: int = 0
    stopped: list[Operator] = field(default_factory=list)
    """Those that are stopped by SIGSTOP, and so answer nothing."""

    def leader(self) -> Operator | None:
        """Who says that it leads."""
        return next(
            (each for each in self.operators if each not in self.stopped and each.leads()), None
        )

    def revive(self) -> None:
        """Start anew what has ended."""
        for each in self.operators:
            if not each.process.is_alive():
                each.start()
                self.restarts += 1

    def until(self, fact: Callable[[], bool], seconds: float) -> None:
        """Look until it is so, while what ends is started anew; fails with the ends of the logs."""

        def look() -> bool:
            self.revive()
            return fact()

        until(look, seconds, lambda: "it did not happen; they said:\n" + "\n\n".join(self.said()))

    def said(self) -> list[str]:
        """The end of each log."""
        return [each.log.read_text()[-2500:] for each in self.operators]


@contextmanager
def running_fleet(
    cluster: Cluster, account: EmulatedAccount, directory: Path, number: int, **settings: object
) -> Iterator[Fleet]:
    """So many processes, one of them leading; ended with the block."""
    operators = [
        start_operator(cluster, account, directory / f"operator-{n}", settings)
        for n in range(number)
    ]
    fleet = Fleet(operators)
    try:
        fleet.until(lambda: fleet.leader() is not None, 60)
        yield fleet
    finally:
        for each in operators:
            end(each)


def pause(seconds: float) -> None:
    """Let time pass that belongs to the scenario."""
    threading.Event().wait(seconds)
