"""A cluster in which nothing of ours is installed yet: whoever installs here also uninstalls."""

from collections.abc import Iterator

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane


@pytest.fixture(scope="session")
def bare_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane for this test worker, where one test at a time runs."""
    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as cluster:
        yield cluster
