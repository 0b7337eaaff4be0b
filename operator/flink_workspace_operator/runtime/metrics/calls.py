"""Calls to the cloud, counted by API action and result."""

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from flink_workspace_operator.adapters.alibaba.errors import known_code
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.runtime.metrics import families

ANSWERED: Final = ("Answered", "OK")
BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds, up to the timeout of a purchase."""


class ClockMetrics(Collector):
    """This node's clock against the cloud's, by the last answer that was dated."""

    def __init__(self) -> None:
        self.ahead: float | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The offset, if it is known: 0 would mean that the clock is right."""
        family = families.CLOCK.with_no_number()
        if self.ahead is not None:
            family.add_metric((), self.ahead)
        yield family


class CallMetrics:
    """An observer of calls, as sessions take it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = families.CALLS.as_counter(registry)
        self._durations = families.CALL_DURATION.as_histogram(registry, BUCKETS)
        self._clock = ClockMetrics()
        registry.register(self._clock)

    def __call__(
        self, call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
    ) -> None:
        """Count a call. Its code is one of the operator's list: the cloud could send any text."""
        service, _, action = call.partition(".")
        result = ANSWERED if failure is None else (failure.reason, known_code(failure.code))
        self._calls.labels(service, action, *result).inc()
        self._durations.labels(service, action).observe(seconds)
        if ahead is not None:
            self._clock.ahead = ahead
