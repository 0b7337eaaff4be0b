"""Each account has its own clock: the machine's plus an offset that only tests move.

So parallel tests can pass hours without waiting and without touching each other.
"""

from datetime import UTC, datetime, timedelta


def machine_now() -> datetime:
    """The machine's clock, which the SDKs sign with."""
    return datetime.now(UTC)


class Clock:
    """The time in the cloud, as one account sees it."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self.advanced_at = datetime.min.replace(tzinfo=UTC)
        """The machine's time at which the clock was last advanced."""

    def now(self) -> datetime:
        return machine_now() + self.offset

    def advance(self, by: timedelta) -> None:
        self.offset += by
        self.advanced_at = machine_now().replace(microsecond=0)

    def accepts(self, signed: datetime, validity: timedelta) -> bool:
        """Whether a request signed at ``signed`` is neither too old nor too far in the future.

        A date of the machine's clock counts too, because the SDKs know no other, but only one from
        after the last advance: before it, the request was sent that much longer ago. Dates on the
        wire have whole seconds.
        """
        if abs(self.now() - signed) <= validity:
            return True
        machine = machine_now()
        return (
            self.advanced_at <= signed <= machine + timedelta(seconds=1)
            and machine - signed <= validity
        )
