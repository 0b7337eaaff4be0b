"""A cluster in which nothing of ours is installed yet: whoever installs here also uninstalls."""

from collections.abc import Iterator

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane


@pytest.fixture(scope="package")
def bare_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane for these tests, where one at a time runs. It ends with the last of them: at
    rest it takes a fortieth of a core."""
    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as cluster:
        yield cluster
