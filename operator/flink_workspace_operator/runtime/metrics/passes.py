"""Passes, counted by result, and timed."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry

from flink_workspace_operator.core.facts.failures import CloudFailure, ClusterFailure
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.runtime.metrics import families
from flink_workspace_operator.runtime.workers import Pass

RESULTS: Final = ("Done", "CloudFailure", "ClusterFailure", "Defect")
BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


class PassMetrics:
    """Counts and times passes. `clock` gives seconds and never goes back."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float]) -> None:
        self._clock = clock
        passes = families.PASSES.as_counter(registry)
        # From 0, so that a first failure is a rise that an alert sees.
        self._passes = {result: passes.labels(result) for result in RESULTS}
        self._confirmed = families.CONFIRMED.as_counter(registry)
        self._durations = families.PASS_DURATION.as_histogram(registry, BUCKETS)

    def confirmed(self, number: int) -> None:
        """So many workspaces needed no pass in a round."""
        self._confirmed.inc(number)

    def counted(self, run_pass: Pass) -> Pass:
        """The pass with a count of its results. A cancelled pass is not counted."""

        async def run(key: Key) -> Requeue:
            began = self._clock()
            try:
                look = await run_pass(key)
            except Exception as failure:  # any failure is counted, and raised again
                self._count(_result_of(failure), began)
                raise
            self._count("Done", began)
            return look

        return run

    def _count(self, result: str, began: float) -> None:
        self._passes[result].inc()
        self._durations.observe(self._clock() - began)


def _result_of(failure: Exception) -> str:
    if isinstance(failure, CloudFailure):
        return "CloudFailure"
    return "ClusterFailure" if isinstance(failure, ClusterFailure) else "Defect"
