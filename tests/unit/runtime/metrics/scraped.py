"""What a scrape of some metrics shows."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from flink_workspace_operator.runtime.metrics.workspaces import WorkspaceMetrics

Labels = tuple[tuple[str, str], ...]


def labels(**named: str) -> Labels:
    """Labels as they stand in `shown`."""
    return tuple(sorted(named.items()))


def families_of(told: Collector | CollectorRegistry | WorkspaceMetrics) -> Iterable[Metric]:
    """All that is told; what is written as text is read as Prometheus's own library reads it."""
    return (
        text_string_to_metric_families(told.as_text())
        if isinstance(told, WorkspaceMetrics)
        else told.collect()
    )


def shown(told: Collector | CollectorRegistry | WorkspaceMetrics, name: str) -> dict[Labels, float]:
    """The series of that name, by their labels."""
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in families_of(told)
        for sample in family.samples
        if sample.name == name
    }
