"""The work queue: one turn at a time for each key, nothing forgotten, people before routine."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.turns import Lane, Share
from tests.patience import patience
from tests.unit.runtime.timers import FakeTimers

T = TypeVar("T")
A, B, C = (Key("ns", name) for name in "abc")
SHARE = Share(beside_others=2, alone=3)


@pytest.fixture
def timers() -> FakeTimers:
    return FakeTimers()


@pytest.fixture
def queue(timers: FakeTimers) -> WorkQueue:
    return WorkQueue(timers)


async def test_what_goes_on_at_once_comes_before_what_waits(queue: WorkQueue) -> None:
    """The first of many is done before the last has begun; other namespaces have their turns all
    the same."""
    for key in (A, B, C):
        queue.add(key)
    other = Key("other", "x")
    queue.add(other)
    assert await queue.get() == A
    queue.finish(A, 0)
    assert [await queue.get() for _ in range(4)] == [other, A, B, C]


async def test_what_goes_on_comes_before_what_waits(queue: WorkQueue) -> None:
    """Whose creation is over does not wait for all that are still to be bought."""
    for key in (A, B):
        queue.add(key)
    queue.add(C, goes_on=True)
    assert [await queue.get() for _ in range(3)] == [C, A, B]


async def test_what_goes_on_keeps_its_order(queue: WorkQueue) -> None:
    """Whoever goes on later does not push back who waits to go on."""
    queue.add(A)
    for key in (B, C, B):
        queue.add(key, goes_on=True)
    assert [await queue.get() for _ in range(3)] == [B, C, A]


@pytest.mark.parametrize(("goes_on", "after"), [(False, 0.0), (True, 5.0), (True, None)])
async def test_what_goes_on_keeps_its_place_though_it_changed_meanwhile(
    queue: WorkQueue, goes_on: bool, after: float | None
) -> None:
    """An event during the pass, as of its own write, does not send it behind all that wait."""
    for key in (A, B):
        queue.add(key)
    assert await queue.get() == A
    queue.add(A, goes_on=goes_on)
    queue.add(A)
    queue.finish(A, after)
    assert [await queue.get() for _ in range(2)] == [A, B]
    queue.add(A)
    queue.finish(A, 5)
    queue.add(C)
    queue.finish(B, None)
    assert [await queue.get() for _ in range(2)] == [A, C]


async def test_what_is_put_off_comes_later_unless_it_waits(
    queue: WorkQueue, timers: FakeTimers
) -> None:
    """What waits is wanted for another reason, and what a pass asked for comes first; closed,
    nothing is to come."""
    queue.add_after(A, 10)
    queue.put_off(A, 100)
    timers.advance(99)
    assert queue.depth == 0
    timers.advance(1)
    assert queue.depth == 1
    queue.put_off(A, 100)
    assert await queue.get() == A
    queue.put_off(A, 100)
    queue.finish(A, 10)
    timers.advance(10)
    assert queue.depth == 1
    queue.close()
    queue.put_off(A, 1)
    assert timers.pending == 0


async def test_a_key_waits_once(queue: WorkQueue) -> None:
    """However often a key is added while it waits, it gets one turn."""
    for _ in range(3):
        queue.add(A)
        queue.add(A, Lane.ROUTINE)
    assert await queue.get() == A
    assert queue.depth == 0


async def test_added_under_work_comes_again(queue: WorkQueue) -> None:
    """What happens during a pass may not have been seen by it, so the key gets another turn, after
    this one."""
    queue.add(A)
    await queue.get()
    queue.add(A)
    assert queue.depth == 0
    queue.finish(A, None)
    assert await queue.get() == A


async def test_change_goes_before_the_listing(queue: WorkQueue) -> None:
    """A person's change has its turn before the thousands of keys of the listing, also where it was
    listed itself."""
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
    """Of the workers that wait, one gets the key that is added, and closing lets all the others
    go."""
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
    """The keys that are named at the closing have their turn, each once; one under work has it
    already."""
    queue.add(A)
    await queue.get()
    queue.add(B)
    queue.close(last=(A, C))
    queue.close(last=(B,))
    assert [await queue.get() for _ in range(2)] == [C, None]


async def test_a_pause_ends_in_time_or_with_the_closing(
    queue: WorkQueue, timers: FakeTimers
) -> None:
    """A worker that waits with its key in hand is woken by either, and may wait again after the
    closing."""
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


async def taken(queue: WorkQueue, number: int) -> list[str]:
    """The namespaces of the next so many keys, which stay under work."""
    keys = [await asyncio.wait_for(queue.get(), patience(1)) for _ in range(number)]
    return [key.namespace for key in keys if key is not None]


def add_many(queue: WorkQueue, namespace: str, number: int, lane: Lane = Lane.URGENT) -> None:
    for each in range(number):
        queue.add(Key(namespace, f"w-{each}"), lane)


@pytest.mark.parametrize("lane", Lane)
async def test_namespaces_take_turns_in_each_lane(queue: WorkQueue, lane: Lane) -> None:
    """Whoever comes after a flood of another namespace has the next turn but one."""
    add_many(queue, "flood", 300, lane)
    add_many(queue, "late", 2, lane)
    assert await taken(queue, 5) == ["flood", "late", "flood", "late", "flood"]


async def test_within_a_namespace_the_first_comes_first(queue: WorkQueue) -> None:
    """As if there were no other."""
    wanted = [Key("ns", str(number)) for number in range(5)]
    for key in wanted:
        queue.add(key)
        queue.add(Key("other", key.name))
    order = [await queue.get() for _ in range(10)]
    assert [key for key in order if key in wanted] == wanted


async def test_a_namespace_has_half_of_the_workers_while_others_wait() -> None:
    """Alone it has up to three quarters; what is left is for whoever comes next, who has it at
    once."""
    queue = WorkQueue(FakeTimers(), Share.of(16))
    add_many(queue, "flood", 100)
    assert await taken(queue, 12) == ["flood"] * 12
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    add_many(queue, "late", 6)
    assert (await asyncio.wait_for(waiting, patience(1)), await taken(queue, 3)) == (
        Key("late", "w-0"),
        ["late"] * 3,
    )
    freed = []
    for number in range(3):
        queue.finish(Key("flood", f"w-{number}"), None)
        freed += await taken(queue, 1)
    assert freed == ["late", "late", "flood"]


async def test_half_is_counted_before_the_lane() -> None:
    """Routine of a namespace with little goes before the changes of one that has its half
    already."""
    queue = WorkQueue(FakeTimers(), SHARE)
    add_many(queue, "flood", 10)
    add_many(queue, "quiet", 2, Lane.ROUTINE)
    assert sorted(await taken(queue, 4)) == ["flood", "flood", "quiet", "quiet"]


async def test_an_ended_pass_lets_the_next_of_its_namespace_begin() -> None:
    """Also where the worker that ended it is not the one that waits."""
    queue = WorkQueue(FakeTimers(), Share.of(1))
    add_many(queue, "ns", 2)
    assert await taken(queue, 1) == ["ns"]
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.finish(Key("ns", "w-0"), None)
    assert await asyncio.wait_for(waiting, patience(1)) == Key("ns", "w-1")


async def test_a_closed_queue_keeps_no_worker_free() -> None:
    """What is announced is sent or taken back by as many workers as there are."""
    queue = WorkQueue(FakeTimers(), Share.of(4))
    add_many(queue, "ns", 5)
    assert await taken(queue, 3) == ["ns"] * 3
    queue.close(last=[Key("ns", "w-3")])
    assert await taken(queue, 1) == ["ns"]


@pytest.mark.parametrize(
    ("workers", "beside_others", "alone"), [(1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 2, 3), (16, 8, 12)]
)
def test_shares_of_few_workers(workers: int, beside_others: int, alone: int) -> None:
    """Nobody is ever left without one."""
    assert Share.of(workers) == Share(beside_others, alone)


async def test_depth_is_told_by_lane_and_namespaces_by_number(queue: WorkQueue) -> None:
    """As many numbers as there are lanes, and one more, however many namespaces there are."""
    add_many(queue, "a", 3)
    add_many(queue, "a", 5, Lane.ROUTINE)
    add_many(queue, "b", 1, Lane.ROUTINE)
    assert (queue.depth_of(Lane.URGENT), queue.depth_of(Lane.ROUTINE), queue.namespaces) == (
        3,
        3,
        2,
    )
    assert await taken(queue, 5) == ["a", "a", "a", "a", "b"]
    assert (queue.depth_of(Lane.URGENT), queue.depth_of(Lane.ROUTINE), queue.namespaces) == (
        0,
        1,
        1,
    )


class QueueMachine(RuleBasedStateMachine):
    """Any order of adding, waiting, taking and finishing, against the three promises of the
    queue."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.timers = FakeTimers()
        self.queue = WorkQueue(self.timers, SHARE)
        self.under_work: list[Key] = []
        self.owed: set[Key] = set()
        """Keys that were added and had no turn since."""

    @property
    def may_take(self) -> bool:
        """Somebody waits whose namespace has not all that it may have."""
        under_work = Counter(key.namespace for key in self.under_work)
        return any(under_work[key.namespace] < SHARE.alone for key in waiting_in(self.queue))

    @initialize(target=keys, name=st.sampled_from("abc"))
    def first(self, name: str) -> Key:
        return Key("ns", name)

    @rule(target=keys, namespace=st.sampled_from(("ns", "other")), name=st.sampled_from("abcd"))
    def another(self, namespace: str, name: str) -> Key:
        return Key(namespace, name)

    @rule(key=keys, lane=st.sampled_from(Lane), goes_on=st.booleans())
    def add(self, key: Key, lane: Lane, goes_on: bool) -> None:
        self.queue.add(key, lane, goes_on=goes_on)
        self.owed.add(key)

    @rule(key=keys, seconds=st.integers(1, 30))
    def add_after(self, key: Key, seconds: int) -> None:
        self.queue.add_after(key, seconds)

    @rule(seconds=st.integers(1, 30))
    def wait(self, seconds: int) -> None:
        self.timers.advance(seconds)

    @precondition(lambda self: self.may_take)
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
        waiting = waiting_in(self.queue)
        assert len(waiting) == len(set(waiting)) == self.queue.depth
        assert not set(waiting) & set(self.under_work)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        again = {key for key, lane in self.queue._active.items() if lane is not None}
        assert self.owed <= {*waiting_in(self.queue)} | again

    @invariant()
    def nobody_has_more_than_a_share(self) -> None:
        under_work = Counter(key.namespace for key in self.under_work)
        assert max(under_work.values(), default=0) <= SHARE.alone


def waiting_in(queue: WorkQueue) -> list[Key]:
    """The keys in all rings of the queue."""
    rings = queue._waiting._rings.values()
    return [
        key for lanes in rings for ring in lanes.values() for keys in ring.values() for key in keys
    ]


def run(coroutine: Coroutine[None, None, T]) -> T:
    """A coroutine that does not have to wait."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]  # what a coroutine returns travels in the exception
    raise AssertionError("it waits")


TestQueueMachine = QueueMachine.TestCase
