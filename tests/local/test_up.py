"""`make up` and `make down` on a directory of the test's own, and where they and other verbs keep
their things."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml
from rich.console import Console

from flink_local.kind import cluster
from flink_local.manifests import REPOSITORY
from flink_local.processes import still_running
from flink_local.up import DIRECTORY, down, up
from tests.docs.pages import checkout

NEEDED: Final = {"etcd", "kube-apiserver", "emulator", "operator"}
LOCAL: Final = REPOSITORY / ".local"
MAKE: Final = shutil.which("make") or "make"


def test_each_verb_keeps_its_things_in_a_folder_of_its_own() -> None:
    """So none deletes what another has made: each clears no more than its folder."""
    site = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text())["site_dir"]
    assert (DIRECTORY, cluster.DIRECTORY, REPOSITORY / site) == (
        LOCAL / "up",
        LOCAL / "kind",
        LOCAL / "site",
    )
    recipes = re.findall(
        r"^([a-z-]+):.*\n((?:\t.*\n)*)", (REPOSITORY / "Makefile").read_text(), re.MULTILINE
    )
    written = {verb: set(re.findall(r"\.local/([\w.-]+)", recipe)) for verb, recipe in recipes}
    assert {verb: places for verb, places in written.items() if places} == {
        verb: {verb} for verb in ("proof", "sbom", "kubectl-flink")
    }


def test_down_takes_away_only_what_up_has_made(tmp_path: Path) -> None:
    """The images took a minute to make, and a file of the user's own may be a backup."""
    local = checkout(tmp_path) / ".local"
    kept = [
        local / path
        for path in ("image/runtime/file", "site/index.html", "kind/kubeconfig", "workspaces.yaml")
    ]
    for file in [*kept, local / "up" / "kubeconfig"]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    subprocess.run([MAKE, "down"], cwd=local.parent, check=True, capture_output=True)
    assert [file for file in kept if not file.exists()] == []
    assert [file.name for file in (local / "up").iterdir()] == ["lock"]


def test_up_is_repeatable_and_down_is_complete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second `up` changes nothing; after a crash of the operator it starts only that; `down`
    leaves nothing."""
    console = Console(force_terminal=False)
    directory = tmp_path / ".local" / "up"
    try:
        up(console, directory)
        first = still_running(directory)
        kubectl = subprocess.run(
            [directory / "kubectl", "get", "flinkworkspaces"],
            capture_output=True,
            text=True,
            check=True,
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
