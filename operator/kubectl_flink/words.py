"""Times and lengths of time in words."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def printable(text: str) -> str:
    """The text in one line, without what a terminal would take as a command."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def moment(time: datetime) -> str:
    """A time to the minute. It is UTC, as in the operator's messages."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def length(span: timedelta) -> str:
    """A length of time by its largest unit: 42s, 12m, 5h, 3d."""
    seconds = max(int(span.total_seconds()), 0)
    for unit, size in reversed(_UNITS.items()):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return "0s"


def parse_length(text: str) -> timedelta:
    """The length of time that somebody typed: 90s, 20m, 2h, 30d. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if not found:
        raise ValueError(f"'{text}' is no length of time: for example 90s, 20m, 2h or 30d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def parse_since(text: str, now: datetime) -> datetime:
    """The beginning that somebody typed: 2026-11, 2026-11-24, or 30d ago. Raises ValueError."""
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text):
        return datetime.fromisoformat(text if len(text) > len("2026-11") else f"{text}-01").replace(
            tzinfo=UTC
        )
    try:
        return now - parse_length(text)
    except ValueError:
        raise ValueError(
            f"'{text}' is no beginning: for example 2026-11, 2026-11-24 or 30d"
        ) from None
