"""Health of each watch: its last sign of life, and the objects that it should have shown.

A watch of a quiet cluster is silent, and so is a dead one. A list distinguishes them: an object in
it that the watch has not shown in this version, and does not show in the minutes after, proves that
the watch is blind. A list without such an object is a sign of life as good as an event.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flink_workspace_operator.core.facts.identity import Key

log = logging.getLogger(__name__)

LONGEST_SILENCE_SECONDS = 900.0
"""Longer than an API server takes to restart, which our own restart does not heal. The watch of
claims starts over every few minutes; the other two get a list every resync, and that much more."""
LONGEST_BLINDNESS_SECONDS = 180.0
"""kopf gives up a connection that is silent for 70 s, and may need as long to make a new one."""


@dataclass
class Watch:
    """One watch. `clock` gives seconds and never goes back."""

    name: str
    clock: Callable[[], float]
    longest_silence: float = LONGEST_SILENCE_SECONDS
    _heard_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.heard()

    def heard(self) -> None:
        """Note a sign of life."""
        self._heard_at = self.clock()

    @property
    def silent_seconds(self) -> float:
        """Seconds since the last sign of life."""
        return self.clock() - self._heard_at

    @property
    def illness(self) -> str:
        """The reason to restart the process; empty if there is none."""
        silence = self.silent_seconds
        return (
            f"nothing heard from {self.name} for {silence:.0f} s"
            if silence > self.longest_silence
            else ""
        )

    def told(self) -> dict[str, float]:
        """Numbers for /healthz."""
        return {"silentSeconds": round(self.silent_seconds, 1)}


@dataclass(frozen=True)
class Missed:
    """A version that a list showed and the watch did not."""

    version: str
    since: float
    """Time of the first list that showed it."""
    proven: bool = False
    """True once the watch must be blind."""


@dataclass
class ObjectWatch(Watch):
    """The watch of one kind of object, and the versions that it showed."""

    longest_blindness: float = LONGEST_BLINDNESS_SECONDS
    shown: dict[Key, str] = field(default_factory=dict)
    """Last version of each object by its own name, as the watch showed it."""
    listed: set[Key] = field(default_factory=set)
    """The objects of the last list."""
    missed: dict[Key, Missed] = field(default_factory=dict)

    def seen(self, how: str | None, wire: Mapping[str, Any]) -> None:
        """Note an object of the watch: listed (`how` None), ADDED, MODIFIED or DELETED."""
        self.heard()
        name = name_in(wire)
        self.missed.pop(name, None)
        if how == "DELETED":
            self.shown.pop(name, None)
        else:
            self.shown[name] = version_in(wire)

    @property
    def illness(self) -> str:
        """The same, or the first object that proves that the watch is blind."""
        for name, missed in self.missed.items():
            if missed.proven:
                ago = self.clock() - missed.since
                return (
                    f"{self.name} is blind: it did not show {name}, which changed at least"
                    f" {ago:.0f} s ago"
                )
        return super().illness

    @property
    def under_suspicion(self) -> bool:
        """True while the watch misses objects that it may still show."""
        return bool(self.missed) and not self._proven

    def told(self) -> dict[str, float]:
        """The same, and the number of objects that it misses."""
        return {**super().told(), "missed": len(self.missed)}

    def judge(self, missed: dict[Key, str], asked_at: float) -> None:
        """Take in the objects, by name and version, that a complete list shows and the watch did
        not."""
        knew_it = self._proven
        self.missed = {
            name: self._judged(name, version, asked_at) for name, version in missed.items()
        }
        if not missed:
            self.heard()
        if self._proven and not knew_it:
            log.error(
                "%s; objects are found by lists, and the process should be restarted", self.illness
            )

    def acquit(self) -> None:
        """Drop unproven suspicions: the API server did not answer a list, so the watch is not to
        blame."""
        self.missed = {name: each for name, each in self.missed.items() if each.proven}

    def _judged(self, name: Key, version: str, asked_at: float) -> Missed:
        known = self.missed.get(name)
        since = asked_at if known is None else known.since
        return Missed(version, since, proven=asked_at - since >= self.longest_blindness)

    @property
    def _proven(self) -> bool:
        return any(each.proven for each in self.missed.values())


@dataclass(frozen=True)
class Watches:
    """All watches of a process that leads."""

    workspaces: ObjectWatch
    orders: ObjectWatch
    claims: Watch

    @classmethod
    def every(cls, resync_seconds: float, clock: Callable[[], float]) -> "Watches":
        """The watches of a process that lists everything every `resync_seconds`."""
        silence = resync_seconds + LONGEST_SILENCE_SECONDS
        return cls(
            workspaces=ObjectWatch("the watch of workspaces", clock, silence),
            orders=ObjectWatch("the watch of orders", clock, silence),
            claims=Watch("the watch of claims", clock),
        )

    def each(self) -> dict[str, Watch]:
        """The watches by name."""
        return {"workspaces": self.workspaces, "orders": self.orders, "claims": self.claims}

    def begin(self) -> None:
        """Count silence from now on."""
        for watch in self.each().values():
            watch.heard()


def name_in(wire: Mapping[str, Any]) -> Key:
    """Namespace and name of an object of any kind."""
    return Key(wire["metadata"]["namespace"], wire["metadata"]["name"])


def version_in(wire: Mapping[str, Any]) -> str:
    """The object's resourceVersion."""
    return str(wire["metadata"]["resourceVersion"])
