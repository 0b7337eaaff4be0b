"""kill -9 before and after each call of a port, then a fresh process: one purchase, Ready, no hand.

The calls come from one recorded run to Ready (`killable.py`). A change is tried on a resource of
its own, before and after. The reads that a pass begins with share a resource: they change nothing,
so a process that is killed at the next of them finds the world as the first one found it, and what
it kept in memory dies with it. Not those of the pass that sends: only the process that announced
the purchase reads like this. Names are not unique in the cloud, so that it does not help. The
number of kills is printed at the end of the run."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest

import pytest

from tests.e2e.killable import Point
from tests.e2e.stage import (
    Stage,
    apply_all,
    batched,
    ended,
    good_ones,
    is_read,
    tokens_booked,
    told,
)
from tests.emulator_fixture import TWO_PAGES

CHUNKS = 12
"""The lives are spread over so many tests, for pytest-xdist to share out."""
IN_EVERY_RUN = 2
"""So many of them in every run of the tests, the rest in the proof. All but the first one in a
region whose list has two pages."""
ALL_CHUNKS = [
    pytest.param(n, marks=[pytest.mark.proof] if n >= IN_EVERY_RUN else []) for n in range(CHUNKS)
]
FIRST_OF_A_PASS = "cluster.read_workspace"
FIRST_TWO = (FIRST_OF_A_PASS, "cluster.read_orders")

Life = tuple[Point, ...]
"""Where the processes that look after one resource are killed, one after the other; the last one is
not."""


def lives_of(calls: Sequence[str]) -> list[Life]:
    """Every call, before and after: by the pass for the reads that it begins with, else one by
    one."""
    lives: list[Life] = []
    sending = the_pass_that_sends(calls)
    begun = 0
    only_read = True
    for number, call in enumerate(calls, 1):
        before, after = Point(number, call, "before"), Point(number, call, "after")
        if number in sending:
            lives += [(before,), (after,)]
        elif call == FIRST_OF_A_PASS:
            begun, only_read = number, True
            lives.append((before, replace(after, number=1)))
        elif only_read and is_read(call):
            again = number - begun + 1  # a fresh process begins with this pass
            lives[-1] += (replace(before, number=again), replace(after, number=again))
        else:
            only_read = False
            lives += [(before,), (after,)]
    return lives


def the_pass_that_sends(calls: Sequence[str]) -> range:
    """Its calls up to the purchase, counted from 1. It reads the resource twice, at its beginning
    and at its end."""
    bought = calls.index("cloud.place") + 1
    begun = max(
        number for number in range(1, bought) if tuple(calls[number - 1 : number + 1]) == FIRST_TWO
    )
    return range(begun, bought + 1)


@pytest.mark.parametrize("chunk", ALL_CHUNKS)
def test_killed_and_started_again(
    stage: Stage,
    calls: list[str],
    namespace: str,
    chunk: int,
    record_property: Callable[[str, object], None],
) -> None:
    """One purchase; the order that carries its token is Fulfilled, and no other; the resource is
    Ready."""
    lives = {
        f"life-{number}": life
        for number, life in enumerate(lives_of(calls))
        if number % CHUNKS == chunk
    }
    others = TWO_PAGES if chunk else 0
    apply_all(stage.cluster, namespace, list(lives))
    booked: dict[str, list[str]] = {}
    for wave in batched(sorted(lives, key=lambda name: len(lives[name]))):
        prepared = [stage.prepare(namespace, name, others) for name in wave]
        for kills in zip_longest(*(lives[name] for name in wave)):
            killed = [
                replace(start, kill=kill)
                for start, kill in zip(prepared, kills, strict=True)
                if kill
            ]
            assert ended(killed) == [-signal.SIGKILL] * len(killed), told(killed)
        assert ended(prepared) == [0] * len(wave), told(prepared)
        booked.update({start.key.name: tokens_booked(start) for start in prepared})
    good = good_ones(stage.cluster, namespace, booked)
    kills_of = {name: len(life) for name, life in lives.items()}
    record_property(
        "kills", [len(calls), sum(kills_of.values()), sum(kills_of[name] for name in good)]
    )
    assert good == set(lives)
