"""Who we are to the API server, without a Pod: a kubeconfig, and a token that is renewed under our
feet."""

import ssl
from pathlib import Path

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from flink_workspace_operator.adapters.kubernetes import connection
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.connection import load_configuration, log_in
from flink_workspace_operator.core.facts.failures import ClusterFailure, ClusterUnreachable
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.settings import Settings
from tests.scenario.kubernetes.conftest import pointed_at


@pytest.fixture
def kubeconfig(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One of the test's own, whose token stands in a file beside it."""
    return pointed_at(
        cluster.kubeconfig_for(SERVICE_ACCOUNT, NAMESPACE, tmp_path / "kubeconfig"), monkeypatch
    )


async def test_login_tells_all_that_another_client_needs(kubeconfig: Path) -> None:
    """kopf gets the same address, certificate authority and token as our own client."""
    login = await log_in()
    token = kubeconfig.with_name("kubeconfig.token").read_text().strip()
    assert login.server.startswith("https://127.0.0.1:")
    assert login.authorization == f"Bearer {token}"
    assert login.verify
    ssl.create_default_context(cafile=login.ca_path)


async def test_renewed_token_is_used(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that is replaced in its file is used soon after, by the connection that is open
    already."""
    monkeypatch.setattr(connection, "REREAD_SECONDS", 0.0)
    token_file = kubeconfig.with_name("kubeconfig.token")
    good = token_file.read_text()
    async with client.ApiClient(await load_configuration()) as api:
        port = KubernetesCluster(api, Settings())
        token_file.write_text("expired")
        with pytest.raises(ClusterFailure, match="401"):
            await port.read_workspace(Key("default", "w"))
        token_file.write_text(good)
        assert await port.read_workspace(Key("default", "w")) is None


async def test_no_way_to_the_cluster_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a Pod nor with a kubeconfig: one sentence says what is missing."""
    location = "kubernetes.aio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION"
    monkeypatch.setattr(location, str(tmp_path / "nothing"))
    with pytest.raises(
        ClusterUnreachable, match="neither a ServiceAccount nor a usable kubeconfig"
    ):
        await load_configuration()
