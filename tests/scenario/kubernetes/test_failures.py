"""What is wrong with the cluster itself is said in one sentence, and never taken for a race, which
is tried at once."""

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_local.loopback import free_ports
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.connection import load_configuration
from flink_workspace_operator.core.facts.failures import ClusterRefused, ClusterUnreachable
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget
from flink_workspace_operator.settings import Settings

TARGET, KEY = PurchaseTarget("1", "cn-hangzhou", "w"), Key("default", "w")


@pytest.fixture
async def configuration(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> client.Configuration:
    """The administrator's."""
    location = "kubernetes.aio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION"
    monkeypatch.setattr(location, str(cluster.kubeconfig))
    return await load_configuration()


async def test_missing_namespace(configuration: client.Configuration) -> None:
    """Where the operator's namespace is missing, the failure says so."""
    async with client.ApiClient(configuration) as api:
        port = KubernetesCluster(api, Settings(namespace="no-such-namespace"))
        with pytest.raises(ClusterRefused, match="namespace"):
            await port.take_claim(TARGET, KEY, "uid-1", None)


async def test_nobody_answers(configuration: client.Configuration) -> None:
    """Where no API server answers, the outcome is unknown and everything is tried again later. The
    address is named."""
    [port_of_nobody] = free_ports(1)
    configuration.host = f"https://127.0.0.1:{port_of_nobody}"
    async with client.ApiClient(configuration) as api:
        port = KubernetesCluster(api, Settings())
        with pytest.raises(
            ClusterUnreachable, match=f"at 127.0.0.1:{port_of_nobody} did not answer"
        ):
            await port.read_workspace(KEY)
        with pytest.raises(ClusterUnreachable, match="did not answer"):
            await port.cluster_id()
