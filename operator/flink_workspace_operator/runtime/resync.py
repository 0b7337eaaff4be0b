"""Lists everything every resync, so that a missed event of a watch is noticed in time.

    listed as the watch showed it ──► confirmed by the round, or a pass (`rounds.py`)
    listed in another version     ──► a pass now; if the watch does not show it soon, it is blind
    not listed any more           ──► a pass now

The list is read as stored JSON: one malformed object does not hide the others.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from flink_workspace_operator.core.facts.failures import ClusterFailure, ClusterRefused
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.rounds import Round
from flink_workspace_operator.runtime.turns import Lane
from flink_workspace_operator.runtime.watches import ObjectWatch, name_in, version_in
from flink_workspace_operator.runtime.workers import JITTER

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 30.0
"""Until the next list, after one with an object that the watch lacked: it may only be late."""

LISTED_SECONDS = 60.0
"""What the watches list before the first round is over has a pass after so long at the latest. So
long may a round take, too, before what it confirms has a pass all the same."""
PUT_OFF = 1.25
"""Part of the time between two rounds after which a confirmed key has a pass all the same: more
than one, as the next round confirms it again."""

Wire = dict[str, Any]
ListObjects = Callable[[str | None], AsyncIterator[Wire]]
"""Lists all objects of a kind in a namespace, or in all (None). Raises `ClusterFailure`."""


@dataclass(frozen=True)
class Kind:
    """One kind of object: its list, and the reactions to findings."""

    watch: ObjectWatch
    objects: ListObjects
    key: Callable[[Wire], Key | None]
    """The key that gets a pass now and then for an object; None: no pass."""
    show: Callable[[Wire], None]
    """React as to the missed event."""
    gone: Callable[[Key], None]
    """React as to the event of a deletion, by the object's own name."""
    take: Callable[[Round, Wire], Awaitable[None]]
    """Give a listed object to a round."""


