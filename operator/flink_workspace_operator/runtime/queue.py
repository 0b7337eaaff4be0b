"""A queue of keys: each waits at most once, and never has two passes at the same time.

    add ──► urgent  ─┐
    add ──► routine ─┴─► get ──► (a pass) ──► finish ──► again at once, later, or never

In each lane the namespaces take turns (`turns.py`). What goes on at once comes before what waits in
its namespace: of a thousand new resources the first is bought within seconds, and not after each
had its first pass. So does an instance whose creation is over. Neither loses its place because the
key was added during its pass.

Deadlines are timers of the event loop, so nothing runs while nothing is due.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.turns import NO_LIMIT, Lane, Share, Turns

FAIR_SHARE = 4
"""Each time after this many turns the routine lane goes first: no flood of changes starves it."""


class Timer(Protocol):
    """A deadline, as `asyncio.TimerHandle`."""

    def when(self) -> float:
        """Time at which it fires."""
        ...

    def cancel(self) -> None:
        """Cancel it."""
        ...


class Timers(Protocol):
    """The time functions of an event loop."""

    def time(self) -> float:
        """Seconds of a clock that never goes back."""
        ...

    def call_at(self, when: float, callback: Callable[..., object], *args: object) -> Timer:
        """Call `callback` at this time."""
        ...


class WorkQueue:
    """Keys that wait for a pass. To be used from one event loop only."""

    def __init__(self, timers: Timers, share: Share = NO_LIMIT) -> None:
        self._timers = timers
        self._waiting = Turns(share)
        self._active: dict[Key, Lane | None] = {}
        """Keys with a pass under way, and the lane that they were added to meanwhile."""
        self._going_on: set[Key] = set()
        """Those of them that were added to go on at once."""
        self._due: dict[Key, Timer] = {}
        self._turns = 0
        self._taken_at = timers.time()
        self._closed = False
        self._news = asyncio.Event()
        self._pauses: set[asyncio.Event] = set()

    def add(self, key: Key, lane: Lane = Lane.URGENT, *, goes_on: bool = False) -> None:
        """Request a pass. One under way may be too early for this change, so another follows.

        `goes_on`: it continues what was begun, so it comes before what waits in its namespace.
        """
        if self._closed:
            return
        self._cancel_timer(key)
        if key in self._active:
            if self._active[key] is not Lane.URGENT:
                self._active[key] = lane
            if goes_on:
                self._going_on.add(key)
        else:
            self._waiting.put(key, lane, self._timers.time())
            if goes_on:
                self._waiting.prefer(key)
        self._news.set()

    def add_after(self, key: Key, seconds: float) -> None:
        """Request a pass later; of several requests the earliest counts."""
        when = self._timers.time() + seconds
        known = self._due.get(key)
        if self._closed or key in self._waiting or (known is not None and known.when() <= when):
            return
        self._cancel_timer(key)
        self._due[key] = self._timers.call_at(when, self._ring, key)

    def put_off(self, key: Key, seconds: float) -> None:
        """Let the next routine pass come so much later, and not when it was due. A key that waits
        is wanted for another reason, and stays."""
        if self._closed or key in self._waiting:
            return
        self._cancel_timer(key)
        self._due[key] = self._timers.call_at(self._timers.time() + seconds, self._ring, key)

    async def get(self) -> Key | None:
        """The next key, active until `finish`; None once the queue is closed and empty."""
        while (key := self._take()) is None and not self._closed:
            self._news.clear()
            await self._news.wait()
        return key

    async def pause(self, seconds: float) -> None:
        """Wait while a key is active. Closing the queue ends the wait: the work must be done
        now."""
        over = asyncio.Event()
        timer = self._timers.call_at(self._timers.time() + seconds, over.set)
        self._pauses.add(over)
        try:
            await over.wait()
        finally:
            timer.cancel()
            self._pauses.discard(over)

    def finish(self, key: Key, after: float | None) -> None:
        """End the pass; the next one comes `after` seconds, or not by itself (None)."""
        lane, goes_on = self._active.pop(key), key in self._going_on
        self._going_on.discard(key)
        self._waiting.done(key)
        self._news.set()  # another key of the namespace may be taken now
        if after is not None and after <= 0:
            self.add(key, goes_on=True)
        elif lane is not None:
            self.add(key, lane, goes_on=goes_on)
        elif after is not None:
            self.add_after(key, after)

    def close(self, last: Iterable[Key] = ()) -> None:
        """Accept no more keys, and give out only those in `last`. Wakes every waiting worker."""
        if self._closed:
            return
        self._closed = True
        for key in tuple(self._due):
            self._cancel_timer(key)
        self._waiting.clear()
        for key in last:
            if key not in self._active:
                self._waiting.put(key, Lane.URGENT, self._timers.time())
        for waiting in (self._news, *self._pauses):
            waiting.set()

    @property
    def closed(self) -> bool:
        """True once nothing more is accepted."""
        return self._closed

    @property
    def depth(self) -> int:
        """Number of keys that are due and wait."""
        return len(self._waiting)

    def depth_of(self, lane: Lane) -> int:
        """Number of them in a lane."""
        return self._waiting.depth(lane)

    @property
    def namespaces(self) -> int:
        """Number of their namespaces."""
        return self._waiting.namespaces

    @property
    def oldest_seconds(self) -> float:
        """Seconds that the oldest key has been waiting."""
        oldest = self._waiting.oldest
        return 0.0 if oldest is None else self._timers.time() - oldest

    @property
    def active(self) -> tuple[Key, ...]:
        """Keys with a pass under way."""
        return tuple(self._active)

    @property
    def standstill_seconds(self) -> float:
        """Seconds since a key was last taken, while keys wait."""
        return self._timers.time() - self._taken_at

    def _take(self) -> Key | None:
        """Take a key, beyond any share once the queue is closed: no others come then."""
        self._turns += 1
        order = (
            (Lane.ROUTINE, Lane.URGENT)
            if self._turns % FAIR_SHARE == 0
            else (Lane.URGENT, Lane.ROUTINE)
        )
        key = self._waiting.take(order, limited=not self._closed)
        if key is not None:
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
