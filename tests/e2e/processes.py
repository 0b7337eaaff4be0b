"""The operator as a whole process, under its ServiceAccount, with the rights of `deploy/base`.

with running_operator(cluster, account, directory) as operator:
    operator.until(lambda: operator.reason("w") == "Running")
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flink_local.cluster import Cluster
from flink_local.environment import python_environment
from flink_local.loopback import answers_ok, free_ports
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from tests.emulator_fixture import EmulatedAccount

PATIENCE_SECONDS = 60.0


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


@contextmanager
def running_operator(
    cluster: Cluster, account: EmulatedAccount, directory: Path, **settings: object
) -> Iterator[Operator]:
    """A fresh operator for an account, at work; killed at the end."""
    log, port = directory / "log", free_ports(1)[0]
    chosen = {"endpoint": account.url, "health_port": port, **settings}
    environment = {
        **python_environment(),
        **{f"FLINK_OPERATOR_{name.upper()}": str(value) for name, value in chosen.items()},
        "KUBECONFIG": str(cluster.kubeconfig_for(SERVICE_ACCOUNT, NAMESPACE, directory / "kubeconfig")),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": account.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": account.access_key_secret,
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }
    command = [sys.executable, "-m", "flink_workspace_operator", "run"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stderr=output, stdout=output, env=environment)
    running = Operator(process, log, cluster)
    try:
        running.until(lambda: answers_ok(port, "/healthz") is True)
        yield running
    finally:
        process.kill()
        process.wait()
