"""Calls to the cloud are counted by what the operator knows of their ends, and by nothing that the
cloud wrote."""

import pytest
from prometheus_client import CollectorRegistry

from flink_workspace_operator.adapters.alibaba.errors import (
    TABLE,
    ErrorAnswer,
    classify,
    known_code,
)
from flink_workspace_operator.core.facts.failures import CloudFailure, Garbled, Unreachable
from flink_workspace_operator.runtime.metrics.calls import CallMetrics
from tests.unit.runtime.metrics.scraped import labels, shown

CALL = "foasconsole.CreateInstance"
CANARY = "Canary0Secret0Access0Key"


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def calls(registry: CollectorRegistry) -> CallMetrics:
    return CallMetrics(registry)


def refused(code: str, status: int = 400) -> CloudFailure:
    return classify(ErrorAnswer(CALL, status, code))


@pytest.mark.parametrize(
    ("failure", "result", "code"),
    [
        (None, "Answered", "OK"),
        (refused("InvalidParameter"), "ParametersRefused", "InvalidParameter"),
        (refused("Throttling.User"), "Throttled", "Throttl*"),
        (refused(CANARY), "Unexplained", "Other"),
        (refused(CANARY, 503), "ServerError", "Other"),
        (refused("", 502), "ServerError", "HTTP502"),
        (Unreachable(CALL, "DeadlineExceeded"), "Unreachable", "DeadlineExceeded"),
        (Garbled(CALL, f"{CANARY} is missing"), "Garbled", "Other"),
    ],
)
def test_a_call_counts_by_its_end(
    calls: CallMetrics,
    registry: CollectorRegistry,
    failure: CloudFailure | None,
    result: str,
    code: str,
) -> None:
    """Answered, or what the failure means, with a code of the operator's own list."""
    calls(CALL, failure, 0.2)
    counted = labels(service="foasconsole", action="CreateInstance", result=result, code=code)
    assert shown(registry, "flink_operator_cloud_calls_total") == {counted: 1}


def test_calls_are_timed_by_action(calls: CallMetrics, registry: CollectorRegistry) -> None:
    """However they end."""
    calls(CALL, None, 2)
    calls(CALL, refused("InvalidParameter"), 3)
    timed = labels(service="foasconsole", action="CreateInstance")
    assert shown(registry, "flink_operator_cloud_call_duration_seconds_sum") == {timed: 5}
    assert shown(registry, "flink_operator_cloud_call_duration_seconds_count") == {timed: 2}


def test_the_clock_has_a_number_once_an_answer_was_dated(
    calls: CallMetrics, registry: CollectorRegistry
) -> None:
    """And keeps it where one is not: 0 would say that it is right."""
    name = "flink_operator_clock_ahead_seconds"
    calls(CALL, None, 1)
    assert shown(registry, name) == {}
    calls(CALL, refused("InvalidTimeStamp.Expired"), 1, -1200.0)
    calls(CALL, None, 1)
    assert shown(registry, name) == {labels(): -1200}


def test_codes_are_a_closed_set() -> None:
    """Whatever the cloud writes, in whatever spelling: there are no more codes than the operator
    lists."""
    written = [
        variant
        for row in TABLE
        for variant in (row.code, row.code.lower(), row.code.replace("*", CANARY))
    ]
    assert {known_code(code) for code in [*written, CANARY, f"HTTP{CANARY}"]} <= {
        row.code for row in TABLE
    } | {"Other"}
