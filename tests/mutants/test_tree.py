"""What says that a safeguard is missed can be trusted: it runs the mutated code, and takes nothing
else for a catch."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.mutant import Mutant, Outdated
from tests.mutants.tree import Inconclusive, Run, Survived, Tree

HARMLESS = Mutant(
    name="harmless",
    fact="nothing is protected by a comment",
    file="memory.py",
    old='"""The memory of each key between its passes."""',
    new='"""Nothing else."""',
    tests=("tests/unit/test_memory.py",),
)


def test_the_mutated_code_is_what_runs(tmp_path: Path) -> None:
    """A module that can't be imported any more is seen; it is no catch, because no test failed; and
    it is put back."""
    tree = Tree.copied_to(tmp_path)
    before = (tmp_path / HARMLESS.path).read_text()
    with tree.without_safeguard(replace(HARMLESS, new="raise RuntimeError('mutated')")):
        run = tree.run(HARMLESS.tests)
    assert "RuntimeError: mutated" in run.output
    with pytest.raises(Inconclusive, match="no test failed"):
        run.caught_by()
    assert (tmp_path / HARMLESS.path).read_text() == before
    with tree.without_safeguard(HARMLESS):
        assert tree.run(HARMLESS.tests).passed


@pytest.mark.parametrize("times", [0, 2])
def test_a_mutant_of_other_code_must_be_adapted(times: int) -> None:
    """It would test nothing."""
    with pytest.raises(Outdated, match=rf"'harmless' must be adapted.* {times} times"):
        HARMLESS.applied_to(HARMLESS.old * times)


@pytest.mark.parametrize(
    ("run", "outcome"),
    [
        (Run(0, (), ""), Survived),
        (Run(1, (), "ERROR at setup"), Inconclusive),
        (Run(2, (), "interrupted"), Inconclusive),
        (Run(4, (), "not found"), Inconclusive),
        (Run(5, (), "no tests ran"), Inconclusive),
        (Run(1, (("a::b", "NameError: name 'x' is not defined"),), ""), Inconclusive),
    ],
    ids=lambda value: str(value.code) if isinstance(value, Run) else "",
)
def test_only_a_failed_test_is_a_catch(run: Run, outcome: type[AssertionError]) -> None:
    """And not one that fails because the code makes no sense any more."""
    with pytest.raises(outcome):
        run.caught_by()


def test_who_caught_it_is_told() -> None:
    """Without its parameters."""
    assert (
        Run(1, (("tests/a.py::test_b[c d]", "assert 1 == 2"),), "").caught_by()
        == "tests/a.py::test_b"
    )
