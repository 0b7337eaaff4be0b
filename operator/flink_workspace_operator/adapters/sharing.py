"""One request shared by all who wait for its answer."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Generic, TypeVar

from flink_workspace_operator.core.facts.failures import CloudFailure

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

MOST_KEPT: Final = 2000
"""So many answers of one kind are kept. Without the one that was asked for longest ago, it is asked
again."""

LONGEST_PAUSE: Final = 1.0
"""Seconds. A request that hung must not hold up the next one for as long again."""


@dataclass(frozen=True)
class _Outcome(Generic[T]):
    began: float
    answer: T | CloudFailure

    def serves(self, asked: float, max_age: timedelta) -> bool:
        """True if the answer is new enough. A failure serves only those who waited for it."""
        if isinstance(self.answer, CloudFailure):
            return self.began >= asked
        return self.began >= asked - max_age.total_seconds()


class SingleFlight(Generic[T]):
    """Sends one request at a time, and shares an answer with all for whom it is new enough.

    While many ask, there is a pause between two requests, as long as the last one took: more of
    them share the next one, and half of the time is left for what they do with it.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._one_at_a_time = asyncio.Lock()
        self._last: _Outcome[T] | None = None
        self._changed = float("-inf")
        self._asking = 0
        self._not_before = float("-inf")

    async def take(self, max_age: timedelta = timedelta(0)) -> T:
        """An answer to a request sent at most `max_age` ago; by default: after this call."""
        asked = time.monotonic()
        self._asking += 1
        try:
            async with self._one_at_a_time:
                if (
                    self._last is None
                    or self._last.began < self._changed
                    or not self._last.serves(asked, max_age)
                ):
                    self._last = await self._new()
                answer = self._last.answer
        finally:
            self._asking -= 1
        if isinstance(answer, CloudFailure):
            raise replace(
                answer
            )  # a copy each: a raised exception belongs to the task that raises it
        return answer

    def forget(self) -> None:
        """Something was changed that the answer may be about: no question that was sent before
        serves any more."""
        self._changed = time.monotonic()

    async def _new(self) -> _Outcome[T]:
        await asyncio.sleep(max(0.0, self._not_before - time.monotonic()))
        began = time.monotonic()
        try:
            return _Outcome(began, await self._ask())
        except CloudFailure as failure:
            return _Outcome(began, failure)
        finally:
            ended, are_many = time.monotonic(), self._asking > 1
            self._not_before = ended + (min(ended - began, LONGEST_PAUSE) if are_many else 0.0)


class SingleFlights(Generic[K, T]):
    """The shared looks at many things of one kind, by what they are asked about."""

    def __init__(self, ask: Callable[[K], Awaitable[T]]) -> None:
        self._ask = ask
        self._looks: OrderedDict[K, SingleFlight[T]] = OrderedDict()

    async def take(self, about: K, max_age: timedelta) -> T:
        """An answer to a question that was sent at most `max_age` ago. Raises what asking
        raises."""
        look = self._looks.setdefault(about, SingleFlight(lambda: self._ask(about)))
        self._looks.move_to_end(about)
        if len(self._looks) > MOST_KEPT:
            self._looks.popitem(last=False)
        return await look.take(max_age)

    def forget(self, changed: Callable[[K], bool]) -> None:
        """We changed what these are about: no question that was sent before serves any more."""
        for about, look in self._looks.items():
            if changed(about):
                look.forget()
