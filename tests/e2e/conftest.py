"""A cluster for whole operators, each of which looks after all that is in a cluster; a stage for killable ones."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT, install
from flink_workspace_operator.settings import Settings
from tests.e2e.forks import ensure_server
from tests.e2e.stage import Stage, apply_all, ended


@pytest.fixture(scope="session")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane for this test worker, where one test at a time runs."""
    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as cluster:
        install(cluster)
        yield cluster


@pytest.fixture
def own_namespace(own_cluster: Cluster) -> Iterator[str]:
    """A namespace of this test's own."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    own_cluster.kubectl("create", "namespace", name)
    yield name
    own_cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="session")
def stage(cluster: Cluster, emulator: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Windows of a minute."""
    directory = tmp_path_factory.mktemp("kills")
    kubeconfig = cluster.kubeconfig_for(SERVICE_ACCOUNT, NAMESPACE, directory / "kubeconfig")
    ensure_server()
    settings = Settings(
        endpoint=emulator,
        signature_validity_seconds=60,
        longest_commit_seconds=30,
        longest_visibility_seconds=60,
        nonce_memory_seconds=120,
        refusal_backoff_seconds=10,
        listing_max_age_seconds=0.001,  # no shared listing outlives a moved clock
    )
    return Stage(cluster, kubeconfig, emulator, settings, directory)


@pytest.fixture(scope="session")
def calls(stage: Stage) -> list[str]:
    """Every call of a port in one run to Ready, in order."""
    namespace = f"test-{uuid.uuid4().hex[:12]}"
    stage.cluster.kubectl("create", "namespace", namespace)
    start = stage.prepare(namespace, "recorded")
    apply_all(stage.cluster, namespace, [start.key.name])
    record = stage.directory / "calls"
    assert ended([replace(start, record=record)]) == [0], start.log.read_text()
    start.account.control.reset()
    return record.read_text().splitlines()
