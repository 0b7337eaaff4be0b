"""The work queue: one turn at a time for each key, nothing forgotten, people before routine."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.runtime.queue import Lane, WorkQueue
from tests.unit.runtime.timers import FakeTimers

T = TypeVar("T")
A, B, C = (Key("ns", name) for name in "abc")


@pytest.fixture
def timers() -> FakeTimers:
    return FakeTimers()


@pytest.fixture
def queue(timers: FakeTimers) -> WorkQueue:
    return WorkQueue(timers)


async def test_a_key_waits_once(queue: WorkQueue) -> None:
    """However often a key is added while it waits, it gets one turn."""
    for _ in range(3):
        queue.add(A)
        queue.add(A, Lane.ROUTINE)
    assert await queue.get() == A
    assert queue.depth == 0


async def test_added_under_work_comes_again(queue: WorkQueue) -> None:
    """What happens during a pass may not have been seen by it, so the key gets another turn, after this one."""
    queue.add(A)
    await queue.get()
    queue.add(A)
    assert queue.depth == 0
    queue.finish(A, None)
    assert await queue.get() == A


async def test_change_goes_before_the_listing(queue: WorkQueue) -> None:
    """A person's change has its turn before the thousands of keys of the listing, also where it was listed itself."""
    for key in (A, B, C):
        queue.add(key, Lane.ROUTINE)
    queue.add(C)
    assert [await queue.get() for _ in range(3)] == [C, A, B]


async def test_listing_is_not_starved(queue: WorkQueue) -> None:
    """A flood of changes leaves every fourth turn to the routine."""
    queue.add(A, Lane.ROUTINE)
    for number in range(10):
        queue.add(Key("flood", str(number)))
    assert A in [await queue.get() for _ in range(4)]


async def test_earliest_moment_counts(queue: WorkQueue, timers: FakeTimers) -> None:
    """Of several moments for one key the earliest counts, and only that."""
    queue.add_after(A, 60)
    queue.add_after(A, 10)
    queue.add_after(A, 30)
    timers.advance(9)
    assert queue.depth == 0
    timers.advance(1)
    assert queue.depth == 1
    assert timers.pending == 0


async def test_a_turn_now_replaces_the_one_later(queue: WorkQueue, timers: FakeTimers) -> None:
    """A pass decides itself when the next one is due; what an earlier one wished is void."""
    queue.add_after(A, 60)
    queue.add(A)
    assert timers.pending == 0


async def test_finish_says_when_to_come_again(queue: WorkQueue, timers: FakeTimers) -> None:
    """At once, later or never."""
    for after, waits_now, due_later in ((0.0, 1, 0), (5.0, 0, 1), (None, 0, 0)):
        queue.add(A)
        await queue.get()
        queue.finish(A, after)
        assert (queue.depth, timers.pending) == (waits_now, due_later)
        timers.advance(5)
        if after is not None:
            assert await queue.get() == A
            queue.finish(A, None)


async def test_waiting_workers_are_woken(queue: WorkQueue) -> None:
    """Of the workers that wait, one gets the key that is added, and closing lets all the others go."""
    waiting = [asyncio.create_task(queue.get()) for _ in range(3)]
    await asyncio.sleep(0)
    queue.add(A)
    (first,), _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert first.result() == A
    queue.close()
    assert sorted(map(str, await asyncio.gather(*waiting))) == ["None", "None", "ns/a"]


async def test_closed_queue_gives_nothing(queue: WorkQueue, timers: FakeTimers) -> None:
    """After closing no pass begins, whatever waits or falls due; passes under way can end."""
    queue.add(A)
    await queue.get()
    queue.add(B)
    queue.add_after(C, 1)
    queue.close()
    queue.finish(A, 0)
    assert await queue.get() is None
    assert timers.pending == 0


async def test_closed_queue_gives_what_is_left_to_do(queue: WorkQueue) -> None:
    """The keys that are named at the closing have their turn, each once; one under work has it already."""
    queue.add(A)
    await queue.get()
    queue.add(B)
    queue.close(last=(A, C))
    queue.close(last=(B,))
    assert [await queue.get() for _ in range(2)] == [C, None]


async def test_a_pause_ends_in_time_or_with_the_closing(queue: WorkQueue, timers: FakeTimers) -> None:
    """A worker that waits with its key in hand is woken by either, and may wait again after the closing."""
    in_time = partial(timers.advance, 10)
    for end in (in_time, queue.close, in_time):
        pause = asyncio.create_task(queue.pause(10))
        await asyncio.sleep(0)
        timers.advance(9)
        await asyncio.sleep(0)
        assert not pause.done()
        end()
        await pause
        assert timers.pending == 0


async def test_age_is_that_of_who_waits_longest(queue: WorkQueue, timers: FakeTimers) -> None:
    """The age of the queue tells of the key that waits longest, in whichever lane."""
    assert queue.oldest_seconds == 0
    queue.add(A, Lane.ROUTINE)
    timers.advance(5)
    queue.add(B)
    timers.advance(2)
    assert (queue.oldest_seconds, queue.depth) == (7, 2)


class QueueMachine(RuleBasedStateMachine):
    """Any order of adding, waiting, taking and finishing, against the three promises of the queue."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.timers = FakeTimers()
        self.queue = WorkQueue(self.timers)
        self.under_work: list[Key] = []
        self.owed: set[Key] = set()
        """Keys that were added and had no turn since."""

    @initialize(target=keys, name=st.sampled_from("abc"))
    def first(self, name: str) -> Key:
        return Key("ns", name)

    @rule(target=keys, name=st.sampled_from("abcd"))
    def another(self, name: str) -> Key:
        return Key("ns", name)

    @rule(key=keys, lane=st.sampled_from(Lane))
    def add(self, key: Key, lane: Lane) -> None:
        self.queue.add(key, lane)
        self.owed.add(key)

    @rule(key=keys, seconds=st.integers(1, 30))
    def add_after(self, key: Key, seconds: int) -> None:
        self.queue.add_after(key, seconds)

    @rule(seconds=st.integers(1, 30))
    def wait(self, seconds: int) -> None:
        self.timers.advance(seconds)

    @precondition(lambda self: self.queue.depth)
    @rule()
    def take(self) -> None:
        key = run(self.queue.get())
        assert key is not None
        assert key not in self.under_work, "two workers on one key"
        self.under_work.append(key)
        self.owed.discard(key)

    @precondition(lambda self: self.under_work)
    @rule(after=st.one_of(st.none(), st.integers(0, 30)))
    def finish(self, after: int | None) -> None:
        self.queue.finish(self.under_work.pop(0), after)

    @invariant()
    def each_waits_once(self) -> None:
        waiting = [key for lane in self.queue._lanes.values() for key in lane]
        assert len(waiting) == len(set(waiting))
        assert not set(waiting) & set(self.under_work)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        again = {key for key, lane in self.queue._active.items() if lane is not None}
        waiting = {key for lane in self.queue._lanes.values() for key in lane}
        assert self.owed <= waiting | again


def run(coroutine: Coroutine[None, None, T]) -> T:
    """A coroutine that does not have to wait."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]  # what a coroutine returns travels in the exception
    raise AssertionError("it waits")


TestQueueMachine = QueueMachine.TestCase
