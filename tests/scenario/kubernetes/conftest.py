"""The port as the operator has it: with the rights of its ServiceAccount, found through a
kubeconfig."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.connection import load_configuration
from flink_workspace_operator.settings import Settings
from tests.control_plane import operator_kubeconfig
from tests.objects import OPERATOR, Objects
from tests.patience import until


@pytest.fixture
def kubeconfig(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's, where KUBECONFIG points."""
    return pointed_at(operator_kubeconfig(cluster), monkeypatch)


def pointed_at(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The client reads KUBECONFIG when it is imported, which is long ago."""
    monkeypatch.setattr("kubernetes.aio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(path))
    return path


@pytest.fixture
async def api(kubeconfig: Path) -> AsyncIterator[client.ApiClient]:
    """A client with the operator's rights."""
    async with client.ApiClient(await load_configuration()) as api:
        yield api


@pytest.fixture
def port(api: client.ApiClient) -> KubernetesCluster:
    """The port with the operator's rights."""
    return KubernetesCluster(api, Settings())


@pytest.fixture
def operator_namespace(cluster: Cluster, namespace: str) -> str:
    """A namespace of the test's own in which the operator has the rights that it has in its own
    one."""
    documents = yaml.safe_load_all((REPOSITORY / "deploy" / "base" / "rbac.yaml").read_text())
    namespaced = [each for each in documents if "namespace" in each["metadata"]]
    for each in namespaced:
        each["metadata"]["namespace"] = namespace
    objects = Objects.of(cluster, namespace)
    objects.apply({"kind": "List", "items": namespaced})
    until(lambda: objects.by(OPERATOR).may("patch", "leases"))  # a RoleBinding holds a moment later
    return namespace
