"""Three ways to install, each on a node of its own: the operator then buys through the emulator, and is restricted."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from flink_local.helm import HELM
from flink_local.manifests import NAMESPACE, REPOSITORY
from flink_local.node.node import Node
from tests.node.conftest import load_images
from tests.node.installation import Installation, until

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

SECONDS: Final = 120
BASH: Final = shutil.which("bash") or "bash"
KUSTOMIZE: Final = "kubectl apply --kustomize=deploy/overlays/trial"
HELM_INSTALL: Final = """
kubectl create namespace flink-workspace-operator
kubectl label namespace flink-workspace-operator pod-security.kubernetes.io/enforce=restricted
helm install flink-workspace-operator deploy/helm/flink-workspace-operator --namespace=flink-workspace-operator \
    --set=emulator.enabled=true --set=image.repository=flink-workspace-operator --set=image.tag=dev
"""
ONE_FILE: Final = """
sed 's|registry.example.com/flink-workspace-operator:0.1.0|flink-workspace-operator:dev|' deploy/install.yaml \
    | kubectl apply --filename=-
sed 's|image: flink-cloud-emulator|&:dev|' deploy/overlays/trial/emulator.yaml | kubectl apply --filename=-
kubectl apply --filename=deploy/overlays/trial/credentials.yaml
kubectl --namespace=flink-workspace-operator set env deployment/flink-workspace-operator \
    FLINK_OPERATOR_ENDPOINT=http://flink-cloud-emulator:8080 ALIBABA_CLOUD_ECS_METADATA_DISABLED=true
"""


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


@pytest.mark.parametrize(
    ("way", "commands"),
    [("kubectl apply -k", KUSTOMIZE), ("helm install", HELM_INSTALL), ("install.yaml", ONE_FILE)],
)
def test_installed_it_buys(empty: Installation, way: str, commands: str) -> None:
    """The commands as a person types them; then a sample is Ready and bought once, and Pod Security is enforced."""
    started = time.monotonic()
    run(empty, commands)
    empty.settle(SECONDS)
    at_work = time.monotonic()
    run(empty, "kubectl apply --filename=deploy/samples/pay-as-you-go.yaml")
    until("the sample is Ready", lambda: empty.is_ready("default", "experiments"), SECONDS)
    ready = time.monotonic()
    print(f"\n{way}: at work after {at_work - started:.0f} s, sample Ready {ready - at_work:.0f} s later")  # noqa: T201
    assert len(empty.purchases("experiments")) == 1
    [namespace] = empty.get("namespace", NAMESPACE)
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def run(installation: Installation, commands: str) -> None:
    """Commands in the checkout, with kubectl and Helm for this cluster."""
    cluster = installation.node.cluster
    path = f"{cluster.kubectl_program.parent}:{HELM.built.directory}:{os.environ['PATH']}"
    environment = {**cluster.environment, "PATH": path}
    script = f"set -euo pipefail\n{commands}"
    done = subprocess.run(
        [BASH],
        input=script,
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
