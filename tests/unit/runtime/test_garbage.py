"""What has lived for a while is not looked at again at each collection, and yet is found when it is
garbage."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from flink_workspace_operator.runtime.garbage import (
    FIRST_SECONDS,
    FULL_ROUND,
    SECONDS,
    YOUNG,
    keep_setting_aside,
    set_aside,
    set_aside_all,
)


class Thing:
    """May be part of a cycle."""

    other: "Thing"


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """For the tests that follow, set aside is what was there before them, and they collect as
    often."""
    often = gc.get_threshold()
    yield
    gc.set_threshold(*often)
    gc.unfreeze()
    gc.freeze()


def a_cycle() -> Thing:
    """Two that hold each other."""
    one, two = Thing(), Thing()
    one.other, two.other = two, one
    return one


def test_what_lives_is_not_looked_at_again() -> None:
    """Which is what takes long."""
    kept = [a_cycle() for _ in range(1000)]
    set_aside()
    assert gc.get_freeze_count() > len(kept)


def test_young_garbage_is_not_set_aside() -> None:
    """It would stay for hours."""
    set_aside()
    gone = weakref.ref(a_cycle())
    set_aside()
    assert gone() is None


def test_what_becomes_garbage_is_found_in_the_end() -> None:
    """At the next look at everything, and not before."""
    thing: Thing | None = a_cycle()
    gone = weakref.ref(thing)
    set_aside()
    thing = None
    gc.collect()
    assert gone() is not None
    set_aside_all()
    assert gone() is None


async def test_everything_is_looked_at_now_and_then() -> None:
    """And it begins soon after the start."""
    waits, found = list[float](), list[bool]()
    thing: Thing | None = a_cycle()
    gone = weakref.ref(thing)
    set_aside()
    thing = None

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        found.append(gone() is None)
        if len(waits) > FULL_ROUND + 1:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_setting_aside(sleep)
    assert gc.get_threshold()[0] == YOUNG
    assert waits == [FIRST_SECONDS, *[SECONDS] * (FULL_ROUND + 1)]
    assert found == [*[False] * FULL_ROUND, True, True]
