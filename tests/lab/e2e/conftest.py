"""One node for all tests here, and on it what `deploy/overlays/trial` installs: the operator and an
emulated cloud."""

import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from flink_local.kind.images import TARGETS
from flink_local.manifests import REPOSITORY
from tests.lab.e2e.installation import Installation
from tests.lab.image.build import DIRECTORY
from tests.lab.node.node import Node

TRIAL = REPOSITORY / "deploy" / "overlays" / "trial"


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """A node that has both images."""
    # pytest's own are too long for sockets
    directory = Path(tempfile.mkdtemp(prefix="flink-node-"))
    try:
        with Node(directory / "node") as running:
            load_images(running)
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def load_images(node: Node) -> None:
    """Those that `make image` made."""
    for name in TARGETS.values():
        archive = DIRECTORY / f"{name}.tar"
        assert archive.exists(), f"there is no image {name}: make image"
        node.load(archive)


@pytest.fixture(scope="session")
def installation(node: Node) -> Installation:
    """The operator and the emulator, at work."""
    installed, started = Installation(node), time.monotonic()
    installed.kubectl("apply", "--server-side", f"--kustomize={TRIAL}")
    installed.settle()
    print(f"\nkubectl apply --kustomize: at work after {time.monotonic() - started:.0f} s")  # noqa: T201
    return installed


@pytest.fixture
def namespace(installation: Installation) -> Iterator[str]:
    """One of this test's own, which goes afterwards; the operator lets go what is in it."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    installation.kubectl("create", "namespace", name)
    yield name
    installation.kubectl(
        "delete", "flinkworkspaces", "--all", f"--namespace={name}", "--wait=false"
    )
    installation.kubectl("delete", "namespace", name, "--wait=false")
