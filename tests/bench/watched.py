"""The operator as it is, and how long its event loop stands still: `watched.py FILE run`.

Each second a line of the file: the moment, the longest time that the loop's thread worked between
two beats, and the longest collection of garbage.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, TextIO

from flink_workspace_operator import cli, handlers
from flink_workspace_operator.runtime.operator import Operator
from flink_workspace_operator.settings import Settings

BEAT_SECONDS: Final = 0.005
"""A turn counts as at most this much longer than it is."""
LINE_SECONDS: Final = 1.0


class Beats:
    """Beats on the running loop, by timers: kopf would wait for a task."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._loop = asyncio.get_running_loop()
        self._worked = time.thread_time()
        self._longest = 0.0
        self._collections = Collections()
        self._next_line = time.monotonic() + LINE_SECONDS

    def beat(self) -> None:
        """One beat; the next one follows."""
        worked, now = time.thread_time(), time.monotonic()
        self._longest, self._worked = max(self._longest, worked - self._worked), worked
        if now >= self._next_line:
            self._file.write(f"{now} {self._longest} {self._collections.take()}\n")
            self._longest, self._next_line = 0.0, now + LINE_SECONDS
        self._loop.call_later(BEAT_SECONDS, self.beat)


class Collections:
    """How long the garbage collector works at a stretch."""

    def __init__(self) -> None:
        self._began = self._longest = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _: object) -> None:
        now = time.thread_time()
        if phase == "stop":
            self._longest = max(self._longest, now - self._began)
        self._began = now

    def take(self) -> float:
        """The longest since the last time."""
        longest, self._longest = self._longest, 0.0
        return longest


def watch(file: TextIO) -> None:
    """Let the operator beat while it serves."""
    serve = handlers.serve

    async def watched(
        settings: Settings, connect: Callable[[Settings], AbstractAsyncContextManager[Operator]]
    ) -> int:
        Beats(file).beat()
        return await serve(settings, connect)

    handlers.serve = watched


if __name__ == "__main__":
    with Path(sys.argv[1]).open("w", buffering=1) as lines:
        watch(lines)
        sys.exit(cli.main(sys.argv[2:]))
