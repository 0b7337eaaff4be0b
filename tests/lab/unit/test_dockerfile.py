"""What is built without an engine is what deploy/image/Dockerfile says."""

from pathlib import Path

import pytest

from flink_local.failures import LocalFailure
from flink_local.kind.images import DOCKERFILE, TARGETS
from tests.lab.image.archive import configuration_of
from tests.lab.image.build import BUILDER
from tests.lab.image.dockerfile import Image, Layer, read_images

TEXT = DOCKERFILE.read_text()


@pytest.fixture(scope="module")
def images() -> dict[str, Image]:
    """All stages that become images."""
    return read_images(DOCKERFILE, BUILDER)


def test_both_programs_are_there(images: dict[str, Image]) -> None:
    """Each image is the shared layer and one with its program."""
    layers = {name: images[name].layers for name in TARGETS}
    shared = Layer("/image/runtime", "/")
    assert layers == {name: (shared, Layer(f"/image/{name}", "/app")) for name in TARGETS}


def test_configuration_is_the_dockerfiles(images: dict[str, Image]) -> None:
    """Entry point, user, environment and working directory, as the OCI writes them."""
    run = configuration_of(images["operator"], [])["config"]
    assert run["Entrypoint"] == ["/usr/local/bin/python3", "-m", "flink_workspace_operator"]
    assert run["User"] == "65532:65532"
    assert run["WorkingDir"] == "/app"
    assert run["ExposedPorts"] == {"8080/tcp": {}}
    said = {
        line.strip(" \\").removeprefix("ENV ")
        for line in TEXT.splitlines()
        if line.startswith(("ENV ", "    "))
    }
    assert set(run["Env"]) == said
    assert "USER=operator" in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("FROM scratch AS a\nRUN true", "RUN true"),
        ("FROM scratch AS a\nCOPY x /", "COPY x /"),
        ("FROM elsewhere AS a", "FROM elsewhere"),
    ],
)
def test_what_needs_an_engine_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    """An instruction that can't be carried out here is not left out in silence."""
    file = tmp_path / "Dockerfile"
    file.write_text(text)
    with pytest.raises(LocalFailure, match=problem):
        read_images(file, BUILDER)
