"""Clouds through the keys of Secrets, one for each key that is in use, so that resources with
one key share looks.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from flink_workspace_operator.core.facts.secret import AccessKey

IDLE_SECONDS: Final = 3600.0
"""What was not taken for this long is used by nobody. Keys are renewed, some every hour."""
MOST: Final = 64
"""So many are kept, whoever renews keys how often.

One more key costs another one that it is identified anew.
"""


class Closable(Protocol):
    """A client with connections."""

    async def close(self) -> None:
        """Close them once no call is under way."""
        ...


C = TypeVar("C", bound=Closable)


class ClientPool(Generic[C]):
    """The clients of other access keys, the one that was taken last at the end.

    `clock` gives seconds and never goes back.
    """

    def __init__(self, open_: Callable[[AccessKey], C], clock: Callable[[], float]) -> None:
        self._open = open_
        self._clock = clock
        self._opened: OrderedDict[AccessKey, tuple[C, float]] = OrderedDict()

    async def take(self, access_key: AccessKey) -> C:
        """The one for the key, opened if there is none yet; closes what has been idle, and what
        is one too many.
        """
        taken, _ = self._opened.get(access_key) or (self._open(access_key), 0.0)
        self._opened[access_key] = (taken, self._clock())
        self._opened.move_to_end(access_key)
        await self._close_all_before(self._clock() - IDLE_SECONDS)
        return taken

    async def close(self) -> None:
        """Close all."""
        await self._close_all_before(float("inf"))

    async def _close_all_before(self, moment: float) -> None:
        """Those that were taken before the moment, and the oldest ones above the number that is
        kept.
        """
        closing: list[C] = []
        while self._opened:
            opened, taken_at = next(iter(self._opened.values()))
            if taken_at >= moment and len(self._opened) <= MOST:
                break
            self._opened.popitem(last=False)
            closing.append(opened)
        for each in closing:
            await each.close()
