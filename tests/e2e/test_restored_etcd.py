"""etcd is put back to a backup while the operator works, too quickly for it to lose its Lease by
that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.manifests import NAMESPACE, install
from flink_workspace_operator.adapters.kubernetes.election_lease import ELECTION_LEASE
from flink_workspace_operator.runtime.election import RESTORED
from tests.e2e.processes import Operator, running_operator
from tests.e2e.test_control_planes import Plane
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects
from tests.patience import patience
from tests.scenario.manifests import apply, pay_as_you_go

LONG_LEASE = {"lease_seconds": 60}
"""Held through 40 s without an API server, and read every 8 s."""


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    """A control plane of the test's own."""
    control = ControlPlane(tmp_path / "plane")
    with control as cluster:
        install(cluster)
        yield Plane(control, cluster)


def renewed(cluster: Cluster) -> str:
    """When the Lease was renewed last."""
    return str(Objects.of(cluster, NAMESPACE).get(f"leases/{ELECTION_LEASE}")["spec"]["renewTime"])


def wait_for_renewal(operator: Operator) -> None:
    """The next one."""
    before = renewed(operator.cluster)
    operator.until(lambda: renewed(operator.cluster) != before)


@pytest.mark.proof
def test_leader_ends_and_the_next_one_sees_everything(
    plane: Plane, account: EmulatedAccount, tmp_path: Path
) -> None:
    """It says why; what was bought since the backup is bound, and what is new is bought, each
    once."""
    account.control.settings(provisioningSeconds=0)
    control, cluster = plane.control, plane.cluster
    with running_operator(cluster, account, tmp_path / "operator", LONG_LEASE) as operator:
        apply(cluster, "default", pay_as_you_go("early"))
        operator.until(lambda: operator.reason("early") == "Running")
        control.back_up(tmp_path / "backup")
        apply(cluster, "default", pay_as_you_go("since"))
        operator.until(lambda: operator.reason("since") == "Running")
        wait_for_renewal(operator)
        control.restore(tmp_path / "backup")
        operator.process.join(patience())
        assert operator.exit_code() == 1
        assert f"leading no more: {RESTORED}" in operator.log.read_text()
        operator.start()
        operator.until(operator.leads)
        for name in ("since", "new"):
            apply(cluster, "default", pay_as_you_go(name))
        for name in ("early", "since", "new"):
            operator.until(lambda name=name: operator.reason(name) == "Running")  # type: ignore[misc]
    assert sorted(each["name"] for each in account.control.purchases()) == ["early", "new", "since"]
