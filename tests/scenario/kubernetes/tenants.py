"""Somebody who works in one namespace, with exactly the roles that are shipped, and what is in
force there."""

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

import yaml

from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE, REPOSITORY
from tests.objects import Objects, Refused, binding
from tests.patience import until

COMPONENTS: Final = REPOSITORY / "deploy" / "components"
EDITOR: Final = "flink-workspace-editor"
APPROVER: Final = "flink-purchase-approver"

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Tenant:
    """A ServiceAccount that stands for a person in its namespace."""

    objects: Objects
    """As this person."""

    @classmethod
    def of(cls, cluster: Cluster, namespace: str, *roles: str) -> Self:
        """One to whom these ClusterRoles are bound in the namespace."""
        name, objects = f"person-{len(roles)}", Objects.of(cluster, namespace)
        objects.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}})
        for role in roles:
            objects.create(binding(f"{name}-{role}", role, (name, namespace)))
        return cls(objects.by((name, namespace)))

    @property
    def namespace(self) -> str:
        """Where the person works."""
        return self.objects.namespace

    def refusal(self, manifest: Manifest) -> str:
        """What the API server would say to it, in one line; empty where it would take it. It is not
        there yet."""
        try:
            self.objects.create(manifest, dry_run=True)
        except Refused as refused:
            return said(refused)
        return ""


def said(refused: Refused) -> str:
    """Its words, in one line."""
    return re.sub(r"\s+", " ", str(refused))


@contextmanager
def in_force(
    cluster: Cluster,
    component: str,
    namespace: str,
    place: str | None = None,
    operator_in: str = NAMESPACE,
) -> Iterator[None]:
    """The policies of a component as they are shipped, but for one namespace alone: other tests
    share the cluster.

    `place` stands for the operator's namespace, where the limits are kept; `operator_in` is where
    its account is."""
    files = [
        file
        for file in sorted((COMPONENTS / component).glob("*.yaml"))
        if file.stem in ("policies", "limits")
    ]
    account = f"serviceaccount:{operator_in}:"
    texts = [file.read_text().replace(f"serviceaccount:{NAMESPACE}:", account) for file in files]
    shipped = [each for text in texts for each in yaml.safe_load_all(text)]
    manifests = {"kind": "List", "items": [_moved(each, namespace, place) for each in shipped]}
    objects = Objects.of(cluster, namespace)
    objects.apply(manifests)
    try:
        yield
    finally:
        objects.remove(manifests)


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
        spec["matchResources"] = {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": where}}
        }
        if "paramRef" in spec:
            spec["paramRef"]["namespace"] = place
    return moved


def until_refused(tenant: Tenant, manifest: Manifest, words: str) -> None:
    """The API server takes a moment until a new rule is in force."""
    until_said(words, partial(tenant.refusal, manifest))


def until_said(words: str, ask: Callable[[], str]) -> None:
    """Ask until the answer holds these words."""
    until(lambda: words in ask(), otherwise=lambda: f"not refused with {words!r}, but: {ask()}")
