"""The neighbours of a purchase, as far as the operator has the right to see them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.core.facts.failures import ClusterRefused
from flink_workspace_operator.settings import Settings
from tests.scenario.world import configuration_in


@pytest.fixture
async def no_rights(cluster: Cluster, tmp_path: Path) -> AsyncIterator[client.ApiClient]:
    """The client of a ServiceAccount that nothing is bound to."""
    kubeconfig = cluster.kubeconfig_for("default", NAMESPACE, tmp_path / "kubeconfig")
    async with client.ApiClient(await configuration_in(kubeconfig)) as api:
        yield api


async def test_without_the_right_nothing_is_known(no_rights: client.ApiClient) -> None:
    """The list fails, and the purchase waits: an empty one would say that there are none."""
    with pytest.raises(ClusterRefused, match="cannot list resource"):
        await KubernetesCluster(no_rights, Settings()).list_neighbours()


async def test_a_listed_namespace_without_rights_is_left_out(no_rights: client.ApiClient) -> None:
    """As everywhere else: the operator begins there once it has them."""
    cluster = KubernetesCluster(no_rights, Settings(namespaces=("team-a", "team-b")))
    assert await cluster.list_neighbours() == ()
