"""Reading a list to its last page, with proof that nothing is left out."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from flink_workspace_operator.adapters.alibaba.session import Reply


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
    """A list being read. It is complete when as many different entries are there as every page says there are."""

    def __init__(self) -> None:
        self.rows: list[R] = []
        self.dates: list[datetime] = []
        self._total: int | None = None

    @property
    def complete(self) -> bool:
        return self._total is not None and len(self.rows) >= self._total

    def add(self, page: PageOf[R], reply: Reply) -> None:
        """Take one more page. Raises `Garbled` where it does not fit to those before."""
        self.dates.append(reply.dated())
        if self._total not in (None, page.total_count):
            raise reply.garbled("TotalCount differs between pages")
        self._total = page.total_count
        self.rows.extend(page.rows)
        if len({row.id for row in self.rows}) < len(self.rows):
            raise reply.garbled("an id stands on the pages twice")
        if len(self.rows) > page.total_count:
            raise reply.garbled("more entries than TotalCount")
        if not page.rows and not self.complete:
            raise reply.garbled("fewer entries than TotalCount")


async def read_pages(
    ask: Callable[[int], Awaitable[Reply]], read: Callable[[Reply], PageOf[R]]
) -> tuple[list[R], datetime]:
    """All entries, and the earliest Date of the answers. Pages count from 1. Raises `CloudFailure`."""
    whole: Whole[R] = Whole()
    while not whole.complete:
        reply = await ask(len(whole.dates) + 1)
        whole.add(read(reply), reply)
    return whole.rows, min(whole.dates)
