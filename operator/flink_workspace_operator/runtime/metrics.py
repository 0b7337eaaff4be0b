"""What is told to Prometheus. Names are `flink_operator_...`; nothing of the process or of Python is in it."""

from collections.abc import Callable, Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Gauge, generate_latest

OrphanKind = Literal["Orphan", "NameTwice"]


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
            "Workspaces in the cloud that carry this cluster's mark and have no resource, or share a name.",
            ["kind"],
            registry=self._registry,
        )

    def count_orphans(self, numbers: Mapping[OrphanKind, int]) -> None:
        """How many were found at the last look. Until the first one there is no number, which is not the same as 0."""
        for kind, number in numbers.items():
            self._orphans.labels(kind).set(number)

    def as_text(self) -> bytes:
        """All of it in the text format."""
        return generate_latest(self._registry)
