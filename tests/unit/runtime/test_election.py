"""The election: at most one leads at any moment, whatever the network, clocks and hands do; and one
soon does."""

import asyncio
import copy
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from flink_workspace_operator.adapters.kubernetes.election_lease import Standing
from flink_workspace_operator.core.facts.failures import ClusterUnreachable, Conflict
from flink_workspace_operator.runtime.election import LONGEST_LEASE_SECONDS, RESTORED, Election
from tests.patience import patience
from tests.unit.runtime.timers import FakeTimers

SECONDS = 15
DEADLINE = 10.0
RETRY = 2.0
PATIENCE_SECONDS = 5.0
"""Of the clock on the wall, for what takes no time at all."""


class StoredLease:
    """One Lease as the API server keeps it: every write is conditional. `before` is asked before
    each call."""

    def __init__(self) -> None:
        self.wire: dict[str, Any] | None = None
        self.before: Callable[[str], Awaitable[None]] = undisturbed
        self.after: Callable[[str], Awaitable[None]] = undisturbed
        self.renewals = 0
        self._version = 0

    async def read(self) -> Standing | None:
        await self.before("read")
        return None if self.wire is None else Standing(copy.deepcopy(self.wire))

    async def hold(self, over: Standing | None, holder: str, seconds: int) -> Standing:
        return await self._write(
            over,
            {"holderIdentity": holder, "leaseDurationSeconds": seconds, "renewTime": self._version},
        )

    async def give_back(self, held: Standing) -> None:
        await self._write(held, {})

    async def _write(self, over: Standing | None, spec: dict[str, Any]) -> Standing:
        await self.before("write")
        if (over.wire if over else None) != self.wire:
            raise Conflict("the Lease is not as it was read")
        self.edit(**spec)
        self.renewals += 1
        await self.after("write")
        return Standing(copy.deepcopy(self.wire or {}))

    def edit(self, **spec: object) -> None:
        """Write it as a hand does, unconditionally."""
        self._version += 1
        self.wire = {
            "metadata": {"name": "lease", "resourceVersion": str(self._version)},
            "spec": spec,
        }

    def version(self, resource_version: str | None) -> None:
        """Give it this version, as a restore of etcd does; None: the API server is away."""
        if resource_version is None:
            raise ClusterUnreachable("the API server did not answer (ClientConnectorError)")
        assert self.wire is not None
        self.wire["metadata"]["resourceVersion"] = resource_version

    @property
    def holder(self) -> str:
        """Who holds it."""
        assert self.wire is not None
        return str(self.wire["spec"].get("holderIdentity", ""))


async def undisturbed(_: str) -> None:
    """Let the call be made."""


async def unanswered(_: str) -> None:
    """The API server is away."""
    raise ClusterUnreachable("the API server did not answer (ClientConnectorError)")


class Bench:
    """One Lease, one clock, and processes that contend for the Lease."""

    def __init__(self) -> None:
        self.timers = FakeTimers()
        self.lease = StoredLease()
        self.heard = 0

    def process(self, identity: str, seconds: int = SECONDS) -> Election:
        """One more process. Where it waits, the clock is moved."""
        return Election(self.lease, identity, seconds, self.timers.time, self._hear, self._wait)

    def _hear(self) -> None:
        self.heard += 1

    async def _wait(self, seconds: float) -> None:
        self.timers.advance(seconds)
        await asyncio.sleep(0)

    async def won_after(self, election: Election) -> float:
        """How long the process stands by before it leads."""
        began = self.timers.time()
        await election.win()
        return self.timers.time() - began

    async def stands_by(self, election: Election, seconds: float) -> None:
        """Let the process try for so long."""
        end = self.timers.time() + seconds
        winning = asyncio.ensure_future(election.win())
        while self.timers.time() < end and not winning.done():  # noqa: ASYNC110 - time passes only if it waits
            await asyncio.sleep(0)
        winning.cancel()


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_first_one_leads_at_once(bench: Bench) -> None:
    """Where there is no Lease, or nobody holds it, nobody waits."""
    first = bench.process("first")
    assert not first.leads()
    assert await bench.won_after(first) == 0
    assert (first.leads(), first.holder, bench.lease.holder) == (True, "first", "first")
    await first.give_back()
    assert (first.leads(), bench.lease.holder) == (False, "")
    assert await bench.won_after(bench.process("second")) == 0


async def test_lease_is_given_back_over_a_late_renewal(bench: Bench) -> None:
    """A renewal that was cancelled may arrive between reading and writing: the Lease is given back
    all the same."""
    leader = bench.process("leader")
    await leader.win()
    renewals = iter([True])

    async def renewed_late(call: str) -> None:
        if call == "write" and next(renewals, False):
            bench.lease.edit(holderIdentity="leader", renewTime="later")

    bench.lease.before = renewed_late
    await leader.give_back()
    assert bench.lease.holder == ""


