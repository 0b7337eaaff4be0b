"""The gateway's memory of signature nonces, which refuses a request that was sent before.

It is global, as support answers of the cloud describe it ("in the whole network").
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flink_cloud_emulator.clock import Clock

_TIDY_ABOVE = 10_000


@dataclass(frozen=True)
class _Seen:
    clock: Clock
    until: datetime

    @property
    def remembered(self) -> bool:
        return self.until > self.clock.now()


@dataclass
class NonceMemory:
    """Which nonces were used, each remembered by the clock of the account that used it."""

    _seen: dict[str, _Seen] = field(default_factory=dict)

    def use(self, nonce: str, clock: Clock, memory: timedelta) -> bool:
        """Remember a nonce; False if it is remembered already."""
        before = self._seen.get(nonce)
        if before is not None and before.remembered:
            return False
        self._seen[nonce] = _Seen(clock, clock.now() + memory)
        if len(self._seen) > _TIDY_ABOVE:
            self._seen = {nonce: seen for nonce, seen in self._seen.items() if seen.remembered}
        return True

    def forget(self, clock: Clock) -> None:
        """Forget what one account used."""
        self._seen = {nonce: seen for nonce, seen in self._seen.items() if seen.clock is not clock}
