"""Workers: each takes a key, runs its pass, and queues the key for its next pass.

A worker survives any failure of a pass. A failed pass is retried with back-off, by key.

A worker that announced a purchase sends it, or takes the announcement back, before it takes another
key. So the number of orders that are announced and unsent is never larger than that of the workers,
however many resources are applied at once. After a crash nobody knows whether such an order was
sent, and it waits for 31 minutes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.runtime.backoff import (
    FIRST_RETRY_SECONDS,
    LONGEST_RETRY_SECONDS,
    Backoff,
)
from flink_workspace_operator.runtime.logs import about
from flink_workspace_operator.runtime.queue import WorkQueue

log = logging.getLogger(__name__)

Pass = Callable[[Key], Awaitable[Requeue]]

JITTER = 0.2
"""Waits are stretched by up to this part: what failed together must not come back together."""
TRIES_IN_PLACE = 6
"""Number of passes in which a worker tries to send what it announced before it takes other keys.
The first comes at once, the others after the waits of any failure: half a minute in all.

Only the API server can prevent both sending and taking back. After these passes the key waits like
any failed key, so it occupies the worker no more than others do. As long as this process lives, it
knows that nothing was sent; a crash before the key's next pass leaves one more order to the
evidence."""
LONGEST_WAIT_WHILE_DRAINING = 2.0
"""Seconds between two such passes when the process is about to end: little time is left."""


class Workers:
    """A fixed number of tasks on the running loop. `random` gives numbers from 0 to 1.

    `has_announced` is True for a key if this process may have announced a purchase in the ledger,
    and neither sent it nor took it back yet.
    """

    def __init__(
        self,
        queue: WorkQueue,
        run_pass: Pass,
        number: int,
        random: Callable[[], float],
        has_announced: Callable[[Key], bool],
    ) -> None:
        self._queue = queue
        self._run_pass = run_pass
        self._has_announced = has_announced
        self._number = number
        self._random = random
        self._backoff = Backoff()
        self._put_off: set[Key] = set()
        """Keys whose announced order could be neither sent nor taken back in `TRIES_IN_PLACE`
        passes."""
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the tasks."""
        self._tasks = [
            asyncio.create_task(self._work(), name=f"worker {n}") for n in range(self._number)
        ]

    @property
    def alive(self) -> int:
        """Number of running workers; fewer than were started means a bug."""
        return sum(not task.done() for task in self._tasks)

    def begin_no_more(self) -> None:
        """Begin no more passes, except to send an announced purchase or to take it back.

        No other process could know that nothing was sent: it would wait for 31 minutes.
        """
        self._queue.close(last=tuple(self._put_off))

    async def drain(self, seconds: float) -> None:
        """Begin no more passes, and wait for those under way; cancel them after `seconds`."""
        self.begin_no_more()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        if late:
            log.error("stopping in the middle of %s", ", ".join(map(str, self._queue.active)))
        for task in late:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self) -> None:
        while (key := await self._queue.get()) is not None:
            after: float | None = LONGEST_RETRY_SECONDS
            try:
                with about(key):
                    after = await self._turn(key)
            finally:
                self._queue.finish(key, after)

    async def _turn(self, key: Key) -> float | None:
        """Run the pass, and further ones that send or take back its announcement; seconds until the
        next pass."""
        after, tries = await self._outcome(key), 0
        while self._owes(key, after) and (self._queue.closed or self._may_try_in_place(key, tries)):
            if tries:
                await self._queue.pause(self._wait_in_place(after or 0.0))
            after, tries = await self._outcome(key), tries + 1
        (self._put_off.add if self._owes(key, after) else self._put_off.discard)(key)
        return after

    def _owes(self, key: Key, after: float | None) -> bool:
        """True if a further pass must send or take back what is announced. A pass that ends with a
        wait found none."""
        return self._has_announced(key) and (after == 0 or key in self._backoff)

    def _may_try_in_place(self, key: Key, tries: int) -> bool:
        return tries < TRIES_IN_PLACE and key not in self._put_off

    def _wait_in_place(self, after: float) -> float:
        """The wait before any pass in place but the first, which comes at once."""
        longest = LONGEST_WAIT_WHILE_DRAINING if self._queue.closed else LONGEST_RETRY_SECONDS
        return min(max(after, FIRST_RETRY_SECONDS), longest)

    async def _outcome(self, key: Key) -> float | None:
        """Run the pass; seconds until the next one."""
        try:
            look = await self._run_pass(key)
        except asyncio.CancelledError as cancelled:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            failure: BaseException = cancelled  # a library's own cancellation, not ours
        except Exception as failed:  # also a bug: one pass must not stop the others
            failure = failed
        else:
            self._backoff.succeeded(key)
            return None if look.after is None else self._stretched(look.after.total_seconds())
        return self._stretched(self._backoff.failed(key, failure))

    def _stretched(self, seconds: float) -> float:
        return seconds * (1 + JITTER * self._random())
