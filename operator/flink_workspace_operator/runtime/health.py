"""Health of the process, also while it stands by. An answer proves that the event loop runs."""

from collections.abc import Callable

from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.watches import Watch, Watches

LONGEST_STANDSTILL_SECONDS = 600.0
"""Every call of a pass has a deadline, so a pass takes minutes at worst."""


class Unhealthy(Exception):
    """The process should be restarted."""


class Health:
    """The facts that a probe checks. `clock` gives seconds and never goes back."""

    def __init__(self, queue: WorkQueue, clock: Callable[[], float], watches: Watches) -> None:
        self._queue = queue
        self._watches = watches
        self._api_server = Watch("the API server", clock)
        self._judged: dict[str, Watch] = {"apiServer": self._api_server}

    def heard(self) -> None:
        """Note that the API server answered while we stand by."""
        self._api_server.heard()

    def begin(self) -> None:
        """The watches begin now: from now on each of them must be healthy."""
        self._watches.begin()
        self._judged = self._watches.each()

    def check(self) -> dict[str, object]:
        """Numbers for people; raises Unhealthy. A long queue is healthy as long as it moves."""
        standstill = self._queue.standstill_seconds
        if illnesses := [watch.illness for watch in self._judged.values() if watch.illness]:
            raise Unhealthy("; ".join(illnesses))
        if min(self._queue.oldest_seconds, standstill) > LONGEST_STANDSTILL_SECONDS:
            raise Unhealthy(
                f"{self._queue.depth} keys wait, and none was taken for {standstill:.0f} s"
            )
        return {
            "depth": self._queue.depth,
            "oldestSeconds": round(self._queue.oldest_seconds, 1),
            "watches": {name: watch.told() for name, watch in self._judged.items()},
        }
