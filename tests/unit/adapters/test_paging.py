"""A list is complete, or it is no list."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.adapters.alibaba import wire
from flink_workspace_operator.adapters.alibaba.paging import read_pages
from flink_workspace_operator.adapters.alibaba.session import Reply
from flink_workspace_operator.core.failures import Garbled
from tests.unit.adapters.replies import DATE, instance, reply


async def read(replies: Sequence[Reply]) -> tuple[list[str], Any]:
    """Ids and date of a list that comes in these answers."""

    async def ask(number: int) -> Reply:
        return replies[number - 1]

    rows, date = await read_pages(ask, lambda answer: answer.read(wire.InstancesPage))
    return [row.id for row in rows], date


def page(total: object, *ids: str) -> Mapping[str, Any]:
    """A page of DescribeInstances."""
    return {"TotalCount": total, "Instances": [instance(each) for each in ids]}


async def test_the_date_is_the_earliest() -> None:
    """What was booked after it may be missing."""
    later = DATE + timedelta(seconds=9)
    assert await read([reply(page(3, "a", "b"), later), reply(page(3, "c"), DATE)]) == (["a", "b", "c"], DATE)


async def test_nothing_is_an_answer() -> None:
    """A TotalCount of zero with an empty list."""
    assert await read([reply(page(0))]) == ([], DATE)


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
        [page(2, "a"), page(2)],
        [page(2, "a"), page(3, "b")],
        [page(2, "a"), page(1, "b")],
        [page(2, "a"), page(2, "a")],
        [page(2, "a", "a")],
        [page(2, "a"), page(2, "b", "c")],
        [{"TotalCount": 1, "Instances": [{"InstanceName": "without-id"}]}],
        [{"TotalCount": 1, "Instances": [instance("")]}],
        [{"TotalCount": 1, "Instances": [None]}],
        [{"TotalCount": 1, "Instances": ["a"]}],
    ],
)
async def test_what_does_not_add_up_is_garbled(pages: list[Mapping[str, Any]]) -> None:
    """Never a shorter list, and above all never an empty one."""
    with pytest.raises(Garbled):
        await read([reply(each) for each in pages])


async def test_an_answer_without_a_date_proves_nothing() -> None:
    """When it was true is not known."""
    with pytest.raises(Garbled):
        await read([reply(page(0), None)])
