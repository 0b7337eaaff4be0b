"""So many new workspaces at once: how long until all are bought and Ready, and what it costs."""

import json
import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.bench.stage import Stage, Standstill
from tests.bench.usage import Usage
from tests.bench.wanted import apply, condition, ready, stored

PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Wave:
    """What came of a wave."""

    number: int
    first: float
    """Seconds from the beginning until the first was bought."""
    bought: float
    """The same for all of them."""
    ready: float
    twice: int
    """Names that were bought more than once."""
    taken_back: int
    """Announcements that were taken back."""
    used: Usage
    """Until all were Ready."""
    still: Standstill
    load: str
    followed: tuple[float, ...]
    """Seconds from RUNNING in the cloud until Ready, by whole seconds as Ready has them; in
    order."""


async def buy(stage: Stage, wave: str, number: int) -> Wave:
    """Apply so many, and wait until all are Ready."""
    before, moment, began = await stage.usage(), time.monotonic(), datetime.now(UTC)
    log = stage.processes.log("operator")
    logged = log.stat().st_size
    await apply(stage, wave, number)
    while (
        count := await ready(stage, wave)
    ) < number and time.monotonic() - moment < PATIENCE_SECONDS:
        # so that looking costs little beside what is looked at
        await stage.pause(max(2, number / 100))
    took = time.monotonic() - moment
    stage.processes.check()
    bought = [each for each in stage.ask("GET", "purchases") if each["name"].startswith(wave)]
    names = Counter(each["name"] for each in bought)
    waits = sorted((_moment(each["time"]) - began).total_seconds() for each in bought)
    return Wave(
        number=number,
        first=waits[0] if waits else float("nan"),
        bought=waits[-1] if len(names) == number else float("nan"),
        ready=took if count == number else float("nan"),
        twice=sum(each > 1 for each in names.values()),
        taken_back=_taken_back(log.read_bytes()[logged:].decode(), wave),
        used=(await stage.usage()).since(before),
        still=stage.standstill(moment),
        load=f"{os.getloadavg()[0]:.1f}",
        followed=await _followed(
            stage, wave, {each["name"]: _moment(each["time"]) for each in bought}
        ),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def _followed(stage: Stage, wave: str, bought: Mapping[str, datetime]) -> tuple[float, ...]:
    provisioning = timedelta(seconds=stage.ask("GET", "settings")["provisioningSeconds"])
    ready_since = {
        each["metadata"]["name"]: _moment(told["lastTransitionTime"])
        for each in await stored(stage, wave)
        if (told := condition(each, "Ready")).get("status") == "True"
    }
    return tuple(
        sorted(
            (ready_since[name] - bought[name] - provisioning).total_seconds()
            for name in ready_since
        )
    )


def _taken_back(log: str, wave: str) -> int:
    """Orders that were Quoted a second time, by the audit's lines."""
    lines = [
        json.loads(line[line.index("{") :]) for line in log.splitlines() if '{"order":' in line
    ]
    quoted = Counter(
        each["order"] for each in lines if each["state"] == "Quoted" and f"/{wave}" in each["order"]
    )
    return sum(each - 1 for each in quoted.values())
