"""What the bill of materials of an image lists."""

from pathlib import Path

import pytest

from deploy.image.sbom import VERSION, describe
from flink_local.failures import LocalFailure
from flink_local.manifests import REPOSITORY

LIBRARY = "usr/local/lib/python3.12"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A file system with one package of Python and one of Debian."""
    known = tmp_path / LIBRARY / "site-packages" / "something-1.2.dist-info"
    known.mkdir(parents=True)
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: something\nVersion: 1.2\n")
    interpreter = tmp_path / "usr" / "local" / "share" / "python"
    interpreter.mkdir(parents=True)
    (interpreter / "version").write_text("3.12.13\n")
    records = tmp_path / "var" / "lib" / "dpkg" / "status.d"
    records.mkdir(parents=True)
    (records / "libssl3").write_text(
        "Package: libssl3\nArchitecture: arm64\nVersion: 3.0.19-1\nDescription: TLS\n"
    )
    return tmp_path


def test_it_lists_packages_interpreter_and_libraries(root: Path) -> None:
    """What is in the file system, whatever machine it is for, and nothing of this one."""
    told = describe(root)
    listed = {each["name"]: each["version"] for each in told["components"]}
    assert listed == {"something": "1.2", "cpython": "3.12.13", "libssl3": "3.0.19-1"}
    assert told["metadata"]["component"]["name"] == "flink-workspace-operator"
    [interpreter] = [each for each in told["components"] if each["name"] == "cpython"]
    assert interpreter["purl"] == "pkg:generic/python@3.12.13"
    assert interpreter["cpe"] == "cpe:2.3:a:python:python:3.12.13:*:*:*:*:*:*:*"
    [package] = [each for each in told["components"] if each["name"] == "libssl3"]
    assert package["purl"] == "pkg:deb/debian/libssl3@3.0.19-1?arch=arm64"


def test_the_exact_version_of_python_must_be_known(root: Path) -> None:
    """Without its last digit nobody can say which weaknesses it has; the image's own build records
    it."""
    recorded = root / VERSION
    assert recorded.exists()
    assert f'"{VERSION}"' in (REPOSITORY / "deploy/image/assemble.py").read_text()
    recorded.unlink()
    with pytest.raises(
        LocalFailure, match=f"does not say which Python is in it: {VERSION} is missing"
    ):
        describe(root)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    """An empty list would look as if nothing were in the image."""
    with pytest.raises(LocalFailure, match="no packages of Python"):
        describe(tmp_path)
