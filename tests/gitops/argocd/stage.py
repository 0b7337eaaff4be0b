"""The parts that play together, and one Application with all that belongs to it."""

import contextlib
import copy
import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from flink_local.argo_cd import NAMESPACE, ArgoCd
from flink_local.cluster import Cluster
from flink_local.emulator import ACCOUNT, Emulator
from flink_local.manifests import REPOSITORY
from tests.emulator_fixture import EmulatorControl
from tests.gitops.argocd.repository import Repository
from tests.gitops.argocd.timeline import Objects, Timeline, Wire, watched

ARGO_CD_FILES: Final = REPOSITORY / "deploy" / "argocd"
WORKSPACE: Final = ("FlinkWorkspace", "reports")
OUTPUTS: Final = ("ConfigMap", "reports-workspace")
CONSUMER: Final = ("ConfigMap", "consumer")
RETRY: Final = {"backoff": {"duration": "5s", "factor": 1, "maxDuration": "5s"}}
"""Shorter than in the sample, so that nobody has to wait."""


@dataclass(frozen=True)
class Stage:
    """A cluster, a cloud, the operator between them, and Argo CD."""

    cluster: Cluster
    emulator: Emulator
    argo_cd: ArgoCd

    @property
    def cloud(self) -> EmulatorControl:
        """The account that the operator buys in."""
        return EmulatorControl(self.emulator.url, ACCOUNT)

    @contextlib.contextmanager
    def delivery(self, name: str, directory: Path) -> Iterator["Delivery"]:
        """An Application that follows a repository of its own, into a namespace of its own."""
        application = yaml.safe_load(
            (ARGO_CD_FILES / "applications" / "workspaces.yaml").read_text()
        )
        repository = Repository(directory, application["spec"]["source"]["path"])
        repository.begin()
        made = Delivery(self, name, repository, application)
        self.cluster.kubectl("create", "namespace", name)
        self.cluster.kubectl(
            "apply", f"--namespace={name}", "--filename", ARGO_CD_FILES / "sample" / "rights.yaml"
        )
        with (
            watched(self.cluster, made.timeline, NAMESPACE, "applications.argoproj.io", name),
            watched(self.cluster, made.timeline, name, "flinkworkspaces", WORKSPACE[1]),
            watched(self.cluster, made.timeline, name, "configmaps", OUTPUTS[1]),
            watched(self.cluster, made.timeline, name, "configmaps", CONSUMER[1]),
        ):
            yield made


