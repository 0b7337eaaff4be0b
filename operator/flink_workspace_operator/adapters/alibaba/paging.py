"""Reading a list to its last page, with proof that nothing is left out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from flink_workspace_operator.adapters.alibaba.reply import Reply
from flink_workspace_operator.core.facts.failures import ListChanged

_REREADS: Final = 3
"""In a busy account a list of many pages changes during most reads: to fail the whole pass each
time costs more.
"""


_AT_ONCE: Final = 8
"""Pages. The shorter a list is read, the less changes meanwhile."""


class Row(Protocol):
    """An entry of a list."""

    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=Row)
R_co = TypeVar("R_co", bound=Row, covariant=True)


class PageOf(Protocol[R_co]):
    """One page."""

    @property
    def total_count(self) -> int: ...

    @property
    def rows(self) -> Sequence[R_co]: ...


class Whole(Generic[R]):
    """A list being read.

    It is complete when as many different entries are there as every page says there are.
    """

    def __init__(self) -> None:
        self.rows: list[R] = []
        self.dates: list[datetime] = []
        self._total: int | None = None

    @property
    def complete(self) -> bool:
        return self._total is not None and len(self.rows) >= self._total

    @property
    def missing(self) -> range:
        """The pages that must follow if they are as long as those before; no more than are asked
        for at once.
        """
        following = len(self.dates) + 1
        if self._total is None:
            return range(following, following + 1)
        length = max(1, len(self.rows) // len(self.dates))
        pages = -(-(self._total - len(self.rows)) // length)
        return range(following, following + min(pages, _AT_ONCE))

    def add(self, page: PageOf[R], reply: Reply) -> str | None:
        """Take one more page. Returns why it does not fit the pages before; None if it does.

        Raises `Garbled` where the page contradicts itself.
        """
        _check(page, reply, is_first=not self.dates)
        self.dates.append(reply.dated())
        former, self._total = self._total, page.total_count
        self.rows.extend(page.rows)
        if former not in (None, page.total_count):
            return "TotalCount differs between pages"
        if len({row.id for row in self.rows}) < len(self.rows):
            return "an id is on two pages"
        if len(self.rows) > page.total_count:
            return "more entries than TotalCount"
        if not page.rows and not self.complete:
            return "fewer entries than TotalCount"
        return None


async def read_pages(
    ask: Callable[[int], Awaitable[Reply]], read: Callable[[Reply], PageOf[R]]
) -> tuple[list[R], datetime]:
    """All entries, and the earliest Date of the answers.

    Pages count from 1. Raises `CloudFailure`.
    """
    found = await _read_once(ask, read)
    for _ in range(_REREADS):
        if isinstance(found, ListChanged):
            found = await _read_once(ask, read)
    if isinstance(found, ListChanged):
        raise found
    return found


async def _read_once(
    ask: Callable[[int], Awaitable[Reply]], read: Callable[[Reply], PageOf[R]]
) -> tuple[list[R], datetime] | ListChanged:
    whole: Whole[R] = Whole()
    while not whole.complete:
        for page, reply in await _read_at_once(ask, read, whole.missing):
            misfit = whole.add(page, reply)
            if misfit is not None:
                return ListChanged(reply.call, misfit, reply.request_id)
    return whole.rows, min(whole.dates)


async def _read_at_once(
    ask: Callable[[int], Awaitable[Reply]], read: Callable[[Reply], PageOf[R]], numbers: range
) -> list[tuple[PageOf[R], Reply]]:
    """Pages in their order, each with its answer, of which the body is not kept.

    Raises `CloudFailure`.
    """
    reading = asyncio.Lock()

    async def one(number: int) -> tuple[PageOf[R], Reply]:
        reply = await ask(number)
        async with reading:
            page = read(reply)
            await asyncio.sleep(0)  # one page in a turn of the event loop: each takes milliseconds
        return page, replace(reply, body={})

    outcomes = await asyncio.gather(
        *map(one, numbers), return_exceptions=True
    )  # so that none goes on unattended
    found = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        found.append(outcome)
    return found


def _check(page: PageOf[R], reply: Reply, *, is_first: bool) -> None:
    """Raise `Garbled` if the page contradicts itself: it is of one moment, so no change of the
    list explains that.
    """
    if len({row.id for row in page.rows}) < len(page.rows):
        raise reply.garbled("an id is on the page twice")
    if len(page.rows) > page.total_count:
        raise reply.garbled("more entries than TotalCount")
    if is_first and not page.rows and page.total_count:
        raise reply.garbled("fewer entries than TotalCount")
