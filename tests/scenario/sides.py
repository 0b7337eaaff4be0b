"""Two API servers and two clouds behind the same ports: the real ones (or the emulator) and the
simulated ones.

A script asks one of them, and writes down what comes back; the simulation is true where both tell
the same."""

import json
from collections.abc import Awaitable
from typing import Any, Protocol

from flink_local.cluster import Cluster as LocalCluster
from flink_local.failures import LocalFailure
from flink_workspace_operator.core.facts.failures import ClusterRefused, Failure
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.ports import Cluster
from tests.scenario.manifests import Manifest, apply
from tests.simulation.user import User


class People(Protocol):
    """What people do to the cluster. Raises ClusterRefused where they are not let."""

    def apply(self, manifest: Manifest) -> None:
        """Apply a manifest."""
        ...

    def annotate(self, name: str, annotation: str, value: str) -> None:
        """Annotate a FlinkWorkspace."""
        ...

    def finalizers(self, name: str, finalizers: list[str]) -> None:
        """Replace the finalizers of a FlinkWorkspace."""
        ...

    def delete(self, name: str) -> None:
        """Delete a FlinkWorkspace."""
        ...

    def delete_order(self, name: str) -> None:
        """Delete an order."""
        ...


class ServerSide:
    """One API server: the port on it, the namespace that a test may use, and people."""

    def __init__(self, port: Cluster, namespace: str, people: People) -> None:
        self.port, self.namespace, self.people = port, namespace, people

    def key(self, name: str = "w") -> Key:
        """A key in the namespace."""
        return Key(self.namespace, name)


class RealPeople:
    """People with kubectl."""

    def __init__(self, local: LocalCluster, namespace: str) -> None:
        self._local, self._namespace = local, namespace

    def apply(self, manifest: Manifest) -> None:
        """Apply a manifest."""
        try:
            apply(self._local, self._namespace, manifest)
        except LocalFailure as refused:
            raise ClusterRefused(str(refused)) from refused

    def annotate(self, name: str, annotation: str, value: str) -> None:
        """Annotate a FlinkWorkspace."""
        self._kubectl("annotate", "--overwrite", f"flinkworkspace/{name}", f"{annotation}={value}")

    def finalizers(self, name: str, finalizers: list[str]) -> None:
        """Replace the finalizers of a FlinkWorkspace."""
        change = json.dumps({"metadata": {"finalizers": finalizers}})
        self._kubectl("patch", f"flinkworkspace/{name}", "--type=merge", "--patch", change)

    def delete(self, name: str) -> None:
        """Delete a FlinkWorkspace."""
        self._kubectl("delete", "--wait=false", f"flinkworkspace/{name}")

    def delete_order(self, name: str) -> None:
        """Delete an order."""
        self._kubectl("delete", "--wait=false", f"flinkworkspaceorder/{name}")

    def _kubectl(self, verb: str, *arguments: str) -> None:
        self._local.kubectl(verb, f"--namespace={self._namespace}", *arguments)


class SimulatedPeople:
    """People of the simulation."""

    def __init__(self, user: User, namespace: str) -> None:
        self._user, self._namespace = user, namespace

    def apply(self, manifest: Manifest) -> None:
        """Apply a manifest."""
        self._user.apply(self._namespace, manifest)

    def annotate(self, name: str, annotation: str, value: str) -> None:
        """Annotate a FlinkWorkspace."""
        self._user.annotate(Key(self._namespace, name), annotation, value)

    def finalizers(self, name: str, finalizers: list[str]) -> None:
        """Replace the finalizers of a FlinkWorkspace."""
        workspace = self._user.server.stored.workspaces[Key(self._namespace, name)]
        self._user.server.set_finalizers(workspace, tuple(finalizers), "user")

    def delete(self, name: str) -> None:
        """Delete a FlinkWorkspace."""
        self._user.delete(Key(self._namespace, name))

    def delete_order(self, name: str) -> None:
        """Delete an order."""
        server = self._user.server
        server.delete(server.stored.orders[Key(self._namespace, name)], "user")


async def told(call: Awaitable[Any]) -> str:
    """How a call ended, in one word."""
    try:
        await call
    except Failure as failure:
        return type(failure).__name__
    return "done"
