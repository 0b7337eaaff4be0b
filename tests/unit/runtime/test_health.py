"""Health: a long queue is fine, one that stands still or an API server that fell silent is not."""

import pytest

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.health import LONGEST_STANDSTILL_SECONDS, Health, Unhealthy
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.watches import (
    LONGEST_BLINDNESS_SECONDS,
    LONGEST_SILENCE_SECONDS,
    Watches,
)
from tests.unit.runtime.timers import FakeTimers


@pytest.fixture
def timers() -> FakeTimers:
    return FakeTimers()


@pytest.fixture
def queue(timers: FakeTimers) -> WorkQueue:
    return WorkQueue(timers)


@pytest.fixture
def watches(timers: FakeTimers) -> Watches:
    return Watches.every(0, timers.time)


@pytest.fixture
def health(queue: WorkQueue, timers: FakeTimers, watches: Watches) -> Health:
    return Health(queue, timers.time, watches)


def test_silence_is_unhealthy(health: Health, timers: FakeTimers) -> None:
    """If the API server says nothing for long to one who stands by, it will not hear either when it
    is its turn."""
    timers.advance(LONGEST_SILENCE_SECONDS)
    assert health.check()["watches"] == {"apiServer": {"silentSeconds": LONGEST_SILENCE_SECONDS}}
    timers.advance(1)
    with pytest.raises(Unhealthy, match="nothing heard from the API server"):
        health.check()
    health.heard()
    assert health.check()["watches"] == {"apiServer": {"silentSeconds": 0}}


def test_each_watch_must_be_well(health: Health, watches: Watches, timers: FakeTimers) -> None:
    """From when it leads; the one that is not is named, and no other one and no answer to anything
    makes up for it."""
    timers.advance(LONGEST_SILENCE_SECONDS)
    health.begin()
    for _ in range(2):
        assert set(dict(health.check()["watches"])) == {"workspaces", "orders", "claims"}  # type: ignore[call-overload]
        timers.advance(LONGEST_SILENCE_SECONDS / 2 + 1)
        for heard in (watches.workspaces, watches.orders, health):
            heard.heard()
    with pytest.raises(Unhealthy, match=r"^nothing heard from the watch of claims for 902 s$"):
        health.check()


def test_all_that_is_ill_is_said(health: Health, watches: Watches, timers: FakeTimers) -> None:
    """A blind one beside a silent one."""
    health.begin()
    for _ in range(2):
        watches.workspaces.judge({Key("ns", "a"): "1"}, timers.time())
        timers.advance(max(LONGEST_BLINDNESS_SECONDS, LONGEST_SILENCE_SECONDS + 1))
    said = (
        "workspaces is blind: it did not show ns/a, which .* ago; .*orders for .* s; .*claims for"
    )
    with pytest.raises(Unhealthy, match=said):
        health.check()


async def test_standstill_is_unhealthy(
    health: Health, queue: WorkQueue, timers: FakeTimers
) -> None:
    """If keys wait and none is taken, the workers hang."""
    queue.add(Key("ns", "a"))
    timers.advance(LONGEST_STANDSTILL_SECONDS + 1)
    with pytest.raises(Unhealthy, match="1 keys wait"):
        health.check()


async def test_long_queue_that_moves_is_healthy(
    health: Health, queue: WorkQueue, timers: FakeTimers
) -> None:
    """After a restart thousands of keys wait for long; as long as one after the other is taken, all
    is well."""
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
