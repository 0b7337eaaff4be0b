"""A namespace that was removed by force: what was in it is read as ever, and no write of it is
accepted any more."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from flink_workspace_operator.core.facts.failures import Vanished
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.workers import Workers
from tests.scenario.test_letting_go import uncertain
from tests.scenario.world import World

PATIENCE_SECONDS = 60
WINDOW_SECONDS = 300


@dataclass
class TimeLapse:
    """Timers that ring at once, and add up how long they should have taken."""

    loop: asyncio.AbstractEventLoop
    passed: float = 0.0

    def time(self) -> float:
        """Seconds that should have passed."""
        return self.passed

    def call_at(
        self, when: float, callback: Callable[..., object], *args: object
    ) -> asyncio.TimerHandle:
        """Call back now, which becomes then."""
        self.passed = max(self.passed, when)
        return self.loop.call_at(self.loop.time(), callback, *args)


@contextmanager
def removed_by_force(world: World) -> Iterator[None]:
    """The usual recipe against a namespace that does not end, which leaves what holds it where it
    is."""
    what = f"namespaces/{world.namespace}"
    world.objects.delete(what)
    namespace = world.objects.get(what)
    namespace["spec"]["finalizers"] = []
    world.objects.connection.ask("PUT", f"api/v1/{what}/finalize", namespace)
    try:
        yield
    finally:
        world.objects.create(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": world.namespace}}
        )


async def passes_in(world: World, seconds: float) -> int:
    """How many passes workers begin in that time, of which nothing is waited for."""
    lapse, begun, over = TimeLapse(asyncio.get_running_loop()), 0, asyncio.Event()

    async def run_pass(key: Key) -> Requeue:
        nonlocal begun
        if lapse.passed > seconds:
            over.set()
            return Requeue(None)
        begun += 1
        return await world.reconciler.run_pass(key)

    queue = WorkQueue(lapse)
    workers = Workers(queue, run_pass, 1, lambda: 0.0, world.reconciler.has_announced)
    queue.add(world.key("w"))
    workers.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await over.wait()
    await workers.drain(PATIENCE_SECONDS)
    return begun


async def test_it_costs_little_is_reported_once_and_heals(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """An outcome that can't be written down is looked for once a minute; with its namespace, it is
    written."""
    await uncertain(world)
    with removed_by_force(world):
        world.account.control.advance(WINDOW_SECONDS)
        with pytest.raises(Vanished, match=f'namespaces "{world.namespace}" not found'):
            await world.reconciler.run_pass(world.key("w"))
        assert await passes_in(world, 180) == 9
        assert caplog.text.count("If the namespace does not exist any more") == 1
    await world.reconciler.run_pass(world.key("w"))
    assert [order.state for order in await world.orders("w")] == ["NotPlaced"]
