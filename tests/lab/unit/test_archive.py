"""An image's archive, as engines take it."""

import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from tests.lab.image.archive import write_archive, write_layer
from tests.lab.image.dockerfile import Image


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Something to put into a layer."""
    made = tmp_path / "folder"
    (made / "below").mkdir(parents=True)
    (made / "below" / "file").write_text("content")
    (made / "program").write_text("#!/bin/sh")
    (made / "program").chmod(0o755)
    return made


def test_a_layer_is_the_folder_where_it_belongs(folder: Path, tmp_path: Path) -> None:
    """With its modes, owned by root, without times, and with the folders on the way."""
    write_layer(folder, "/opt/app", tmp_path / "layer.tar")
    with tarfile.open(tmp_path / "layer.tar") as layer:
        entries = {each.name: each for each in layer}
    modes = {name: entry.mode & 0o777 for name, entry in entries.items()}
    assert {
        "opt": 0o755,
        "opt/app/program": 0o755,
        "opt/app/below/file": 0o644,
    }.items() <= modes.items()
    assert {(entry.uid, entry.gid, entry.uname, entry.mtime) for entry in entries.values()} == {
        (0, 0, "", 0)
    }


def test_the_same_folder_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Whenever it was made."""
    first = write_layer(folder, "/", tmp_path / "first.tar")
    (folder / "program").touch()
    assert write_layer(folder, "/", tmp_path / "second.tar") == first
    (folder / "program").write_text("another")
    assert write_layer(folder, "/", tmp_path / "third.tar") != first


def test_an_archive_names_what_is_in_it(folder: Path, tmp_path: Path) -> None:
    """The manifest names the configuration by its digest, the tag, and layers whose digests the
    configuration has."""
    digest = write_layer(folder, "/", tmp_path / "layer.tar")
    image = Image(user="1:2", entrypoint=("/program",), env=(("A", "b"),))
    write_archive(tmp_path / "image.tar", image, "name:tag", [(digest, tmp_path / "layer.tar")])
    with tarfile.open(tmp_path / "image.tar") as archive:
        content = {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]
    [manifest] = json.loads(content["manifest.json"])
    configuration = content[manifest["Config"]]
    assert manifest["Config"] == f"{hashlib.sha256(configuration).hexdigest()}.json"
    assert manifest["RepoTags"] == ["name:tag"]
    told = json.loads(configuration)
    assert (told["config"]["User"], told["config"]["Env"]) == ("1:2", ["A=b"])
    assert told["rootfs"]["diff_ids"] == [digest]
    [layer] = manifest["Layers"]
    assert f"sha256:{hashlib.sha256(content[layer]).hexdigest()}" == digest
