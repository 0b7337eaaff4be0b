"""Makes the images of `deploy/image/Dockerfile` with the Python on hand: the same files from the
same instructions."""

import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Final

from rich.console import Console

from flink_local.failures import LocalFailure
from flink_local.kind.images import DOCKERFILE, TAG, TARGETS
from flink_local.locks import exclusive
from flink_local.manifests import REPOSITORY
from flink_local.progress import step
from tests.lab.image.archive import write_archive, write_layer
from tests.lab.image.dockerfile import Image, read_images

ASSEMBLE: Final = DOCKERFILE.with_name("assemble.py")
BUILDER: Final = "build"
BUILDER_FOLDER: Final = "/image"
DIRECTORY: Final = REPOSITORY / ".local" / "image"

_STAMP: Final = "runtime.inputs"
"""Beside the folder of what all images share, which takes a minute to make: what it was made of."""


def image(console: Console, directory: Path = DIRECTORY) -> None:
    """Make both images and tell where they are and how large; raises LocalFailure."""
    for archive in make_images(directory):
        text = f"{archive}: {archive.stat().st_size / 1e6:.0f} MB, {_packed_bytes(archive) / 1e6:.0f} MB compressed"
        console.print(text, highlight=False, markup=False, soft_wrap=True)


def make_images(directory: Path = DIRECTORY) -> list[Path]:
    """Make the archives of both images; raises LocalFailure."""
    if sys.platform != "linux":
        raise LocalFailure(
            "An image for Linux is made of the Python on hand, so this works on Linux only."
        )
    with exclusive(directory / "lock", "another `make image` of this checkout"):
        if not _has_runtime(directory):
            with step("Putting the interpreter and the packages together, about a minute"):
                _make_runtime(directory)
        with step("Writing the images"):
            return _write(directory)


def _has_runtime(directory: Path) -> bool:
    stamp = directory / _STAMP
    return stamp.exists() and stamp.read_text() == _inputs()


def _inputs() -> str:
    """All that the shared part is made of, as a short name."""
    digest = hashlib.sha256(f"{sys.version} {sys.base_prefix} {platform.machine()}".encode())
    for file in (ASSEMBLE, REPOSITORY / "requirements.txt", REPOSITORY / "requirements-image.txt"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _make_runtime(directory: Path) -> None:
    (directory / _STAMP).unlink(missing_ok=True)
    shutil.rmtree(directory / "runtime", ignore_errors=True)
    _assemble("runtime", directory)
    (directory / _STAMP).write_text(_inputs())


def _assemble(what: str, directory: Path) -> None:
    """By the interpreter that the virtual environment was made with: it is what goes into the
    image."""
    interpreter = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    done = subprocess.run(
        [interpreter, ASSEMBLE, what, directory], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise LocalFailure(f"{ASSEMBLE.name} {what} failed:\n{done.stderr.strip()}")


def _write(directory: Path) -> list[Path]:
    images = read_images(DOCKERFILE, BUILDER)
    with tempfile.TemporaryDirectory(prefix="writing.", dir=directory) as temporary:
        scratch = Path(temporary)
        _assemble("programs", scratch)
        (scratch / "runtime").symlink_to(directory / "runtime")
        for target, name in TARGETS.items():
            _write_image(scratch / f"{name}.tar", images[target], f"{name}:{TAG}", scratch)
        return [
            (scratch / f"{name}.tar").replace(directory / f"{name}.tar")
            for name in TARGETS.values()
        ]


def _write_image(archive: Path, image: Image, tag: str, folders: Path) -> None:
    layers = []
    for layer in image.layers:
        source = folders / Path(layer.source).relative_to(BUILDER_FOLDER)
        path = source.with_suffix(".layer")
        layers.append((write_layer(source.resolve(), layer.target, path), path))
    write_archive(archive, image, tag, layers)


def _packed_bytes(archive: Path) -> int:
    """About what a registry keeps: layers go there compressed."""
    packer, size = zlib.compressobj(), 0
    with archive.open("rb") as content:
        while chunk := content.read(1 << 20):
            size += len(packer.compress(chunk))
    return size + len(packer.flush())
