"""The leader is killed, stopped or told to end, again and again, while workspaces are bought: each
is bought once.

Two processes under election with a short Lease; those that end are started anew. When it strikes is
random; the seed is printed. Names are not unique in the cloud, so that it does not help."""

import random
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flink_local.cluster import Cluster
from tests.e2e.fleet import SHORT_LEASE_SECONDS, Fleet, pause, running_fleet
from tests.e2e.processes import Operator
from tests.e2e.purchases import WINDOWS, Purchases
from tests.emulator_fixture import TWO_PAGES, EmulatedAccount, fill_region
from tests.patience import LOOK_SECONDS, patience

PROCESSES = 2
LIFE_SECONDS = 2.0
"""How long a leader leads, on average, until it is struck. Any moment is as likely as any other:
some live for longer, and so the work gets done on a slow machine too."""
LONGER_THAN_A_SIGNATURE = 61

Strike = Callable[[Fleet, Operator, Purchases], None]


def kill(fleet: Fleet, leader: Operator, _: Purchases) -> None:
    """SIGKILL."""
    leader.process.kill()
    leader.process.join()
    fleet.revive()


def stop_for_long(fleet: Fleet, leader: Operator, wanted: Purchases) -> None:
    """SIGSTOP until another leads and what the stopped one may have signed is no longer accepted;
    it ends by itself."""
    leader.send(signal.SIGSTOP)
    fleet.stopped.append(leader)
    try:
        fleet.until(lambda: fleet.leader() is not None, 60)
        wanted.control.advance(LONGER_THAN_A_SIGNATURE)
    finally:
        leader.send(signal.SIGCONT)
        fleet.stopped.remove(leader)
    assert leader.exit_code() == 1
    fleet.revive()


def tell_to_end(fleet: Fleet, leader: Operator, _: Purchases) -> None:
    """SIGTERM."""
    leader.process.terminate()
    assert leader.exit_code() == 0
    fleet.revive()


@dataclass(frozen=True)
class Scenario:
    """Where it happens, and where its figures go."""

    cluster: Cluster
    account: EmulatedAccount
    namespace: str
    directory: Path
    record: Callable[[str, object], None]

    def run(self, name: str, strike: Strike, number: int, most: int, seconds: float) -> Purchases:
        """Strike at most so often while so many workspaces are bought, and let it come to its
        end."""
        wanted = Purchases(self.cluster, self.account.control, self.namespace, number)
        settings = {**WINDOWS, "lease_seconds": SHORT_LEASE_SECONDS}
        with running_fleet(
            self.cluster, self.account, self.directory, PROCESSES, **settings
        ) as fleet:
            began = time.monotonic()
            wanted.apply()
            struck = strike_again_and_again(fleet, wanted, strike, most, seconds)
            fleet.until(wanted.all_ready, seconds)
            took = round(time.monotonic() - began)
            self.record(
                "processes", [name, number, len(self.account.control.purchases()), struck, took]
            )
            assert wanted.bought_once()
            wanted.delete()
        return wanted


def strike_again_and_again(
    fleet: Fleet, wanted: Purchases, strike: Strike, most: int, seconds: float
) -> int:
    """Strike whoever leads, at random moments, until all is bought; gives how often."""
    seed = secrets.randbelow(2**32)
    print(f"seed of the moments: {seed}")  # noqa: T201 - to be told when it fails
    moments, struck, deadline = random.Random(seed), 0, time.monotonic() + patience(seconds)  # noqa: S311 - no secret
    while struck < most and not wanted.all_ready():
        assert time.monotonic() < deadline, "\n\n".join(fleet.said())
        fleet.revive()
        leader = fleet.leader()
        if leader is None:
            pause(LOOK_SECONDS)
        else:
            pause(moments.expovariate(1 / LIFE_SECONDS))
            strike(fleet, leader, wanted)
            struck += 1
    return struck


@pytest.fixture
def scenario(
    own_cluster: Cluster,
    account: EmulatedAccount,
    own_namespace: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> Scenario:
    """In a namespace and an account of this test's own."""
    return Scenario(own_cluster, account, own_namespace, tmp_path, record_property)


def test_killed_leaders(scenario: Scenario) -> None:
    """SIGKILL, twice while three are bought."""
    scenario.run("kill -9 of the leader", kill, 3, 2, 100)


@pytest.mark.proof
@pytest.mark.timeout(700)
def test_killed_leaders_whole(scenario: Scenario) -> None:
    """SIGKILL every two seconds until thirty are bought, or twenty-five times, where a list has two
    pages."""
    fill_region(scenario.account.control, TWO_PAGES)
    scenario.run("kill -9 of the leader", kill, 30, 25, 300)


@pytest.mark.proof
def test_stopped_leaders(scenario: Scenario) -> None:
    """SIGSTOP for longer than the Lease and a signature last, six times while six are bought, where a
    list has two pages."""
    fill_region(scenario.account.control, TWO_PAGES)
    scenario.run("SIGSTOP of the leader", stop_for_long, 6, 6, 120)


def test_leaders_told_to_end(scenario: Scenario) -> None:
    """SIGTERM, twice while three are bought: no call was left open. What bought nothing was closed
    before anything was sent, as by a process that lost the Lease before it was told to end."""
    wanted = scenario.run("SIGTERM of the leader", tell_to_end, 3, 2, 100)
    states = [
        each["status"]["state"] for each in wanted.shown() if each["kind"] == "FlinkWorkspaceOrder"
    ]
    assert [state for state in states if state != "Superseded"] == ["Fulfilled"] * 3
