"""A cluster for whole operators: each looks after all that is in a cluster, also other tests'."""

from collections.abc import Iterator

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.manifests import install


@pytest.fixture(scope="session")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane for this test worker, where one test at a time runs."""
    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as cluster:
        install(cluster)
        yield cluster
