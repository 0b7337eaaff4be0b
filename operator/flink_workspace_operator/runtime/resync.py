"""Lists everything every resync, so that a missed event of a watch is noticed in time.

    listed as the watch showed it ──► a pass within the next resync, as without this
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
from flink_workspace_operator.runtime.watches import ObjectWatch, name_in, version_in
from flink_workspace_operator.runtime.workers import JITTER

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 30.0
"""Until the next list, after one with an object that the watch lacked: it may only be late."""

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
    """Lists all kinds every so many seconds. `random` gives numbers from 0 to 1."""

    kinds: tuple[Kind, ...]
    queue: WorkQueue
    seconds: float
    random: Callable[[], float]
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _refused: set[tuple[str, str]] = field(default_factory=set)
    """Kind and namespace of refused lists that were logged."""

    async def keep_listing(self, served: tuple[str, ...] | None) -> None:
        """List for as long as the process leads. kopf lists at the start, so the first comes
        later."""
        while True:
            suspicious = any(kind.watch.under_suspicion for kind in self.kinds)
            await self.sleep(min(LOOK_AGAIN_SECONDS, self.seconds) if suspicious else self.seconds)
            for kind in self.kinds:
                await self._try(kind, served)

    async def _try(self, kind: Kind, served: tuple[str, ...] | None) -> None:
        try:
            await self.look(kind, served)
        except ClusterFailure as failure:
            kind.watch.acquit()
            log.warning("no list to compare %s with: %s", kind.watch.name, failure)
        except Exception:  # a bug in one list must not end all that follow
            log.exception("the list to compare %s with broke", kind.watch.name)

    async def look(self, kind: Kind, served: tuple[str, ...] | None) -> None:
        """One list of one kind. Raises `ClusterFailure`, also if no namespace may be read."""
        began, roll, unread = self.clock(), Roll(kind.watch), set[str]()
        for place in served or (None,):
            try:
                async for wire in kind.objects(place):
                    self._found(kind, wire, news=roll.enter(wire))
            except ClusterRefused as refused:
                if place is None or len(unread) + 1 == len(served or ()):
                    raise
                unread.add(place)
                self._tell(kind, place, refused)
        self._gone(kind, roll.gone(unread))
        kind.watch.listed = roll.listed
        kind.watch.judge(roll.missed, began)

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

    def _tell(self, kind: Kind, place: str, refused: ClusterRefused) -> None:
        """Log a refused list, once for each namespace."""
        if (kind.watch.name, place) not in self._refused:
            self._refused.add((kind.watch.name, place))
            log.error(
                "namespace %s is left out of the list to compare %s with: %s",
                place,
                kind.watch.name,
                refused,
            )
