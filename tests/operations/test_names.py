"""Alerts and dashboard ask only for what the operator tells."""

import pytest

from flink_workspace_operator.runtime.metrics.families import FAMILIES
from tests.operations.monitoring import names_in, queries, rules

OF_A_SCRAPE = {"pod"}
"""Labels that Prometheus itself adds."""
EXISTING = {
    name: {*family.labels, *more}
    for family in FAMILIES
    for name, more in (
        [(family.name, ())]
        if family.type != "histogram"
        else [
            (f"{family.name}_bucket", ("le",)),
            (f"{family.name}_sum", ()),
            (f"{family.name}_count", ()),
        ]
    )
}
ALL_QUERIES = sorted({*queries(), *(rule["expr"] for rule in rules())})


def unknown_in(query: str) -> set[str]:
    """What a query names and the operator does not tell."""
    names = names_in(query)
    unknown = {metric for metric, _ in names.metrics if metric not in EXISTING}
    grouped = set(names.labels) - OF_A_SCRAPE
    for metric, selected in names.metrics:
        unknown |= {f"{metric}{{{label}}}" for label in selected - EXISTING.get(metric, set())}
        grouped -= EXISTING.get(metric, set())
    return unknown | grouped


@pytest.mark.parametrize("query", ALL_QUERIES)
def test_only_what_exists_is_asked_for(query: str) -> None:
    """Metrics, the labels they are selected by, and the labels that are grouped by."""
    assert unknown_in(query) == set()


def test_everything_that_is_told_is_shown() -> None:
    """No metric that no panel and no alert asks for, but for the leavings of histograms."""
    asked = {metric for query in ALL_QUERIES for metric, _ in names_in(query).metrics}
    assert {name for name in EXISTING if not name.endswith(("_sum", "_count"))} == asked


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("sum by (state) (rate(flink_workspace_ordrs[5m]))", {"flink_workspace_ordrs", "state"}),
        ('max(flink_workspace_orders{sate="Placed"}) > 1', {"flink_workspace_orders{sate}"}),
        (
            "absent(flink_operator_leader == 1) or time() - (max by (name) (flink_operator_orphans))",
            {"name"},
        ),
    ],
)
def test_a_wrong_name_is_found(query: str, unknown: set[str]) -> None:
    """Wherever in a query it stands."""
    assert unknown_in(query) == unknown
