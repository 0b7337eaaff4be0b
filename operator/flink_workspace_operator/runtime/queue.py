"""A queue of keys: each waits at most once, and is never worked on twice at the same time.

    add ──► urgent  ─┐
    add ──► routine ─┴─► get ──► (a pass) ──► finish ──► again at once, later, or never

Deadlines are timers of the event loop, so nothing runs while nothing is due.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Protocol

from flink_workspace_operator.core.identity import Key

FAIR_SHARE = 4
"""Every so many turns the routine lane goes first, so that no flood of changes starves it."""


class Lane(Enum):
    """How soon a key gets its turn."""

    URGENT = auto()
    """Somebody changed something, or a pass goes on at once."""
    ROUTINE = auto()
    """The listing at start, and looks that were due anyway: after a restart thousands of these wait."""


class Timer(Protocol):
    """A deadline, as `asyncio.TimerHandle`."""

    def when(self) -> float:
        """When it rings."""
        ...

    def cancel(self) -> None:
        """Let it not ring."""
        ...


class Timers(Protocol):
    """The part of an event loop that keeps the time."""

    def time(self) -> float:
        """Seconds of a clock that never goes back."""
        ...

    def call_at(self, when: float, callback: Callable[..., object], *args: object) -> Timer:
        """Call back then."""
        ...


class WorkQueue:
    """Keys that wait for a pass. To be used from one event loop only."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._lanes: dict[Lane, OrderedDict[Key, float]] = {lane: OrderedDict() for lane in Lane}
        self._active: dict[Key, Lane | None] = {}
        """Keys under work, and the lane that they were added to meanwhile."""
        self._due: dict[Key, Timer] = {}
        self._turns = 0
        self._taken_at = timers.time()
        self._closed = False
        self._news = asyncio.Event()
        self._pauses: set[asyncio.Event] = set()

    def add(self, key: Key, lane: Lane = Lane.URGENT) -> None:
        """Let the key have a pass. One that is under way may not have seen what this is about, so another follows."""
        if self._closed:
            return
        self._cancel_timer(key)
        if key in self._active:
            if self._active[key] is not Lane.URGENT:
                self._active[key] = lane
        elif key in self._lanes[Lane.ROUTINE] and lane is Lane.URGENT:
            self._lanes[lane][key] = self._lanes[Lane.ROUTINE].pop(key)
        elif not self._waits(key):
            self._lanes[lane][key] = self._timers.time()
        self._news.set()

    def add_after(self, key: Key, seconds: float) -> None:
        """Let the key have a pass later; of several moments the earliest counts."""
        when = self._timers.time() + seconds
        known = self._due.get(key)
        if self._closed or self._waits(key) or (known is not None and known.when() <= when):
            return
        self._cancel_timer(key)
        self._due[key] = self._timers.call_at(when, self._ring, key)

    async def get(self) -> Key | None:
        """The next key, now under work until `finish`; None once the queue is closed and has nothing more to give."""
        while (key := self._take()) is None and not self._closed:
            self._news.clear()
            await self._news.wait()
        return key

    async def pause(self, seconds: float) -> None:
        """Let a worker wait while it holds its key. Closing the queue ends the wait: the rest must be done now."""
        over = asyncio.Event()
        timer = self._timers.call_at(self._timers.time() + seconds, over.set)
        self._pauses.add(over)
        try:
            await over.wait()
        finally:
            timer.cancel()
            self._pauses.discard(over)

    def finish(self, key: Key, after: float | None) -> None:
        """The pass is over; the next one comes `after` seconds, or not by itself (None)."""
        lane = self._active.pop(key)
        if lane is not None:
            self.add(key, lane)
        elif after is not None and after <= 0:
            self.add(key)
        elif after is not None:
            self.add_after(key, after)

    def close(self, last: Iterable[Key] = ()) -> None:
        """Accept no more keys, and give out only those in `last`. Every waiting worker is woken."""
        if self._closed:
            return
        self._closed = True
        for key in tuple(self._due):
            self._cancel_timer(key)
        for lane in self._lanes.values():
            lane.clear()
        self._lanes[Lane.URGENT].update((key, self._timers.time()) for key in last if key not in self._active)
        for waiting in (self._news, *self._pauses):
            waiting.set()

    @property
    def closed(self) -> bool:
        """True once nothing more is accepted."""
        return self._closed

    @property
    def depth(self) -> int:
        """How many keys wait for their turn, not counting those that are due later."""
        return sum(map(len, self._lanes.values()))

    @property
    def oldest_seconds(self) -> float:
        """How long the key that waits longest has been waiting."""
        first = [next(iter(lane.values())) for lane in self._lanes.values() if lane]
        return self._timers.time() - min(first) if first else 0.0

    @property
    def active(self) -> tuple[Key, ...]:
        """Keys under work."""
        return tuple(self._active)

    @property
    def standstill_seconds(self) -> float:
        """How long ago a key was last taken."""
        return self._timers.time() - self._taken_at

    def _waits(self, key: Key) -> bool:
        return any(key in lane for lane in self._lanes.values())

    def _take(self) -> Key | None:
        self._turns += 1
        order = (Lane.ROUTINE, Lane.URGENT) if self._turns % FAIR_SHARE == 0 else (Lane.URGENT, Lane.ROUTINE)
        lane = next((self._lanes[each] for each in order if self._lanes[each]), None)
        if lane is None:
            return None
        key, _ = lane.popitem(last=False)
        self._active[key] = None
        self._taken_at = self._timers.time()
        return key

    def _ring(self, key: Key) -> None:
        del self._due[key]
        self.add(key, Lane.ROUTINE)

    def _cancel_timer(self, key: Key) -> None:
        timer = self._due.pop(key, None)
        if timer is not None:
            timer.cancel()
