"""Whether the process still does its work, be it standing by. That the event loop turns is shown by answering."""

from collections.abc import Callable

from flink_workspace_operator.runtime.queue import WorkQueue

LONGEST_SILENCE_SECONDS = 900.0
"""The watch of claims starts over every few minutes. Longer than an API server takes to restart, which is not healed
by a restart of ours."""
LONGEST_STANDSTILL_SECONDS = 600.0
"""Every call of a pass has a deadline, so a pass takes minutes at worst."""


class Unhealthy(Exception):
    """The process should be restarted."""


class Health:
    """What a probe looks at. `clock` gives seconds and never goes back."""

    def __init__(self, queue: WorkQueue, clock: Callable[[], float]) -> None:
        self._queue = queue
        self._clock = clock
        self._heard_at = clock()

    def heard(self) -> None:
        """The API server sent something."""
        self._heard_at = self._clock()

    def check(self) -> dict[str, float]:
        """Numbers for whoever looks; raises Unhealthy. A long queue is no illness as long as it moves."""
        silence, standstill = self._clock() - self._heard_at, self._queue.standstill_seconds
        if silence > LONGEST_SILENCE_SECONDS:
            raise Unhealthy(f"nothing heard from the API server for {silence:.0f} s")
        if min(self._queue.oldest_seconds, standstill) > LONGEST_STANDSTILL_SECONDS:
            raise Unhealthy(f"{self._queue.depth} keys wait, and none was taken for {standstill:.0f} s")
        return {
            "depth": self._queue.depth,
            "oldestSeconds": round(self._queue.oldest_seconds, 1),
            "silentSeconds": round(silence, 1),
        }
