"""The one clock of a simulated world. It stands still until it is moved."""

from datetime import UTC, datetime, timedelta
from typing import Final

BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """The time, the same for the API server, the cloud and every process."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @property
    def second(self) -> datetime:
        """The time as it is written on the wire: in whole seconds."""
        return self.now.replace(microsecond=0)
