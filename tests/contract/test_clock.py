"""This node's clock and the cloud's are compared with each answer, and a Date that can't be is not
believed."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from flink_workspace_operator.adapters.alibaba.clock import seconds_ahead
from flink_workspace_operator.adapters.alibaba.credentials import FetchedKey
from flink_workspace_operator.adapters.alibaba.workspaces import Workspaces
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import CloudFailure, Garbled, SignatureExpired
from flink_workspace_operator.core.facts.observed import Listing
from flink_workspace_operator.settings import Settings
from tests.contract.clients import open_session
from tests.contract.servers import Server, serving
from tests.contract.test_transport import KEY, REGION, failure_of, look_into_bucket

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FRESH = timedelta(0)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Clocks:
    """An observer of calls that keeps what it is told of clocks."""

    ahead: list[float | None] = field(default_factory=list)

    def __call__(
        self, call: str, failure: CloudFailure | None, seconds: float, ahead: float | None = None
    ) -> None:
        self.ahead.append(ahead)


def answer(date: datetime | None, body: dict[str, Any], status: int = 200) -> bytes:
    """An answer of the gateway that is dated so."""
    dated = "" if date is None else f"Date: {format_datetime(date, usegmt=True)}\r\n"
    text = json.dumps(body)
    return f"HTTP/1.1 {status} X\r\nConnection: close\r\n{dated}Content-Length: {len(text)}\r\n\r\n{text}".encode()


@asynccontextmanager
async def workspaces(
    server: Server, clocks: Clocks, tolerance: timedelta | None = 5 * MINUTE
) -> AsyncIterator[Workspaces]:
    """What the cloud sells and holds, as this server tells it."""
    async with serving(server.handle) as here:
        settings = Settings(
            endpoint=f"http://{here}",
            date_tolerance_seconds=tolerance and tolerance.total_seconds(),
        )
        async with open_session(settings, FetchedKey(KEY), clocks) as session:
            yield Workspaces(session)


def listing(off: timedelta) -> bytes:
    """A list without an instance, dated so far off."""
    return answer(datetime.now(UTC) + off, {"Instances": [], "TotalCount": 0, "RequestId": "1"})


def expired(off: timedelta | None) -> bytes:
    """A refusal because of the date of a call."""
    body = {
        "Code": "InvalidTimeStamp.Expired",
        "Message": "Specified time stamp or date value is expired.",
    }
    return answer(None if off is None else datetime.now(UTC) + off, body, 400)


@pytest.mark.parametrize(
    ("off", "told"),
    [
        (DAY, "Date is 24 hours ahead of this node's clock: one of them is wrong"),
        (6 * MINUTE, "Date is 6 minutes ahead of this node's clock: one of them is wrong"),
        (-6 * MINUTE, "Date is 6 minutes behind this node's clock: one of them is wrong"),
        (-3 * DAY, "Date is 3 days behind this node's clock: one of them is wrong"),
    ],
)
async def test_a_list_is_not_dated_by_a_clock_that_is_far_off(off: timedelta, told: str) -> None:
    """Dated tomorrow, it would prove today that a lost call bought nothing, and put the next order
    off by a day."""
    async with workspaces(Server(listing(off)), Clocks()) as asked:
        failure = await failure_of(asked.list_instances(REGION, FRESH))
    assert (type(failure), failure.code) == (Garbled, told)


@pytest.mark.parametrize("off", [4 * MINUTE, -4 * MINUTE, FRESH])
async def test_a_list_is_dated_by_the_clouds_clock_all_the_same(off: timedelta) -> None:
    """Where the two differ by no more than what a window holds beyond the time that a call
    needs."""
    async with workspaces(Server(listing(off)), Clocks()) as asked:
        seen = await asked.list_instances(REGION, FRESH)
    assert isinstance(seen, Listing)
    assert abs(seen.date - datetime.now(UTC) - off) < 5 * timedelta(seconds=1)


async def test_the_next_look_is_a_new_one() -> None:
    """One wrong Date costs one try."""
    server = Server(listing(DAY))
    async with workspaces(server, Clocks()) as asked:
        await failure_of(asked.list_instances(REGION, FRESH))
        server.answer = listing(FRESH)
        assert (await asked.list_instances(REGION, FRESH)).instances == ()


async def test_a_moved_clock_of_an_emulator_is_believed() -> None:
    """Tests pass hours without waiting."""
    async with workspaces(Server(listing(DAY)), Clocks(), tolerance=None) as asked:
        assert (await asked.list_instances(REGION, FRESH)).date > datetime.now(UTC) + DAY - MINUTE


@pytest.mark.parametrize(
    ("off", "told"),
    [
        (-20 * MINUTE, "this node's clock is 20 minutes ahead of the cloud's: correct it"),
        (3 * DAY, "this node's clock is 3 days behind the cloud's: correct it"),
        (None, "compare this node's clock with the cloud's"),
    ],
)
async def test_a_refused_date_of_a_call_names_the_clock(off: timedelta | None, told: str) -> None:
    """By how much it is off, and in which direction."""
    async with workspaces(Server(expired(off)), Clocks()) as asked:
        failure = await failure_of(asked.list_instances(REGION, FRESH))
    assert isinstance(failure, SignatureExpired)
    assert describe(failure).endswith(told)


async def test_a_call_that_really_came_late_blames_no_clock() -> None:
    """The clocks agree."""
    async with workspaces(Server(expired(FRESH)), Clocks()) as asked:
        failure = await failure_of(asked.list_instances(REGION, FRESH))
    assert describe(failure).endswith(
        "dated too far ahead (foasconsole.DescribeInstances, code InvalidTimeStamp.Expired)"
    )


async def test_oss_names_the_clock_too() -> None:
    """It has a code of its own for it."""
    text = "<Error><Code>RequestTimeTooSkewed</Code><RequestId>1</RequestId></Error>"
    date = format_datetime(datetime.now(UTC) - 20 * MINUTE, usegmt=True)
    head = f"HTTP/1.1 403 X\r\nDate: {date}\r\nContent-Type: application/xml\r\nContent-Length: {len(text)}\r\n\r\n"
    async with serving(Server(f"{head}{text}".encode()).handle) as here:
        failure = await failure_of(look_into_bucket(f"http://{here}"))
    assert describe(failure).endswith(
        "this node's clock is 20 minutes ahead of the cloud's: correct it"
    )


@pytest.mark.parametrize("made", [listing, expired])
async def test_the_clocks_are_compared_with_each_answer(made: Callable[[timedelta], bytes]) -> None:
    """Refusals, too; an answer that is not dated says nothing."""
    clocks, server = Clocks(), Server(made(-10 * MINUTE))
    async with workspaces(server, clocks) as asked:
        for server.answer in (made(-10 * MINUTE), made(FRESH), answer(None, {})):
            await quietly(asked.list_instances(REGION, FRESH))
    first, *others = clocks.ahead
    assert first is not None
    assert 599 <= first <= 601
    assert others == [0, None]


async def quietly(asked: Awaitable[object]) -> None:
    """Whatever comes of it."""
    try:
        await asked
    except CloudFailure:
        return


@pytest.mark.parametrize(
    ("sent", "arrived", "ahead"),
    [
        (0, 0, 0),
        (-15, 0.5, 0),
        (-15, 15, 0),
        (0.9, 0.95, 0),
        (60, 75, 59),
        (-75, -60, -60),
    ],
)
def test_the_time_on_the_way_is_no_difference(sent: float, arrived: float, ahead: float) -> None:
    """Nor is the second that a Date is cut off by."""
    headers = {"date": format_datetime(NOW, usegmt=True)}
    moments = (NOW + timedelta(seconds=sent), NOW + timedelta(seconds=arrived))
    assert seconds_ahead(headers, *moments) == ahead
