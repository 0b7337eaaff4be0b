"""Workspaces in numbers: conditions, ends of paid times, free addresses; and they go with the
resource."""

import gc
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.observed import SeenNetwork, SeenVSwitch, Unknown
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.runtime.metrics.families import EXPIRATION as EXPIRATIONS
from flink_workspace_operator.runtime.metrics.workspaces import TOLD, WorkspaceMetrics
from tests.builders import (
    KEY,
    NOW,
    V_SWITCH,
    VPC,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    reported,
    seen,
)
from tests.unit.runtime.metrics.scraped import families_of, labels, shown

CONDITION = "flink_workspace_status_condition"
EXPIRATION = "flink_workspace_expiration_timestamp_seconds"
CAPACITY = "flink_workspace_vswitch_capacity"
NAMED = {"namespace": KEY.namespace, "name": KEY.name}


def running(free_addresses: int = 200) -> FlinkWorkspace:
    """As a pass over one that runs leaves it."""
    network = SeenNetwork(True, (SeenVSwitch(V_SWITCH, VPC, "cn-hangzhou-i", free_addresses),))
    case = a_case(
        a_workspace(),
        an_order("Fulfilled"),
        cloud=a_cloud(a_listing(an_instance()), network=network),
    )
    return a_workspace(status=reported(case, decide(case)))


@pytest.fixture
def metrics() -> WorkspaceMetrics:
    """One that runs was listed."""
    metrics = WorkspaceMetrics()
    metrics.seen(None, running().as_wire())
    return metrics


def series(metrics: WorkspaceMetrics) -> int:
    return sum(len(family.samples) for family in families_of(metrics))


def test_a_condition_has_one_series(metrics: WorkspaceMetrics) -> None:
    """That of its status and reason."""
    told = shown(metrics, CONDITION)
    assert told[labels(**NAMED, type="Ready", status="True", reason="Running")] == 1
    assert told[labels(**NAMED, type="Stalled", status="False", reason="NotStalled")] == 1
    assert sorted(dict(each)["type"] for each in told) == sorted(TOLD)


def test_a_change_moves_the_series(metrics: WorkspaceMetrics) -> None:
    """The old status has none any more."""
    metrics.seen("MODIFIED", a_workspace().as_wire())
    assert shown(metrics, CONDITION) == {}


def test_the_end_of_the_paid_time_is_told(metrics: WorkspaceMetrics) -> None:
    """As the cloud names it."""
    assert shown(metrics, EXPIRATION) == {labels(**NAMED): (NOW + timedelta(days=20)).timestamp()}


@pytest.mark.parametrize(("free", "band"), [(200, "Enough"), (49, "Low"), (0, "Exhausted")])
def test_free_addresses_are_told_as_a_band(free: int, band: str) -> None:
    """Of each vSwitch."""
    metrics = WorkspaceMetrics()
    metrics.seen(None, running(free).as_wire())
    assert shown(metrics, CAPACITY) == {labels(**NAMED, vswitch=V_SWITCH, band=band): 1}


def test_free_addresses_are_counted(metrics: WorkspaceMetrics) -> None:
    """By every pass that looked; one that did not look takes nothing back."""
    network = SeenNetwork(True, (SeenVSwitch(V_SWITCH, VPC, "cn-hangzhou-i", 17),))
    metrics.looked(seen(a_workspace(), cloud=a_cloud(network=network)))
    metrics.looked(seen(a_workspace(), cloud=a_cloud(network=Unknown())))
    assert shown(metrics, "flink_workspace_vswitch_free_addresses") == {
        labels(**NAMED, vswitch=V_SWITCH): 17
    }


def test_a_pass_over_what_is_gone_counts_nothing(metrics: WorkspaceMetrics) -> None:
    """Its orders may be looked after for longer."""
    metrics.seen("DELETED", running().as_wire())
    metrics.looked(seen(None))
    assert series(metrics) == 0


def test_series_go_with_the_resource(metrics: WorkspaceMetrics) -> None:
    """Nothing is left of one that is deleted."""
    metrics.looked(seen(a_workspace()))
    metrics.seen("DELETED", running().as_wire())
    assert series(metrics) == 0


@pytest.mark.parametrize(("after", "left"), [(None, 0), (timedelta(0), 8)])
async def test_a_gap_in_the_watch_is_mended(
    metrics: WorkspaceMetrics, after: timedelta | None, left: int
) -> None:
    """A pass that finds nothing left to look after ends the series of what was deleted unseen; no
    other pass does."""

    async def run_pass(_: object) -> Requeue:
        return Requeue(after)

    metrics.looked(seen(a_workspace()))
    assert await metrics.corrected(run_pass)(KEY) == Requeue(after)
    assert series(metrics) == left


def test_few_series_for_each(metrics: WorkspaceMetrics) -> None:
    """There may be ten thousand workspaces."""
    metrics.looked(seen(a_workspace()))
    assert series(metrics) == len(TOLD) + 3


def test_nothing_seen_is_not_0() -> None:
    """A process that stands by watches nothing, and claims nothing."""
    assert series(WorkspaceMetrics()) == 0


def test_it_is_written_as_prometheus_reads_it() -> None:
    """Whatever stands in a label: the text is written by ourselves."""
    odd = 'a "name"\\with\nall'
    told = text_string_to_metric_families(
        EXPIRATIONS.written([(("team", odd), 1.5e9), (("team", "b"), 0.0)])
    )
    [family] = told
    assert (family.name, family.documentation, family.type) == (
        EXPIRATIONS.name,
        EXPIRATIONS.help,
        "gauge",
    )
    assert [(each.labels["name"], each.value) for each in family.samples] == [
        (odd, 1.5e9),
        ("b", 0.0),
    ]


def test_what_comes_while_they_are_written_does_no_harm() -> None:
    """They are written in a thread, and a collection of garbage lets the event loop go on in the
    middle."""
    metrics, wire = WorkspaceMetrics(), running().as_wire()
    named = (
        {**wire, "metadata": {**wire["metadata"], "name": f"w-{number}"}} for number in range(4000)
    )
    for _ in range(1000):
        metrics.seen("ADDED", next(named))

    def another(phase: str, _: dict[str, int]) -> None:
        if phase == "stop":
            metrics.seen("ADDED", next(named))

    before = gc.get_threshold()
    gc.callbacks.append(another)
    gc.set_threshold(50)
    try:
        assert metrics.as_text()
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(another)
