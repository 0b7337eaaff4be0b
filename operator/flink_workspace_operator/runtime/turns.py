"""The next key: two lanes, and in each the namespaces take turns; within one, what goes on comes
before what has not begun, and else first in first out.

A namespace may have so many passes under way:

    up to half of the workers      always
    up to three quarters of them   only while no namespace with less than half waits
    never more                     the rest is kept free for other namespaces

So a flood in one namespace costs another one a turn, and not the wait for the flood's end. Except
for metrics, all functions take the same time however many keys wait.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from itertools import chain
from typing import Final, Self

from flink_workspace_operator.core.facts.identity import Key


class Lane(Enum):
    """The urgency of a pass."""

    URGENT = auto()
    """Something changed, or a pass continues at once."""
    ROUTINE = auto()
    """The list at start, and passes that were due: after a restart thousands of these wait."""


@dataclass(frozen=True)
class Share:
    """The number of passes of one namespace that may be under way."""

    beside_others: float
    alone: float

    @classmethod
    def of(cls, workers: int) -> Self:
        """Half of the workers, never less than one; alone all but a quarter of them."""
        return cls(max(1, workers // 2), workers - workers // 4)


NO_LIMIT: Final = Share(float("inf"), float("inf"))


class Standing(IntEnum):
    """The part of its share that a namespace uses."""

    BELOW = 0
    ABOVE = 1
    FULL = 2


@dataclass(frozen=True)
class Line:
    """Keys of one namespace in one lane. Those that go on come first, each in its own order."""

    going_on: OrderedDict[Key, None] = field(default_factory=OrderedDict)
    others: OrderedDict[Key, None] = field(default_factory=OrderedDict)

    def __iter__(self) -> Iterator[Key]:
        return chain(self.going_on, self.others)

    def __len__(self) -> int:
        return len(self.going_on) + len(self.others)

    def prefer(self, key: Key) -> None:
        """Let a key that is here go on. One that does already keeps its place."""
        if key in self.others:
            self.going_on[key] = self.others.pop(key)

    def drop(self, key: Key) -> None:
        """Take a key out."""
        (self.going_on if key in self.going_on else self.others).pop(key)


Ring = OrderedDict[str, Line]
"""Waiting keys by namespace; the namespace whose turn it is comes first."""


class Turns:
    """Keys that wait, and the number of passes under way for each namespace."""

    def __init__(self, share: Share = NO_LIMIT) -> None:
        self._share = share
        self._rings: dict[Standing, dict[Lane, Ring]] = {
            each: {lane: Ring() for lane in Lane} for each in Standing
        }
        self._waiting: OrderedDict[Key, tuple[Lane, float]] = OrderedDict()
        """Lane of each key, and the time from which it waits; the oldest one first."""
        self._under_way: Counter[str] = Counter()

    def __contains__(self, key: Key) -> bool:
        return key in self._waiting

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, key: Key, lane: Lane, now: float) -> None:
        """Add a key. A waiting routine key becomes urgent if this is, and keeps its time."""
        known, since = self._waiting.get(key, (None, now))
        if known in (lane, Lane.URGENT):
            return
        if known is not None:
            self._drop(key, known)
        self._waiting[key] = lane, since
        self._ring(key.namespace, lane).setdefault(key.namespace, Line()).others[key] = None

    def prefer(self, key: Key) -> None:
        """Let a waiting key come before those of its namespace that have not begun."""
        lane, _ = self._waiting[key]
        self._ring(key.namespace, lane)[key.namespace].prefer(key)

    def take(self, order: Iterable[Lane], limited: bool = True) -> Key | None:
        """The next key, counted as under way until `done`; None if none may be taken now."""
        lanes = tuple(order)
        for standing in Standing:
            if limited and standing is Standing.FULL:
                break
            for ring in (self._rings[standing][lane] for lane in lanes):
                if ring:
                    return self._next(ring)
        return None

    def done(self, key: Key) -> None:
        """End the pass of a key."""
        self._count(key.namespace, -1)

    def clear(self) -> None:
        """Drop all waiting keys."""
        self._waiting.clear()
        for rings in self._rings.values():
            for ring in rings.values():
                ring.clear()

    @property
    def oldest(self) -> float | None:
        """The time from which the oldest key waits."""
        return next((since for _, since in self._waiting.values()), None)

    def depth(self, lane: Lane) -> int:
        """Number of keys that wait in a lane."""
        return sum(len(keys) for rings in self._rings.values() for keys in rings[lane].values())

    @property
    def namespaces(self) -> int:
        """Number of namespaces with keys that wait."""
        return len(
            {name for rings in self._rings.values() for ring in rings.values() for name in ring}
        )

    def _next(self, ring: Ring) -> Key:
        """Take the first key of the namespace whose turn it is, and move the namespace to the
        end."""
        namespace, keys = next(iter(ring.items()))
        key = next(iter(keys))
        self._drop(key, self._waiting.pop(key)[0])
        if namespace in ring:
            ring.move_to_end(namespace)
        self._count(namespace, 1)
        return key

    def _drop(self, key: Key, lane: Lane) -> None:
        ring = self._ring(key.namespace, lane)
        ring[key.namespace].drop(key)
        if not ring[key.namespace]:
            del ring[key.namespace]

    def _count(self, namespace: str, change: int) -> None:
        """Count a pass. A namespace that changes its standing moves to the end of that standing."""
        before = self._standing(namespace)
        self._under_way[namespace] += change
        if not self._under_way[namespace]:
            del self._under_way[namespace]
        after = self._standing(namespace)
        for lane in Lane if after is not before else ():
            keys = self._rings[before][lane].pop(namespace, None)
            if keys is not None:
                self._rings[after][lane][namespace] = keys

    def _ring(self, namespace: str, lane: Lane) -> Ring:
        return self._rings[self._standing(namespace)][lane]

    def _standing(self, namespace: str) -> Standing:
        number = self._under_way[namespace]
        if number < self._share.beside_others:
            return Standing.BELOW
        return Standing.ABOVE if number < self._share.alone else Standing.FULL
