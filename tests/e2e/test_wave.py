"""Many are applied at once, and the leader is killed in the middle of it. The windows are the
default ones: half an hour, which is passed by moving the cloud's clock.

What was announced and not sent at the kill waits for evidence, one order at most for each worker;
nothing else waits."""

import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import ORDER_TAG
from flink_workspace_operator.settings import Settings
from tests.e2e.fleet import SHORT_LEASE_SECONDS, Fleet, running_fleet
from tests.e2e.purchases import Purchases, ready
from tests.emulator_fixture import TWO_PAGES, EmulatedAccount, fill_region
from tests.patience import patience

PROVISIONING: Final = timedelta(seconds=1)
MARGIN: Final = timedelta(minutes=2)
WINDOW: Final = Settings().settle_window
CLOUD: Final = {"uniqueNames": "off", "provisioningSeconds": PROVISIONING.total_seconds()}
SETTINGS: Final = {"lease_seconds": SHORT_LEASE_SECONDS, "listing_max_age_seconds": 0.001}
"""No shared listing outlives a moved clock."""
LOOKS_TAKE: Final = {
    "service": "foasconsole",
    "action": "DescribeInstances",
    "fault": "delay",
    "ms": 500,
}
"""Up to the kill, as in a real cloud: between the announcement and the call there is one."""
PATIENCE_SECONDS: Final = 120
IN_FLIGHT: Final = 200
NEXT_PURCHASE_SECONDS: Final = 20


@dataclass(frozen=True)
class Wave:
    """Workspaces that are wanted from processes under election, of which the leader is killed."""

    wanted: Purchases
    fleet: Fleet

    def kill_leader(self, unsent: int) -> tuple[datetime, set[str]]:
        """SIGKILL in the middle, if possible while so many are announced and unsent.

        Gives when that was, by the cloud's clock, and which ones were announced and unsent.
        """
        control, number = self.wanted.control, self.wanted.number
        self.fleet.until(lambda: len(control.purchases()) >= number // 4, PATIENCE_SECONDS)
        self.fleet.until(
            lambda: (
                len(self._unsent(control.now())) >= unsent
                or len(control.purchases()) >= number // 2
            ),
            PATIENCE_SECONDS,
        )
        leader = self.fleet.leader()
        assert leader is not None
        leader.process.kill()
        leader.process.join()
        killed = control.now()
        return killed, self._unsent(killed)

    def strike_leader(self, signum: int, bought: int) -> tuple[datetime, set[str]]:
        """A signal to the leader once so many are bought. Gives when it had ended, by the cloud's
        clock, and which ones it left announced and unsent."""
        self.fleet.until(lambda: len(self.wanted.control.purchases()) >= bought, PATIENCE_SECONDS)
        leader = self.fleet.leader()
        assert leader is not None
        leader.send(signum)
        leader.exit_code()
        ended = self.wanted.control.now()
        return ended, self._unsent(ended)

    def next_purchase(self, since: datetime) -> timedelta:
        """From then until the next one is booked."""
        self.fleet.until(lambda: any(each > since for each in self._booked()), PATIENCE_SECONDS)
        return min(each for each in self._booked() if each > since) - since

    def _booked(self) -> list[datetime]:
        return [datetime.fromisoformat(each["time"]) for each in self.wanted.control.purchases()]

    def _unsent(self, killed: datetime) -> set[str]:
        """Names of those with an order that was announced by then and has bought nothing."""
        orders = [each for each in self.wanted.shown() if each["kind"] == "FlinkWorkspaceOrder"]
        booked = {each["tags"][ORDER_TAG] for each in self.wanted.control.purchases()}
        return {
            str(order["spec"]["workspaceRef"]["name"])
            for order in orders
            if (intent := order.get("status", {}).get("intentTime")) is not None
            and datetime.fromisoformat(intent) <= killed
            and order["spec"]["token"] not in booked
        }

    def announced(self) -> set[str]:
        """Names of those whose order still says that it is about to be sent."""
        orders = (each for each in self.wanted.shown() if each["kind"] == "FlinkWorkspaceOrder")
        placing = (order for order in orders if order.get("status", {}).get("state") == "Placing")
        return {str(order["spec"]["workspaceRef"]["name"]) for order in placing}

    def ready_after(self, names: set[str], since: datetime) -> timedelta:
        """When all of these are Ready, by the cloud's clock."""
        self.fleet.until(lambda: names <= ready(self.wanted.shown()), PATIENCE_SECONDS)
        return self.wanted.control.now() - since

    def move_clock(self, to: datetime) -> None:
        """Let the time pass in the cloud, and wake the operator, which waits by another clock."""
        self.wanted.control.advance((to - self.wanted.control.now()).total_seconds())
        self.wanted.wake("example.com/woken")


@pytest.mark.proof
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("number", "workers", "processes"), [(6, 3, 1), (60, Settings().workers, 2)]
)
def test_kill_of_the_leader(
    own_cluster: Cluster,
    account: EmulatedAccount,
    own_namespace: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    number: int,
    workers: int,
    processes: int,
) -> None:
    """SIGKILL after a quarter is bought, where a list has two pages: all are bought once; what was
    not announced then is Ready in two minutes."""
    fill_region(account.control, TWO_PAGES)
    wanted = Purchases(own_cluster, account.control, own_namespace, number, CLOUD)
    with running_fleet(
        own_cluster, account, tmp_path, processes, workers=workers, **SETTINGS
    ) as fleet:
        wave = Wave(wanted, fleet)
        account.control.faults([LOOKS_TAKE])
        wanted.apply()
        killed, unsent = wave.kill_leader(unsent=workers // 2)
        account.control.faults([])
        others = wave.ready_after(set(wanted.names) - unsent, killed)
        wave.move_clock(killed + Settings().longest_call + timedelta(seconds=1))
        fleet.until(lambda: not unsent & wave.announced(), PATIENCE_SECONDS)
        wave.move_clock(killed + WINDOW + timedelta(seconds=1))
        those = wave.ready_after(unsent, killed)
        bought = len(account.control.purchases())
        record_property("waves", ["kill -9 of a process", number, workers, len(unsent), bought])
        print(f"{number - len(unsent)} Ready after {others}, {len(unsent)} after {those}")  # noqa: T201 - the figures
        assert wanted.bought_once()
        assert len(unsent) <= workers
        assert others < PROVISIONING + MARGIN
        assert those < WINDOW + PROVISIONING + MARGIN


@pytest.mark.proof
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("signum", "most"), [(signal.SIGKILL, Settings().workers), (signal.SIGTERM, 0)]
)
def test_the_next_leader_buys_within_seconds(
    own_cluster: Cluster,
    account: EmulatedAccount,
    own_namespace: str,
    tmp_path: Path,
    signum: int,
    most: int,
) -> None:
    """Two hundred are in flight, and the Lease is as by default. SIGTERM leaves nothing announced
    and unsent, kill -9 one order for each worker at most."""
    wanted = Purchases(own_cluster, account.control, own_namespace, IN_FLIGHT, CLOUD)
    with running_fleet(own_cluster, account, tmp_path, 2) as fleet:
        wave = Wave(wanted, fleet)
        wanted.apply()
        ended, unsent = wave.strike_leader(signum, bought=Settings().workers)
        waited = wave.next_purchase(ended)
        print(  # noqa: T201
            f"next purchase {waited.total_seconds():.1f} s after {signal.Signals(signum).name}, {len(unsent)} unsent"
        )
        assert len(unsent) <= most
        assert waited.total_seconds() < patience(NEXT_PURCHASE_SECONDS)
        assert max(Counter(each["name"] for each in account.control.purchases()).values()) == 1
