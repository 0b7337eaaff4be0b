"""What is told to Prometheus. Names are `flink_operator_...`; nothing of the process or of Python is in it."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import get_args

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flink_workspace_operator.core.orphans import OrphanKind


class Metrics:
    """A registry of our own, so that two operators in one process do not share their numbers."""

    def __init__(self, leads: Callable[[], bool]) -> None:
        self._registry = CollectorRegistry()
        leader = Gauge(
            "flink_operator_leader", "Whether this process leads (1) or stands by (0).", registry=self._registry
        )
        leader.set_function(lambda: float(leads()))
        self._orphans = Gauge(
            "flink_operator_orphans",
            "Workspaces that carry this cluster's mark and have no resource, and names that two workspaces have.",
            ["kind", "region"],
            registry=self._registry,
        )

    def count_orphans(self, regions: Iterable[str], found: Iterable[tuple[OrphanKind, str]]) -> None:
        """What was found at the last look, as kind and region. A region that was not looked into has no number, which
        is not the same as 0."""
        numbers = Counter(found)
        self._orphans.clear()
        for region in regions:
            for kind in get_args(OrphanKind):
                self._orphans.labels(kind, region).set(numbers[kind, region])

    def as_text(self) -> bytes:
        """All of it in the text format."""
        return generate_latest(self._registry)
