"""Workers: each takes a key, runs its pass, and puts the key back for when it is to be looked at again.

Whatever a pass raises, the worker goes on. A pass that fails is tried again with back-off, by key.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from flink_workspace_operator.core.failures import Failure, Throttled
from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.core.plan import NextLook
from flink_workspace_operator.runtime.logs import about
from flink_workspace_operator.runtime.queue import WorkQueue

log = logging.getLogger(__name__)

Pass = Callable[[Key], Awaitable[NextLook]]

FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 60.0
JITTER = 0.2
"""Waits are stretched by up to this part, so that what failed or was listed together does not come back together."""


class Workers:
    """A fixed number of tasks on the running loop. `random` gives numbers from 0 to 1.

    `has_announced` tells of a key whether this process said in the ledger that it will buy, and did not do it yet.
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
        self._failures: Counter[Key] = Counter()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to work."""
        self._tasks = [asyncio.create_task(self._work(), name=f"worker {n}") for n in range(self._number)]

    @property
    def alive(self) -> int:
        """How many workers there are; fewer than were started only if something is very wrong."""
        return sum(not task.done() for task in self._tasks)

    def begin_no_more(self) -> None:
        """Let the passes under way be the last ones, except where one has announced a purchase: it is made by the next
        pass, or taken back. No other process could tell that nothing was sent, and would wait for half an hour.
        """
        self._queue.close()

    async def drain(self, seconds: float) -> None:
        """Begin no more passes, and let those under way end; what takes longer than this is cancelled."""
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
                    after = await self._outcome(key)
                    if self._queue.closed and self._has_announced(key):
                        await self._outcome(key)
            finally:
                self._queue.finish(key, after)

    async def _outcome(self, key: Key) -> float | None:
        """Run the pass; seconds until the next one."""
        try:
            look = await self._run_pass(key)
        except Failure as failure:
            after = self._retry(key, failure)
            log.warning("%s; next try in %.0f s", failure, after)
            return after
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            return self._unexpected(key)  # a library's own cancellation escaped into the pass: nobody cancelled us
        except Exception:  # a defect of ours in one pass must not stop the others
            return self._unexpected(key)
        del self._failures[key]
        return None if look.after is None else look.after.total_seconds() * (1 + JITTER * self._random())

    def _unexpected(self, key: Key) -> float:
        after = self._retry(key, None)
        log.exception("the pass failed in a way nobody thought of; next try in %.0f s", after)
        return after

    def _retry(self, key: Key, failure: Failure | None) -> float:
        after = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(self._failures[key], 10))
        self._failures[key] += 1
        if isinstance(failure, Throttled) and failure.retry_after is not None:
            after = max(after, failure.retry_after)
        return after * (1 + JITTER * self._random())
