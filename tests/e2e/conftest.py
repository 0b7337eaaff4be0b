"""A cluster for whole operators, each of which looks after all that is in a cluster; a stage for
killable ones."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.manifests import install
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.control_plane import operator_kubeconfig
from tests.e2e.forks import ensure_server
from tests.e2e.killable import Start
from tests.e2e.stage import Stage, apply_all, ended
from tests.namespaces import Namespaces


@pytest.fixture(scope="package")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane for these tests, where one at a time runs. It ends with the last of them: at
    rest it takes a fortieth of a core."""
    with ControlPlane(tmp_path_factory.mktemp("control-plane")) as cluster:
        install(cluster)
        yield cluster


@pytest.fixture(autouse=True)
def _ledger_ends_with_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Orders outlive their workspaces: the next test would find the name bought, in an account that
    is gone."""
    names = request.fixturenames
    namespaces = (
        Namespaces(request.getfixturevalue("own_cluster")) if "own_cluster" in names else None
    )
    yield
    if namespaces is not None:
        namespaces.empty("default")


@pytest.fixture
def own_namespace(own_cluster: Cluster) -> Iterator[str]:
    """A namespace of this test's own."""
    with Namespaces(own_cluster).fresh() as name:
        yield name


@pytest.fixture(scope="session")
def stage(cluster: Cluster, emulator: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Windows of a minute."""
    directory = tmp_path_factory.mktemp("kills")
    ensure_server()
    settings = Settings(
        **ALLOWED,
        endpoint=emulator,
        signature_validity_seconds=60,
        longest_commit_seconds=30,
        longest_visibility_seconds=60,
        nonce_memory_seconds=120,
        refusal_backoff_seconds=10,
        listing_max_age_seconds=0.001,  # no shared listing outlives a moved clock
    )
    return Stage(cluster, operator_kubeconfig(cluster), emulator, settings, directory)


@pytest.fixture(scope="session")
def calls(stage: Stage, namespaces: Namespaces) -> list[str]:
    """Every call of a port in one run to Ready, in order."""
    with namespaces.fresh() as namespace:
        return _recorded(stage, stage.prepare(namespace, "recorded"))


def _recorded(stage: Stage, start: Start) -> list[str]:
    apply_all(stage.cluster, start.key.namespace, [start.key.name])
    record = stage.directory / "calls"
    assert ended([replace(start, record=record)]) == [0], start.log.read_text()
    start.account.control.reset()
    return record.read_text().splitlines()
