"""The machine can be trusted: it makes the changes that it names, runs them, and accepts none that
is gone."""

import ast
import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants.machine.__main__ import all_changes
from tests.mutants.machine.accepted import ACCEPTED
from tests.mutants.machine.changes import changed, changes_of, probed
from tests.mutants.machine.money_path import PLACES, REPOSITORY, TESTS, modules
from tests.mutants.machine.running import forked, put_in_place
from tests.mutants.mutant import PACKAGE

SAMPLE = '''
def chosen(a, b, c):
    """A function with one of each."""
    if a and b and c:
        return 1
    found = [each for each in c if each]
    match found:
        case [x] if x:
            return x
    return 2 if a else 3
'''
CHANGES = {
    "negate `a and b and c`": "    if not (a and b and c):",
    "drop `a` of `a and b and c`": "    if b and c:",
    "drop `b` of `a and b and c`": "    if a and c:",
    "drop `c` of `a and b and c`": "    if a and b:",
    "drop `return 1`": "        pass",
    "negate `each`": "    found = [each for each in c if not each]",
    "negate `x`": "        case [x] if not x:",
    "drop `return x`": "            pass",
    "negate `a`": "    return 2 if not a else 3",
}


@pytest.fixture
def sample(tmp_path: Path) -> ModuleType:
    """The sample, imported."""
    path = tmp_path / "sample.py"
    path.write_text(SAMPLE)
    spec = importlib.util.spec_from_file_location("sample", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_change_is_what_it_is_called() -> None:
    """One line differs, and says so; the last return is no early one."""
    plain = ast.unparse(ast.parse(SAMPLE)).splitlines()
    made = {}
    for change in changes_of(SAMPLE, "sample.py"):
        lines = ast.unparse(changed(SAMPLE, change.number)).splitlines()
        [made[change.what]] = [new for new, old in zip(lines, plain, strict=True) if new != old]
    assert made == CHANGES


def test_the_changed_code_is_what_runs(sample: ModuleType) -> None:
    """In a fork, in the function that is imported already; this process keeps its own."""
    path = Path(str(sample.__file__))
    [change] = [each for each in changes_of(SAMPLE, "sample.py") if each.what == "drop `return 1`"]

    def work() -> int:
        put_in_place(path, changed(SAMPLE, change.number), [sample.chosen])
        return int(sample.chosen(1, 1, [1, 1]))

    assert forked(work, 9) == 2
    assert sample.chosen(1, 1, [1, 1]) == 1


def test_the_lines_that_a_test_runs_are_known(sample: ModuleType) -> None:
    """Those that statements begin in; a branch that is not taken is not among them."""
    ran: list[int] = []

    def work() -> list[int]:
        put_in_place(Path(str(sample.__file__)), probed(SAMPLE, "ran"), [sample.chosen])
        sample.__dict__["ran"] = ran.append
        sample.chosen(0, 1, [])
        return ran

    assert forked(work, 9) == [3, 4, 6, 7, 10]


def test_a_mutant_without_end_is_ended() -> None:
    """By the processor time that it may use."""

    def endless() -> None:
        while True:
            pass

    assert forked(endless, 0) is None


def test_what_is_accepted_is_there() -> None:
    """Once, and with a reason: the code that it is about was not rewritten meanwhile."""
    names = Counter(change.name for change in all_changes([]))
    assert [name for name, number in names.items() if number > 1] == []
    assert [each.name for each in ACCEPTED if each.name not in names or not each.reason] == []
    assert len({each.name for each in ACCEPTED}) == len(ACCEPTED)


def test_every_place_is_there() -> None:
    """A module that moved is not left out unnoticed."""
    assert [place for place in PLACES if not (REPOSITORY / PACKAGE / place).exists()] == []
    assert [test for test in TESTS if not (REPOSITORY / test).exists()] == []
    assert len(modules()) >= len(PLACES)
