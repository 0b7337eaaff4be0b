"""This node's clock against the cloud's, by the Date of its answers."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from flink_workspace_operator.core.facts.advice import how_far

_GRAIN: Final = timedelta(seconds=1)
"""A Date has whole seconds."""


def read_date(headers: Mapping[str, str]) -> datetime | None:
    """When the cloud answered, by its clock."""
    try:
        date = parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError):
        return None
    return date.astimezone(UTC) if date.tzinfo is not None else None


def seconds_ahead(headers: Mapping[str, str], sent: datetime, arrived: datetime) -> float | None:
    """How far this node's clock is ahead of the cloud's; negative: behind.

    None where the answer has no Date.

    The answer was dated at some moment between the two. What that alone explains counts as 0.
    """
    date = read_date(headers)
    if date is None:
        return None
    least, most = sent - date - _GRAIN, arrived - date
    return max(least, min(most, timedelta(0))).total_seconds()


def doubt(ahead: float | None, tolerance: timedelta | None) -> str | None:
    """Why a Date is not believed; None where it is.

    One of the two clocks is wrong then, and nobody can say which.

    Windows are counted by these Dates: one far ahead would end the wait for a lost purchase before
    it is over.
    """
    if ahead is None or tolerance is None or abs(ahead) <= tolerance.total_seconds():
        return None
    return (
        f"Date is {how_far(abs(ahead))} {'behind' if ahead > 0 else 'ahead of'} this node's clock:"
        " one of them is wrong"
    )
