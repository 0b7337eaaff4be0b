"""Passes are counted by how they end."""

import asyncio
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from flink_workspace_operator.core.facts.failures import ClusterUnreachable, Unreachable
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.runtime.metrics.passes import RESULTS, PassMetrics
from tests.unit.runtime.metrics.scraped import labels, shown
from tests.unit.runtime.timers import FakeTimers

KEY = Key("ns", "a")
LOOK = Requeue(timedelta(minutes=1))


class Counted:
    """A pass that takes two seconds and ends as told, and what was counted of it."""

    def __init__(self, end: BaseException | None) -> None:
        self.timers, self.registry = FakeTimers(), CollectorRegistry()
        self._end = end
        self.run_pass = PassMetrics(self.registry, self.timers.time).counted(self._pass)

    async def _pass(self, _: Key) -> Requeue:
        self.timers.advance(2)
        if self._end is not None:
            raise self._end
        return LOOK

    def results(self) -> dict[str, float]:
        series = shown(self.registry, "flink_operator_passes_total")
        return {
            result: series[labels(result=result)]
            for result in RESULTS
            if series[labels(result=result)]
        }

    def seconds(self) -> float:
        return shown(self.registry, "flink_operator_pass_duration_seconds_sum")[()]


@pytest.mark.parametrize(
    ("end", "result"),
    [
        (Unreachable("vpc.DescribeVpcs", "NoConnection"), "CloudFailure"),
        (ClusterUnreachable("no answer"), "ClusterFailure"),
        (KeyError("a mistake of ours"), "Defect"),
    ],
)
async def test_a_failure_counts_and_goes_on(end: Exception, result: str) -> None:
    """By the side that failed, or as a defect; whoever runs the pass still gets to know it."""
    counted = Counted(end)
    with pytest.raises(type(end)):
        await counted.run_pass(KEY)
    assert (counted.results(), counted.seconds()) == ({result: 1}, 2)


async def test_a_pass_counts_as_done() -> None:
    """One that tells when to look again."""
    counted = Counted(None)
    assert await counted.run_pass(KEY) == LOOK
    assert (counted.results(), counted.seconds()) == ({"Done": 1}, 2)


async def test_a_cancelled_pass_is_not_counted() -> None:
    """It was not let end."""
    counted = Counted(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await counted.run_pass(KEY)
    assert (counted.results(), counted.seconds()) == ({}, 0)


def test_counting_begins_at_0() -> None:
    """So that the first defect is a rise, and not the beginning of a series."""
    registry = CollectorRegistry()
    PassMetrics(registry, lambda: 0)
    assert shown(registry, "flink_operator_passes_total") == {
        labels(result=result): 0 for result in RESULTS
    }
