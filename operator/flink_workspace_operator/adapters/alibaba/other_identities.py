"""Clouds through the keys of Secrets, one for each key that is in use, so that resources with one key share looks."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from flink_workspace_operator.core.secret import AccessKey

IDLE_SECONDS = 3600.0
"""Longer than any pass: what was not taken for this long is used by nobody. Keys are renewed, some every hour."""


class Closable(Protocol):
    """What has connections."""

    async def close(self) -> None:
        """Close them."""
        ...


C = TypeVar("C", bound=Closable)


class OtherIdentities(Generic[C]):
    """What was opened for each key. `clock` gives seconds and never goes back."""

    def __init__(self, open_: Callable[[AccessKey], C], clock: Callable[[], float]) -> None:
        self._open = open_
        self._clock = clock
        self._opened: dict[AccessKey, tuple[C, float]] = {}

    async def take(self, access_key: AccessKey) -> C:
        """The one for the key, opened if there is none yet; closes what has been idle."""
        taken, _ = self._opened.get(access_key) or (self._open(access_key), 0.0)
        self._opened[access_key] = (taken, self._clock())
        await self._close_all_before(self._clock() - IDLE_SECONDS)
        return taken

    async def close(self) -> None:
        """Close all."""
        await self._close_all_before(float("inf"))

    async def _close_all_before(self, moment: float) -> None:
        idle = [key for key, (_, taken_at) in self._opened.items() if taken_at < moment]
        for closing in [self._opened.pop(key)[0] for key in idle]:
            await closing.close()
