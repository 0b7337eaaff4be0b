"""The images that `deploy/image/Dockerfile` describes, built by the container engine on hand, as
archives."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from flink_local.commands import run
from flink_local.failures import LocalFailure
from flink_local.manifests import REPOSITORY

DOCKERFILE: Final = REPOSITORY / "deploy" / "image" / "Dockerfile"
TARGETS: Final = {"operator": "flink-workspace-operator", "emulator": "flink-cloud-emulator"}
"""Stages of the Dockerfile, and the names of the images that they become."""
TAG: Final = "dev"
"""That of `deploy/overlays/trial`."""
BUILD: Final = {"docker": ("buildx", "build", "--load", "--provenance=false"), "podman": ("build",)}
"""How each engine is told to build, and to keep what it has built. The first one that is there is
used. Docker's attestation of where an image is from is left out: some nodes refuse an archive with
one."""
FULL_NAME: Final = "docker.io/library/{name}:{tag}"
"""What a node takes a short name for. Podman would make it `localhost/...`, which no manifest asks
for."""


def find_engine() -> Path:
    """The container engine on the PATH; raises LocalFailure where there is none, or it does not
    answer."""
    engine = next((found for name in BUILD if (found := shutil.which(name))), None)
    if engine is None:
        raise LocalFailure(
            "kind needs a container engine: neither docker nor podman is on the PATH. Install one."
        )
    asked = subprocess.run([engine, "info"], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        raise LocalFailure(
            f"{engine} does not answer; start the engine, or get the right to use it:\n{asked.stderr}"
        )
    return Path(engine)


def build_images(engine: Path, directory: Path) -> list[Path]:
    """Build both images, and write an archive of each into the directory; raises LocalFailure."""
    directory.mkdir(parents=True, exist_ok=True)
    return [
        _build(engine, target, name, directory / f"{name}.tar") for target, name in TARGETS.items()
    ]


def _build(engine: Path, target: str, name: str, archive: Path) -> Path:
    image = FULL_NAME.format(name=name, tag=TAG)
    options = [f"--file={DOCKERFILE}", f"--target={target}", f"--tag={image}"]
    run(engine, *BUILD[engine.name], *options, REPOSITORY)
    archive.unlink(missing_ok=True)  # Podman adds to no archive
    run(engine, "save", f"--output={archive}", image)
    return archive
