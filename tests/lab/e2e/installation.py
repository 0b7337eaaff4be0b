"""The operator as it was installed on a node, and the emulated cloud beside it; seen through
kubectl, as people do.

installation.apply(namespace, pay_as_you_go("w"))
until("w is Ready", lambda: installation.is_ready(namespace, "w"), 60)
installation.purchases("w")
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from flink_local.failures import LocalFailure
from flink_local.manifests import NAMESPACE
from tests.lab.node.node import Node

Answer = TypeVar("Answer")

OPERATOR: Final = "flink-workspace-operator"
EMULATOR: Final = "flink-cloud-emulator"
OUTPUTS: Final = "flink-workspace-operator-outputs"
HEALTH_PORT: Final = 8080
PYTHON: Final = "/usr/local/bin/python3"
CONTROL: Final = """
import sys, urllib.request
method, path, body = sys.argv[1:]
request = urllib.request.Request("http://127.0.0.1:8080/_emulator/" + path, body.encode() or None, method=method)
print(urllib.request.urlopen(request, timeout=10).read().decode())
"""
"""Asks the emulator from inside its Pod: its NetworkPolicy lets nobody else."""
POLL_SECONDS: Final = 0.5


def until(what: str, look: Callable[[], Answer | None], seconds: float) -> Answer:
    """Look until there is an answer; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := look()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        threading.Event().wait(POLL_SECONDS)
    return answer


@dataclass(frozen=True)
class Installation:
    """What runs in the namespace of the operator."""

    node: Node

    def kubectl(
        self, *arguments: str | Path, stdin: str | None = None, seconds: float = 180
    ) -> str:
        """As the administrator."""
        return self.node.cluster.kubectl(*arguments, stdin=stdin, seconds=seconds)

    def apply(self, namespace: str, *manifests: dict[str, Any]) -> None:
        """Apply manifests as a user does."""
        wanted = {"apiVersion": "v1", "kind": "List", "items": manifests}
        self.kubectl("apply", f"--namespace={namespace}", "--filename=-", stdin=json.dumps(wanted))

    def bind(self, namespace: str, name: str, role: str) -> None:
        """Give the operator a right in a namespace, as the pages say."""
        subject = f"--serviceaccount={NAMESPACE}:{OPERATOR}"
        self.kubectl("create", "rolebinding", name, f"--namespace={namespace}", role, subject)

    def get(self, kind: str, *arguments: str, namespace: str = NAMESPACE) -> list[dict[str, Any]]:
        """All objects of a kind, or those that the arguments select."""
        shown = json.loads(
            self.kubectl("get", kind, f"--namespace={namespace}", *arguments, "--output=json")
        )
        items: list[dict[str, Any]] = shown.get("items", [shown])
        return items

    def conditions(self, namespace: str, name: str) -> dict[str, tuple[str, str]]:
        """Status and reason of each condition of a workspace."""
        [workspace] = self.get("flinkworkspaces", name, namespace=namespace)
        found = workspace.get("status", {}).get("conditions", [])
        return {each["type"]: (each["status"], each["reason"]) for each in found}

    def is_ready(self, namespace: str, name: str) -> bool:
        """Whether a workspace is."""
        return self.conditions(namespace, name).get("Ready", ("", ""))[0] == "True"

    def order(self, namespace: str, name: str) -> dict[str, Any]:
        """The status of an order; empty where there is none yet."""
        found = self.get(
            "flinkworkspaceorders", f"--field-selector=metadata.name={name}", namespace=namespace
        )
        status: dict[str, Any] = found[0].get("status", {}) if found else {}
        return status

    def pods(self) -> list[dict[str, Any]]:
        """The operator's, without those that are on their way out."""
        found = self.get("pods", f"--selector=app.kubernetes.io/name={OPERATOR}")
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    def leader(self) -> str:
        """The Pod that leads; empty while none of those that are there does."""
        [lease] = self.get("leases", OPERATOR)
        holder = lease["spec"].get("holderIdentity") or ""
        names = [each["metadata"]["name"] for each in self.pods()]
        return next((name for name in names if holder.startswith(f"{name}-")), "")

    def settle(self, seconds: float = 120) -> str:
        """Wait until both Pods are Ready and one leads; gives its name."""
        self.kubectl(
            "rollout",
            "status",
            f"--namespace={NAMESPACE}",
            f"deployment/{OPERATOR}",
            f"--timeout={seconds:.0f}s",
        )
        return until("a Pod leads", self.leader, seconds)

    def run(self, pod: str, code: str, *arguments: str) -> str:
        """What a piece of Python prints in a Pod; there is nothing else that could be run there."""
        return self.kubectl(
            "exec", f"--namespace={NAMESPACE}", pod, "--", PYTHON, "-c", code, *arguments
        )

    def emulator(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Its control interface."""
        content = "" if body is None else json.dumps(body)
        return json.loads(self.run(f"deployment/{EMULATOR}", CONTROL, method, path, content))

    def purchases(self, name: str) -> list[dict[str, Any]]:
        """What was bought under a workspace name."""
        return [each for each in self.emulator("GET", "purchases") if each["name"] == name]

    def metrics(self, pod: str) -> str:
        """What a Pod of the operator tells collectors."""
        place = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}:{HEALTH_PORT}/proxy/metrics"
        return self.kubectl("get", f"--raw={place}")

    def process(self, pod: str) -> int:
        """The id of a Pod's only process, as this machine counts."""
        return int((self._cgroup("memory", pod) / "cgroup.procs").read_text().split()[0])

    def peak_memory(self, pod: str) -> int:
        """The most that a Pod's container has held so far, in bytes, by the kernel's account."""
        return int((self._cgroup("memory", pod) / "memory.max_usage_in_bytes").read_text())

    def _cgroup(self, hierarchy: str, pod: str) -> Path:
        [status] = [each for each in self.pods() if each["metadata"]["name"] == pod]
        container = status["status"]["containerStatuses"][0]["containerID"].removeprefix(
            "containerd://"
        )
        [found] = (Path("/sys/fs/cgroup") / hierarchy / self.node.layout.cgroup).rglob(container)
        return found

    @cached_property
    def audit(self) -> "Audit":
        """What the operator asked of the API server."""
        return Audit(self.node.layout.audit_log)


@dataclass(frozen=True)
class Audit:
    """The API server's log of the operator's requests."""

    log: Path

    def requests(self) -> list[dict[str, Any]]:
        """All that were about a resource, as far as they are answered."""
        lines = [
            json.loads(line) for line in self.log.read_text().splitlines() if line.endswith("}")
        ]
        return [each for each in lines if "objectRef" in each]


def gone(installation: Installation, kind: str, name: str, namespace: str) -> bool:
    """Whether an object is not there any more."""
    try:
        installation.get(kind, name, namespace=namespace)
    except LocalFailure:
        return True
    return False
