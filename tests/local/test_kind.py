"""The images of `make kind`, with a stand-in for the container engine that builds nothing."""

from pathlib import Path

import pytest
import yaml

from flink_local.failures import LocalFailure
from flink_local.kind.images import BUILD, DOCKERFILE, TARGETS, build_images, find_engine
from flink_local.manifests import REPOSITORY

ENGINE = """#!/bin/sh
echo "$@" >> {calls}
for argument; do last=$argument; done
case "$1:$2" in
  save:--output=*) archive=${{2#--output=}}; [ ! -e "$archive" ] || exit 1; echo "$last" > "$archive" ;;
  info:*) {info} ;;
esac
"""
"""Saves an image as its name, and like Podman into no archive that is there already."""


def put_engine(directory: Path, monkeypatch: pytest.MonkeyPatch, name: str, info: str = "") -> Path:
    """Have no engine on the PATH but this one; gives the file that it notes its calls in."""
    calls, program = directory / "calls", directory / "bin" / name
    program.parent.mkdir()
    program.write_text(ENGINE.format(calls=calls, info=info))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    return calls


@pytest.mark.parametrize("name", BUILD)
def test_images_are_those_that_the_trial_asks_for(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under their full names, each from its stage of the Dockerfile, as often as it is asked
    for."""
    calls = put_engine(tmp_path, monkeypatch, name)
    build_images(find_engine(), tmp_path / "images")
    archives = build_images(find_engine(), tmp_path / "images")

    trial = yaml.safe_load((REPOSITORY / "deploy/overlays/trial/kustomization.yaml").read_text())
    wanted = {f"docker.io/library/{image['name']}:{image['newTag']}" for image in trial["images"]}
    assert {archive.read_text().strip() for archive in archives} == wanted
    built = [call for call in calls.read_text().splitlines() if "build " in call]
    assert len(built) == 2 * len(wanted)
    for target in TARGETS:
        assert f" AS {target}\n" in DOCKERFILE.read_text()
        assert (
            len([call for call in built if f"--file={DOCKERFILE} --target={target} " in call]) == 2
        )


def test_without_an_engine_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is built."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalFailure, match="neither docker nor podman"):
        find_engine()


def test_an_engine_that_does_not_answer_is_told_with_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may not run, or not be this user's."""
    put_engine(tmp_path, monkeypatch, "docker", info="echo permission denied >&2; exit 1")
    with pytest.raises(LocalFailure, match=r"does not answer(.|\n)*permission denied"):
        find_engine()
