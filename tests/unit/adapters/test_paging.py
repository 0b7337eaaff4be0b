"""A list is complete, or it is no list."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from flink_workspace_operator.adapters.alibaba import wire
from flink_workspace_operator.adapters.alibaba.paging import read_pages
from flink_workspace_operator.adapters.alibaba.reply import Reply
from flink_workspace_operator.core.facts.failures import Garbled, ListChanged, ServerError
from tests.unit.adapters.replies import DATE, instance, reply


class Source:
    """A list, as it is each time when it is read from its first page on."""

    def __init__(self, readings: Sequence[Sequence[Mapping[str, Any] | Reply]]) -> None:
        self._readings = iter(readings)
        self._pages: Sequence[Mapping[str, Any] | Reply] = ()
        self.asked: list[int] = []
        """The pages asked for."""

    async def read(self) -> tuple[list[str], datetime]:
        """Ids and date."""
        rows, date = await read_pages(self._ask, lambda answer: answer.read(wire.InstancesPage))
        return [row.id for row in rows], date

    async def _ask(self, number: int) -> Reply:
        self.asked.append(number)
        if number == 1:
            self._pages = next(self._readings)
        assert number < 100, "a list without end"
        if number > len(self._pages):
            return reply({**_body(self._pages[0]), "Instances": []})
        answer = self._pages[number - 1]
        return answer if isinstance(answer, Reply) else reply(answer)


def _body(answer: Mapping[str, Any] | Reply) -> Mapping[str, Any]:
    return answer.body if isinstance(answer, Reply) else answer


def page(total: object, *ids: str) -> Mapping[str, Any]:
    """A page of DescribeInstances."""
    return {"TotalCount": total, "Instances": [instance(each) for each in ids]}


async def test_the_date_is_the_earliest() -> None:
    """What was booked after it may be missing."""
    later = DATE + timedelta(seconds=9)
    source = Source([[reply(page(3, "a", "b"), later), reply(page(3, "c"), DATE)]])
    assert await source.read() == (["a", "b", "c"], DATE)


async def test_nothing_is_an_answer() -> None:
    """A TotalCount of zero with an empty list."""
    assert await Source([[page(0)]]).read() == ([], DATE)


@pytest.mark.parametrize(
    "pages",
    [
        [{}],
        [{"TotalCount": 0}],
        [{"Instances": []}],
        [{"TotalCount": 0, "Instances": None}],
        [{"TotalCount": 0, "Instances": {}}],
        [{"TotalCount": 0, "Instances": "a list"}],
        [page("1", "a")],
        [page(1.0, "a")],
        [page(True, "a")],
        [page(-1)],
        [page(None, "a")],
        [page(0, "a")],
        [page(1)],
        [page(2, "a", "a")],
        [page(3, "a"), page(3, "b", "b")],
        [page(2, "a"), page(2, "b", "c", "d")],
        [{"TotalCount": 1, "Instances": [{"InstanceName": "without-id"}]}],
        [{"TotalCount": 1, "Instances": [instance("")]}],
        [{"TotalCount": 1, "Instances": [None]}],
        [{"TotalCount": 1, "Instances": ["a"]}],
    ],
)
async def test_what_does_not_add_up_is_garbled(pages: list[Mapping[str, Any]]) -> None:
    """Never a shorter list, and above all never an empty one; and it is not asked for again at
    once."""
    source = Source([pages])
    with pytest.raises(Garbled):
        await source.read()
    assert source.asked.count(1) == 1


CHANGED = (
    [page(2, "a"), page(2)],
    [page(2, "a"), page(3, "b")],
    [page(2, "a"), page(1, "b")],
    [page(2, "a"), page(2, "a")],
    [page(2, "a"), page(2, "b", "c")],
)


@pytest.mark.parametrize("pages", CHANGED)
async def test_a_list_that_changed_is_read_anew_at_once(pages: list[Mapping[str, Any]]) -> None:
    """From its first page, three times: nothing that was read before the change counts."""
    source = Source([pages, pages, pages, [page(2, "c"), page(2, "d")]])
    assert await source.read() == (["c", "d"], DATE)
    assert source.asked == [1, 2] * 4


@pytest.mark.parametrize("pages", CHANGED)
async def test_a_list_that_always_changes_is_no_list(pages: list[Mapping[str, Any]]) -> None:
    """And the failure says so."""
    source = Source([pages] * 4)
    with pytest.raises(ListChanged, match="the list changed while it was read"):
        await source.read()
    assert source.asked == [1, 2] * 4


async def test_an_answer_without_a_date_proves_nothing() -> None:
    """When it was true is not known."""
    with pytest.raises(Garbled):
        await Source([[reply(page(0), None)]]).read()


async def test_all_pages_after_the_first_are_asked_for_at_once() -> None:
    """Some at a time; and they count in their order, whichever is answered first."""
    asked, answers = list[int](), {number: asyncio.Event() for number in range(2, 6)}

    async def ask(number: int) -> Reply:
        asked.append(number)
        if number > 1:
            await answers[number].wait()
        return reply(page(9, *(f"{number}-{each}" for each in range(2 if number < 5 else 1))))

    reading = asyncio.create_task(read_pages(ask, lambda answer: answer.read(wire.InstancesPage)))
    while len(asked) < 5:  # noqa: ASYNC110 - a turn of the loop each
        await asyncio.sleep(0)
    for number in (5, 3, 2, 4):
        answers[number].set()
        await asyncio.sleep(0)
    rows, _ = await reading
    assert [row.id for row in rows] == [
        "1-0",
        "1-1",
        "2-0",
        "2-1",
        "3-0",
        "3-1",
        "4-0",
        "4-1",
        "5-0",
    ]


async def test_shorter_pages_are_followed_by_others() -> None:
    """As long as each has something: how long pages are is for the cloud to say."""
    source = Source([[page(4, "a", "b"), page(4, "c"), page(4, "d")]])
    assert await source.read() == (["a", "b", "c", "d"], DATE)
    assert source.asked == [1, 2, 3]


async def test_a_total_that_cannot_be_true_is_not_followed_far() -> None:
    """Pages that show nothing end the list."""
    source = Source([[page(10_000_000, "a")]] * 4)
    with pytest.raises(ListChanged):
        await source.read()
    assert max(source.asked) < 20


async def test_one_page_that_fails_is_no_list() -> None:
    """The others are waited for, so that none is asked for by nobody."""
    ended = list[int]()

    async def ask(number: int) -> Reply:
        if number == 2:
            raise ServerError("any.Call", "503")
        await asyncio.sleep(0)
        ended.append(number)
        return reply(page(3, f"{number}"))

    with pytest.raises(ServerError):
        await read_pages(ask, lambda answer: answer.read(wire.InstancesPage))
    assert ended == [1, 3]