@dataclass
class Roll:
    """One list, compared with what the watch had shown when the list began.

    An object that the watch shows meanwhile may be newer than the list, and is not compared.
    """

    watch: ObjectWatch
    listed: set[Key] = field(default_factory=set)
    missed: dict[Key, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before = dict(self.watch.shown)

    def enter(self, wire: Wire) -> bool:
        """Note a listed object; True if the watch missed it, and no earlier list had this
        version."""
        name, version = name_in(wire), version_in(wire)
        self.listed.add(name)
        if version == self._before.get(name) or self._news_of(name):
            return False
        self.missed[name] = version
        told = self.watch.missed.get(name)
        return told is None or told.version != version

    def gone(self, unread: set[str]) -> set[Key]:
        """Known objects that are not listed any more, outside of the unreadable namespaces."""
        known = {*self._before, *self.watch.listed}
        return {
            name
            for name in known - self.listed
            if name.namespace not in unread and not self._news_of(name)
        }

    def _news_of(self, name: Key) -> bool:
        return self.watch.shown.get(name) != self._before.get(name)


@dataclass
class Resync:
    """Lists all kinds every so many seconds. `random` gives numbers from 0 to 1.

    `begin_round` gives the round that all lists belong to. Raises `ClusterFailure`.
    """

    kinds: tuple[Kind, ...]
    begin_round: Callable[[], Awaitable[Round]]
    queue: WorkQueue
    seconds: float
    random: Callable[[], float]
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ended: Callable[[int], None] = lambda _: None
    """Told of each round that listed all, and of how many needed no pass in it."""
    _listed: frozenset[str] = frozenset()
    """Versions of all objects of the last round that told of all of them."""
    _listing: set[str] = field(default_factory=set)
    """Those of the round under way."""
    _began: bool = False
    """True once the first round is over."""
    _early: list[tuple[Key, str]] = field(default_factory=list)
    """Keys that the watches listed before, each with a version that the round did not have yet."""
    _refused: set[tuple[str, str]] = field(default_factory=set)
    """Kind and namespace of refused lists that were logged."""

    async def begin(self, served: tuple[str, ...] | None) -> None:
        """The first round, of what there was before the process. Nothing is compared yet."""
        await self._go_round(served, compares=False)
        self._began = True
        for key, version in self._early:
            if version not in self._listed:
                self.queue.add(key, Lane.ROUTINE)
        self._early.clear()

    async def keep_listing(self, served: tuple[str, ...] | None) -> None:
        """List for as long as the process leads. The watches list at the start, so the first list
        that is compared with them comes later."""
        while True:
            suspicious = any(kind.watch.under_suspicion for kind in self.kinds)
            await self.sleep(min(LOOK_AGAIN_SECONDS, self.seconds) if suspicious else self.seconds)
            await self._go_round(served, compares=True)

    def wait_for(self, key: Key, version: str) -> float | None:
        """Seconds until a key has a pass of which a watch lists an object in this version; None: a
        round had it in this version."""
        if version in self._listed or version in self._listing:
            return None
        if self._began:
            return 0.0
        self._early.append((key, version))
        return LISTED_SECONDS

    async def _go_round(self, served: tuple[str, ...] | None, *, compares: bool) -> None:
        """List all kinds. If one can't be listed, nothing is confirmed, and all keys have passes
        when they are due."""
        round_ = await self._round()
        whole = [await self._try(kind, served, round_, compares) for kind in self.kinds]
        if round_ is not None and all(whole):
            confirmed = round_.end()
            for key in confirmed:
                wait = LISTED_SECONDS + self.seconds * (PUT_OFF + JITTER * self.random())
                self.queue.put_off(key, wait)
            self.ended(len(confirmed))
            self._listed = frozenset(self._listing)
        self._listing.clear()

    async def _round(self) -> Round | None:
        try:
            return await self.begin_round()
        except ClusterFailure as failure:
            log.warning("no list of claims, so each workspace has its own pass: %s", failure)
        except Exception:  # a bug in it must not end all lists that follow
            log.exception("the round broke before it began")
        return None

    async def _try(
        self, kind: Kind, served: tuple[str, ...] | None, round_: Round | None, compares: bool
    ) -> bool:
        """True if the list was complete."""
        try:
            return await self.look(kind, served, round_, compares)
        except ClusterFailure as failure:
            kind.watch.acquit()
            log.warning("no list to compare %s with: %s", kind.watch.name, failure)
        except Exception:  # a bug in one list must not end all that follow
            log.exception("the list to compare %s with broke", kind.watch.name)
        return False

    async def look(
        self, kind: Kind, served: tuple[str, ...] | None, round_: Round | None, compares: bool
    ) -> bool:
        """One list of one kind; True if nothing was left out. Raises `ClusterFailure`, also if no
        namespace may be read."""
        began, roll, unread = self.clock(), Roll(kind.watch), set[str]()
        for place in served or (None,):
            try:
                async for wire in kind.objects(place):
                    if compares:
                        self._found(kind, wire, news=roll.enter(wire))
                    self._listing.add(version_in(wire))
                    if round_ is not None:
                        await kind.take(round_, wire)
            except ClusterRefused as refused:
                if place is None or len(unread) + 1 == len(served or ()):
                    raise
                unread.add(place)
                self._log_refusal(kind, place, refused)
        if not compares:
            return not unread
        self._gone(kind, roll.gone(unread))
        kind.watch.listed = roll.listed
        kind.watch.judge(roll.missed, began)
        return not unread

    def _found(self, kind: Kind, wire: Wire, news: bool) -> None:
        """Queue the key of a listed object: now, or as routine."""
        try:
            if news:
                log.info("%s has not shown %s yet: found by a list", kind.watch.name, name_in(wire))
                kind.show(wire)
            elif (key := kind.key(wire)) is not None:
                self.queue.add_after(key, self.seconds * (1 + JITTER * self.random()))
        except Exception as odd:  # a manual edit may have left anything
            log.warning(
                "what is listed as %s can't be read (%s)", name_in(wire), type(odd).__name__
            )

    def _gone(self, kind: Kind, names: set[Key]) -> None:
        for name in names:
            log.info("%s did not show that %s is gone: found by a list", kind.watch.name, name)
            kind.watch.shown.pop(name, None)
            kind.gone(name)

    def _log_refusal(self, kind: Kind, place: str, refused: ClusterRefused) -> None:
        """Log a refused list, once for each namespace."""
        if (kind.watch.name, place) not in self._refused:
            self._refused.add((kind.watch.name, place))
            log.error(
                "namespace %s is left out of the list to compare %s with: %s",
                place,
                kind.watch.name,
                refused,
            )
