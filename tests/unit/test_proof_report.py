"""The summary of the proofs claims nothing that the run has not shown."""

from typing import Literal

import pytest

from tests.proof_report import Recorded
from tests.proofs import PROOFS, details, figures, sentence

CLAIM = "tests/mutants/test_mutants.py::test_a_safeguard_is_missed[claim]"


def ended(
    test: str, outcome: Literal["passed", "failed"], *recorded: tuple[str, object]
) -> pytest.TestReport:
    """A test that ended."""
    return pytest.TestReport(
        test, ("", None, ""), {}, outcome, None, "call", user_properties=recorded
    )


def test_what_passed_is_added_up() -> None:
    """One line for each proof that the run says something about."""
    recorded = Recorded()
    for runs in (10, 1200):
        recorded.take(
            ended(
                "tests/simulation/test_every_call.py::test_x",
                "passed",
                ("points", ["s", 5, runs, runs]),
            )
        )
    [(_, tried, result)] = recorded.summary()
    assert tried.startswith("1,210 runs")
    assert result.startswith("1,210 end")


@pytest.mark.parametrize("rows", [(), (("mutants", ["claim", "nobody"]),)])
def test_what_failed_is_no_proof(rows: tuple[tuple[str, object], ...]) -> None:
    """Whether the test came to record something or not."""
    recorded = Recorded()
    recorded.take(ended(CLAIM, "passed", ("mutants", ["claim", "somebody"])))
    recorded.take(ended(CLAIM, "failed", *rows))
    [(_, _, result)] = recorded.summary()
    assert result == "FAILED: 1 tests"


def test_a_run_without_proofs_claims_nothing() -> None:
    """As most are that somebody makes while writing code."""
    recorded = Recorded()
    recorded.take(ended("tests/unit/test_memory.py::test_x", "passed"))
    assert recorded.summary() == []


def test_parts_are_one_row_of_the_table() -> None:
    """A long list is tried in parts, for runs with several workers."""
    faults = next(proof for proof in PROOFS if proof.key == "faults")
    parts = [
        ["a.Buy", "drop", 3, 3, 1, {"Ready": 3}],
        ["a.Buy", "drop", 2, 2, 0, {"Ready": 1, "Stalled": 1}],
    ]
    assert details(faults, parts) == [["a.Buy", "drop", "5", "5", "1", "Ready 4, Stalled 1"]]


def test_a_line_says_what_the_test_says_and_its_figures() -> None:
    """For whoever waits."""
    assert sentence(CLAIM) == "mutants/mutants: a safeguard is missed [claim]"
    assert (
        figures("points", ["straight", 115, 2300, 2300])
        == "115 calls, 2,300 tried, 2,300 ended well"
    )
