"""What is declared is what is told."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.metrics.families import FAMILIES
from flink_workspace_operator.runtime.metrics.registry import Metrics
from flink_workspace_operator.runtime.queue import WorkQueue
from tests.builders import a_workspace, an_order, seen
from tests.unit.runtime.metrics.test_workspaces import running
from tests.unit.runtime.timers import FakeTimers


@pytest.fixture
def timers() -> FakeTimers:
    return FakeTimers()


@pytest.fixture
def queue(timers: FakeTimers) -> WorkQueue:
    return WorkQueue(timers)


@pytest.fixture
def metrics(timers: FakeTimers, queue: WorkQueue) -> Metrics:
    metrics = Metrics(timers.time)
    metrics.ask(lambda: True, queue)
    return metrics


async def told(metrics: Metrics) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """What a scrape shows: name, type, words and labels of each metric."""
    text = (await metrics.as_text()).decode()
    return {
        (
            f"{family.name}_total" if family.type == "counter" else family.name,
            family.type,
            family.documentation,
            tuple(sorted({label for sample in family.samples for label in sample.labels} - {"le"})),
        )
        for family in text_string_to_metric_families(text)
        if not family.name.endswith("_created")
    }


async def test_every_metric_is_declared_and_every_declared_one_is_told(metrics: Metrics) -> None:
    """With its type, its words and its labels, once something happened of everything."""
    metrics.calls("vpc.DescribeVpcs", Unreachable("vpc.DescribeVpcs", "NoConnection"), 1)
    metrics.orders.seen(None, an_order("Placed", 1).as_wire())
    metrics.orders.seen(None, an_order("Quoted", 2).as_wire())
    metrics.workspaces.seen(None, running().as_wire())
    metrics.workspaces.looked(seen(a_workspace()))
    metrics.orphans.found(["cn-hangzhou"], [])
    metrics.tell_endpoint(is_set=False, emulated=False)
    declared = {(each.name, each.type, each.help, tuple(sorted(each.labels))) for each in FAMILIES}
    assert await told(metrics) == declared


def test_names_say_what_and_in_which_unit() -> None:
    """Ours are recognised by their beginning; counters end in `_total`, and times and moments are
    in seconds."""
    for family in FAMILIES:
        assert family.name.startswith(("flink_operator_", "flink_workspace_"))
        assert family.name.endswith("_total") == (family.type == "counter")
        assert family.help.endswith(".")
        assert family.type != "histogram" or family.name.endswith("_seconds")


@pytest.mark.parametrize(
    ("is_set", "emulated", "labels"),
    [
        (False, False, 'emulated="false",endpoint="cloud"'),
        (True, False, 'emulated="false",endpoint="set"'),
        (True, True, 'emulated="true",endpoint="set"'),
    ],
)
async def test_who_answers_in_the_clouds_place_is_told(
    metrics: Metrics, is_set: bool, emulated: bool, labels: str
) -> None:
    """So that an alert can find an operator that buys nothing real, or asks somebody else."""
    metrics.tell_endpoint(is_set, emulated)
    assert f"\nflink_operator_endpoint_info{{{labels}}} 1.0\n" in (await metrics.as_text()).decode()


async def test_the_queue_is_told(metrics: Metrics, queue: WorkQueue, timers: FakeTimers) -> None:
    """How many wait in each lane, in how many namespaces, and how long the first of them has."""
    for name in ("a", "b"):
        queue.add(Key("ns", name))
        timers.advance(10)
    text = (await metrics.as_text()).decode()
    assert '\nflink_operator_queue_depth{lane="urgent"} 2.0\n' in text
    assert '\nflink_operator_queue_depth{lane="routine"} 0.0\n' in text
    assert "\nflink_operator_queue_namespaces 1.0\n" in text
    assert "\nflink_operator_queue_oldest_age_seconds 20.0\n" in text


async def test_who_stands_by_claims_nothing_of_workspaces(metrics: Metrics) -> None:
    """It watches none: no series, which is not the same as 0."""
    assert "\nflink_workspace_" not in (await metrics.as_text()).decode()


async def test_the_loop_goes_on_while_it_is_written(metrics: Metrics) -> None:
    """A renewal of the Lease does not wait for a scrape of thousands of workspaces."""
    wire = running().as_wire()
    for number in range(3000):
        metrics.workspaces.seen(
            None, {**wire, "metadata": {**wire["metadata"], "name": f"w-{number}"}}
        )
    scrape, turns = asyncio.create_task(metrics.as_text()), 0
    while not scrape.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 3


@dataclass(eq=False)
class Counted(Collector):
    """Counts how often the numbers are asked for, and takes its time over it."""

    timers: FakeTimers
    seconds: float = 0.0
    times: int = 0

    def collect(self) -> Iterator[Metric]:
        self.times += 1
        self.timers.advance(self.seconds)
        yield from ()


@pytest.fixture
def counted(timers: FakeTimers, metrics: Metrics) -> Counted:
    counted = Counted(timers)
    metrics._registry.register(counted)
    counted.times = 0  # it was asked for its names
    return counted


async def test_a_scrape_under_way_is_shared(metrics: Metrics, counted: Counted) -> None:
    """However many ask at once, the text is written once."""
    texts = await asyncio.gather(*(metrics.as_text() for _ in range(20)))
    assert (counted.times, len(set(texts))) == (1, 1)


@pytest.mark.parametrize(("took", "lasts"), [(0.0625, 1), (0.25, 2.5), (3, 5)])
async def test_a_text_lasts_for_seconds(
    metrics: Metrics, counted: Counted, timers: FakeTimers, took: float, lasts: float
) -> None:
    """The longer it took to write, the longer; so whoever scrapes without end can't take the
    processor."""
    counted.seconds = took
    for wait, times in ((0, 1), (lasts - 0.125, 1), (0.125, 2)):
        timers.advance(wait)
        await metrics.as_text()
        assert counted.times == times
