"""The removal of each safeguard fails a test: the code can't lose one unnoticed.

The required ones in every run, the others in `make proof`.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from flink_local.manifests import REPOSITORY
from tests.mutants.catalogue import FURTHER, REQUIRED
from tests.mutants.mutant import Mutant
from tests.mutants.tree import Tree

in_full = pytest.mark.proof


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The copy of this process."""
    return Tree.copied_to(tmp_path_factory.mktemp("mutants"))


def named(mutant: object) -> str:
    assert isinstance(mutant, Mutant)
    return mutant.name


@pytest.mark.parametrize(
    "mutant", [*REQUIRED, *(pytest.param(each, marks=in_full) for each in FURTHER)], ids=named
)
def test_a_safeguard_is_missed(
    mutant: Mutant, tree: Tree, record_property: Callable[[str, object], None]
) -> None:
    """Without it, one of the named tests fails."""
    with tree.without_safeguard(mutant):
        caught_by = tree.run(mutant.tests).caught_by()
    record_property("mutants", [mutant.name, caught_by])


@pytest.mark.parametrize(
    "mutants", [REQUIRED, pytest.param(FURTHER, marks=in_full)], ids=["required", "further"]
)
def test_with_every_safeguard_all_of_them_pass(mutants: Sequence[Mutant], tree: Tree) -> None:
    """The control: it is the mutant that fails them, and nothing about the copy."""
    run = tree.run(sorted({test for mutant in mutants for test in mutant.tests}))
    assert run.passed, run.output


def test_each_fits_the_code() -> None:
    """What it replaces stands there once: a mutant of code that moved would prove nothing."""
    for mutant in (*REQUIRED, *FURTHER):
        mutant.applied_to((REPOSITORY / mutant.path).read_text())


def test_each_has_its_name() -> None:
    """By which it is told in the summary."""
    assert [
        name
        for name, number in Counter(each.name for each in (*REQUIRED, *FURTHER)).items()
        if number > 1
    ] == []
