"""Workers: whatever a pass does, the others go on, and the key comes again when it should."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from flink_workspace_operator.core.failures import ClusterUnreachable, Throttled
from flink_workspace_operator.core.identity import Key
from flink_workspace_operator.core.plan import AT_ONCE, NextLook
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.workers import Workers
from tests.unit.runtime.timers import FakeTimers

A, B = Key("ns", "a"), Key("ns", "b")
NEVER = NextLook(None)
PATIENCE_SECONDS = 10


class Bench:
    """Two workers on a queue whose time the test moves."""

    def __init__(self) -> None:
        self.timers = FakeTimers()
        self.queue = WorkQueue(self.timers)
        self.passes: list[Key] = []
        self.behave: Callable[[Key], Awaitable[NextLook]] = finished
        self.announced: set[Key] = set()
        self.workers = Workers(self.queue, self._run_pass, 2, lambda: 0.0, self.announced.__contains__)

    async def _run_pass(self, key: Key) -> NextLook:
        self.passes.append(key)
        return await self.behave(key)

    async def until(self, fact: Callable[[], bool]) -> None:
        """Let the workers work until it is so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not fact():  # noqa: ASYNC110 - any fact, not one that somebody announces
                await asyncio.sleep(0)

    async def idle(self) -> None:
        """Let the workers work until nothing waits."""
        await self.until(lambda: not self.queue.depth and not self.queue.active)


async def finished(_: Key) -> NextLook:
    return NEVER


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    bench.workers.start()
    yield bench
    await bench.workers.drain(0)


def failing(failure: BaseException) -> Callable[[Key], Awaitable[NextLook]]:
    async def fail(_: Key) -> NextLook:
        raise failure

    return fail


async def waits(bench: Bench, key: Key, times: int) -> list[float]:
    """How long the key waits after each of so many passes in a row."""
    found = []
    for _ in range(times):
        began = bench.timers.time()
        count = len(bench.passes)
        while len(bench.passes) == count:
            bench.timers.advance(0.5)
            for _ in range(5):
                await asyncio.sleep(0)
        found.append(bench.timers.time() - began)
    return found


async def test_next_look_is_kept(bench: Bench) -> None:
    """A pass says when the key is looked at again: at once, later or never."""
    looks = iter((AT_ONCE, NextLook(timedelta(seconds=30)), NEVER))

    async def behave(_: Key) -> NextLook:
        return next(looks)

    bench.behave = behave
    bench.queue.add(A)
    await bench.idle()
    assert bench.passes == [A, A]
    assert await waits(bench, A, 1) == [30]
    bench.timers.advance(3600)
    await bench.idle()
    assert bench.passes == [A, A, A]


async def test_failures_back_off_and_success_forgets_them(bench: Bench) -> None:
    """A failing key comes again after 1 s, doubling to 60 s; after a success the next failure begins at 1 s again."""
    bench.behave = failing(ClusterUnreachable("down"))
    bench.queue.add(A)
    await bench.idle()
    assert await waits(bench, A, 7) == [1, 2, 4, 8, 16, 32, 60]
    bench.behave = finished
    bench.queue.add(A)
    await bench.idle()
    bench.behave = failing(ClusterUnreachable("down"))
    bench.queue.add(A)
    await bench.idle()
    assert await waits(bench, A, 1) == [1]


async def test_cloud_may_ask_for_a_longer_wait(bench: Bench) -> None:
    """Where the cloud says when to come back, nobody comes earlier."""
    bench.behave = failing(Throttled("foasconsole.DescribeInstances", "Throttling.User", retry_after=45))
    bench.queue.add(A)
    await bench.idle()
    assert await waits(bench, A, 1) == [45]


@pytest.mark.parametrize("mistake", [KeyError("a mistake of ours"), asyncio.CancelledError(), RecursionError()])
async def test_worker_survives_anything(bench: Bench, mistake: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """A mistake in one pass, or a cancellation that escaped from a library, costs that key a wait and nothing more."""
    bench.behave = failing(mistake)
    bench.queue.add(A)
    await bench.idle()
    bench.behave = finished
    bench.queue.add(B)
    await bench.idle()
    assert bench.passes == [A, B]
    assert bench.workers.alive == 2
    assert "Traceback" in caplog.text
    assert await waits(bench, A, 1) == [1]


async def test_expected_failure_is_one_line(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """A failure of the outside is logged as one line, without a traceback."""
    bench.behave = failing(ClusterUnreachable("the API server answered 503"))
    bench.queue.add(A)
    await bench.idle()
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "the API server answered 503; next try in 1 s" in record.getMessage()


async def test_drain_lets_passes_end(bench: Bench) -> None:
    """A stop waits for the pass under way, and begins no other."""
    may_end = asyncio.Event()
    ended: list[Key] = []

    async def behave(key: Key) -> NextLook:
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


@pytest.mark.parametrize("outcome", [None, ClusterUnreachable("down")])
async def test_drain_does_not_leave_an_announced_purchase_open(bench: Bench, outcome: Exception | None) -> None:
    """A pass that announced a purchase when told to stop is followed by one more, which makes it or takes it back.

    One, whatever comes of it: where the cloud or the API server is away, trying for ever would not help.
    """
    may_end = asyncio.Event()

    async def behave(key: Key) -> NextLook:
        await may_end.wait()
        if len(bench.passes) > 1 and outcome is not None:
            raise outcome
        bench.announced.add(key)
        return AT_ONCE

    bench.behave = behave
    bench.queue.add(A)
    await bench.until(lambda: bench.queue.active == (A,))
    draining = asyncio.create_task(bench.workers.drain(PATIENCE_SECONDS))
    await asyncio.sleep(0)
    may_end.set()
    await draining
    assert bench.passes == [A, A]


async def test_drain_ends_in_time(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """A pass that takes longer than a stop may wait is cancelled, and the log says which one it was."""
    bench.behave = lambda _: asyncio.Event().wait()  # type: ignore[assignment,return-value]  # it never returns
    bench.queue.add(A)
    await bench.until(lambda: bench.queue.active == (A,))
    await bench.workers.drain(0.01)
    assert bench.workers.alive == 0
    assert "stopping in the middle of ns/a" in caplog.text
