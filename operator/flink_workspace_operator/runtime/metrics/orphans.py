"""Orphans of the last survey: paid for, and managed by no resource."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from flink_workspace_operator.api.operator_report import OrphanKind
from flink_workspace_operator.runtime.metrics import families


class OrphanMetrics(Collector):
    """Orphans by kind and region."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[OrphanKind, str], int] = {}

    def found(self, regions: Iterable[str], orphans: Iterable[tuple[OrphanKind, str]]) -> None:
        """Take in the findings as kind and region. A region that was not listed has no number,
        which is not the same as 0."""
        numbers = Counter(orphans)
        self._numbers = {
            (kind, region): numbers[kind, region]
            for region in regions
            for kind in get_args(OrphanKind)
        }

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The numbers of the last survey."""
        family = families.ORPHANS.with_no_number()
        for labels, number in self._numbers.items():
            family.add_metric(labels, number)
        yield family
