"""What a scrape of some metrics shows."""

from prometheus_client import CollectorRegistry
from prometheus_client.registry import Collector

Labels = tuple[tuple[str, str], ...]


def labels(**named: str) -> Labels:
    """Labels as they stand in `shown`."""
    return tuple(sorted(named.items()))


def shown(collector: Collector | CollectorRegistry, name: str) -> dict[Labels, float]:
    """The series of that name, by their labels."""
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in collector.collect()
        for sample in family.samples
        if sample.name == name
    }
