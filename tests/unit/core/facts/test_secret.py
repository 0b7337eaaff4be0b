"""A Secret that can't be used says which of its keys are wrong, by their names and never by their
values."""

import pytest

from flink_workspace_operator.core.facts.key_failures import SecretIncomplete
from flink_workspace_operator.core.facts.secret import NAMES_SHOWN, lacking

NEEDED = ("accessKeyId", "accessKeySecret")


@pytest.mark.parametrize(
    ("present", "said"),
    [
        (("accessKeyId", "accessKeySecret"), ""),
        (("accessKeyid", "accessKeySecret"), "it has accessKeyid, did you mean accessKeyId?"),
        (("access-key-id", "accessKeySecret"), "it has access-key-id, did you mean accessKeyId?"),
        (("accessKeyId", "password"), "it has accessKeyId, password, and no accessKeySecret"),
        (("accessKeyId",), "it has accessKeyId, and no accessKeySecret"),
        ((), "it has nothing, and no accessKeyId; it has nothing, and no accessKeySecret"),
    ],
)
def test_a_misspelt_key_is_named(present: tuple[str, ...], said: str) -> None:
    """With the one that may be meant, or with all that are there."""
    assert lacking(NEEDED, present, ()) == said


def test_what_can_be_no_part_of_a_key_is_named() -> None:
    """It is there, and can't be in a header of HTTP."""
    said = lacking(NEEDED, NEEDED, ("accessKeyId",))
    assert said == "accessKeyId is empty, or not a single line of plain text"


def test_names_do_not_flood_a_message() -> None:
    """A Secret may have hundreds of keys, with names of 253 characters."""
    said = lacking(NEEDED, [f"{number:03}{'x' * 250}" for number in range(100)], ())
    assert said.count("xxx, ") <= 2 * NAMES_SHOWN
    assert len(said) < 600


def test_the_failure_says_it() -> None:
    """Before the advice."""
    assert "lacks a key (it has x, and no y)" in str(SecretIncomplete("mine", "it has x, and no y"))