async def test_silent_leader_is_replaced_after_its_lease(bench: Bench) -> None:
    """A Lease that nobody renews counts for its duration from when it was first seen, whatever its
    own times say. The next attempt is made when it ends, and not a retry later."""
    await bench.process("dead").win()
    bench.timers.advance(3600)
    assert await bench.won_after(bench.process("next")) == pytest.approx(SECONDS)


async def test_leader_stops_before_anybody_can_take_over(bench: Bench) -> None:
    """From its last renewal the old one counts on two thirds of what the others wait for."""
    old, new = bench.process("old"), bench.process("new")
    await old.win()
    renewed = bench.timers.time()
    bench.timers.advance(DEADLINE - 0.1)
    assert old.leads()
    bench.timers.advance(0.1)
    assert not old.leads()
    bench.timers.advance(renewed - bench.timers.time())
    assert await bench.won_after(new) > DEADLINE


async def test_renewed_lease_is_never_taken(bench: Bench) -> None:
    """As long as its holder renews it, others stand by, and hear from the API server."""
    leader, other = bench.process("leader"), bench.process("other")
    await leader.win()

    async def renewed_meanwhile(_: str) -> None:
        bench.lease.edit(
            holderIdentity="leader", leaseDurationSeconds=SECONDS, renewTime=bench.timers.time()
        )

    bench.lease.before = renewed_meanwhile
    await bench.stands_by(other, 3600)
    assert (other.leads(), other.holder) == (False, "leader")
    assert bench.heard > 3600 / RETRY


async def test_who_leads_is_said_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Standing by is one line for each holder, not one every two seconds."""
    caplog.set_level(logging.INFO)
    await bench.process("dead").win()
    await bench.process("next").win()
    said = [record.getMessage() for record in caplog.records]
    assert said == ["leading as dead", "the Lease is held by dead", "leading as next"]


async def test_short_outage_is_survived(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Attempts that fail are repeated until two thirds of the time are over; one that succeeds
    begins it anew."""
    leader = bench.process("leader")
    await leader.win()
    began, reads = bench.timers.time(), 0

    async def now_and_then(call: str) -> None:
        nonlocal reads
        reads += call == "read"
        if reads % 4 or reads > 60:
            await unanswered(call)

    bench.lease.before = now_and_then
    await leader.keep()
    assert bench.timers.time() - began == 59 * RETRY + DEADLINE  # from the last one that succeeded
    [lost] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert (
        "leading no more: the Lease could not be taken or renewed: the API server did not answer"
        in lost.message
    )


async def test_hanging_api_server_costs_half_the_time_there_is(bench: Bench) -> None:
    """A call that is never answered is given up early enough for another one."""
    leader = Election(bench.lease, "leader", 0, asyncio.get_running_loop().time, lambda: None)
    leader.seconds = 0.3  # type: ignore[assignment]  # shorter than any setting: this one waits for real
    await leader.win()
    hung = 0

    async def hang(_: str) -> None:
        nonlocal hung
        hung += 1
        await asyncio.Event().wait()

    bench.lease.before = hang
    async with asyncio.timeout(patience(5)):
        await leader.keep()
    assert hung >= 2
    assert "did not answer in time" in leader.obstacle


