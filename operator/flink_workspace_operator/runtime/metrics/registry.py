"""All metrics of one process."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flink_workspace_operator.runtime.metrics import families
from flink_workspace_operator.runtime.metrics.calls import CallMetrics
from flink_workspace_operator.runtime.metrics.families import Family
from flink_workspace_operator.runtime.metrics.orders import OrderMetrics
from flink_workspace_operator.runtime.metrics.orphans import OrphanMetrics
from flink_workspace_operator.runtime.metrics.passes import PassMetrics
from flink_workspace_operator.runtime.metrics.workspaces import WorkspaceMetrics
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.turns import Lane

YOUNGEST_SECONDS: Final = 1.0
OLDEST_SECONDS: Final = 5.0
TEXT_LASTS: Final = 10
"""So many times as long as the text took to write, between these bounds. Whoever asks without end gets the same text
again, so scrapes take no more than a tenth of the processor, or little more where there are ten thousand workspaces."""


class Metrics:
    """A registry of our own, so that two operators in one process do not share their numbers.

    Nothing of the process or of Python is in it. `clock` gives seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._text = b""
        self._fresh_until = float("-inf")
        self._registry = CollectorRegistry()
        self._asked: list[tuple[Gauge, Callable[[], float]]] = []
        self.calls = CallMetrics(self._registry)
        self.passes = PassMetrics(self._registry, clock)
        self.orders = OrderMetrics()
        self.workspaces = WorkspaceMetrics()
        self.orphans = OrphanMetrics()
        for collector in (self.orders, self.orphans):
            self._registry.register(collector)

    def ask(self, leads: Callable[[], bool], queue: WorkQueue) -> None:
        """Ask these too, whenever Prometheus asks. Their numbers are also true of a process that stands by."""
        self._add(families.LEADER, leads)
        depths = families.QUEUE_DEPTH.as_gauge(self._registry)
        for lane in Lane:
            self._asked.append((depths.labels(lane.name.lower()), partial(queue.depth_of, lane)))
        self._add(families.QUEUE_NAMESPACES, lambda: queue.namespaces)
        self._add(families.QUEUE_AGE, lambda: queue.oldest_seconds)

    def tell_endpoint(self, is_set: bool, emulated: bool) -> None:
        """Whom calls go to: it does not change while the process lives."""
        gauge = families.ENDPOINT.as_gauge(self._registry)
        gauge.labels("set" if is_set else "cloud", str(emulated).lower()).set(1)

    async def as_text(self) -> bytes:
        """All of it in the text format. Written once for all who ask meanwhile, or within seconds after."""
        async with self._one_at_a_time:
            if self._clock() >= self._fresh_until:
                began = self._clock()
                self._text = await self._written()
                took = self._clock() - began
                lasts = min(OLDEST_SECONDS, max(YOUNGEST_SECONDS, TEXT_LASTS * took))
                self._fresh_until = self._clock() + lasts
            return self._text

    async def _written(self) -> bytes:
        """Written in a thread: with thousands of workspaces it takes long, and the loop must not stand still for it."""
        for gauge, number in self._asked:
            gauge.set(number())
        return await asyncio.to_thread(lambda: generate_latest(self._registry) + self.workspaces.as_text().encode())

    def _add(self, family: Family, number: Callable[[], float]) -> None:
        self._asked.append((family.as_gauge(self._registry), number))
