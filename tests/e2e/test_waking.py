"""What wakes the operator, and what it leaves on a resource: the whole process, with the rights of its ServiceAccount.

It has a control plane of its own: an operator looks after all that is in a cluster, also other tests'.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.environment import python_environment
from flink_local.loopback import answers_ok, free_ports
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT, install
from tests.emulator_fixture import EmulatedAccount
from tests.scenario.manifests import apply, pay_as_you_go

PATIENCE_SECONDS = 60.0
WOKEN_SECONDS = 10.0
"""A third of the shortest wait of those who wait for something outside: who acts within it was woken."""


@dataclass
class Operator:
    """A running process and the cluster that it looks after."""

    process: subprocess.Popen[bytes]
    log: Path
    cluster: Cluster

    def workspace(self, name: str) -> dict[str, Any]:
        """The resource as JSON."""
        shown = self.cluster.kubectl("get", f"flinkworkspace/{name}", "--output=json", "--show-managed-fields")
        found: dict[str, Any] = json.loads(shown)
        return found

    def reason(self, name: str) -> str:
        """Reason of Ready; empty before the first pass."""
        conditions = self.workspace(name).get("status", {}).get("conditions", [])
        return next((str(each["reason"]) for each in conditions if each["type"] == "Ready"), "")

    def until(self, fact: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Look until it is so; fails with the end of the operator's log."""
        deadline = time.monotonic() + seconds
        while not fact():
            if time.monotonic() > deadline or self.process.poll() is not None:
                pytest.fail(f"it did not happen; the operator said:\n{self.log.read_text()[-4000:]}")
            threading.Event().wait(0.2)


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane for this module only."""
    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as cluster:
        install(cluster)
        yield cluster


@pytest.fixture
def operator(own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path) -> Iterator[Operator]:
    """A fresh operator for the test's account."""
    account.control.settings(provisioningSeconds=1)
    log, port = tmp_path / "log", free_ports(1)[0]
    settings = {
        "KUBECONFIG": str(own_cluster.kubeconfig_for(SERVICE_ACCOUNT, NAMESPACE, tmp_path / "kubeconfig")),
        "FLINK_OPERATOR_ENDPOINT": account.url,
        "FLINK_OPERATOR_HEALTH_PORT": str(port),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": account.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": account.access_key_secret,
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }
    command = [sys.executable, "-m", "flink_workspace_operator", "run"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stderr=output, stdout=output, env={**python_environment(), **settings})
    running = Operator(process, log, own_cluster)
    try:
        running.until(lambda: answers_ok(port, "/healthz") is True)
        yield running
        own_cluster.kubectl("delete", "flinkworkspaces", "--all")
    finally:
        process.kill()
        process.wait()


def test_only_user_and_operator_write(operator: Operator, account: EmulatedAccount) -> None:
    """Bought once and running; nobody but the user and the operator under its own name has written to the resource."""
    apply(operator.cluster, "default", pay_as_you_go("plain"))
    operator.until(lambda: operator.reason("plain") == "Running")
    assert len(account.control.purchases()) == 1
    metadata = operator.workspace("plain")["metadata"]
    managers = {field["manager"] for field in metadata["managedFields"]}
    assert managers == {"kubectl-client-side-apply", "flink-workspace-operator"}
    assert set(metadata["annotations"]) == {"kubectl.kubernetes.io/last-applied-configuration"}


def test_an_edit_is_seen_at_once(operator: Operator) -> None:
    """An edit wakes the pass, long before the next routine look (ten minutes)."""
    apply(operator.cluster, "default", pay_as_you_go("edited"))
    operator.until(lambda: operator.reason("edited") == "Running")
    apply(operator.cluster, "default", pay_as_you_go("edited", suspend=True))
    generation = operator.workspace("edited")["metadata"]["generation"]
    operator.until(lambda: operator.workspace("edited")["status"]["observedGeneration"] == generation, WOKEN_SECONDS)


def test_a_freed_name_wakes_who_waits_for_it(operator: Operator, account: EmulatedAccount) -> None:
    """Who lost a name to another resource gets its turn when that one goes, not at its next look."""
    no_price = {"service": "foasconsole", "action": "QueryCreateInstancePrice", "fault": "server-error"}
    account.control.faults([{**no_price, "httpStatus": 503}])  # so that the name is claimed, and nothing is bought
    for name in ("first", "second"):
        apply(operator.cluster, "default", pay_as_you_go(name, workspaceName="wanted"))
    operator.until(lambda: "NameTaken" in (operator.reason("first"), operator.reason("second")))
    loser, winner = ("first", "second") if operator.reason("first") == "NameTaken" else ("second", "first")
    operator.cluster.kubectl("delete", f"flinkworkspace/{winner}")
    operator.until(lambda: operator.reason(loser) != "NameTaken", WOKEN_SECONDS)
