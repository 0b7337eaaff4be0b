"""`make kind-offline`: what `make kind` does, with an engine and a node image of our own: no
registry is asked.

The engine runs in namespaces of its own, and the cluster goes with it when everything has been
shown."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console

from flink_local.build import ensure_binaries, ensure_built
from flink_local.failures import LocalFailure
from flink_local.helm import HELM
from flink_local.kind.binaries import KIND
from flink_local.kind.cluster import buy_in_kind
from flink_local.manifests import REPOSITORY
from tests.lab.image.build import make_images
from tests.lab.kind.node_image import ensure_node_image
from tests.lab.namespaces.outside import cgroup, run_inside, settings_put_back
from tests.lab.node.machine import ENGINE_PACKAGES, prepare_machine
from tests.lab.node.node import build_node

KUBECONFIG: Final = REPOSITORY / ".local" / "kind-offline" / "kubeconfig"
"""Not that of a cluster that `make kind` has left running."""
CGROUP: Final = "flink-kind"


def kind_offline(_: Console) -> None:
    """Show it once; raises LocalFailure."""
    prepare_machine(ENGINE_PACKAGES)
    build_node()
    for program in (KIND, HELM):
        ensure_built(program)
    ensure_binaries()
    make_images()
    archive = ensure_node_image()
    name = f"{CGROUP}-{os.getpid()}"
    directory = Path(tempfile.mkdtemp(prefix="flink-kind-"))
    try:
        with settings_put_back(), cgroup(name):
            status = run_inside("tests.lab.kind.inside", directory, archive, name)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    if status != 0:
        raise LocalFailure(
            "the cluster of containers did not do what it should; what went wrong stands above"
        )


def kind_once(console: Console) -> None:
    """What `make kind` shows, with images of our own; beside the engine that `inside` has
    started."""
    buy_in_kind(console, make_images, KUBECONFIG)
