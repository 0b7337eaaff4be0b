"""What is not known about the real cloud: the page, the list and the code name the same
questions."""

import re
from pathlib import Path
from typing import Final

from flink_local.manifests import REPOSITORY
from flink_workspace_operator.adapters.alibaba.probes import PROBES
from flink_workspace_operator.open_questions import COSTS, QUESTIONS

CODE: Final = REPOSITORY / "operator" / "flink_workspace_operator"
NAMED: Final = re.compile(
    r"[Oo]pen\s+(?:#\s+)?questions?:\s+(?:#\s+)?([A-Z][A-Za-z]+(?:,\s+(?:#\s+)?[A-Z][A-Za-z]+)*)"
)
ELSEWHERE: Final = {"RenewalCodes"}
"""Asked for what is to come: no code rests on it yet."""


def named() -> dict[str, set[Path]]:
    """The questions that comments of the code name, and where."""
    found: dict[str, set[Path]] = {}
    for path in CODE.rglob("*.py"):
        for keys in NAMED.findall(path.read_text()):
            for key in re.split(r",\s+(?:#\s+)?", keys):
                found.setdefault(key, set()).add(path.relative_to(CODE))
    return found


def test_every_assumption_names_its_question() -> None:
    """And every question that anything rests on is named where it does."""
    keys = {each.key for each in QUESTIONS}
    assert set(named()) == keys - ELSEWHERE


def test_settings_codes_and_shapes_name_theirs() -> None:
    """The three places that know most about the cloud."""
    places = {str(path) for paths in named().values() for path in paths}
    assert places >= {"settings.py", "adapters/alibaba/errors.py", "adapters/alibaba/wire.py"}


def test_what_is_free_is_what_the_command_asks() -> None:
    """In the same order; the cheapest come first."""
    assert [each.key for each in PROBES] == [each.key for each in QUESTIONS if each.cost == "Free"]
    assert sorted(QUESTIONS, key=lambda each: list(COSTS).index(each.cost)) == list(QUESTIONS)


def test_the_page_has_the_questions() -> None:
    """A table for each price, in the order of the list."""
    page = (REPOSITORY / "docs" / "real-account.md").read_text()
    rows = [f"| {each.key} | {each.asked} | {each.meanwhile} |" for each in QUESTIONS]
    told = [line for line in page.splitlines() if line in rows]
    assert told == rows
    assert [cost for cost in COSTS.values() if f"**For {cost}**" not in page] == []