@dataclass(frozen=True)
class Delivery:
    """One Application, its repository, and what happens to it."""

    stage: Stage
    name: str
    repository: Repository
    shipped: Wire
    timeline: Timeline = field(default_factory=Timeline)

    def workspace(self, **spec: Any) -> Wire:  # noqa: ANN401 - any field of the spec
        """The workspace of the sample, under a name in the cloud that is this test's own."""
        manifest: Wire = yaml.safe_load((ARGO_CD_FILES / "sample" / "workspace.yaml").read_text())
        manifest["spec"].update({"workspaceName": self.name, **spec})
        return manifest

    def consumer(self) -> Wire:
        """What comes after the workspace. Not the sample's Job, which only a node can run."""
        metadata = {"name": CONSUMER[1], "annotations": {"argocd.argoproj.io/sync-wave": "1"}}
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata,
            "data": {"is": "there"},
        }

    def push(self, message: str, **manifests: Wire | None) -> None:
        """Commit, and let Argo CD look at once instead of within minutes."""
        self.timeline.note(message)
        self.repository.commit(message, **manifests)
        if self.has(("Application", self.name)):
            self.refresh()

    def refresh(self) -> None:
        """Ask Argo CD to look at the repository now."""
        self.annotate(
            "application.argoproj.io", self.name, "argocd.argoproj.io/refresh=normal", NAMESPACE
        )

    def apply_application(self) -> None:
        """The Application of the sample, with this repository and namespace."""
        application = copy.deepcopy(self.shipped)
        # As Argo CD's user interface does it: deleting the Application deletes what it brought.
        finalizers = ["resources-finalizer.argocd.argoproj.io"]
        application["metadata"] = {
            "name": self.name,
            "namespace": NAMESPACE,
            "finalizers": finalizers,
        }
        application["spec"]["source"]["repoURL"] = self.repository.url
        application["spec"]["destination"]["namespace"] = self.name
        application["spec"]["syncPolicy"]["retry"] |= RETRY
        self.timeline.note("the Application is applied")
        self.stage.cluster.kubectl("apply", "--filename=-", stdin=json.dumps(application))

    def annotate(self, kind: str, name: str, annotation: str, namespace: str | None = None) -> None:
        """As a person does."""
        where = f"--namespace={namespace or self.name}"
        self.stage.cluster.kubectl("annotate", "--overwrite", where, kind, name, annotation)

    def patch(self, **spec: Any) -> None:  # noqa: ANN401 - any field of the spec
        """Change the workspace by hand, behind Git's back."""
        patch = json.dumps({"spec": spec})
        self.stage.cluster.kubectl(
            "patch",
            f"--namespace={self.name}",
            "flinkworkspace/reports",
            "--type=merge",
            f"--patch={patch}",
        )

    def run_action(self, action: str) -> None:
        """Run a resource action through Argo CD's API, as its user interface does."""
        self.timeline.note(f"action {action}, through Argo CD's API")
        self._api("POST", "/actions/v2", {"action": action})

    def actions(self) -> dict[str, bool]:
        """The actions that Argo CD's API offers, and whether they can be run. An absent `disabled`
        means that."""
        offered = self._api("GET", "/actions")["actions"]
        return {each["name"]: not each.get("disabled", False) for each in offered}

    def purchases(self) -> int:
        """How many workspaces of this test were bought."""
        return sum(booked["name"] == self.name for booked in self.stage.cloud.purchases())

    def has(self, key: tuple[str, str]) -> bool:
        """Whether an object was seen and not removed."""
        return key in self.timeline.objects

    def application(self, objects: Objects) -> "Told":
        """What the Application tells."""
        return Told(objects.get(("Application", self.name), {}).get("status", {}))

    def _api(self, method: str, path: str, body: Wire | None = None) -> Wire:
        target = {
            "namespace": self.name, "resourceName": "reports", "version": "v1alpha1", "group": "flink.alicloud.dev",
            "kind": "FlinkWorkspace", "appNamespace": NAMESPACE, "project": "default",
        }  # fmt: skip
        address = f"{self.stage.argo_cd.url}/api/v1/applications/{self.name}/resource{path}"
        if body is None:
            address += f"?{urllib.parse.urlencode(target)}"
        sent = None if body is None else json.dumps({**target, **body}).encode()
        request = urllib.request.Request(address, data=sent, method=method)  # noqa: S310 - our own process
        request.add_header("Content-Type", "application/json")
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=30) as answer:
            found: Wire = json.load(answer)
            return found


@dataclass(frozen=True)
class Told:
    """The status of an Application."""

    status: Wire

    @property
    def sync(self) -> str:
        """Synced or OutOfSync."""
        return str(self.status.get("sync", {}).get("status"))

    @property
    def health(self) -> str:
        """Of all its resources together."""
        return str(self.status.get("health", {}).get("status"))

    @property
    def phase(self) -> str:
        """Of the last operation."""
        return str(self.status.get("operationState", {}).get("phase"))

    @property
    def message(self) -> str:
        """What the last operation says."""
        return str(self.status.get("operationState", {}).get("message"))

    @property
    def started(self) -> str:
        """When the last operation began."""
        return str(self.status.get("operationState", {}).get("startedAt"))

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return (self.sync, self.health, self.phase) == ("Synced", "Healthy", "Succeeded")

    @property
    def errors(self) -> str:
        """What the resources of the last operation say."""
        resources = self.status.get("operationState", {}).get("syncResult", {}).get("resources", [])
        return "; ".join(str(each.get("message")) for each in resources)
