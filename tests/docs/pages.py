"""The commands of the pages, with what they are said to print, and why some are not run."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flink_local.manifests import REPOSITORY

DOCS: Final = REPOSITORY / "docs"
BLOCK: Final = re.compile(
    r"^(?P<indent> *)(?:<!-- not run: (?P<reason>[^\n]+) -->\n *)?```console\n(?P<text>.*?)\n *```$",
    re.MULTILINE | re.DOTALL,
)

WHOLE_PAGE: Final = re.compile(
    r"^<!-- commands of this page are not run: (?P<reason>.+) -->$", re.MULTILINE
)
DIFFERS: Final = re.compile(
    r"^(\d+[dhms])+$"  # an age
    r"|^\d\d:\d\d$"  # a time of day
    r"|\d{4}-\d\d-\d\dT[\d:]+Z"
    r"|(?<![0-9A-Za-z])(?=[0-9a-f]*\d)[0-9a-f-]{8,}(?![0-9A-Za-z])"  # an id
)


@dataclass(frozen=True)
class Command:
    """One line after `$ `, and what stands below it."""

    page: str
    line: str
    shown: tuple[str, ...]
    not_run: str | None
    """Why."""

    def __str__(self) -> str:
        return f"docs/{self.page}: $ {self.line}"


def pages() -> list[str]:
    """All of them, by their path below docs/."""
    return sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


def commands(page: str) -> list[Command]:
    """Those of a page, in its order. Raises ValueError for a block that shows none."""
    found: list[Command] = []
    text = (DOCS / page).read_text()
    whole_page = WHOLE_PAGE.search(text)
    for block in BLOCK.finditer(text):
        lines = textwrap.dedent(block["indent"] + block["text"].lstrip(" ")).splitlines()
        if not lines[0].startswith("$ "):
            raise ValueError(
                f"docs/{page}: a console block begins with `$ `, not with {lines[0]!r}"
            )
        lines = "\n".join(lines).replace("\\\n", "").splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            reason = whole_page["reason"] if whole_page else block["reason"]
            command = lines[start].removeprefix("$ ").partition("    # ")[0]
            found.append(Command(page, command, tuple(lines[start + 1 : end]), reason))
    return found


def shape(line: str) -> str:
    """A line without what differs from run to run: times, ages, ids, and the width of columns."""
    return " ".join(DIFFERS.sub("#", word) for word in line.split())


def differs(shown: tuple[str, ...], printed: str) -> bool:
    """Whether a command printed other lines than a page shows. Where it shows none, anything is
    right."""
    lines = [shape(line) for line in printed.splitlines() if line.strip()]
    return bool(shown) and [shape(line) for line in shown if line.strip()] != lines


def checkout(directory: Path) -> Path:
    """A checkout of the test's own: the same files, and nothing running in it."""
    for path in REPOSITORY.iterdir():
        if path.name not in (".local", ".git"):
            (directory / path.name).symlink_to(path)
    return directory
