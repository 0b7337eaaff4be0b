"""How the operator's process ends: with a purchase under way, and where it can't begin at all.

It has a cluster and a cloud of its own: an operator looks after all that is in a cluster, also
other tests'."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from flink_local.binaries import installed_binaries
from flink_local.certificates import write_private
from flink_local.cluster import Cluster, write_kubeconfig
from flink_local.control_plane import ControlPlane
from flink_local.emulator import ACCOUNT, start_emulator
from flink_local.manifests import install
from flink_local.operator_process import NAME, start_operator
from flink_local.processes import Processes
from tests.allowed import TOLD
from tests.e2e.forks import Ended, run_program
from tests.emulator_fixture import EmulatorControl
from tests.objects import Objects
from tests.patience import patience, until
from tests.scenario.manifests import apply, pay_as_you_go

SLOW_ANSWER_MS = 9000
"""Longer than kopf waits, when it stops, for tasks that it does not know (5 s)."""


@dataclass(frozen=True)
class Stage:
    """The operator at work between a cluster and a cloud, as `make demo` starts it."""

    cluster: Cluster
    cloud: EmulatorControl
    operator: psutil.Process
    log: Path


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """All of it new, and gone after the test."""
    with Processes(tmp_path) as processes:
        cluster = ControlPlane(processes.directory, processes, installed_binaries()).start()
        emulator = start_emulator(processes)
        install(cluster)
        start_operator(processes, cluster, emulator)
        pid = int((processes.directory / f"{NAME}.pid").read_text())
        yield Stage(
            cluster,
            EmulatorControl(emulator.url, ACCOUNT),
            psutil.Process(pid),
            processes.log(NAME),
        )


def test_a_purchase_under_way_is_finished_first(stage: Stage) -> None:
    """SIGTERM while the cloud takes its time: the answer is waited for and recorded, and nothing is
    left uncertain."""
    stage.cloud.faults(
        [
            {
                "service": "foasconsole",
                "action": "CreateInstance",
                "fault": "delay",
                "ms": SLOW_ANSWER_MS,
            }
        ]
    )
    emulated = {
        "network": {"vpcId": "vpc-emulator-hangzhou", "vSwitchIds": ["vsw-emulator-hangzhou-i"]},
        "storage": {"oss": {"bucket": "flink-emulator-hangzhou"}},
    }
    apply(stage.cluster, "default", pay_as_you_go("slow", **emulated))
    until(lambda: stage.cloud.struck() == [1])
    # a fresh API server may refuse the first watches, which are tried again
    begun = len(stage.log.read_text())
    stage.operator.terminate()
    assert stage.operator.wait(patience()) == 0
    order = Objects.of(stage.cluster).get("flinkworkspaceorders/slow-1")
    [bought] = stage.cloud.purchases()
    assert (order["status"]["state"], order["status"]["instanceId"]) == (
        "Placed",
        bought["instanceId"],
    )
    assert " ERROR " not in stage.log.read_text()[begun:]


def test_without_an_api_server_it_says_so_and_ends(tmp_path: Path) -> None:
    """One line of it, no traceback, exit code 1: whoever starts it again knows why."""
    kubeconfig = write_kubeconfig(
        tmp_path / "kubeconfig", "http://127.0.0.1:1", b"", {"token": "x"}
    )
    done = run_with(kubeconfig)
    for_whom_it_pays, why = done.err.splitlines()
    assert done.code == 1
    assert "the operator's own account pays for" in for_whom_it_pays
    assert "cannot start: the API server at 127.0.0.1:1 did not answer" in why


@pytest.mark.parametrize("content", [b"", b"{broken", b"kind: Config"])
def test_with_a_broken_kubeconfig_it_says_so_and_ends(content: bytes, tmp_path: Path) -> None:
    """The same where the way to the API server can't be read."""
    done = run_with(write_private(tmp_path / "kubeconfig", content))
    assert done.code == 1
    assert "Traceback" not in done.err
    assert (
        "cannot start: neither a ServiceAccount nor a usable kubeconfig"
        in done.err.splitlines()[-1]
    )


def run_with(kubeconfig: Path) -> Ended:
    """Run the operator until it ends by itself."""
    told = {f"FLINK_OPERATOR_{name.upper()}": value for name, value in TOLD.items()}
    return run_program(["run"], {**told, "KUBECONFIG": str(kubeconfig)})
