"""What the packages put into a cluster, as objects: rendered by the same programs that people
use."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from flink_local.binaries import installed_binaries
from flink_local.helm import HELM
from flink_local.manifests import REPOSITORY
from tests.packages.programs import run

DEPLOY: Final = REPOSITORY / "deploy"
OVERLAYS: Final = DEPLOY / "overlays"
COMPONENTS: Final = DEPLOY / "components"
CHART: Final = DEPLOY / "helm" / "flink-workspace-operator"
OPERATOR: Final = "flink-workspace-operator"

Manifest = dict[str, Any]
Identity = tuple[str, str, str]
"""Kind, namespace (empty if it has none) and name."""


def kustomize(root: Path) -> list[Manifest]:
    """All objects of a kustomize root."""
    ours = root.is_relative_to(REPOSITORY)  # and nobody changes it during a run
    return load(_kustomized(root) if ours else _kustomized.__wrapped__(root))


@cache
def _kustomized(root: Path) -> str:
    return run(installed_binaries().path("kubectl"), "kustomize", root)


def helm(*arguments: str | Path) -> str:
    """What Helm prints; raises Refusal with what it says."""
    if not HELM.built.complete:
        pytest.fail(
            "Helm is not built yet. `make helm` does it, once for all checkouts.", pytrace=False
        )
    return run(HELM.built.path("helm"), *arguments)


def helm_template(*arguments: str | Path) -> list[Manifest]:
    """All objects of the chart, as it installs them into the operator's usual namespace."""
    return load(_templated(*arguments))


@cache
def _templated(*arguments: str | Path) -> str:
    return helm("template", OPERATOR, CHART, f"--namespace={OPERATOR}", *arguments)


def load(text: str) -> list[Manifest]:
    """All objects of a stream of YAML documents."""
    return [each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if each is not None]


def identity(manifest: Manifest) -> Identity:
    """What names an object in a cluster; no two of ours differ in their API group alone."""
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


def one(manifests: Iterable[Manifest], kind: str, name: str = OPERATOR) -> Manifest:
    """The only object of that kind and name."""
    (found,) = [
        each for each in manifests if (each["kind"], each["metadata"]["name"]) == (kind, name)
    ]
    return found


def bare_pods(manifests: Iterable[Manifest]) -> list[Manifest]:
    """A Pod from the template of each Deployment, as its controller would make it."""
    return [_pod(each) for each in manifests if each["kind"] == "Deployment"]


def _pod(deployment: Manifest) -> Manifest:
    template, metadata = deployment["spec"]["template"], deployment["metadata"]
    named = {**template["metadata"], "name": metadata["name"], "namespace": metadata["namespace"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": named, "spec": template["spec"]}
