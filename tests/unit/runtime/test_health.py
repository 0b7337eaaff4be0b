"""Health: a long queue is fine, one that stands still or an API server that fell silent is not."""

import pytest

from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.runtime.health import (
    LONGEST_SILENCE_SECONDS,
    LONGEST_STANDSTILL_SECONDS,
    Health,
    Unhealthy,
)
from flink_workspace_operator.runtime.queue import WorkQueue
from tests.unit.runtime.timers import FakeTimers


@pytest.fixture
def timers() -> FakeTimers:
    return FakeTimers()


@pytest.fixture
def queue(timers: FakeTimers) -> WorkQueue:
    return WorkQueue(timers)


@pytest.fixture
def health(queue: WorkQueue, timers: FakeTimers) -> Health:
    return Health(queue, timers.time)


def test_silence_is_unhealthy(health: Health, timers: FakeTimers) -> None:
    """If the API server says nothing for long, the watches are dead, whatever they think."""
    timers.advance(LONGEST_SILENCE_SECONDS)
    assert health.check()["silentSeconds"] == LONGEST_SILENCE_SECONDS
    timers.advance(1)
    with pytest.raises(Unhealthy, match="nothing heard"):
        health.check()
    health.heard()
    assert health.check()["silentSeconds"] == 0


async def test_standstill_is_unhealthy(health: Health, queue: WorkQueue, timers: FakeTimers) -> None:
    """If keys wait and none is taken, the workers hang."""
    queue.add(Key("ns", "a"))
    timers.advance(LONGEST_STANDSTILL_SECONDS + 1)
    with pytest.raises(Unhealthy, match="1 keys wait"):
        health.check()


async def test_long_queue_that_moves_is_healthy(health: Health, queue: WorkQueue, timers: FakeTimers) -> None:
    """After a restart thousands of keys wait for long; as long as one after the other is taken, all is well."""
    for number in range(3):
        queue.add(Key("ns", str(number)))
    timers.advance(LONGEST_STANDSTILL_SECONDS)
    await queue.get()
    timers.advance(60)
    told = health.check()
    assert (told["depth"], told["oldestSeconds"]) == (2, LONGEST_STANDSTILL_SECONDS + 60)


def test_idle_is_healthy(health: Health, timers: FakeTimers) -> None:
    """With nothing to do nothing is taken, and that is fine."""
    timers.advance(LONGEST_STANDSTILL_SECONDS * 1.2)
    assert health.check()["depth"] == 0
