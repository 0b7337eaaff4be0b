"""Moments as messages show them."""

from datetime import UTC, datetime


def utc(moment: datetime) -> str:
    """To the minute: paid time ends at midnight UTC+8, which is another day elsewhere."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
