"""The wheel, and what is pinned for the file that `make kubectl-flink` makes."""

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from flink_local.manifests import REPOSITORY
from flink_workspace_operator import __version__ as of_the_operator
from kubectl_flink import __version__

SOURCE: Final = REPOSITORY / "operator/kubectl_flink"
PROJECT: Final = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]
NOTHING: Final = '{"metadata": {}, "items": []}'
UV: Final = shutil.which("uv", path=Path(sys.executable).parent) or "uv"


def test_the_wheel_has_every_module_and_both_commands(tmp_path: Path) -> None:
    """And nothing else. kubectl finds them by their names."""
    subprocess.run(
        [UV, "build", "--quiet", "--offline", "--wheel", "--no-build-isolation", "--python", sys.executable,
         "--out-dir", tmp_path, SOURCE],
        check=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        commands = archive.read(
            next(name for name in names if name.endswith("entry_points.txt"))
        ).decode()
    modules = {f"kubectl_flink/{path.name}" for path in SOURCE.glob("*.py")}
    assert {name for name in names if ".dist-info/" not in name} == modules
    assert "kubectl-flink = " in commands
    assert "kubectl_complete-flink = " in commands


def test_one_version_with_the_operator() -> None:
    """They are released together."""
    assert PROJECT["version"] == __version__ == of_the_operator


def test_what_is_pinned_is_what_the_wheel_may_use() -> None:
    """By its name and version, with hashes, for the file that has all in it."""
    pinned = dict(
        line.removesuffix(" \\").partition(";")[0].strip().split("==")
        for line in (SOURCE / "requirements.txt").read_text().splitlines()
        if "==" in line
    )
    for text in PROJECT["dependencies"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[wanted.name]), text


def test_neither_the_cloud_nor_the_operator_is_needed() -> None:
    """Nothing of an SDK, of kopf or of the operator is imported, whatever is typed."""
    script = "import sys, pkgutil, importlib, kubectl_flink as k\n" + (
        "for m in pkgutil.iter_modules(k.__path__):\n"
        "    m.name == '__main__' or importlib.import_module('kubectl_flink.' + m.name)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=SOURCE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "kubectl_flink" in loaded
    assert not {
        name
        for name in loaded
        if name.startswith(("alibabacloud", "kopf", "kubernetes", "flink_", "pydantic"))
    }


def test_it_starts_without_what_it_does_not_need(tmp_path: Path) -> None:
    """Half of the time until it answers would be imports: what draws is loaded only where something
    is drawn."""
    program = tmp_path / "kubectl"
    program.write_text(f"#!/bin/sh\necho '{NOTHING}'\n")
    program.chmod(0o755)
    script = "import sys\nfrom kubectl_flink.cli import run\nrun(sys.argv[1:])\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script, "status", "--all-namespaces", "--output=json"],
        cwd=SOURCE.parent, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert {"cyclopts", "kubectl_flink"} < loaded
    assert loaded & {"rich", "yaml", "pydantic", "asyncio"} == set()
