"""Where a process stops: before each of its calls takes effect, and before it gets the answer.

A pass awaits nothing but calls of its ports, and every call goes through a gate. So whoever drives
the coroutine with `send(None)` decides at each stop who goes on, and nothing runs beside it: no
event loop, no threads, no chance."""

import types
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Literal, TypeVar

from flink_workspace_operator.core.facts.failures import Failure

T = TypeVar("T")

Phase = Literal["request", "answer"]


@dataclass(frozen=True)
class Point:
    """A place where a process stops: at which call, and whether that has taken effect."""

    call: str
    phase: Phase


@types.coroutine
def _stop() -> Generator[None, None, None]:
    yield


class Gate:
    """What one process's calls go through. What is thrown in at a stop is what the caller gets
    instead of an answer."""

    def __init__(self) -> None:
        self.at: Point | None = None
        """Where the process stands, right after it stopped."""
        self.answers: list[object] = []
        """What the calls since the beginning of the pass brought: values, and failures that were
        raised."""
        self.told_before: list[object] = []
        """Answers that are given once more, without a stop and without effect, before the gate does
        its work."""

    async def call(self, name: str, effect: Callable[[], T]) -> T:
        """One call: stop, let it take effect, stop, answer."""
        if self.told_before:
            return self._repeat()
        outcome: T | Failure
        try:
            self.at = Point(name, "request")
            await _stop()
            outcome = _outcome(effect)
            self.at = Point(name, "answer")
            await _stop()
        except Failure as failure:  # thrown in: no effect, or an answer that got lost
            outcome = failure
        return self._give(outcome)

    def share(self, read: Callable[[], T]) -> T:
        """The answer to a read that others share, and that may be old: it is no stop, and is given
        again like any."""
        return self._repeat() if self.told_before else self._give(read())

    def _repeat(self) -> T:  # type: ignore[type-var]  # the caller knows what it was told
        answer: T = self.told_before.pop(0)  # type: ignore[assignment]
        return self._give(answer)

    def _give(self, outcome: T | Failure) -> T:
        self.answers.append(outcome)
        if isinstance(outcome, Failure):
            raise outcome
        return outcome


def _outcome(effect: Callable[[], T]) -> T | Failure:
    try:
        return effect()
    except Failure as failure:
        return failure
