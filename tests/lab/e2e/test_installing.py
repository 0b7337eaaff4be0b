"""Three ways to install, each on a node of its own: the operator then buys through the emulator,
and is restricted."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from flink_local.installing import WAYS, run_commands
from flink_local.manifests import NAMESPACE
from tests.lab.e2e.conftest import load_images
from tests.lab.e2e.installation import Installation, until
from tests.lab.node.node import Node

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

SECONDS: Final = 120


@pytest.fixture
def empty() -> Iterator[Installation]:
    """A node with the images, and nothing installed."""
    directory = Path(tempfile.mkdtemp(prefix="flink-node-"))
    try:
        with Node(directory / "node") as running:
            load_images(running)
            yield Installation(running)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.mark.parametrize("way", WAYS)
def test_installed_it_buys(empty: Installation, way: str) -> None:
    """The commands as a person types them; then a sample is Ready and bought once, and Pod Security
    is enforced."""
    started = time.monotonic()
    run_commands(empty.node.cluster, WAYS[way])
    empty.settle(SECONDS)
    at_work = time.monotonic()
    run_commands(empty.node.cluster, "kubectl apply --filename=deploy/samples/pay-as-you-go.yaml")
    until("the sample is Ready", lambda: empty.is_ready("default", "experiments"), SECONDS)
    ready = time.monotonic()
    print(  # noqa: T201
        f"\n{way}: at work after {at_work - started:.0f} s, sample Ready {ready - at_work:.0f} s later"
    )
    assert len(empty.purchases("experiments")) == 1
    [namespace] = empty.get("namespace", NAMESPACE)
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
