"""What the packages put into a cluster, as objects: rendered by the same programs that people use."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from flink_local.binaries import installed_binaries
from flink_local.manifests import REPOSITORY
from tests.packages.programs import run

DEPLOY: Final = REPOSITORY / "deploy"
OVERLAYS: Final = DEPLOY / "overlays"
COMPONENTS: Final = DEPLOY / "components"
OPERATOR: Final = "flink-workspace-operator"

Manifest = dict[str, Any]
Identity = tuple[str, str, str]
"""Kind, namespace (empty if it has none) and name."""


def kustomize(root: Path) -> list[Manifest]:
    """All objects of a kustomize root."""
    return load(run(installed_binaries().path("kubectl"), "kustomize", root))


def load(text: str) -> list[Manifest]:
    """All objects of a stream of YAML documents."""
    return [each for each in yaml.safe_load_all(text) if each is not None]


def identity(manifest: Manifest) -> Identity:
    """What names an object in a cluster; no two of ours differ in their API group alone."""
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


def one(manifests: Iterable[Manifest], kind: str, name: str = OPERATOR) -> Manifest:
    """The only object of that kind and name."""
    (found,) = [each for each in manifests if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def bare_pods(manifests: Iterable[Manifest]) -> list[Manifest]:
    """A Pod from the template of each Deployment, as its controller would make it."""
    return [_pod(each) for each in manifests if each["kind"] == "Deployment"]


def _pod(deployment: Manifest) -> Manifest:
    template, metadata = deployment["spec"]["template"], deployment["metadata"]
    named = {**template["metadata"], "name": metadata["name"], "namespace": metadata["namespace"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": named, "spec": template["spec"]}
