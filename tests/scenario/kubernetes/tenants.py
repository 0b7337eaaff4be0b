"""Somebody who works in one namespace, with exactly the roles that are shipped, and what is in force there."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final, Self

import yaml

from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure
from flink_local.manifests import REPOSITORY

COMPONENTS: Final = REPOSITORY / "deploy" / "components"
EDITOR: Final = "flink-workspace-editor"
SECONDS: Final = 30.0

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Tenant:
    """A ServiceAccount that stands for a person; all is done by kubectl, in its namespace."""

    cluster: Cluster
    namespace: str

    @classmethod
    def of(cls, cluster: Cluster, namespace: str, directory: Path, *roles: str) -> Self:
        """One to whom these ClusterRoles are bound in the namespace."""
        here, name = f"--namespace={namespace}", f"person-{len(roles)}"
        cluster.kubectl("create", "serviceaccount", name, here)
        for role in roles:
            subject = f"--serviceaccount={namespace}:{name}"
            cluster.kubectl("create", "rolebinding", f"{name}-{role}", here, f"--clusterrole={role}", subject)
        kubeconfig = cluster.kubeconfig_for(name, namespace, directory / name)
        return cls(Cluster(kubeconfig, cluster.kubectl_program), namespace)

    def kubectl(self, *arguments: str | Path, stdin: str | None = None) -> str:
        """As this person; raises LocalFailure with what the API server said."""
        return self.cluster.kubectl(*arguments, stdin=stdin)

    def apply(self, manifest: Manifest) -> str:
        """Apply a manifest as this person."""
        return self.kubectl("apply", "--filename=-", stdin=json.dumps(manifest))

    def refusal(self, manifest: Manifest) -> str:
        """What the API server would say to it, in one line; empty where it would take it. It is not there yet."""
        try:
            self.kubectl("create", "--dry-run=server", "--filename=-", stdin=json.dumps(manifest))
        except LocalFailure as refused:
            return said(refused)
        return ""


def said(refused: LocalFailure) -> str:
    """Its words, in one line."""
    return re.sub(r"\s+", " ", str(refused))


@contextmanager
def in_force(cluster: Cluster, component: str, namespace: str, place: str | None = None) -> Iterator[None]:
    """The policies of a component as they are shipped, but for one namespace alone: other tests share the cluster.

    `place` stands for the operator's namespace, where the limits are kept.
    """
    files = [file for file in sorted((COMPONENTS / component).glob("*.yaml")) if file.stem in ("policies", "limits")]
    shipped = [each for file in files for each in yaml.safe_load_all(file.read_text())]
    manifests = json.dumps(
        {"kind": "List", "apiVersion": "v1", "items": [_moved(each, namespace, place) for each in shipped]}
    )
    cluster.kubectl("apply", "--validate=strict", "--filename=-", stdin=manifests)
    try:
        yield
    finally:
        cluster.kubectl("delete", "--ignore-not-found", "--wait=false", "--filename=-", stdin=manifests)


def _moved(shipped: Manifest, namespace: str, place: str | None) -> Manifest:
    moved = copy.deepcopy(shipped)
    if moved["kind"] == "ConfigMap":
        moved["metadata"]["namespace"] = place
        return moved
    moved["metadata"]["name"] += f"-{namespace}"
    spec = moved["spec"]
    if moved["kind"] == "ValidatingAdmissionPolicyBinding":
        spec["policyName"] += f"-{namespace}"
        where = place if "matchResources" in spec else namespace
        spec["matchResources"] = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": where}}}
        if "paramRef" in spec:
            spec["paramRef"]["namespace"] = place
    return moved


def until_refused(tenant: Tenant, manifest: Manifest, words: str) -> None:
    """The API server takes a moment until a new rule is in force."""
    until_said(words, partial(tenant.refusal, manifest))


def until_said(words: str, ask: Callable[[], str]) -> None:
    """Ask until the answer holds these words."""
    end = monotonic() + SECONDS
    while words not in (answer := ask()):
        assert monotonic() < end, f"not refused with {words!r} after {SECONDS:.0f} s, but: {answer}"
