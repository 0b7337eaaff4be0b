"""The operator as a whole process, under its ServiceAccount, with the rights of `deploy/base`.

with running_operator(cluster, account, directory) as operator:
    operator.until(lambda: operator.reason("w") == "Running")
"""

import asyncio
import http.client
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from flink_local.cluster import Cluster
from flink_local.loopback import free_ports
from flink_workspace_operator import wiring
from flink_workspace_operator.adapters.kubernetes.election_lease import ELECTION_LEASE
from flink_workspace_operator.api.names import WORKSPACES
from flink_workspace_operator.handlers import Connect, serve
from flink_workspace_operator.runtime.logs import set_up
from flink_workspace_operator.settings import Settings
from tests.allowed import TOLD
from tests.control_plane import operator_kubeconfig
from tests.e2e.forks import become, ensure_server, forks
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects
from tests.patience import SECONDS, patience, until

ENDS_WITHIN_SECONDS = 20.0


@dataclass
class Operator:
    """A running process and the cluster that it looks after."""

    cluster: Cluster
    environment: Mapping[str, str]
    log: Path
    port: int
    lease: str
    connect: Callable[..., Any]
    process: ForkServerProcess = field(init=False)

    def start(self) -> None:
        """Start the process, or start it anew, as a kubelet does: its log goes on where the last
        one's ended."""
        ensure_server()
        self.process = forks.Process(
            target=run, args=(self.environment, self.log, self._connect), daemon=True
        )
        self.process.start()

    @property
    def _connect(self) -> Connect:
        return partial(self.connect, lease_name=self.lease)

    def asked(self, path: str) -> tuple[int, str]:
        """What the process answers to a probe; status 0 if it does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience(5))
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def leads(self) -> bool:
        """Whether the process says that it leads."""
        status, body = self.asked("/readyz")
        return status == http.client.OK and bool(json.loads(body)["leader"])

    def answers(self) -> bool:
        """Whether the process says that it is well."""
        return self.asked("/healthz")[0] == http.client.OK

    def send(self, signum: int) -> None:
        """Send a signal, unless the process has ended."""
        assert self.process.pid is not None
        if self.process.is_alive():
            os.kill(self.process.pid, signum)

    def exit_code(self) -> int:
        """Wait for the end; negative for a signal."""
        self.process.join(patience(ENDS_WITHIN_SECONDS))
        assert self.process.exitcode is not None, (
            f"it does not end; it said:\n{self.log.read_text()[-4000:]}"
        )
        return self.process.exitcode

    def workspace(self, name: str) -> dict[str, Any]:
        """The resource as JSON."""
        return Objects.of(self.cluster).get(f"flinkworkspaces/{name}")

    def reason(self, name: str) -> str:
        """Reason of Ready; empty before the first pass."""
        return ready_reason(self.workspace(name))

    def until(self, fact: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Look until it is so; fails with the end of the operator's log, also when the process has
        ended."""
        until(lambda: fact() or not self.process.is_alive(), seconds, self._said)
        if not self.process.is_alive():
            pytest.fail(self._said())

    def _said(self) -> str:
        return f"it did not happen; the operator said:\n{self.log.read_text()[-4000:]}"

    def let_go(self) -> None:
        """Delete all workspaces, and wait until the operator has let them go."""
        objects = Objects.of(self.cluster)
        objects.delete(WORKSPACES)
        self.until(lambda: not objects.list(WORKSPACES))


def ready_reason(workspace: dict[str, Any]) -> str:
    """Reason of Ready; empty before the first pass."""
    conditions = workspace.get("status", {}).get("conditions", [])
    return next((str(each["reason"]) for each in conditions if each["type"] == "Ready"), "")


@contextmanager
def running_operator(
    cluster: Cluster,
    account: EmulatedAccount,
    directory: Path,
    settings: Mapping[str, object] | None = None,
    lease: str = ELECTION_LEASE,
    stands_by: bool = False,
    connect: Callable[..., Any] = wiring.connect,
) -> Iterator[Operator]:
    """A fresh operator for an account, at work, or standing by while another leads; ended with the
    block."""
    running = start_operator(cluster, account, directory, settings, lease, connect=connect)
    try:
        running.until(running.answers if stands_by else running.leads)
        yield running
    finally:
        end(running)


def start_operator(
    cluster: Cluster,
    account: EmulatedAccount,
    directory: Path,
    settings: Mapping[str, object] | None = None,
    lease: str = ELECTION_LEASE,
    keys: Mapping[str, str] | None = None,
    connect: Callable[..., Any] = wiring.connect,
) -> Operator:
    """Start a process, to be ended by the caller. `keys` are those of the account, unless there are
    to be others.

    A setting of None is left out, also where tests have another one by default.

    `connect` is `wiring.connect`, or a function of a module that spoils something in what that one
    makes."""
    directory.mkdir(parents=True, exist_ok=True)
    log, port = directory / "log", free_ports(1)[0]
    loopback = {"health_port": port, "health_address": "127.0.0.1"}
    chosen = {**TOLD, "endpoint": account.url, **loopback, **(settings or {})}
    environment = {
        **{
            f"FLINK_OPERATOR_{name.upper()}": str(value)
            for name, value in chosen.items()
            if value is not None
        },
        "KUBECONFIG": str(operator_kubeconfig(cluster)),
        **(keys_of(account) if keys is None else keys),
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }
    operator = Operator(cluster, environment, log, port, lease, connect)
    operator.start()
    return operator


def keys_of(account: EmulatedAccount) -> dict[str, str]:
    """As the SDKs read them from the environment."""
    return {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": account.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": account.access_key_secret,
    }


def end(operator: Operator) -> None:
    """By SIGTERM, so that the next test's operator need not wait for the Lease; else by SIGKILL."""
    operator.process.terminate()
    operator.process.join(patience(ENDS_WITHIN_SECONDS))
    operator.process.kill()
    operator.process.join()


def run(environment: Mapping[str, str], log: Path, connect: Connect) -> None:
    """The process: `python -m flink_workspace_operator run`, after its imports.

    The name of the Lease is a test's to choose. Two processes with Leases of their own both lead,
    as one does that does not know yet that it leads no more. No setting has it, because nobody is
    to run two buyers on purpose."""
    become(environment, log)
    settings = Settings()
    set_up(settings.log_format)
    sys.exit(asyncio.run(serve(settings, connect)))
