"""What the process answers over HTTP: well or not, leader or not, and its numbers."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from flink_local.loopback import free_ports
from flink_workspace_operator.runtime.election import Election
from flink_workspace_operator.runtime.health import Health
from flink_workspace_operator.runtime.metrics.registry import YOUNGEST_SECONDS, Metrics
from flink_workspace_operator.runtime.probes import CannotListen, Probes
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.watches import LONGEST_SILENCE_SECONDS, Watches
from tests.unit.runtime.test_election import StoredLease
from tests.unit.runtime.timers import FakeTimers


@pytest.fixture
def timers() -> FakeTimers:
    return FakeTimers()


@pytest.fixture
def probes(timers: FakeTimers) -> Probes:
    """A process that stands by."""
    queue = WorkQueue(timers)
    health = Health(queue, timers.time, Watches.every(600, timers.time))
    election = Election(StoredLease(), "us", 15, timers.time, health.heard)
    metrics = Metrics(timers.time)
    metrics.ask(election.leads, queue)
    return Probes(health, election, metrics)


@pytest.fixture
async def url(probes: Probes) -> AsyncIterator[str]:
    """Where it answers."""
    port = free_ports(1)[0]
    async with probes.answering(port):
        yield f"http://127.0.0.1:{port}"


async def ask(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_unhealthy_process_says_why(url: str, timers: FakeTimers) -> None:
    """200 while all is well; 500 and the reason once the process should be restarted, also while it
    stands by."""
    assert (await ask(f"{url}/healthz"))[0] == 200
    timers.advance(LONGEST_SILENCE_SECONDS + 1)
    status, said = await ask(f"{url}/healthz")
    assert (status, "nothing heard from the API server" in said) == (500, True)


async def test_process_that_waits_for_its_turn_is_well(
    url: str, probes: Probes, timers: FakeTimers
) -> None:
    """What the API server answers to one who stands by counts as being heard from it."""
    timers.advance(LONGEST_SILENCE_SECONDS + 1)
    await probes.election.win()
    assert (await ask(f"{url}/healthz"))[0] == 200


async def test_leading_is_shown(url: str, probes: Probes, timers: FakeTimers) -> None:
    """Who stands by is as ready as who leads; which of them it is, stands in the body and in the
    numbers."""
    assert await ask(f"{url}/readyz") == (200, '{"leader": false, "holder": "", "obstacle": ""}')
    assert "flink_operator_leader 0.0\n" in (await ask(f"{url}/metrics"))[1]
    await probes.election.win()
    timers.advance(YOUNGEST_SECONDS)
    assert await ask(f"{url}/readyz") == (200, '{"leader": true, "holder": "us", "obstacle": ""}')
    assert "flink_operator_leader 1.0\n" in (await ask(f"{url}/metrics"))[1]


async def test_orphans_are_counted_by_kind_and_region(
    url: str, probes: Probes, timers: FakeTimers
) -> None:
    """There is no number for a region that was not looked into, and else one for each kind."""
    assert "flink_operator_orphans{" not in (await ask(f"{url}/metrics"))[1]
    timers.advance(YOUNGEST_SECONDS)
    probes.metrics.orphans.found(["r-1", "r-2"], [("Orphan", "r-1"), ("Orphan", "r-1")])
    told = (await ask(f"{url}/metrics"))[1]
    assert 'flink_operator_orphans{kind="Orphan",region="r-1"} 2.0\n' in told
    assert 'flink_operator_orphans{kind="DuplicateName",region="r-2"} 0.0\n' in told
    timers.advance(YOUNGEST_SECONDS)
    probes.metrics.orphans.found(["r-2"], [])
    assert 'region="r-1"' not in (await ask(f"{url}/metrics"))[1]


async def test_taken_port_is_told(url: str, probes: Probes) -> None:
    """One sentence names the port."""
    port = int(url.rpartition(":")[2])
    with pytest.raises(CannotListen, match=f"port {port}"):
        async with probes.answering(port):
            pytest.fail("it is taken")


async def test_one_address_can_be_chosen(probes: Probes) -> None:
    """Then nobody on another one is answered, as on a machine that is not for this alone."""
    port = free_ports(1)[0]
    async with probes.answering(port, "127.0.0.1"):
        assert (await ask(f"http://127.0.0.1:{port}/readyz"))[0] == 200
        with pytest.raises(aiohttp.ClientConnectionError):
            await ask(f"http://127.0.0.2:{port}/readyz")


async def test_port_0_answers_nobody(probes: Probes) -> None:
    """The server can be turned off."""
    async with probes.answering(0):
        pass
