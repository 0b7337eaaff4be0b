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
"""A written text is reused for this many times the seconds that it took, between these bounds: so
scrapes without end take about a tenth of a processor, or more with ten thousand workspaces."""


class Metrics:
    """A registry of our own, so that two operators in one process do not share their numbers.

    Has no metrics of the process or of Python. `clock` gives seconds and never goes back.
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
        """Add election and queue, read at each scrape, also in a process that stands by."""
        self._add(families.LEADER, leads)
        depths = families.QUEUE_DEPTH.as_gauge(self._registry)
        for lane in Lane:
            self._asked.append((depths.labels(lane.name.lower()), partial(queue.depth_of, lane)))
        self._add(families.QUEUE_NAMESPACES, lambda: queue.namespaces)
        self._add(families.QUEUE_AGE, lambda: queue.oldest_seconds)

    def tell_endpoint(self, is_set: bool, emulated: bool) -> None:
        """Set the metric of the endpoint, constant for the process."""
        gauge = families.ENDPOINT.as_gauge(self._registry)
        gauge.labels("set" if is_set else "cloud", str(emulated).lower()).set(1)

    async def as_text(self) -> bytes:
        """All metrics in the text format, written once for concurrent and close requests."""
        async with self._one_at_a_time:
            if self._clock() >= self._fresh_until:
                began = self._clock()
                self._text = await self._written()
                took = self._clock() - began
                lasts = min(OLDEST_SECONDS, max(YOUNGEST_SECONDS, TEXT_LASTS * took))
                self._fresh_until = self._clock() + lasts
            return self._text

    async def _written(self) -> bytes:
        """The text, written in a thread: with thousands of workspaces it would block the loop."""
        for gauge, number in self._asked:
            gauge.set(number())
        return await asyncio.to_thread(
            lambda: generate_latest(self._registry) + self.workspaces.as_text().encode()
        )

    def _add(self, family: Family, number: Callable[[], float]) -> None:
        self._asked.append((family.as_gauge(self._registry), number))
