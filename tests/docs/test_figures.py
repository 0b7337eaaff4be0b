"""Times and figures on the pages: each is a default of a setting, or was printed by a command that
a reader can run."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from flink_local.manifests import REPOSITORY
from flink_workspace_operator.settings import Settings
from tests.docs.pages import DOCS, pages

FIGURE: Final = re.compile(
    r"(?<![\w.])\d[\d,.]* ?(?:ms|s|seconds?|min|minutes?|hours?|h|MiB|MB|KB|GB)\b|\b\d{1,3}(?:,\d{3})+\b"
)
SOURCE: Final = re.compile(
    r"^\$ |`make |`kubectl |FLINK_OPERATOR_|`…|`tests/|(?:promise|sizing)\.md\b", re.MULTILINE
)
"""A command, a setting, a test, or a link to the page that has one: where a reader can look a
figure up."""
PAGES: Final = (
    *(DOCS / page for page in pages()),
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
)
CODE: Final = re.compile(r"```.*?```|<!--.*?-->|`\d+h`", re.DOTALL)
"""What is no figure: listings, comments, and a duration as somebody writes it into a field."""

WAIT: Final = re.compile(r"\b(\d+) minutes\b")
CREATION: Final = {5, 10}
"""Minutes that a real cloud takes to create a workspace, by its own pages."""


def sections(page: Path) -> Iterator[str]:
    """From heading to heading."""
    text = re.sub(
        r"^```.*?^```",
        lambda block: block[0].replace("\n#", "\n"),
        page.read_text(),
        flags=re.M | re.S,
    )
    yield from re.split(r"^(?=#)", text, flags=re.MULTILINE)


def minutes_of_settings() -> set[int]:
    """The waits that follow from the defaults, in whole minutes."""
    settings = Settings()
    assert settings.date_tolerance is not None
    signed = timedelta(seconds=settings.signature_validity_seconds)
    seen = timedelta(seconds=settings.longest_visibility_seconds)
    after_a_refusal = settings.copy_window + settings.longest_call
    waits = {
        *(signed, seen, settings.longest_call, settings.date_tolerance, settings.resync),
        *(
            settings.copy_window,
            after_a_refusal,
            signed + settings.copy_window,
            settings.spare_window,
        ),
        *(settings.settle_window, settings.settle_window + signed),
        timedelta(seconds=settings.refusal_backoff_seconds),
        timedelta(seconds=settings.prerequisite_grace_seconds),
    }
    return {int(wait / timedelta(minutes=1)) for wait in waits}


KNOWN: Final = minutes_of_settings() | CREATION


def unfounded(section: str) -> list[str]:
    """The figures of a section that are no default, if it has nothing to look them up by."""
    found = [] if SOURCE.search(section) else FIGURE.findall(CODE.sub("", section))
    return [
        figure
        for figure in found
        if not (wait := WAIT.fullmatch(figure)) or int(wait[1]) not in KNOWN
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_figures_can_be_looked_up(page: Path) -> None:
    """In their section: what printed them, or which setting they are."""
    assert [found for section in sections(page) for found in unfounded(section)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_waits_are_those_of_the_defaults(page: Path) -> None:
    """Unless the same sentence says what printed them: another default changes the pages too."""
    sentences = re.split(r"(?<=[.:])\s|\n", CODE.sub("", page.read_text()))
    waits = [
        (int(found), each)
        for each in sentences
        if not SOURCE.search(each)
        for found in WAIT.findall(each)
    ]
    assert [(found, each) for found, each in waits if found not in KNOWN] == []


@pytest.mark.parametrize(
    ("section", "found"),
    [
        ("It took 3 ms, and 1,000 runs.", ["3 ms", "1,000"]),
        ("It took 3 ms: `make bench` prints it.", []),
        ("It waits 31 minutes, or 33 minutes.", ["33 minutes"]),
        ("It waits 33 minutes (`FLINK_OPERATOR_NONCE_MEMORY_SECONDS`).", []),
        ("Five of version 1.2 and 2 replicas.", []),
    ],
)
def test_a_figure_without_a_source_is_found(section: str, found: list[str]) -> None:
    """And no other number is one."""
    assert unfounded(section) == found
