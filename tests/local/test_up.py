"""`make up` and `make down` on a directory of the test's own."""

import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from flink_local.processes import still_running
from flink_local.up import down, up

NEEDED = {"etcd", "kube-apiserver", "emulator", "operator"}


def test_up_is_repeatable_and_down_is_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second `up` changes nothing; after a crash of the operator it starts only that; `down` leaves nothing."""
    console = Console(force_terminal=False)
    directory = tmp_path / ".local"
    try:
        up(console, directory)
        first = still_running(directory)
        kubectl = subprocess.run(
            [directory / "kubectl", "get", "flinkworkspaces"], capture_output=True, text=True, check=True
        )
        up(console, directory)
        again = still_running(directory)
        again["operator"].kill()
        again["operator"].wait()
        up(console, directory)
        restarted = still_running(directory)
    finally:
        down(console, directory)
    down(console, directory)

    assert set(first) >= NEEDED
    assert "No resources found" in kubectl.stderr
    assert again == first
    assert {name for name in first if restarted[name] != first[name]} == {"operator"}
    assert still_running(directory) == {}
    assert {path.suffix for path in directory.iterdir() if path.name != "lock"} == {".log"}
    said = capsys.readouterr().out
    assert "already up" in said
    assert "The operator had ended" in said
    assert said.endswith("Nothing was running.\n")
