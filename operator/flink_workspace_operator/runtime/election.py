"""Which of several processes leads: the one that holds a Lease and renews it in time.

    win ──► keep (renews) ──► lost: the process ends, and a fresh one stands by
                         └──► give_back: the next one leads at once

No two machines' clocks are compared. A Lease counts as held for as long as it says since we saw it change, and ours for
two thirds of that since we began to renew it: who leads stops before anybody can take over. A hand that deletes or
edits the Lease breaks that for a moment. So the election is comfort: it keeps two processes out of each other's way.
That nothing is bought twice is the purchase protocol's doing, whoever leads.

The Lease is what this process reads most often, so it is also where a restore of etcd shows: its version goes back.
Then the watches go on from versions of a time that never was, and what was remembered of our writes is void. Only a
process that begins anew can be trusted, so the Lease counts as lost.
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
"""Part of the Lease's duration after which a leader that could not renew leads no more. The rest is margin: for what
passes between asking and sending, which are moments, and for clocks that run at different speeds. A purchase may take
longer than the whole Lease, so it may still be under way when another leads; the ledger tells that one to wait."""
RETRY_AFTER = 2 / 15
"""Part of the Lease's duration between two attempts."""
LONGEST_LEASE_SECONDS = 300
"""Whatever a Lease says: an edited one must not keep everybody waiting for a year."""

RESTORED = "the Lease is older than when it was last seen, so etcd was restored, and what this process knows is void"

NEVER = float("-inf")


class Lease(Protocol):
    """What is contended for. Writes are conditional on what was read. Raises `ClusterFailure`."""

    async def read(self) -> Standing | None:
        """The Lease as it is, None if there is none."""
        ...

    async def hold(self, over: Standing | None, holder: str, seconds: int) -> Standing:
        """Take or renew it; gives it as it is then."""
        ...

    async def give_back(self, held: Standing) -> None:
        """Name no holder."""
        ...


@dataclass
class Election:
    """The part of one process in it."""

    lease: Lease
    identity: str
    seconds: int
    """How long the Lease counts without being renewed."""
    clock: Callable[[], float]
    """Seconds; never goes back, and goes on while the process is stopped and the machine sleeps."""
    heard: Callable[[], None]
    """Told whenever the API server answers one who stands by."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    holder: str = field(default="", init=False)
    """Who holds the Lease, as far as we know."""
    obstacle: str = field(default="", init=False)
    """Why it is not ours, or could not be renewed."""
    lost: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Set once this process led and leads no more, though nobody told it to end."""
    _renewed_at: float = field(default=NEVER, init=False)
    _seen: Standing | None = field(default=None, init=False)
    _changed_at: float = field(default=NEVER, init=False)
    _version: str = field(default="", init=False)
    """The Lease's, as it was read or written last."""

    def leads(self) -> bool:
        """Whether the Lease is ours, and was renewed recently enough that nobody can have taken it."""
        return self._seconds_left > 0

    async def win(self) -> None:
        """Try until the Lease is ours."""
        await self._attempt()
        while not self.leads():
            await self.sleep(self.seconds * RETRY_AFTER)
            await self._attempt()
        log.info("leading as %s", self.identity)

    async def keep(self) -> None:
        """Renew until the Lease is lost, and say so."""
        while self.leads():
            await self._attempt()
            await self.sleep(max(0.0, min(self.seconds * RETRY_AFTER, self._seconds_left)))
        why = self.obstacle or "this process stood still for too long"
        log.error("leading no more: %s; no pass is begun and nothing is bought, the process ends", why)

    async def give_back(self) -> None:
        """Lead no more, and let the next one begin at once, if the Lease is still ours."""
        self._renewed_at = NEVER
        try:
            async with asyncio.timeout(self._attempt_seconds):
                while (found := await self.lease.read()) is not None and found.holder == self.identity:
                    with suppress(Conflict):  # a renewal of ours that was cancelled may still have arrived
                        await self.lease.give_back(found)
        except (ClusterFailure, TimeoutError) as failure:
            log.warning("could not give the Lease back (%s): it runs out by itself", _told(failure))

    async def _attempt(self) -> None:
        """Take or renew the Lease, unless another holds it. A write whose answer is lost shows at the next reading."""
        began = self.clock()  # others see the change later than this, so they wait for longer than we count on
        try:
            async with asyncio.timeout(self._attempt_seconds):
                found = await self.lease.read()
                if not self.leads():
                    self.heard()
                if self._restored(found) and self.leads():  # who stands by knows nothing that could be void
                    self._lose(self.holder, RESTORED)
                elif found is not None and self._held_by_another(found):
                    self._lose(found.holder, f"the Lease is held by {found.holder}")
                else:
                    held = await self.lease.hold(found, self.identity, self.seconds)
                    self._version, self._renewed_at = held.version, began
                    self.holder, self.obstacle = self.identity, ""
        except Conflict:
            return  # somebody else wrote first: the next attempt shows who
        except (ClusterFailure, TimeoutError) as failure:
            self._stand_by(self.holder, f"the Lease could not be taken or renewed: {_told(failure)}")

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
        return self.clock() < self._changed_at + lasts

    def _lose(self, holder: str, obstacle: str) -> None:
        """Lead no more from now on."""
        self._renewed_at = NEVER
        self._stand_by(holder, obstacle)

    def _stand_by(self, holder: str, obstacle: str) -> None:
        """Note what keeps us from leading, and say it once."""
        if obstacle != self.obstacle:
            log.info("%s", obstacle)
        self.holder, self.obstacle = holder, obstacle

    @property
    def _seconds_left(self) -> float:
        return self._renewed_at + self.seconds * RENEW_WITHIN - self.clock()

    @property
    def _attempt_seconds(self) -> float:
        """Half the time there is, so that one lost answer is not the end; never beyond it."""
        half = self.seconds * RENEW_WITHIN / 2
        return min(half, self._seconds_left) if self.leads() else half


def _told(failure: ClusterFailure | TimeoutError) -> str:
    return str(failure) or "the API server did not answer in time"
