"""One question asked for all."""

import asyncio
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest

from flink_workspace_operator.adapters import sharing
from flink_workspace_operator.adapters.sharing import MOST_KEPT, SingleFlight, SingleFlights
from flink_workspace_operator.core.facts.failures import CloudFailure, ServerError


class Source:
    """Gives numbers, each when it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self.fails = False

    async def ask(self) -> int:
        self.asked += 1
        self.begun.set()
        number = self.asked
        await self.go.wait()
        if self.fails:
            raise ServerError("any.Call", "503")
        return number


async def begin(look: SingleFlight[int], source: Source, count: int) -> list["asyncio.Task[int]"]:
    """So many who ask; the first question is under way when this returns."""
    tasks = [asyncio.create_task(look.take()) for _ in range(count)]
    await source.begun.wait()
    return tasks


async def test_who_asks_during_a_look_gets_the_next_one() -> None:
    """And all of those share it."""
    source = Source()
    look = SingleFlight(source.ask)
    first = await begin(look, source, 1)
    later = [asyncio.create_task(look.take()) for _ in range(5)]
    await asyncio.sleep(0)
    source.go.set()
    assert await asyncio.gather(*first, *later) == [1, 2, 2, 2, 2, 2]


async def test_a_failure_is_shared_by_those_who_waited() -> None:
    """Otherwise each would wait for a time-out of its own. Each gets its own copy."""
    source = Source()
    source.fails = True
    look = SingleFlight(source.ask)
    tasks = await begin(look, source, 1) + [asyncio.create_task(look.take()) for _ in range(5)]
    await asyncio.sleep(0)
    source.go.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {ServerError}
    assert len({id(outcome) for outcome in outcomes}) == len(outcomes)
    assert source.asked == 2
    with pytest.raises(CloudFailure):
        await look.take(timedelta(hours=1))
    assert source.asked == 3


async def test_who_gives_up_does_not_take_the_others_along() -> None:
    """The next in the row asks."""
    source = Source()
    look = SingleFlight(source.ask)
    tasks = await begin(look, source, 1) + [asyncio.create_task(look.take())]
    await asyncio.sleep(0)
    tasks[0].cancel()
    source.go.set()
    assert await tasks[1] == 2


async def test_while_many_ask_there_is_a_pause_between_two_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As long as the last look took, so that who comes meanwhile shares the next; one alone has no
    pause."""
    now = [0.0]
    monkeypatch.setattr(sharing, "time", SimpleNamespace(monotonic=lambda: now[0]))
    source = Source()
    look = SingleFlight(source.ask)
    many = await begin(look, source, 2)
    now[0] = 0.01
    source.go.set()
    assert await asyncio.gather(*many) == [1, 1]
    next_one = asyncio.create_task(look.take())
    await asyncio.sleep(0)
    now[0] = 0.02
    later = asyncio.create_task(look.take())
    assert {await next_one, await later} == {2}


async def test_after_a_change_no_older_question_serves() -> None:
    """Not even one that is under way: it may have been answered before the change."""
    source = Source()
    look = SingleFlight(source.ask)
    [under_way] = await begin(look, source, 1)
    look.forget()
    later = asyncio.create_task(look.take(timedelta(hours=1)))
    source.go.set()
    assert (await under_way, await later, await look.take(timedelta(hours=1))) == (1, 2, 2)


@pytest.fixture
def asked() -> Counter[str]:
    """How often each thing was asked about."""
    return Counter()


@pytest.fixture
def looks(asked: Counter[str]) -> SingleFlights[str, int]:
    """Looks at things by their names."""

    async def ask(about: str) -> int:
        asked[about] += 1
        return asked[about]

    return SingleFlights(ask)


async def test_each_thing_has_a_look_of_its_own(
    looks: SingleFlights[str, int], asked: Counter[str]
) -> None:
    """And what was changed is asked about again, the others not."""
    for about in ("a", "b", "a", "b"):
        await looks.take(about, timedelta(hours=1))
    assert asked == {"a": 1, "b": 1}
    looks.forget(lambda about: about == "a")
    assert (
        await looks.take("a", timedelta(hours=1)),
        await looks.take("b", timedelta(hours=1)),
    ) == (2, 1)


async def test_few_things_are_kept(looks: SingleFlights[str, int], asked: Counter[str]) -> None:
    """The one that was asked for longest ago goes first."""
    for number in range(MOST_KEPT):
        await looks.take(f"{number}", timedelta(hours=1))
    await looks.take("0", timedelta(hours=1))
    await looks.take("one more", timedelta(hours=1))
    for about in ("0", "1"):
        await looks.take(about, timedelta(hours=1))
    assert (asked["0"], asked["1"]) == (1, 2)
