"""The lab is for those who look for it."""

import re
from typing import Final

from flink_local.manifests import REPOSITORY
from tests.lab.image.build import DIRECTORY

LAB: Final = REPOSITORY / "tests" / "lab"
IMPORTED: Final = re.compile(r"^\s*(?:from|import) tests\.lab\b", re.MULTILINE)


def test_nothing_outside_needs_it() -> None:
    """Neither what is shipped, nor what runs it on this machine, nor another test."""
    folders = [REPOSITORY / name for name in ("operator", "deploy", "docs", "tests")]
    needing = [
        path
        for folder in folders
        for path in folder.rglob("*.py")
        if IMPORTED.search(path.read_text())
    ]
    assert needing != []
    assert [path for path in needing if not path.is_relative_to(LAB)] == []


def test_its_images_are_in_a_folder_of_their_own() -> None:
    """None of the other verbs keeps anything there: `tests/local/test_up.py`."""
    assert DIRECTORY == REPOSITORY / ".local" / "image"
