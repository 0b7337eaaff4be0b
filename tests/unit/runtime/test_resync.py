"""The list of everything: it finds what a watch did not show, whatever stands in the objects, and
judges the watch."""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from flink_workspace_operator.adapters.kubernetes.neighbours import Neighbours
from flink_workspace_operator.core.facts.failures import (
    ClusterFailure,
    ClusterRefused,
    ClusterUnreachable,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.orphans import Findings
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.runtime import kinds
from flink_workspace_operator.runtime.metrics.registry import Metrics
from flink_workspace_operator.runtime.orphan_watch import OrphanWatch
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.resync import LISTED_SECONDS, LOOK_AGAIN_SECONDS, Resync
from flink_workspace_operator.runtime.rounds import Round
from flink_workspace_operator.runtime.triggers import Triggers
from flink_workspace_operator.runtime.turns import Lane
from flink_workspace_operator.runtime.watches import LONGEST_BLINDNESS_SECONDS, Watches
from tests.unit.runtime.timers import FakeTimers

RESYNC = 600.0
A, B = Key("ns", "a"), Key("ns", "b")
ORDER = Key("ns", "a-1")


async def _no_survey() -> Findings:
    return Findings((), frozenset())


async def _no_notice(_: Event) -> None:
    return None


class Over(BaseException):
    """The test has seen enough."""


@dataclass
class Stored:
    """What the API server keeps of one kind, and what it does while it is listed."""

    objects: dict[Key, dict[str, Any]] = field(default_factory=dict)
    failures: dict[str | None, ClusterFailure] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    async def list(self, namespace: str | None) -> AsyncIterator[dict[str, Any]]:
        if namespace in self.failures:
            raise self.failures[namespace]
        self.before()
        snapshot = [
            each for key, each in self.objects.items() if namespace in (None, key.namespace)
        ]
        self.after()
        for each in snapshot:
            yield each

    def put(self, key: Key, version: str, **more: object) -> dict[str, Any]:
        """Store an object."""
        metadata = {"namespace": key.namespace, "name": key.name, "resourceVersion": version}
        self.objects[key] = {"metadata": metadata, **more}
        return self.objects[key]


class Bench:
    """A queue with watches that show what the test says, and a resync whose waits make time
    pass."""

    def __init__(self) -> None:
        self.timers = FakeTimers()
        self.queue = WorkQueue(self.timers)
        self.watches = Watches.every(RESYNC, self.timers.time)
        self.workspaces, self.orders = Stored(), Stored()
        self.waits: list[float] = []
        self.looks = 1
        triggers, metrics = Triggers(self.queue, lambda _: False), Metrics(self.timers.time)
        self.triggers, self.metrics = triggers, metrics
        self.neighbours = Neighbours(lambda: self.workspaces.list(None))
        self.orphan_watch = OrphanWatch(_no_survey, _no_notice, metrics.orphans, RESYNC)
        self.resync = Resync(
            kinds=(
                kinds.orders(self.watches.orders, self.orders.list, triggers, metrics),
                kinds.workspaces(
                    self.watches.workspaces,
                    self.workspaces.list,
                    triggers,
                    metrics,
                    self.neighbours,
                    self.orphan_watch,
                ),
            ),
            begin_round=self._no_round,
            queue=self.queue,
            seconds=RESYNC,
            random=lambda: 0.5,
            clock=self.timers.time,
            sleep=self._wait,
        )

    async def _no_round(self) -> Round:
        """Nothing is confirmed: these tests are about the watches."""
        raise ClusterUnreachable("no claims")

    async def _wait(self, seconds: float) -> None:
        if len(self.waits) == self.looks:
            raise Over
        self.waits.append(seconds)
        self.timers.advance(seconds)

    async def look(self, served: tuple[str, ...] | None = None, times: int = 1) -> set[Key | None]:
        """So many lists; who waits for a pass then, in whichever order."""
        self.waits, self.looks = [], times
        with pytest.raises(Over):
            await self.resync.keep_listing(served)
        woken = {await self.queue.get() for _ in range(self.queue.depth)}
        for key in self.queue.active:
            self.queue.finish(key, None)
        return woken


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_what_no_watch_shows_is_found_by_the_first_list(bench: Bench) -> None:
    """After one resync: a new workspace, and an order that only the ledger has."""
    bench.workspaces.put(A, "1", spec={"region": "r"})
    bench.orders.put(
        Key("ns", "b-3"), "2", spec={"workspaceRef": {"name": "b"}}, status={"state": "Fulfilled"}
    )
    assert await bench.look() == {A, B}
    assert bench.waits == [RESYNC]


async def test_missed_change_is_looked_at_once(bench: Bench) -> None:
    """A version that the watch did not show; not again and again while it does not."""
    bench.watches.workspaces.seen(None, bench.workspaces.put(A, "1"))
    assert await bench.look() == set()
    bench.workspaces.put(A, "2")
    assert await bench.look() == {A}
    assert await bench.look(times=3) == set()
    bench.workspaces.put(A, "3")
    assert await bench.look() == {A}


async def test_a_version_from_the_past_was_missed_too(bench: Bench) -> None:
    """After a restore of etcd objects are older than the watch showed them: versions are compared
    for equality only."""
    bench.watches.workspaces.seen(None, bench.workspaces.put(A, "200"))
    bench.workspaces.put(A, "100")
    assert await bench.look() == {A}


async def test_what_is_listed_no_more_is_looked_at(bench: Bench) -> None:
    """Whether the watch showed it once, or only a list did; and its numbers go."""
    bench.watches.workspaces.seen(None, bench.workspaces.put(A, "1", spec={"region": "r"}))
    bench.workspaces.put(B, "2", spec={"region": "r"})
    assert await bench.look() == {B}
    bench.workspaces.objects.clear()
    assert await bench.look() == {A, B}
    assert await bench.look() == set()
    assert bench.watches.workspaces.shown == {}
    assert bench.watches.workspaces.illness == ""


async def test_an_order_that_is_gone_wakes_its_workspace(bench: Bench) -> None:
    """A hand that removed it is the more reason to look."""
    bench.watches.orders.seen(None, bench.orders.put(ORDER, "1", status={"state": "Fulfilled"}))
    bench.orders.objects.clear()
    assert await bench.look() == {A}


async def test_claims_of_what_was_found_are_known(bench: Bench) -> None:
    """Who was found by a list is woken by a freed name as well, and no more once it is gone."""
    bench.workspaces.put(A, "1", spec={"region": "r", "workspaceName": "w"})
    await bench.look()
    bench.triggers.claim_seen(None, ("r", "w"), given_back=True, resource_version="9")
    assert bench.queue.depth == 1
    await bench.look()
    bench.workspaces.objects.clear()
    await bench.look()
    bench.triggers.claim_seen(None, ("r", "w"), given_back=True, resource_version="9")
    assert bench.queue.depth == 0


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_the_watch_shows_meanwhile_is_newer_than_the_list(
    bench: Bench, when: str
) -> None:
    """Changed, made or deleted while the list is under way: no list is needed for it, and nothing
    was missed."""
    watch, stored, made = bench.watches.workspaces, bench.workspaces, Key("ns", "made")
    watch.seen(None, stored.put(A, "1"))
    watch.seen(None, stored.put(B, "2"))

    def changed() -> None:
        watch.seen("MODIFIED", stored.put(A, "3"))
        watch.seen("DELETED", stored.objects.pop(B))
        watch.seen("ADDED", stored.put(made, "4"))

    setattr(stored, when, changed)
    assert await bench.look() == set()
    assert (watch.missed, set(watch.shown)) == ({}, {A, made})


async def test_everything_is_looked_at_within_the_next_resync_spread(bench: Bench) -> None:
    """All that is listed has a look planned, an order with an open outcome too; a sooner one
    stays."""
    watches, settled = bench.watches, Key("ns", "c-1")
    watches.workspaces.seen(None, bench.workspaces.put(A, "1"))
    watches.orders.seen(
        None, bench.orders.put(Key("ns", "b-1"), "2", status={"state": "Uncertain"})
    )
    watches.orders.seen(None, bench.orders.put(settled, "3", status={"state": "Fulfilled"}))
    bench.queue.add_after(A, RESYNC + 60)
    assert await bench.look() == set()
    assert bench.timers.pending == 2
    bench.timers.advance(60)
    assert bench.queue.depth == 1
    bench.timers.advance(RESYNC * 1.1 - 60)
    assert bench.queue.depth == 2


ODD: list[dict[str, Any]] = [
    {},
    {"spec": None, "status": None},
    {"spec": {"workspaceRef": None}, "status": {"state": 7, "conditions": "none"}},
    {"spec": {"workspaceName": ["w"], "region": {}}, "status": []},
    {"spec": "text", "status": "text"},
    {"status": {"state": []}},
]


@pytest.mark.parametrize("odd", ODD)
async def test_an_odd_object_does_not_hide_the_others(bench: Bench, odd: dict[str, Any]) -> None:
    """Nothing but the metadata, which the API server makes, is relied upon."""
    bench.workspaces.put(A, "1", **odd)
    bench.workspaces.put(B, "2", spec={"region": "r"})
    bench.orders.put(ORDER, "3", **odd)
    bench.orders.put(
        Key("ns", "c-1"), "4", spec={"workspaceRef": {"name": "c"}}, status={"state": "Fulfilled"}
    )
    found = await bench.look(times=2)
    assert found >= {B, Key("ns", "c")}
    assert set(bench.watches.orders.missed) == {ORDER, Key("ns", "c-1")}


async def test_namespaces_that_may_be_read_are_read(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """One without rights is left out and said once; what is known of it is not taken for gone."""
    hidden = Key("hidden", "h")
    bench.watches.workspaces.seen(None, bench.workspaces.put(hidden, "1"))
    bench.workspaces.put(A, "2")
    bench.workspaces.put(Key("unlisted", "u"), "3")
    bench.workspaces.failures["hidden"] = ClusterRefused(
        "the API server answered 403 Forbidden: no"
    )
    assert await bench.look(("ns", "hidden"), times=2) == {A}
    errors = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert errors == [
        "namespace hidden is left out of the list to compare the watch of workspaces with:"
        " the API server answered 403 Forbidden: no"
    ]


async def test_no_list_is_no_sign_of_life(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Without an answer, or without rights anywhere, nothing is known of the watch; the lists go
    on."""
    bench.watches.workspaces.seen(None, bench.workspaces.put(A, "1"))
    for failure in (ClusterUnreachable("the API server did not answer"), ClusterRefused("403")):
        bench.workspaces.failures["ns"] = failure
        assert await bench.look(("ns",)) == set()
    assert bench.watches.workspaces.silent_seconds == 2 * RESYNC
    assert bench.watches.orders.silent_seconds == 0
    assert (
        "no list to compare the watch of workspaces with: the API server did not answer"
        in caplog.text
    )


async def test_list_without_an_answer_ends_a_suspicion(bench: Bench) -> None:
    """While the API server is away no watch can show anything: its time begins anew."""
    bench.workspaces.put(A, "1")
    await bench.look()
    bench.timers.advance(LONGEST_BLINDNESS_SECONDS)
    bench.workspaces.failures[None] = ClusterUnreachable("the API server did not answer")
    await bench.look()
    bench.workspaces.failures.clear()
    await bench.look()
    assert bench.watches.workspaces.illness == ""


async def test_mistake_of_ours_does_not_end_the_lists(bench: Bench) -> None:
    """Whatever breaks in one kind, the other is listed, and both are tried again."""

    def broken() -> None:
        raise ZeroDivisionError

    bench.workspaces.after = broken
    bench.orders.put(ORDER, "1", spec={"workspaceRef": {"name": "a"}}, status={"state": "Placed"})
    assert await bench.look(times=2) == {A}


async def test_suspicion_is_followed_soon_and_proof_is_not(bench: Bench) -> None:
    """A list that shows what the watch did not is repeated every half a minute, until it is known
    what that means."""
    bench.workspaces.put(A, "1")
    until_proven = 1 + round(LONGEST_BLINDNESS_SECONDS / LOOK_AGAIN_SECONDS)
    await bench.look(times=until_proven + 1)
    assert bench.waits == [RESYNC, *[LOOK_AGAIN_SECONDS] * (until_proven - 1), RESYNC]
    assert "is blind: it did not show ns/a" in bench.watches.workspaces.illness
    assert bench.watches.orders.illness == ""


@dataclass
class Confirming:
    """A round that confirms all but some."""

    queue: WorkQueue
    doubted: set[Key] = field(default_factory=set)
    taken: list[Key] = field(default_factory=list)

    async def take_order(self, wire: dict[str, Any]) -> None:
        """Not looked at."""

    async def take_workspace(self, wire: dict[str, Any]) -> None:
        key = Key(wire["metadata"]["namespace"], wire["metadata"]["name"])
        self.taken.append(key)
        if key in self.doubted:
            self.queue.add(key, Lane.ROUTINE)

    def end(self) -> tuple[Key, ...]:
        return tuple(key for key in self.taken if key not in self.doubted)


def confirming(bench: Bench, *doubted: Key) -> list[int]:
    """Let the bench's rounds confirm all but these; how many each confirmed."""
    told: list[int] = []

    async def begin() -> Round:
        return cast(Round, Confirming(bench.queue, set(doubted)))

    bench.resync.begin_round, bench.resync.ended = begin, told.append
    return told


async def test_the_first_round_wakes_only_who_is_in_doubt(bench: Bench) -> None:
    """What the watches list meanwhile needs no pass; what they list in another version has one."""
    bench.workspaces.put(A, "1")
    bench.workspaces.put(B, "2")
    told = confirming(bench, B)
    assert bench.resync.wait_for(A, "1") == LISTED_SECONDS
    await bench.resync.begin(None)
    assert told == [1]
    assert (await bench.queue.get(), bench.queue.depth) == (B, 0)
    assert [bench.resync.wait_for(A, version) for version in ("1", "2", "3")] == [None, None, 0.0]


@pytest.mark.parametrize("lists", [True, False])
async def test_what_the_watches_list_and_the_first_round_does_not_has_a_pass(
    bench: Bench, lists: bool
) -> None:
    """It was made or changed in between; or there was no round at all."""
    if lists:
        bench.workspaces.put(A, "1")
        confirming(bench)
    for key, version in ((A, "1"), (B, "2")):
        assert bench.resync.wait_for(key, version) == LISTED_SECONDS
    await bench.resync.begin(None)
    assert {await bench.queue.get() for _ in range(bench.queue.depth)} == ({B} if lists else {A, B})


async def test_what_a_round_confirms_has_no_pass_before_the_next(bench: Bench) -> None:
    """It is put off at each; should there be no other round, it has one all the same."""
    confirming(bench)
    bench.watches.workspaces.seen(None, bench.workspaces.put(A, "1"))
    bench.queue.add_after(A, RESYNC * 1.1)
    assert await bench.look(times=3) == set()
    bench.timers.advance(RESYNC * 1.3)
    assert bench.queue.depth == 0
    bench.timers.advance(RESYNC * 0.2)
    assert bench.queue.depth == 1


@pytest.mark.parametrize("kind", ["orders", "workspaces"])
async def test_half_a_round_confirms_nobody(bench: Bench, kind: str) -> None:
    """Without the orders, or some of the workspaces, nothing is known: passes come when they are
    due."""
    told = confirming(bench)
    bench.watches.workspaces.seen(None, bench.workspaces.put(A, "1"))
    getattr(bench, kind).failures["hidden"] = ClusterRefused("403")
    bench.queue.add_after(A, RESYNC * 1.1)
    await bench.look(("ns", "hidden"))
    assert told == []
    bench.timers.advance(RESYNC * 0.2)
    assert bench.queue.depth == 1
