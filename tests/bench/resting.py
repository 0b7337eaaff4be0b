"""Workspaces that are in order: a cold start, a round of looks, one new workspace meanwhile."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.bench.floors import Floor, peer
from tests.bench.planting import Template
from tests.bench.stage import Stage, Standstill, until
from tests.bench.usage import Usage
from tests.bench.wanted import apply

PATIENCE_SECONDS = 900
NEW = 5
"""Workspaces that are applied one after the other during a round."""


@dataclass(frozen=True)
class Rest:
    """What so many cost."""

    number: int
    look_seconds: float
    cold: float
    """Seconds from the start of the process until each was looked at."""
    start: Usage
    start_still: Standstill
    """The longest turn of the loop up to then."""
    round: Usage
    """In the time in which each is looked at once."""
    round_still: Standstill
    new: tuple[float, ...]
    """Seconds from applying a new one to its purchase, during rounds."""
    peer: Floor
    """One that asks for each by itself."""
    load: str


async def started(stage: Stage, number: int, look_seconds: float) -> float:
    """Start the operator among so many. Seconds until each has had a look, and nobody waits for
    one."""
    await stage.start_operator(resync_seconds=look_seconds)
    while True:
        await until(lambda: stage.told("healthz")["depth"] == 0, PATIENCE_SECONDS)
        used = await stage.usage()
        if used.passes + used.confirmed >= number:
            return time.monotonic() - stage.started_at
        await stage.pause(0.5)


async def rest(stage: Stage, template: Template, number: int, look_seconds: float) -> Rest:
    """Start the operator among so many, watch it look after them, and end it; then the peer has its
    turn."""
    ended = await stage.usage()
    cold = await started(stage, number, look_seconds)
    start = (await stage.usage()).since(ended)
    start_still = stage.standstill(stage.started_at)
    await stage.pause(look_seconds / 2)
    before = await stage.usage()
    await stage.pause(look_seconds)
    used = (await stage.usage()).since(before)
    still = stage.standstill(before.moment)
    new, busy = await _new_ones(stage), f"{os.getloadavg()[0]:.1f}"
    stage.end_operator()
    ask_for_each = await peer(stage, template, number)
    return Rest(
        number, look_seconds, cold, start, start_still, used, still, new, ask_for_each, busy
    )


async def _new_ones(stage: Stage) -> tuple[float, ...]:
    waits = []
    for number in range(NEW):
        began, prefix = datetime.now(UTC), f"new-{time.monotonic_ns()}-{number}"
        await apply(stage, prefix, 1)
        found: list[datetime] = []

        def bought(prefix: str = prefix, found: list[datetime] = found) -> bool:
            purchases = stage.ask("GET", "purchases")
            found += [
                datetime.fromisoformat(each["time"])
                for each in purchases
                if each["name"].startswith(prefix)
            ]
            return bool(found)

        await until(bought, PATIENCE_SECONDS, pause=1)
        waits.append((found[0] - began).total_seconds())
    return tuple(sorted(waits))
