"""What a machine must have to be a node, and how it gets it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from flink_local.failures import LocalFailure
from flink_local.progress import step

PACKAGES: Final = {
    "containerd": "containerd",
    "runc": "runc",
    "nft": "nftables",
    "/usr/lib/cni/ptp": "containernetworking-plugins",
    "ip": "iproute2",
    "unshare": "util-linux",
}
"""Programs, and Debian's packages that they are in."""
ENGINE_PACKAGES: Final = {
    **PACKAGES,
    "/usr/sbin/dockerd": "docker.io",
    "debootstrap": "debootstrap",
}
"""The same for an engine, and for making an image of a node."""
CGROUPS: Final = Path("/sys/fs/cgroup")


def prepare_machine(packages: Mapping[str, str] = PACKAGES) -> None:
    """Install what is missing; raises LocalFailure where this machine can't be a node, with what to
    do instead."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise LocalFailure(
            "A node needs Linux and root: it makes namespaces and cgroups. `make kind` needs no root."
        )
    if not (CGROUPS / "memory").is_dir():
        raise LocalFailure(
            f"{CGROUPS} is not of version 1, which the node of this project needs. `make kind` works with both."
        )
    missing = sorted(
        {package for program, package in packages.items() if shutil.which(program) is None}
    )
    if missing:
        _install(missing)


def _install(packages: list[str]) -> None:
    names = " ".join(packages)
    program = shutil.which("apt-get")
    if program is None:
        raise LocalFailure(
            f"A node needs {names}, as Debian calls them, and there is no apt-get. Install them."
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Installing {names}"):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            done = subprocess.run(
                [program, "--quiet", *command],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise LocalFailure(f"apt-get {' '.join(command)} failed:\n{done.stderr.strip()}")
