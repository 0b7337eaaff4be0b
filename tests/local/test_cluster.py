"""The control plane of the tests: a real API server with real identities."""

from pathlib import Path

import pytest

from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure


def test_serves_the_release_that_we_build(cluster: Cluster) -> None:
    """The API server says its version, not a placeholder of an unlabelled build."""
    assert "v1." in cluster.kubectl("get", "--raw", "/version")


def test_a_service_account_has_its_rights_and_no_more(
    cluster: Cluster, namespace: str, tmp_path: Path
) -> None:
    """A kubeconfig made by TokenRequest acts as the ServiceAccount."""
    cluster.kubectl("create", "serviceaccount", "reader", "--namespace", namespace)
    cluster.kubectl(
        "create",
        "rolebinding",
        "reader",
        "--clusterrole=view",
        f"--serviceaccount={namespace}:reader",
        "-n",
        namespace,
    )
    reader = Cluster(
        cluster.kubeconfig_for("reader", namespace, tmp_path / "reader"), cluster.kubectl_program
    )

    assert f"system:serviceaccount:{namespace}:reader" in reader.kubectl("auth", "whoami")
    assert "No resources found" not in reader.kubectl("get", "configmaps")
    with pytest.raises(LocalFailure, match="forbidden"):
        reader.kubectl("create", "configmap", "x")
