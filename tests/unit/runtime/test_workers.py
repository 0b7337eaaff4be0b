"""Workers: whatever a pass does, the others go on, and the key comes again when it should."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from flink_workspace_operator.core.facts.failures import (
    ClusterFailure,
    ClusterUnreachable,
    Conflict,
    Throttled,
    Vanished,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import AT_ONCE, Requeue
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.workers import TRIES_IN_PLACE, Workers
from tests.unit.runtime.timers import FakeTimers

A, B, C = (Key("ns", name) for name in "abc")
NEVER = Requeue(None)
PATIENCE_SECONDS = 10


class Bench:
    """Two workers on a queue whose time the test moves."""

    def __init__(self) -> None:
        self.timers = FakeTimers()
        self.queue = WorkQueue(self.timers)
        self.passes: list[Key] = []
        self.behave: Callable[[Key], Awaitable[Requeue]] = finished
        self.announced: set[Key] = set()
        self.workers = Workers(
            self.queue, self._run_pass, 2, lambda: 0.0, self.announced.__contains__
        )

    async def _run_pass(self, key: Key) -> Requeue:
        self.passes.append(key)
        return await self.behave(key)

    async def until(self, fact: Callable[[], bool]) -> None:
        """Let the workers work until it is so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not fact():  # noqa: ASYNC110 - any fact, not one that somebody announces
                await asyncio.sleep(0)

    async def passes_time(self, fact: Callable[[], bool]) -> float:
        """Let the workers work, and time pass, until it is so; gives how many seconds."""
        began = self.timers.time()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for _ in range(20):
                    await asyncio.sleep(0)
                if fact():
                    return self.timers.time() - began
                self.timers.advance(0.5)

    async def idle(self) -> None:
        """Let the workers work until nothing waits."""
        await self.until(lambda: not self.queue.depth and not self.queue.active)


async def finished(_: Key) -> Requeue:
    return NEVER


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    bench.workers.start()
    yield bench
    await bench.workers.drain(0)


def failing(failure: BaseException) -> Callable[[Key], Awaitable[Requeue]]:
    async def fail(_: Key) -> Requeue:
        raise failure

    return fail


async def waits(bench: Bench, times: int) -> list[float]:
    """How long it takes until each of so many passes in a row."""
    found = []
    for _ in range(times):
        count = len(bench.passes)
        found.append(await bench.passes_time(lambda count=count: len(bench.passes) > count))  # type: ignore[misc]
    return found


async def test_next_look_is_kept(bench: Bench) -> None:
    """A pass says when the key is looked at again: at once, later or never."""
    looks = iter((AT_ONCE, Requeue(timedelta(seconds=30)), NEVER))

    async def behave(_: Key) -> Requeue:
        return next(looks)

    bench.behave = behave
    bench.queue.add(A)
    await bench.idle()
    assert bench.passes == [A, A]
    assert await waits(bench, 1) == [30]
    bench.timers.advance(3600)
    await bench.idle()
    assert bench.passes == [A, A, A]


async def test_failures_back_off_and_success_forgets_them(bench: Bench) -> None:
    """A failing key comes again after 1 s, doubling to 60 s; after a success the next failure
    begins at 1 s again."""
    bench.behave = failing(ClusterUnreachable("down"))
    bench.queue.add(A)
    await bench.idle()
    assert await waits(bench, 8) == [1, 2, 4, 8, 16, 32, 60, 60]
    bench.behave = finished
    bench.queue.add(A)
    await bench.idle()
    bench.behave = failing(ClusterUnreachable("down"))
    bench.queue.add(A)
    await bench.idle()
    assert await waits(bench, 1) == [1]


async def test_cloud_may_ask_for_a_longer_wait(bench: Bench) -> None:
    """Where the cloud says when to come back, nobody comes earlier."""
    bench.behave = failing(
        Throttled("foasconsole.DescribeInstances", "Throttling.User", retry_after=45)
    )
    bench.queue.add(A)
    await bench.idle()
    assert await waits(bench, 1) == [45]


