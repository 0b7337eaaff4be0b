"""The watches: each is judged by itself, by what it shows and by what a list shows that it did
not."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.watches import (
    LONGEST_BLINDNESS_SECONDS,
    LONGEST_SILENCE_SECONDS,
    ObjectWatch,
    Watches,
)
from tests.unit.runtime.timers import FakeTimers

RESYNC = 600.0
A, B = Key("ns", "a"), Key("ns", "b")


@pytest.fixture
def timers() -> FakeTimers:
    return FakeTimers()


@pytest.fixture
def watches(timers: FakeTimers) -> Watches:
    return Watches.every(RESYNC, timers.time)


@pytest.fixture
def watch(watches: Watches) -> ObjectWatch:
    return watches.workspaces


@pytest.fixture
def list_shows(watch: ObjectWatch, timers: FakeTimers) -> Callable[..., None]:
    """Judge by a list of now, in which these are what the watch did not show."""

    def judge(**missed: str) -> None:
        watch.judge({Key("ns", name): version for name, version in missed.items()}, timers.time())

    return judge


def wire(key: Key, version: str = "1") -> dict[str, Any]:
    return {"metadata": {"namespace": key.namespace, "name": key.name, "resourceVersion": version}}


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("claims", LONGEST_SILENCE_SECONDS),
        ("workspaces", RESYNC + LONGEST_SILENCE_SECONDS),
        ("orders", RESYNC + LONGEST_SILENCE_SECONDS),
    ],
)
def test_silence_of_one_is_not_made_up_for_by_the_others(
    watches: Watches, timers: FakeTimers, name: str, limit: float
) -> None:
    """The silent one is named with its seconds, whatever the others say."""
    timers.advance(limit + 1)
    for each in watches.each().values():
        each.heard()
    timers.advance(limit)
    others = [each for other, each in watches.each().items() if other != name]
    for each in others:
        each.heard()
    assert watches.each()[name].illness == ""
    timers.advance(1)
    assert (
        watches.each()[name].illness
        == f"nothing heard from the watch of {name} for {limit + 1:.0f} s"
    )
    assert [each.illness for each in others] == ["", ""]


def test_begin_is_a_sign_of_life(watches: Watches, timers: FakeTimers) -> None:
    """A process that stood by for days is not ill when it begins to lead."""
    timers.advance(7 * 86400)
    watches.begin()
    assert [each.illness for each in watches.each().values()] == ["", "", ""]


def test_blind_watch_names_what_it_missed(
    watch: ObjectWatch,
    timers: FakeTimers,
    list_shows: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What two lists show, with minutes between them, and the watch never, proves that it is blind;
    said once."""
    watch.seen("ADDED", wire(B))
    list_shows(a="7")
    timers.advance(LONGEST_BLINDNESS_SECONDS)
    watch.seen("MODIFIED", wire(B, "8"))
    # the list is old: nobody looked again yet
    assert (watch.illness, watch.under_suspicion) == ("", True)
    list_shows(a="7")
    blind = "the watch of workspaces is blind: it did not show ns/a, which changed at least"
    assert (watch.illness, watch.under_suspicion) == (f"{blind} 180 s ago", False)
    assert watch.told() == {"silentSeconds": 0.0, "missed": 1}
    timers.advance(60)
    list_shows(a="7")
    assert watch.illness == f"{blind} 240 s ago"
    assert [
        each.getMessage().startswith(blind)
        for each in caplog.records
        if each.levelno == logging.ERROR
    ] == [True]


def test_changes_that_it_misses_do_not_renew_its_time(
    watch: ObjectWatch, timers: FakeTimers, list_shows: Callable[..., None]
) -> None:
    """Every list shows another version of the object, and the watch none of them."""
    for version in range(4):
        list_shows(a=str(version))
        timers.advance(LONGEST_BLINDNESS_SECONDS / 3)
    assert "is blind" in watch.illness


@pytest.mark.parametrize("how", [None, "MODIFIED", "DELETED"])
def test_late_watch_is_not_blind(
    watch: ObjectWatch, timers: FakeTimers, list_shows: Callable[..., None], how: str | None
) -> None:
    """It shows the object before the next list, in whichever version."""
    list_shows(a="7")
    timers.advance(LONGEST_BLINDNESS_SECONDS)
    watch.seen(how, wire(A, "9"))
    list_shows(a="10")  # which is new
    assert watch.illness == ""


def test_outage_is_no_blindness(
    watch: ObjectWatch, timers: FakeTimers, list_shows: Callable[..., None]
) -> None:
    """While the API server answers no list, no watch can show anything: its time begins anew."""
    list_shows(a="7")
    timers.advance(LONGEST_BLINDNESS_SECONDS)
    watch.acquit()
    list_shows(a="7")
    assert watch.illness == ""


def test_proof_outlasts_an_outage(
    watch: ObjectWatch, timers: FakeTimers, list_shows: Callable[..., None]
) -> None:
    """What is proven stays so until a list or the watch shows otherwise."""
    list_shows(a="7")
    timers.advance(LONGEST_BLINDNESS_SECONDS)
    list_shows(a="7")
    watch.acquit()
    assert "is blind" in watch.illness
    watch.seen("MODIFIED", wire(A, "7"))
    assert watch.illness == ""


def test_list_without_news_is_a_sign_of_life(
    watch: ObjectWatch, timers: FakeTimers, list_shows: Callable[..., None]
) -> None:
    """In a quiet cluster nothing comes for days, and a list shows that there was nothing to
    come."""
    timers.advance(RESYNC)
    list_shows(a="7")
    assert watch.silent_seconds == RESYNC
    list_shows()
    assert watch.silent_seconds == 0
