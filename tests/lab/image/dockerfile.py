"""What a Dockerfile says of its images: layers, and the configuration that they run with. As far as
ours goes."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flink_local.failures import LocalFailure

EMPTY: Final = "scratch"


@dataclass(frozen=True)
class Layer:
    """A folder of the stage that builds, and where it goes in the image."""

    source: str
    target: str


@dataclass(frozen=True)
class Image:
    """What a stage describes."""

    layers: tuple[Layer, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    workdir: str = "/"
    user: str = ""
    ports: tuple[int, ...] = ()
    entrypoint: tuple[str, ...] = ()


def read_images(path: Path, builder: str) -> dict[str, Image]:
    """All stages but the one named `builder`, by name.

    Raises LocalFailure for anything that can't be told without carrying the Dockerfile out.
    """
    images: dict[str, Image] = {EMPTY: Image()}
    current = ""
    for instruction, words in _instructions(path.read_text()):
        if instruction == "FROM":
            base, _, current = words.partition(" AS ")
            if current != builder:
                images[current] = images.get(base) or _refuse(
                    path, f"FROM {base}: not a stage further up"
                )
        elif current != builder:
            images[current] = _carry_out(path, images[current], instruction, words, builder)
    del images[EMPTY]
    return images


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line:
            instruction, _, words = line.partition(" ")
            yield instruction, words.strip()


def _carry_out(path: Path, image: Image, instruction: str, words: str, builder: str) -> Image:
    match instruction:
        case "COPY" if words.startswith(f"--from={builder} "):
            _, source, target = words.split()
            return replace(image, layers=(*image.layers, Layer(source, target)))
        case "ENV":
            pairs = [word.partition("=") for word in shlex.split(words)]
            return replace(image, env=(*image.env, *((name, value) for name, _, value in pairs)))
        case "WORKDIR":
            return replace(image, workdir=words)
        case "USER":
            return replace(image, user=words)
        case "EXPOSE":
            return replace(image, ports=(*image.ports, int(words)))
        case "ENTRYPOINT":
            return replace(image, entrypoint=tuple(json.loads(words)))
        case _:
            return _refuse(path, f"{instruction} {words}: cannot be carried out without an engine")


def _refuse(path: Path, what: str) -> Image:
    raise LocalFailure(f"{path.name}: {what}")