@pytest.mark.parametrize(
    "mistake", [KeyError("a mistake of ours"), asyncio.CancelledError(), RecursionError()]
)
async def test_worker_survives_anything(
    bench: Bench, mistake: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake in one pass, or a cancellation that escaped from a library, costs that key a wait
    and nothing more."""
    bench.behave = failing(mistake)
    bench.queue.add(A)
    await bench.idle()
    bench.behave = finished
    bench.queue.add(B)
    await bench.idle()
    assert bench.passes == [A, B]
    assert bench.workers.alive == 2
    assert "Traceback" in caplog.text
    assert await waits(bench, 1) == [1]


@pytest.mark.parametrize("race", [Conflict("409"), Vanished("404")])
async def test_a_lost_race_is_retried_at_once_and_what_repeats_backs_off(
    bench: Bench, race: ClusterFailure, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is logged of the first: somebody else wrote. One that lasts is no race, and costs
    less and less."""
    bench.behave = failing(race)
    bench.queue.add(A)
    await bench.idle()
    assert caplog.records == []
    assert await waits(bench, 9) == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    (record,) = caplog.records
    assert record.getMessage().startswith(str(race))


async def test_what_was_read_and_can_not_be_written_names_the_namespace(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """An object in a namespace that was removed by force is read as ever, and each write of it is
    answered by a 404."""
    bench.behave = failing(Vanished("the API server answered 404 Not Found"))
    bench.queue.add(A)
    await waits(bench, 2)
    assert "If the namespace does not exist any more, create it again" in caplog.text


async def test_a_cause_is_logged_once_and_so_is_its_end(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure that lasts says so once for its key, and again when it is another one or when it is
    over."""
    caplog.set_level(logging.INFO)
    for failure in (
        ClusterUnreachable("down"),
        ClusterUnreachable("half up"),
        KeyError("a mistake of ours"),
    ):
        bench.behave = failing(failure)
        bench.queue.add(A)
        await waits(bench, 3)
    bench.behave = finished
    for key in (A, B):
        bench.queue.add(key)
    await bench.idle()
    said = [(record.levelname, record.getMessage().split(";")[0]) for record in caplog.records]
    assert said == [
        ("WARNING", "down"),
        ("WARNING", "half up"),
        ("ERROR", "the pass failed in a way nobody thought of"),
        ("INFO", "succeeded, after 9 passes that failed"),
    ]


async def test_expected_failure_is_one_line(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """A failure of the outside is logged as one line, without a traceback."""
    bench.behave = failing(ClusterUnreachable("the API server answered 503"))
    bench.queue.add(A)
    await bench.idle()
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "the API server answered 503; next try in 1 s" in record.getMessage()


class Buying:
    """Passes that announce a purchase and make it in the next one, unless something is in the way
    of that."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.blocked: set[Key] = set()
        """Keys for which the API server accepts no write any more, once they are announced."""
        self.bought: list[Key] = []
        self.most = 0
        """How many were announced and not bought at once."""

    async def behave(self, key: Key) -> Requeue:
        """A pass. Others may work while it waits for its answers."""
        await asyncio.sleep(0)
        announced = self.bench.announced
        if key in announced and key in self.blocked:
            raise ClusterUnreachable("down")
        if key in announced:
            announced.discard(key)
            self.bought.append(key)
            return NEVER
        announced.add(key)
        self.most = max(self.most, len(announced))
        await asyncio.sleep(0)
        return AT_ONCE


@pytest.fixture
def buying(bench: Bench) -> Buying:
    buying = Buying(bench)
    bench.behave = buying.behave
    return buying


async def test_what_is_announced_is_sent_before_anything_else_begins(
    bench: Bench, buying: Buying
) -> None:
    """However many are applied, each worker has at most one order announced and unsent.

    Each is of a namespace of its own: within one, what goes on at once comes first anyway.
    """
    wanted = [Key(f"ns-{number}", str(number)) for number in range(20)]
    for key in wanted:
        bench.queue.add(key)
    await bench.until(lambda: len(buying.bought) == len(wanted))
    assert (buying.most, sorted(map(str, buying.bought))) == (2, sorted(map(str, wanted)))


async def test_a_failure_of_the_announcing_pass_changes_nothing(bench: Bench) -> None:
    """The intent may have been written all the same: the next pass comes at once, and finds out."""

    async def behave(key: Key) -> Requeue:
        if len(bench.passes) == 1:
            bench.announced.add(key)
            raise ClusterUnreachable("the answer was lost")
        bench.announced.discard(key)
        return NEVER

    bench.behave = behave
    bench.queue.add(A)
    bench.queue.add(B)
    await bench.idle()
    assert sorted(bench.passes, key=str) == [A, A, B]


async def test_a_pass_that_waits_for_something_else_has_nothing_to_send(bench: Bench) -> None:
    """What the process remembers may be over: another process took the order back."""
    bench.announced.add(A)
    bench.behave = lambda _: asyncio.sleep(0, Requeue(timedelta(seconds=30)))
    bench.queue.add(A)
    await bench.idle()
    assert bench.passes == [A]


async def test_an_order_that_can_not_be_ended_does_not_block_its_worker(
    bench: Bench, buying: Buying
) -> None:
    """After half a minute the worker turns to others; from then on the key costs what any failing
    one does."""
    buying.blocked = {A, B}
    for key in (A, B, C):
        bench.queue.add(key)
    assert await bench.passes_time(lambda: C in buying.bought) == 31
    assert bench.passes == [*(A, B) * (1 + TRIES_IN_PLACE), C, C]
    await bench.passes_time(lambda: bench.passes.count(A) == TRIES_IN_PLACE + 5)
    assert await bench.passes_time(lambda: bench.passes.count(A) == TRIES_IN_PLACE + 6) == 60
    buying.blocked.clear()
    await bench.passes_time(lambda: buying.bought == [C, A, B])


async def test_drain_lets_passes_end(bench: Bench) -> None:
    """A stop waits for the pass under way, and begins no other."""
    may_end = asyncio.Event()
    ended: list[Key] = []

    async def behave(key: Key) -> Requeue:
        await may_end.wait()
        ended.append(key)
        return AT_ONCE

    bench.behave = behave
    bench.queue.add(A)
    await bench.until(lambda: bench.queue.active == (A,))
    draining = asyncio.create_task(bench.workers.drain(PATIENCE_SECONDS))
    await asyncio.sleep(0)
    bench.queue.add(B)
    may_end.set()
    await draining
    assert (bench.passes, ended, bench.workers.alive) == ([A], [A], 0)


async def test_drain_ends_what_is_announced(bench: Bench, buying: Buying) -> None:
    """Nothing new begins, a worker's wait between two tries is over at once, and it tries until it
    is done."""
    buying.blocked = {A, B}
    for key in (A, B, C):
        bench.queue.add(key)
    await bench.passes_time(
        lambda: bench.passes.count(A) == bench.passes.count(B) == TRIES_IN_PLACE
    )
    draining = asyncio.create_task(bench.workers.drain(PATIENCE_SECONDS))
    await bench.until(lambda: bench.passes.count(A) == bench.passes.count(B) == TRIES_IN_PLACE + 1)
    await bench.passes_time(lambda: bench.passes.count(A) == 2 * TRIES_IN_PLACE)
    assert not draining.done()
    buying.blocked.clear()
    await bench.passes_time(draining.done)
    assert (sorted(buying.bought, key=str), bench.announced, bench.workers.alive) == (
        [A, B],
        set(),
        0,
    )


async def test_drain_ends_what_was_put_off(bench: Bench, buying: Buying) -> None:
    """An order that could not be ended in place, and waits for its next turn, has it before the
    end."""
    buying.blocked = {A, B}
    for key in (A, B):
        bench.queue.add(key)
    await bench.passes_time(
        lambda: len(bench.passes) == 2 * (1 + TRIES_IN_PLACE) and not bench.queue.active
    )
    buying.blocked.clear()
    bench.queue.add(C)
    await bench.workers.drain(PATIENCE_SECONDS)
    assert (set(buying.bought), bench.announced) == ({A, B}, set())


async def test_drain_stops_trying_in_time(
    bench: Bench, buying: Buying, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the API server stays away, the time for stopping is the end, and the log says what is
    left open."""
    buying.blocked = {A}
    bench.queue.add(A)
    await bench.until(lambda: bench.passes.count(A) == 2)
    await bench.workers.drain(0.01)
    assert bench.workers.alive == 0
    assert "stopping in the middle of ns/a" in caplog.text


async def test_drain_ends_in_time(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """A pass that takes longer than a stop may wait is cancelled, and the log says which one it
    was."""
    bench.behave = lambda _: asyncio.Event().wait()  # type: ignore[assignment,return-value]  # it never returns
    bench.queue.add(A)
    await bench.until(lambda: bench.queue.active == (A,))
    await bench.workers.drain(0.01)
    assert bench.workers.alive == 0
    assert "stopping in the middle of ns/a" in caplog.text
