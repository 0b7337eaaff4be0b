"""One stage for all tests here: a control plane, the emulated cloud, the operator, and Argo CD."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flink_local.argo_cd import ARGO_CD, start_argo_cd
from flink_local.binaries import installed_binaries
from flink_local.control_plane import ControlPlane
from flink_local.emulator import start_emulator
from flink_local.manifests import REPOSITORY, install
from flink_local.operator_process import start_operator
from flink_local.processes import Processes
from tests.gitops.argocd.stage import Delivery, Stage

SETTINGS = REPOSITORY / "deploy" / "argocd" / "argocd-cm.yaml"


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything at work; what Argo CD knows of our kind comes from the file that is shipped."""
    built = ARGO_CD.built
    assert built.complete, "Argo CD is not built yet: make e2e-argocd does it"
    with Processes(tmp_path_factory.mktemp("stage")) as processes:
        cluster = ControlPlane(processes.directory, processes, installed_binaries()).start()
        install(cluster)
        emulator = start_emulator(processes)
        start_operator(processes, cluster, emulator)
        yield Stage(cluster, emulator, start_argo_cd(processes, cluster, built, SETTINGS))


@pytest.fixture
def delivery(
    stage: Stage, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Delivery]:
    """A repository, an Application and a namespace of this test's own; what happened is printed at
    its end."""
    name = request.node.name.removeprefix("test_").replace("_", "-")[:40].strip("-")
    with stage.delivery(name, tmp_path / "repository") as made:
        yield made
    with capsys.disabled():
        lines = ["", f"{request.node.name}: {request.function.__doc__}", *made.timeline.lines, ""]
        sys.stdout.write("\n  ".join(lines))
