"""A node of this machine, with a control plane of its own.

    with Node(directory) as running:
        running.load(Path("image.tar"))
        running.cluster.kubectl("run", ...)

It takes about ten seconds, and keeps nothing. Several can run at once.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from flink_local.build import ensure_built
from flink_local.cluster import Cluster, certificate_user, write_kubeconfig
from flink_local.environment import python_environment
from flink_local.failures import LocalFailure
from flink_local.go_program import MODULES
from flink_local.manifests import REPOSITORY
from flink_local.processes import Processes
from tests.lab.image.archive import write_archive, write_layer
from tests.lab.image.dockerfile import Image
from tests.lab.node.binaries import COREDNS, NODE, PAUSE
from tests.lab.node.configuration import PAUSE_IMAGE, write_configuration
from tests.lab.node.layout import NAME, Layout
from tests.lab.node.machine import prepare_machine

READY_SECONDS: Final = 120.0
LOADING_SECONDS: Final = 120.0


def build_node() -> None:
    """Install and build what a node needs, unless it is there; raises LocalFailure."""
    prepare_machine()
    for program in (NODE, COREDNS, PAUSE):
        ensure_built(program)


class Node:
    """A node that keeps all it has below one directory, which must be empty and its path short."""

    def __init__(self, directory: Path) -> None:
        build_node()
        self._processes = Processes(directory)
        self.layout = Layout(self._processes.directory)

    @property
    def cluster(self) -> Cluster:
        """With the rights of an administrator."""
        return Cluster(self.layout.kubeconfig, NODE.built.path("kubectl"))

    def start(self) -> None:
        """Start it and wait until it is Ready; raises LocalFailure with the end of a log."""
        authority = write_configuration(self.layout)
        environment = {**python_environment(), "PYTHONPATH": f"{MODULES}:{REPOSITORY}"}
        keeper = [sys.executable, "-m", "tests.lab.node.keeper", str(self.layout.directory)]
        self._processes.start("node", keeper, environment)
        port = self._processes.wait_for("Starting the node", self._port, READY_SECONDS)
        admin = certificate_user(authority.client("admin", "system:masters"))
        write_kubeconfig(self.layout.kubeconfig, f"https://127.0.0.1:{port}", authority.pem, admin)
        self._processes.wait_for("Starting the node", self._is_ready, READY_SECONDS)
        self.load(self._write_pause_image())

    def load(self, archive: Path) -> None:
        """Take the images of an archive; raises LocalFailure."""
        command = [
            "ctr",
            "--address",
            str(self.layout.containerd),
            "--namespace",
            "k8s.io",
            "images",
            "import",
        ]
        done = subprocess.run(
            [*command, str(archive)],
            capture_output=True,
            text=True,
            timeout=LOADING_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise LocalFailure(
                f"{archive.name} can't be loaded into the node:\n{done.stderr.strip()}"
            )

    def stop(self) -> None:
        """End all that runs on it, and remove it."""
        self._processes.stop()
        shutil.rmtree(self.layout.directory, ignore_errors=True)

    def _port(self) -> str | None:
        try:
            return self.layout.api_port.read_text() or None
        except FileNotFoundError:
            return None

    def _is_ready(self) -> bool | None:
        try:
            ready = self.cluster.kubectl(
                "get",
                "node",
                NAME,
                '--output=jsonpath={.status.conditions[?(@.type=="Ready")].status}',
            )
        except LocalFailure:
            return None
        return ready == "True" or None

    def _write_pause_image(self) -> Path:
        folder = self.layout.directory / "pause"
        folder.mkdir()
        shutil.copy(PAUSE.built.path("pause"), folder / "pause")
        layer = folder.with_suffix(".layer")
        digest = write_layer(folder, "/", layer)
        archive = folder.with_suffix(".tar")
        write_archive(
            archive,
            Image(user="65535:65535", entrypoint=("/pause",)),
            PAUSE_IMAGE,
            [(digest, layer)],
        )
        return archive

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:  # also Ctrl-C: `__exit__` is not called when this fails
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
