"""SIGSTOP before a call of a port, for longer than a signature is valid; meanwhile another process
buys: one purchase.

The first process is stopped where the recorded run made its n-th call, a second one takes over and
gets to the end, the cloud's clock moves past the validity of all that the first one may have
signed, and then the first one goes on from there with all that it believes. A change that comes
after a stop is the change before which it stopped, so "before each call" is "between any two
steps". Names are not unique in the cloud, so that it does not help."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.context import ForkServerProcess

import psutil
import pytest

from tests.e2e.killable import Point, Start
from tests.e2e.stage import (
    Stage,
    apply_all,
    batched,
    begun,
    ended,
    exit_codes,
    good_ones,
    tokens_booked,
    told,
)
from tests.emulator_fixture import TWO_PAGES
from tests.patience import until

GATEWAY_SECONDS = 60
"""How long the cloud accepts a signed call: as long as the operator assumes."""
STOPPED_SECONDS = 121
"""For so long it is stopped after the second one has bought: the gateway has forgotten that one's
nonce, too, and only the date in the signature is left to refuse what the first one sends."""
PATIENCE_SECONDS = 45
STEPS = (
    "cluster.take_claim",
    "cluster.create_order",
    "cluster.move_order",
    "cloud.place",
    "cluster.write_status",
)
CHUNKS = 4

Record = Callable[[str, object], None]


def points_of(calls: Sequence[str]) -> list[Point]:
    """Before each call."""
    return [Point(number, call, "before") for number, call in enumerate(calls, 1)]


def sample_of(points: Sequence[Point]) -> list[Point]:
    """The first of each step of a purchase, and the last look before the call that pays."""
    steps = [next(point for point in points if point.call == step) for step in STEPS]
    paying = next(point.number for point in steps if point.call == "cloud.place")
    last_look = [point for point in points[:paying] if point.call == "cloud.look_up"][-1]
    return [*steps, last_look]


def test_sample(stage: Stage, calls: list[str], namespace: str, record_property: Record) -> None:
    """At each step of a purchase, and before the last look."""
    stop_at(sample_of(points_of(calls)), stage, namespace, record_property)


@pytest.mark.proof
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_between_any_two_steps(
    stage: Stage, calls: list[str], namespace: str, chunk: int, record_property: Record
) -> None:
    """At each call, in a region whose list has two pages."""
    stop_at(points_of(calls)[chunk::CHUNKS], stage, namespace, record_property, TWO_PAGES)


def stop_at(
    points: Sequence[Point], stage: Stage, namespace: str, record: Record, others: int = 0
) -> None:
    """One resource for each point: it is bought once, by the order that says so, and is Ready."""
    began = time.monotonic()
    stops = {f"stop-{point.number}": point for point in points}
    apply_all(stage.cluster, namespace, list(stops))
    booked: dict[str, list[str]] = {}
    for wave in batched(list(stops)):
        starts = [stage.prepare(namespace, name, others) for name in wave]
        take_over([replace(start, stop=stops[start.key.name]) for start in starts])
        booked.update({start.key.name: tokens_booked(start) for start in starts})
    good = good_ones(stage.cluster, namespace, booked)
    made, took = sum(map(len, booked.values())), round(time.monotonic() - began)
    record("processes", ["SIGSTOP between two steps", len(stops), made, len(stops), took])
    assert good == set(stops), {name: stops[name] for name in set(stops) - good}


def take_over(starts: Sequence[Start]) -> None:
    """Stop the first processes, let others get to the end, and let the first ones go on from where
    they stopped."""
    for start in starts:
        start.account.control.settings(signatureValiditySeconds=GATEWAY_SECONDS)
    first = begun(starts)
    try:
        for process, start in zip(first, starts, strict=True):
            wait_until_stopped(process, start)
        second = [replace(start, stop=None) for start in starts]
        assert ended(second) == [0] * len(second), told(starts)
        for start in starts:
            start.account.control.advance(STOPPED_SECONDS)
    finally:
        for process in first:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGCONT)
    assert exit_codes(first) == [0] * len(first), told(starts)


def wait_until_stopped(process: ForkServerProcess, start: Start) -> None:
    """Until the process has come to its point."""
    until(
        lambda: (
            not process.is_alive() or psutil.Process(process.pid).status() == psutil.STATUS_STOPPED
        ),
        otherwise=lambda: told([start]),
    )
    assert process.is_alive(), told([start])
