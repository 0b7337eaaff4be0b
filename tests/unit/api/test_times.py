"""Times as the API server stores them, with whatever offset and of whatever year."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.order import FlinkWorkspaceOrderStatus


def a_condition(time: str) -> Condition:
    said: dict[str, Any] = {
        "type": "Ready",
        "status": "True",
        "reason": "Running",
        "observedGeneration": 1,
    }
    return Condition.model_validate({**said, "lastTransitionTime": time})


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("2026-11-30T18:51:48+08:00", "2026-11-30T10:51:48Z"),
        ("2026-11-30T10:51:48.999Z", "2026-11-30T10:51:48Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+08:00", "0001-01-01T00:00:00Z"),
        ("0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59-08:00", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_condition_s_time_is_written_back_in_utc_and_with_four_digits_of_the_year(
    stored: str, written: str
) -> None:
    """One that cannot be read is no time: the resource stays readable, and its status can be
    written."""
    assert a_condition(stored).as_wire()["lastTransitionTime"] == written


def test_a_time_that_money_depends_on_is_read_or_refused() -> None:
    """As no time it would end every window at once."""
    intent = "2026-11-30T18:51:48+08:00"
    assert FlinkWorkspaceOrderStatus.model_validate({"intentTime": intent}).intent_time == datetime(
        2026, 11, 30, 10, 51, 48, tzinfo=UTC
    )
    with pytest.raises(ValidationError):
        FlinkWorkspaceOrderStatus.model_validate({"intentTime": "0000-01-01T00:00:00Z"})
