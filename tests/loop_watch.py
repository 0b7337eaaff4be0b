"""How long a turn of the event loop keeps everything else waiting."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class Turns:
    """The turns of a loop, in seconds of its thread's own time: a busy machine makes none of them longer."""

    longest: float = 0.0


@asynccontextmanager
async def watching_turns() -> AsyncIterator[Turns]:
    """Watch the running loop inside. It does not rest meanwhile: each turn has a callback that begins the next one."""
    loop, turns = asyncio.get_running_loop(), Turns()
    ended = False

    def turn(before: float) -> None:
        now = time.thread_time()
        turns.longest = max(turns.longest, now - before)
        if not ended:
            loop.call_soon(turn, now)

    loop.call_soon(turn, time.thread_time())
    try:
        yield turns
    finally:
        ended = True
