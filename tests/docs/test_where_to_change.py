"""The files that a change takes, as the page for newcomers lists them, are those that it really
takes.

Counted by what is there already: a prerequisite and an action, wherever the code names them.
"""

import re
from pathlib import Path
from typing import Final

import pytest

import flink_workspace_operator
from flink_local.manifests import REPOSITORY

PRODUCT: Final = Path(flink_workspace_operator.__file__).parent
PAGE: Final = REPOSITORY / "docs/architecture.md"
NETWORK: Final = (
    r"\b(SeenNetwork|Networks|describe_network|judge_network|NetworkReady|ZonesDiffer)\b"
)
CREATE: Final = r"\"Create\"|\b(actions\.create|CreateInstance|CREATE_INSTANCE|purchase_parameters|CreatedInstance)\b"


def listed(change: str) -> set[str]:
    """The modules of the product that the row of a change names."""
    row = next(line for line in PAGE.read_text().splitlines() if line.startswith(f"| {change} |"))
    return {path for path in re.findall(r"`([a-z_/]+\.py)`", row) if not path.startswith("tests/")}


def naming(words: str) -> set[str]:
    """The modules of the product in which one of the words stands."""
    modules = PRODUCT.rglob("*.py")
    return {
        str(path.relative_to(PRODUCT)) for path in modules if re.search(words, path.read_text())
    }


@pytest.mark.parametrize(
    ("change", "example", "most"),
    [("check another prerequisite", NETWORK, 12), ("pay for something else", CREATE, 8)],
)
def test_the_page_lists_every_file_that_a_change_takes(
    change: str, example: str, most: int
) -> None:
    """No file is missing in the row, none is in vain, and there are not more than it took so
    far."""
    assert listed(change) == naming(example)
    assert len(listed(change)) <= most
