"""Leader election: the process that holds a Lease, and renews it in time, leads.

    win ──► keep (renews) ──► lost: the process ends, and a fresh one stands by
                         └──► give_back: the next one leads at once

No two machines' clocks are compared. A Lease counts as held for as long as it says, from the
moment that we saw it change; our own for two thirds of that, from the start of our renewal. So a
leader stops before anybody can take over. A manual edit of the Lease breaks that for a moment. The
election only keeps two processes out of each other's way: the purchase protocol prevents a second
purchase, whoever leads.

This process reads the Lease most often, so it also detects a restore of etcd: the version goes
back. Then the watches continue from versions that never existed, and the memory of our own writes
is void. Only a new process can be trusted, so the Lease counts as lost.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from flink_workspace_operator.adapters.kubernetes.election_lease import Standing, went_back
from flink_workspace_operator.core.facts.failures import ClusterFailure, Conflict

log = logging.getLogger(__name__)

RENEW_WITHIN = 2 / 3
"""Part of the Lease's duration after which a leader that could not renew stops to lead. The rest is
margin for the time between asking and sending, and for clocks of different speed. A purchase may
last longer than the Lease: it may still be under way when another process leads, and the ledger
makes that process wait."""
RETRY_AFTER = 2 / 15
"""Part of the Lease's duration between two attempts."""
LONGEST_LEASE_SECONDS = 300
"""The limit of a Lease that was edited: it must not make everybody wait for a year."""

RESTORED = (
    "the Lease is older than when it was last seen, so etcd was restored, and what this process"
    " knows is void"
)

NEVER = float("-inf")


class Lease(Protocol):
    """The Lease that processes contend for. Writes are conditional. Raises `ClusterFailure`."""

    async def read(self) -> Standing | None:
        """The Lease as it is, None if there is none."""
        ...

    async def hold(self, over: Standing | None, holder: str, seconds: int) -> Standing:
        """Take or renew it; returns the new Lease."""
        ...

    async def give_back(self, held: Standing) -> None:
        """Clear the holder."""
        ...


@dataclass
class Election:
    """One process's part in the election."""

    lease: Lease
    identity: str
    seconds: int
    """Seconds that the Lease is valid without a renewal."""
    clock: Callable[[], float]
    """Seconds; never goes back, and advances while the process is stopped and the machine
    sleeps."""
    heard: Callable[[], None]
    """Called whenever the API server answers a process that stands by."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    holder: str = field(default="", init=False)
    """The last known holder."""
    obstacle: str = field(default="", init=False)
    """The reason why the Lease is not ours, or could not be renewed."""
    lost: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Set once this process has lost the lead, without being asked to stop."""
    _renewed_at: float = field(default=NEVER, init=False)
    _seen: Standing | None = field(default=None, init=False)
    _changed_at: float = field(default=NEVER, init=False)
    _free_at: float = field(default=NEVER, init=False)
    """When another's Lease ends, if it is not renewed."""
    _version: str = field(default="", init=False)
    """The resourceVersion that was read or written last."""

    def leads(self) -> bool:
        """True if the Lease is ours, renewed so recently that nobody can have taken it."""
        return self._seconds_left > 0

    async def win(self) -> None:
        """Try until the Lease is ours."""
        await self._attempt()
        while not self.leads():
            await self.sleep(self._next_attempt_in)
            await self._attempt()
        log.info("leading as %s", self.identity)

    async def keep(self) -> None:
        """Renew until the Lease is lost, then set `lost`."""
        while self.leads():
            await self._attempt()
            await self.sleep(max(0.0, min(self.seconds * RETRY_AFTER, self._seconds_left)))
        why = self.obstacle or "this process stood still for too long"
        log.error(
            "leading no more: %s; no pass is begun and nothing is bought, the process ends", why
        )

    async def give_back(self) -> None:
        """Stop to lead, and release the Lease, if it is still ours, so that the next can lead at
        once."""
        self._renewed_at = NEVER
        try:
            async with asyncio.timeout(self._attempt_seconds):
                while (
                    found := await self.lease.read()
                ) is not None and found.holder == self.identity:
                    with suppress(Conflict):  # a cancelled renewal of ours may still have arrived
                        await self.lease.give_back(found)
        except (ClusterFailure, TimeoutError) as failure:
            log.warning("could not give the Lease back (%s): it runs out by itself", _told(failure))

    async def _attempt(self) -> None:
        """Take or renew the Lease, unless another holds it. A lost answer shows at the next
        read."""
        began = self.clock()  # others see the change later, so they wait longer than we rely on
        try:
            async with asyncio.timeout(self._attempt_seconds):
                found = await self.lease.read()
                if not self.leads():
                    self.heard()
                if self._restored(found) and self.leads():  # standing by, nothing can be void
                    self._lose(self.holder, RESTORED)
                elif found is not None and self._held_by_another(found):
                    self._lose(found.holder, f"the Lease is held by {found.holder}")
                else:
                    held = await self.lease.hold(found, self.identity, self.seconds)
                    self._version, self._renewed_at = held.version, began
                    self.holder, self.obstacle = self.identity, ""
        except Conflict:
            return  # somebody else wrote first: the next attempt shows the holder
        except (ClusterFailure, TimeoutError) as failure:
            self._stand_by(
                self.holder, f"the Lease could not be taken or renewed: {_told(failure)}"
            )

    def _restored(self, found: Standing | None) -> bool:
        """True if the Lease is older than when it was read or written last."""
        if found is None:
            return False
        before, self._version = self._version, found.version
        return went_back(before, found.version)

    def _held_by_another(self, found: Standing) -> bool:
        if found.holder in ("", self.identity):
            return False
        if self._seen is None or found.spec != self._seen.spec:
            self._seen, self._changed_at = found, self.clock()
        lasts = max(self.seconds, min(found.seconds, LONGEST_LEASE_SECONDS))
        self._free_at = self._changed_at + lasts
        return self.clock() < self._free_at

    def _lose(self, holder: str, obstacle: str) -> None:
        """Stop to lead from now on."""
        self._renewed_at = NEVER
        self._stand_by(holder, obstacle)

    def _stand_by(self, holder: str, obstacle: str) -> None:
        """Note why we do not lead, and log it once."""
        if obstacle != self.obstacle:
            log.info("%s", obstacle)
        self.holder, self.obstacle = holder, obstacle

    @property
    def _next_attempt_in(self) -> float:
        """Seconds: the moment at which the other's Lease ends, if that comes before a retry."""
        until_free, usual = self._free_at - self.clock(), self.seconds * RETRY_AFTER
        return until_free if 0 < until_free < usual else usual

    @property
    def _seconds_left(self) -> float:
        return self._renewed_at + self.seconds * RENEW_WITHIN - self.clock()

    @property
    def _attempt_seconds(self) -> float:
        """Half of the time left, so that one lost answer is tolerated; never beyond it."""
        half = self.seconds * RENEW_WITHIN / 2
        return min(half, self._seconds_left) if self.leads() else half


def _told(failure: ClusterFailure | TimeoutError) -> str:
    return str(failure) or "the API server did not answer in time"
