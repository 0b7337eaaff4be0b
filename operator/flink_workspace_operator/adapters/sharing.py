"""One request shared by all who wait for its answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Generic, TypeVar

from flink_workspace_operator.core.facts.failures import CloudFailure

T = TypeVar("T")


@dataclass(frozen=True)
class _Outcome(Generic[T]):
    began: float
    answer: T | CloudFailure

    def serves(self, asked: float, max_age: timedelta) -> bool:
        """True if the answer is new enough. A failure serves only those who waited for it."""
        if isinstance(self.answer, CloudFailure):
            return self.began >= asked
        return self.began >= asked - max_age.total_seconds()


class SharedLook(Generic[T]):
    """Sends one request at a time, and shares an answer with all for whom it is new enough."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._one_at_a_time = asyncio.Lock()
        self._last: _Outcome[T] | None = None

    async def take(self, max_age: timedelta = timedelta(0)) -> T:
        """An answer to a request sent at most `max_age` ago; by default: after this call."""
        asked = time.monotonic()
        async with self._one_at_a_time:
            if self._last is None or not self._last.serves(asked, max_age):
                self._last = await self._new()
            answer = self._last.answer
        if isinstance(answer, CloudFailure):
            raise replace(answer)  # a copy each: a raised exception belongs to the task that raises it
        return answer

    async def _new(self) -> _Outcome[T]:
        began = time.monotonic()
        try:
            return _Outcome(began, await self._ask())
        except CloudFailure as failure:
            return _Outcome(began, failure)
