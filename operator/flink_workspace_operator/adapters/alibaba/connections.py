"""Connections to the cloud that are kept: with TLS, a new one costs more than all the rest of a question."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import ClientSession

from flink_workspace_operator.adapters.alibaba.transport import open_session

IDLE_SECONDS: Final = 5.0
"""Idle ones are given up long before a gateway closes them: a request that meets the closing gets no answer, and
nothing repeats it."""
AT_ONCE: Final = 16
"""Questions at once. More ask no faster, and what is begun in one turn of the event loop keeps all else waiting."""


class Connections:
    """Those of one identity. Never for a purchase: it must not meet a connection that the cloud is about to close.

    Closed while questions are under way, they end with the last of these. Later questions open others.
    """

    def __init__(self) -> None:
        self._session: ClientSession | None = None
        self._places = asyncio.Semaphore(AT_ONCE)
        self._questions = 0
        self._closed = False

    @property
    def session(self) -> ClientSession:
        """What keeps them. For whoever is inside of `opened`. Raises `UnusableAuthorities`."""
        if self._session is None:
            self._session = open_session(idle_seconds=IDLE_SECONDS)
        return self._session

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ClientSession]:
        """Wait for a place; inside is one question. Raises `UnusableAuthorities`."""
        async with self._places:
            self._questions += 1
            try:
                yield self.session
            finally:
                self._questions -= 1
                await self._leave()

    async def close(self) -> None:
        """Close them, or let the last question that is under way do it."""
        self._closed = True
        await self._leave()

    async def _leave(self) -> None:
        session = self._session
        if session is not None and self._closed and not self._questions:
            self._session = None
            await session.close()
