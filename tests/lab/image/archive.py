"""An archive of an image, as `docker load`, `kind load image-archive` and `ctr images import` take
it.

The same folders give the same bytes: no times, no owners of this machine, entries in order.
"""

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.lab.image.dockerfile import Image

ARCHITECTURES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
NO_TIME: Final = "1970-01-01T00:00:00Z"


def write_layer(folder: Path, target: str, path: Path) -> str:
    """Write the tar of a folder whose content goes to `target` in the image; gives its digest."""
    with tarfile.open(path, "w") as layer:
        for parent in reversed(Path(target).parents[:-1]):
            layer.addfile(_directory(str(parent)))
        layer.add(folder, target.lstrip("/") or ".", filter=_anonymous)
    with path.open("rb") as written:
        return f"sha256:{hashlib.file_digest(written, 'sha256').hexdigest()}"


def write_archive(path: Path, image: Image, tag: str, layers: Sequence[tuple[str, Path]]) -> None:
    """Write an image of layers, each a digest and a tar; `tag` is the name it gets where it is
    loaded."""
    configuration = json.dumps(configuration_of(image, [digest for digest, _ in layers])).encode()
    name = f"{hashlib.sha256(configuration).hexdigest()}.json"
    names = [f"{digest.removeprefix('sha256:')}/layer.tar" for digest, _ in layers]
    manifest = json.dumps([{"Config": name, "RepoTags": [tag], "Layers": names}]).encode()
    with tarfile.open(path, "w") as archive:
        _add_bytes(archive, "manifest.json", manifest)
        _add_bytes(archive, name, configuration)
        for inside, (_, layer) in zip(names, layers, strict=True):
            archive.add(layer, inside, filter=_anonymous)


def configuration_of(image: Image, digests: Sequence[str]) -> dict[str, Any]:
    """The image's configuration as the OCI defines it."""
    run = {
        "User": image.user,
        "Env": [f"{name}={value}" for name, value in image.env],
        "WorkingDir": image.workdir,
        "Entrypoint": list(image.entrypoint),
        "ExposedPorts": {f"{port}/tcp": {} for port in image.ports},
    }
    return {
        "architecture": ARCHITECTURES[platform.machine().lower()],
        "os": "linux",
        "created": NO_TIME,
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": list(digests)},
        "history": [{"created": NO_TIME} for _ in digests],
    }


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def _directory(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name.lstrip("/"))
    entry.type, entry.mode = tarfile.DIRTYPE, 0o755
    return entry


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
