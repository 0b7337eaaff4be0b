"""What a machine is told that can't be a node, and what a container engine does where root lacks a
right."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from flink_local.failures import LocalFailure
from tests.lab.kind.runtime import RIGHT, write_runtime
from tests.lab.node import machine


def test_without_root_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is installed or built."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LocalFailure, match=r"needs Linux and root.*make kind"):
        machine.prepare_machine()


def test_another_kind_of_cgroups_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Version 2 has one hierarchy."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "CGROUPS", tmp_path)
    with pytest.raises(LocalFailure, match=r"not of version 1.*make kind"):
        machine.prepare_machine()


def test_without_apt_it_names_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For whoever installs them by other means."""
    (tmp_path / "memory").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine, "CGROUPS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalFailure, match=r"needs .*a-package"):
        machine.prepare_machine({"there-is-no-such-program": "a-package"})


@pytest.mark.parametrize(
    ("option", "name"), [("--bundle", "config.json"), ("--process", "process.json")]
)
def test_the_right_is_taken_out_and_the_rest_stays(tmp_path: Path, option: str, name: str) -> None:
    """Of a container's description and of a further process's; then runc is called with what
    came."""
    process = {"capabilities": {"bounding": ["CAP_KILL", RIGHT]}, "args": ["sh"]}
    file = tmp_path / name
    file.write_text(json.dumps({"process": process} if name == "config.json" else process))
    told = tmp_path if name == "config.json" else file
    runtime = write_runtime(tmp_path)
    runtime.write_text(runtime.read_text().replace("/usr/sbin/runc", "/bin/echo"))
    said = subprocess.run(
        [runtime, "create", option, told, "id"], capture_output=True, text=True, check=True
    ).stdout
    assert said == f"create {option} {told} id\n"
    changed = json.loads(file.read_text())
    assert changed.get("process", changed) == {
        "capabilities": {"bounding": ["CAP_KILL"]},
        "args": ["sh"],
    }
