"""An event loop's clock that only moves when told to."""

import heapq
from collections.abc import Callable
from itertools import count


class FakeTimer:
    """One deadline."""

    def __init__(
        self, when: float, callback: Callable[..., object], args: tuple[object, ...]
    ) -> None:
        self._when, self._callback, self._args = when, callback, args
        self.cancelled = False

    def when(self) -> float:
        """When it rings."""
        return self._when

    def cancel(self) -> None:
        """It will not ring."""
        self.cancelled = True

    def ring(self) -> None:
        """Call back, unless cancelled."""
        if not self.cancelled:
            self._callback(*self._args)


class FakeTimers:
    """Keeps deadlines like an event loop; `advance` makes time pass."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._order = count()
        self._heap: list[tuple[float, int, FakeTimer]] = []

    def time(self) -> float:
        """The moment."""
        return self._now

    def call_at(self, when: float, callback: Callable[..., object], *args: object) -> FakeTimer:
        """Call back when `advance` gets there."""
        timer = FakeTimer(when, callback, args)
        heapq.heappush(self._heap, (when, next(self._order), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due."""
        end = self._now + seconds
        while self._heap and self._heap[0][0] <= end:
            when, _, timer = heapq.heappop(self._heap)
            self._now = max(self._now, when)
            timer.ring()
        self._now = end

    @property
    def pending(self) -> int:
        """How many deadlines are set and not cancelled."""
        return sum(not timer.cancelled for _, _, timer in self._heap)
