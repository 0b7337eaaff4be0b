"""What `kubectl flink` costs whoever types it."""

import asyncio
import resource
import statistics
import time
from dataclasses import dataclass
from typing import Final

from tests.bench.stage import Stage
from tests.kubectl_flink.typed import Typist

TIMES: Final = 5
"""How often each is typed: the first time, its files are still on the disk alone."""


@dataclass(frozen=True)
class Typed:
    """One command: the median of so many times."""

    seconds: float
    cpu: float
    """Of the command and of the kubectl that it runs."""


@dataclass(frozen=True)
class Commands:
    """With so many workspaces."""

    number: int
    start: Typed
    """It only says its version."""
    status: Typed
    """The table of all."""


async def commands(stage: Stage, number: int) -> Commands:
    """Type both. Nothing else that this process starts may end meanwhile."""
    typist = Typist(stage.cluster)
    return Commands(
        number,
        await asyncio.to_thread(_typed, typist, "--version"),
        await asyncio.to_thread(_typed, typist, "status", "--all-namespaces"),
    )


def _typed(typist: Typist, *arguments: str) -> Typed:
    each = [_typed_once(typist, *arguments) for _ in range(TIMES)]
    return Typed(
        statistics.median(typed.seconds for typed in each),
        statistics.median(typed.cpu for typed in each),
    )


def _typed_once(typist: Typist, *arguments: str) -> Typed:
    began, before = time.monotonic(), _cpu()
    said = typist.piped(*arguments)
    found = Typed(time.monotonic() - began, _cpu() - before)
    if said.code:
        raise RuntimeError(said.err)
    return found


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
