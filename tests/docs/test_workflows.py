"""`.ci/run` and the workflows do what a person does. `make check` looks at the workflows' form and
for what could be misused in them."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from flink_local.go_program import cache_directory
from flink_local.manifests import REPOSITORY
from flink_workspace_operator import __version__

CI: Final = REPOSITORY / ".ci" / "run"
ONLY_THERE: Final = {"make node image": [], "make e2e-node": ["make kind"]}
"""What the lab does there, and what stands in its place where there is an engine."""
MAKE: Final = """#!/bin/sh
echo "$@"
[ "$1" != "$FAILING" ]
"""
BASH: Final = shutil.which("bash") or "bash"
CHART: Final = "deploy/helm/flink-workspace-operator"
WORKFLOWS: Final = REPOSITORY / ".github" / "workflows"


def jobs(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((WORKFLOWS / name).read_text())["jobs"]
    return found


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_workflows_run_the_verbs_of_ci_run(name: str) -> None:
    """In the same words and the same order; only the real cluster is another one where there is an
    engine."""
    verbs = [
        verb.rstrip()
        for verb in re.findall(r"^(?:part )?(make [^#\n]*)", CI.read_text(), re.MULTILINE)
    ]
    assert set(ONLY_THERE) < set(verbs)
    there = [each for verb in verbs for each in ONLY_THERE.get(verb, [verb])]
    steps = [step["run"] for step in jobs(name)["verbs"]["steps"] if "run" in step]
    assert [run for run in steps if not run.startswith("grep ")] == there


def run_ci(directory: Path, failing: str = "") -> subprocess.CompletedProcess[str]:
    """With a stand-in for make that says what it is asked for, and fails for one verb."""
    (directory / "make").write_text(MAKE)
    (directory / "make").chmod(0o755)
    environment = {**os.environ, "PATH": f"{directory}:{os.environ['PATH']}", "FAILING": failing}
    return subprocess.run([CI], env=environment, capture_output=True, text=True, check=False)


def test_ci_run_tells_how_long_each_part_took(tmp_path: Path) -> None:
    """Right after it, and of all before the last one, whose own last line ends the output."""
    done = run_ci(tmp_path)
    assert done.returncode == 0
    told = re.sub(r"took \d+ min \d+ s", "took", done.stdout).splitlines()
    *parts, summed, last = told
    assert parts == [line for verb in parts[::2] for line in (verb, f"took: make {verb}")]
    assert (summed, last) == ("took: all but the last part", "e2e-node")


def test_ci_run_stops_at_the_first_failure(tmp_path: Path) -> None:
    """And nothing is told of a part that did not end well."""
    done = run_ci(tmp_path, failing="test")
    assert done.returncode != 0
    assert done.stdout.splitlines()[-1] == "test"


def test_ci_keeps_what_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is the folder that the verbs use."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/somebody")
    (cache,) = [
        step
        for step in jobs("ci.yml")["verbs"]["steps"]
        if "actions/cache@" in step.get("uses", "")
    ]
    kept = [path.replace("~", "/home/somebody") for path in cache["with"]["path"].split()]
    assert str(cache_directory()) in kept


def test_only_jobs_that_need_it_may_write() -> None:
    """The release itself, and the workflow's own name for signatures."""
    rights = {name: job["permissions"] for name, job in jobs("release.yml").items()}
    written = {
        name: {right for right, kind in given.items() if kind == "write"}
        for name, given in rights.items()
    }
    assert written == {
        "verbs": set(),
        "image": {"id-token", "attestations"},
        "release": {"contents", "id-token"},
    }
    assert jobs("ci.yml")["verbs"]["permissions"] == {"contents": "read"}


def test_what_pushes_and_signs_waits_for_a_person() -> None:
    """Every job that knows the registry's password, or signs in the workflow's name, is of the
    environment with reviewers."""
    text = {name: yaml.safe_dump(job) for name, job in jobs("release.yml").items()}
    trusted = {name for name, job in text.items() if "secrets." in job or "id-token: write" in job}
    assert trusted == {
        name for name, job in jobs("release.yml").items() if job.get("environment") == "release"
    }
    assert trusted == {"image", "release"}


def test_images_that_a_release_runs_are_pinned_by_digest() -> None:
    """The emulator of the other architecture, the builder, and what the image is made from. And
    every image of the index is signed, for a node pulls that of its own architecture."""
    steps = {
        step["uses"].partition("@")[0]: step
        for step in jobs("release.yml")["image"]["steps"]
        if "uses" in step
    }
    named = [
        steps["docker/setup-qemu-action"]["with"]["image"],
        steps["docker/setup-buildx-action"]["with"]["driver-opts"].removeprefix("image="),
        *re.findall(
            r"^FROM (\S+:\S+)", (REPOSITORY / "deploy/image/Dockerfile").read_text(), re.MULTILINE
        ),
    ]
    assert len(named) == 3
    assert [
        each for each in named if not re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", each)
    ] == []
    assert (
        'cosign sign --yes --recursive "$IMAGE@$DIGEST"' in (WORKFLOWS / "release.yml").read_text()
    )


def test_what_is_released_exists() -> None:
    """Every file that the release names, the stage of the image, the value of the chart, the
    container's image."""
    text = (WORKFLOWS / "release.yml").read_text()
    named = set(re.findall(r"(?<![\w/])deploy/[\w./-]+", text))
    assert {path for path in named if not (REPOSITORY / path).exists()} == set()
    assert named == {
        "deploy/image/Dockerfile",
        CHART,
        f"{CHART}/values.yaml",
        "deploy/install.yaml",
    }
    assert "AS operator\n" in (REPOSITORY / "deploy/image/Dockerfile").read_text()
    assert {"repository", "digest"} <= set(
        yaml.safe_load((REPOSITORY / CHART / "values.yaml").read_text())["image"]
    )
    manifests = yaml.safe_load_all((REPOSITORY / "deploy/install.yaml").read_text())
    (deployment,) = [each for each in manifests if each["kind"] == "Deployment"]
    assert len(deployment["spec"]["template"]["spec"]["containers"]) == 1


def test_one_version_stands_everywhere() -> None:
    """The release compares its tag with the first of these only."""
    chart, overlay = (
        yaml.safe_load((REPOSITORY / path).read_text())
        for path in (f"{CHART}/Chart.yaml", "deploy/overlays/production/kustomization.yaml")
    )
    told = {
        "pyproject.toml": tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"][
            "version"
        ],
        "__init__.py": __version__,
        "the chart": chart["version"],
        "the chart's image": chart["appVersion"],
        "the overlay": overlay["images"][0]["newTag"],
    }
    for path in ("deploy/install.yaml", "docs/install.md"):
        [told[path]] = set(
            re.findall(r"flink-workspace-operator:(\d[\w.-]*)", (REPOSITORY / path).read_text())
        )
    assert len(set(told.values())) == 1, told


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_scripts_of_steps_can_be_read(name: str) -> None:
    """By the shell that runs them there."""
    for step in [step for job in jobs(name).values() for step in job["steps"] if "run" in step]:
        read = subprocess.run(
            [BASH, "-n"], input=step["run"], text=True, capture_output=True, check=False
        )
        assert read.returncode == 0, f"{step['run']}\n{read.stderr}"