async def test_stopped_process_notices_by_itself(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that was stopped for longer than its Lease leads no more when it wakes up, before
    it asks anybody."""
    leader = bench.process("leader")
    await leader.win()
    bench.timers.advance(3600)
    assert not leader.leads()
    await leader.keep()
    assert "leading no more: this process stood still for too long" in caplog.text


async def test_renewal_that_took_too_long_does_not_count_from_its_end(bench: Bench) -> None:
    """The Lease was renewed no later than the answer came, and maybe as early as it was asked
    for."""
    leader = bench.process("leader")

    async def slow(_: str) -> None:
        bench.timers.advance(DEADLINE)

    bench.lease.after = slow
    await bench.stands_by(leader, 60)
    assert (bench.lease.holder, leader.leads()) == ("leader", False)


async def test_write_whose_answer_was_lost_is_found_again(bench: Bench) -> None:
    """The Lease is ours though nobody said so: the next reading shows it."""
    leader = bench.process("leader")

    async def lost_once(_: str) -> None:
        bench.lease.after = undisturbed
        await unanswered("")

    bench.lease.after = lost_once
    assert await bench.won_after(leader) == RETRY


async def test_race_for_a_free_lease_has_one_winner(bench: Bench) -> None:
    """Two that found it free at the same moment: the API server lets one write, and the other
    stands by."""
    first, second = bench.process("first"), bench.process("second")
    both = asyncio.Barrier(2)

    async def together(call: str) -> None:
        if call == "write":
            await both.wait()

    bench.lease.before = together
    contending = {asyncio.ensure_future(each.win()) for each in (first, second)}
    _, standing_by = await asyncio.wait(contending, return_when=asyncio.FIRST_COMPLETED)
    for each in standing_by:
        each.cancel()
    assert [first.leads(), second.leads()].count(True) == 1


async def test_lease_taken_by_somebody_else_is_lost_at_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """A hand that names another holder ends the leader at its next renewal, and the stranger is
    waited for."""
    leader = bench.process("leader")
    await leader.win()
    bench.lease.edit(holderIdentity="stranger", leaseDurationSeconds=SECONDS)
    await leader.keep()
    assert "leading no more: the Lease is held by stranger" in caplog.text
    await leader.give_back()
    assert bench.lease.holder == "stranger"
    assert await bench.won_after(bench.process("next")) == pytest.approx(SECONDS, abs=RETRY)


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [("100", "99", True), ("99", "100", False), ("100", "100", False), ("v2", "v1", False)],
)
async def test_lease_from_the_past_ends_the_leader(
    bench: Bench, caplog: pytest.LogCaptureFixture, before: str, after: str, lost: bool
) -> None:
    """etcd was restored: whoever led knows what never was. Versions that are no numbers prove
    nothing."""
    leader = bench.process("leader")
    await leader.win()
    versions = iter([before, after])
    version: str | None = None

    async def versioned(call: str) -> None:
        nonlocal version
        version = next(versions, None) if call == "read" else version
        bench.lease.version(version)

    bench.lease.before = bench.lease.after = versioned
    await leader.keep()
    assert (f"leading no more: {RESTORED}" in caplog.text) == lost
    assert bench.lease.holder == "leader"


async def test_restored_lease_is_not_renewed(bench: Bench) -> None:
    """What a process does that knows what never was, begins with this write; a fresh process leads
    at once after it."""
    leader = bench.process("leader")
    await leader.win()
    kept = asyncio.ensure_future(leader.keep())
    while bench.lease.renewals < 3:  # noqa: ASYNC110 - time passes only if it waits
        await asyncio.sleep(0)
    bench.lease.version("0")
    renewals = bench.lease.renewals
    await asyncio.wait_for(kept, PATIENCE_SECONDS)
    assert bench.lease.renewals == renewals
    await leader.give_back()
    assert await bench.won_after(bench.process("fresh")) == 0


async def test_restore_right_after_a_renewal_is_noticed(bench: Bench) -> None:
    """The version that the last renewal made counts, not only what was read before it."""
    leader = bench.process("leader")
    await leader.win()
    backup = copy.deepcopy(bench.lease.wire)
    renewed = bench.lease.renewals + 1

    async def restored(_: str) -> None:
        if bench.lease.renewals == renewed:
            bench.lease.wire = copy.deepcopy(backup)

    bench.lease.before = restored
    await asyncio.wait_for(leader.keep(), PATIENCE_SECONDS)
    assert (leader.obstacle, bench.lease.renewals) == (RESTORED, renewed)


async def test_one_who_stands_by_outlives_a_restore(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """It knows nothing that could be void, and leads when the restored Lease has run out."""
    caplog.set_level(logging.INFO)
    await bench.process("dead").win()
    bench.lease.version("100")
    standing_by = bench.process("next")
    await bench.stands_by(standing_by, 3 * RETRY)
    bench.lease.version("50")
    assert await bench.won_after(standing_by) < SECONDS
    assert RESTORED not in caplog.text


async def test_deleted_lease_is_made_again(bench: Bench) -> None:
    """A hand that deletes the Lease is made up for at the next renewal."""
    leader = bench.process("leader")
    await leader.win()
    bench.lease.wire = None
    renewals = 0

    async def twice(_: str) -> None:
        nonlocal renewals
        renewals += 1
        if renewals == 2:
            bench.lease.before = unanswered

    bench.lease.after = twice
    await leader.keep()
    assert bench.lease.holder == "leader"


NONSENSE: list[dict[str, object]] = [
    {},
    {"holderIdentity": None, "leaseDurationSeconds": None},
    {"holderIdentity": "", "renewTime": "1970-01-01T00:00:00.000000Z"},
]


@pytest.mark.parametrize("spec", NONSENSE)
async def test_lease_without_a_holder_is_free(bench: Bench, spec: dict[str, object]) -> None:
    """Whatever else it says."""
    bench.lease.edit(**spec)
    assert await bench.won_after(bench.process("next")) == 0


@pytest.mark.parametrize(
    ("said", "counts"),
    [(None, SECONDS), (1, SECONDS), (60, 60), (2_000_000_000, LONGEST_LEASE_SECONDS)],
)
async def test_duration_of_the_holder_counts_within_bounds(
    bench: Bench, said: int | None, counts: float
) -> None:
    """Longer than ours if its holder says so, but not for years; never shorter than ours."""
    bench.lease.edit(holderIdentity="stranger", leaseDurationSeconds=said)
    assert await bench.won_after(bench.process("next")) == pytest.approx(counts, abs=RETRY)


async def test_giving_back_in_vain_is_told(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """If the API server is away, the Lease runs out by itself; leading ends in any case."""
    leader = bench.process("leader")
    await leader.win()
    bench.lease.before = unanswered
    await leader.give_back()
    assert not leader.leads()
    assert "could not give the Lease back" in caplog.text
