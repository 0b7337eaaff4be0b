"""Waiting for facts, for as long as this machine needs: no test passes or fails by the time that it
takes.

    until(lambda: operator.reason("w") == "Running")
    until(fact, 20, lambda: f"it did not happen; the log says: {log}")
    async with asyncio.timeout(patience(20)): ...

Patience is told in seconds of an idle machine like the one that the tests were written on. It is
stretched by as much as a loop took longer than there when the run began, because the machine is
slower or has other work to do. And a look counts for no longer than it takes on a machine that lets
us look: whoever has to wait for a core waits on."""

import os
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

import pytest

SECONDS: Final = 60.0
"""Many times what anything takes that is waited for."""
LOOK_SECONDS: Final = 0.1
LONGEST_LOOK_SECONDS: Final = 1.0
STRETCH: Final = "FLINK_TEST_STRETCH"
"""The environment variable by which all processes of a run know what was measured."""
LONGEST_STRETCH: Final = 10.0

_LOOPS: Final = 50
_TAKE: Final = 0.36
"""Seconds that they take on an idle core of that machine. In less time, a fresh process gets its
core at once even where many want it."""

Answer = TypeVar("Answer")


def patience(seconds: float = SECONDS) -> float:
    """So many seconds of an idle machine, in seconds of this one."""
    return seconds * stretch()


def stretch() -> float:
    """How many times as long as on an idle machine things may take here; measured once for a
    run."""
    if STRETCH not in os.environ:
        os.environ[STRETCH] = f"{min(max(1.0, _seconds_taken() / _TAKE), LONGEST_STRETCH):.2f}"
    return float(os.environ[STRETCH])


def _seconds_taken() -> float:
    began = time.perf_counter()
    for _ in range(_LOOPS):
        sum(range(400_000))
    return time.perf_counter() - began


def until(
    look: Callable[[], Answer],
    seconds: float = SECONDS,
    otherwise: Callable[[], str] = lambda: "it did not happen",
) -> Answer:
    """Look until the answer is true, and give it; fails with what `otherwise` says when patience is
    at its end."""
    left = patience(seconds)
    while True:
        began = time.monotonic()
        if answer := look():
            return answer
        if left < 0:
            pytest.fail(otherwise())
        threading.Event().wait(LOOK_SECONDS)
        left -= min(time.monotonic() - began, LONGEST_LOOK_SECONDS)
