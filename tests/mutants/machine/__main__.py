"""`make mutate`: every change by machine of the money path, or of the modules whose path contains a
given word.

Prints each mutant that nobody noticed, and ends with 1 if one of them is not accepted, or an
accepted one is noticed."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import hypothesis
import pytest

from tests.mutants.machine.accepted import ACCEPTED
from tests.mutants.machine.changes import Change, changes_of
from tests.mutants.machine.money_path import REPOSITORY, TESTS, modules, short
from tests.mutants.machine.results import HUNG, SURVIVED, Results
from tests.mutants.machine.running import Machine

NOT_SHRUNK = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
"""That an example fails is enough: the smallest one interests nobody."""


def all_changes(words: Sequence[str]) -> list[Change]:
    """Of the modules whose path contains one of the words; without words, of all."""
    chosen = [module for module in modules() if not words or any(word in module for word in words)]
    return [
        change
        for module in chosen
        for change in changes_of((REPOSITORY / module).read_text(), module)
    ]


@dataclass
class Progress:
    """Says how far it is, in lines that stay where something is to be done."""

    total: int
    began: float = field(default_factory=time.monotonic)
    number: int = 0
    survived: int = 0

    def tell(self, change: Change, ended: str) -> None:
        """One mutant came to its end."""
        self.number += 1
        self.survived += ended.startswith(SURVIVED)
        seconds = round(time.monotonic() - self.began)
        if sys.stderr.isatty() or self.number % 50 == 0:
            line = f"{self.number}/{self.total} {seconds // 60}:{seconds % 60:02} {self.survived} survived"
            print(f"{line}  {short(change.file)}:{change.line}", file=sys.stderr)  # noqa: T201


def run(changes: Sequence[Change], results: Results, seconds: float) -> int:
    """Pytest's exit code: 0 where every mutant came to an end."""
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        deadline=None,
        derandomize=True,
        phases=NOT_SHRUNK,
        print_blob=False,
    )
    hypothesis.settings.load_profile("mutants")
    machine = Machine(changes, results, seconds, Progress(len(changes)).tell)
    with tempfile.TemporaryDirectory() as folder:
        told = [
            "-q",
            "--no-header",
            "-p",
            "no:xdist",
            "--capture=no",
            "-o",
            "timeout=0",
            f"--basetemp={folder}/tests",
        ]
        return int(pytest.main([*told, f"--rootdir={REPOSITORY}", *TESTS], plugins=[machine]))


def report(changes: Sequence[Change], results: Results) -> int:
    """Say what to do, and the figures; 1 if there is something to do."""
    accepted = {each.name for each in ACCEPTED}
    ended = {change: results.of(change) or "not run" for change in changes}
    open_ = [
        each
        for each, end in ended.items()
        if end.startswith(SURVIVED) and each.name not in accepted
    ]
    noticed = [
        each
        for each, end in ended.items()
        if not end.startswith(SURVIVED) and each.name in accepted
    ]
    for change in open_:
        print(f"{change.file}:{change.line} {change.function}: {change.what} - {ended[change]}")  # noqa: T201
    for change in noticed:
        print(  # noqa: T201
            f"{change.file}:{change.line} {change.function}: {change.what} - accepted, but {ended[change]}"
        )
    for module, ends in _by_module(ended).items():
        print(f"{short(module):40} {sum(ends.values()):>4} mutants, {_figures(ends)}")  # noqa: T201
    print(f"{len(changes)} mutants, {len(open_)} survived and are not accepted")  # noqa: T201
    return 1 if open_ or noticed else 0


def _by_module(ended: dict[Change, str]) -> dict[str, Counter[str]]:
    counted: dict[str, Counter[str]] = {}
    for change, end in ended.items():
        kind = (
            "survived"
            if end.startswith(SURVIVED)
            else end
            if end in (HUNG, "not run")
            else "noticed"
        )
        counted.setdefault(change.file, Counter())[kind] += 1
    return counted


def _figures(ends: Counter[str]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in sorted(ends.items()))


def main(arguments: Sequence[str]) -> int:
    """See above."""
    parser = argparse.ArgumentParser(prog="make mutate ARGS=...")
    parser.add_argument(
        "words", nargs="*", help="parts of the paths of modules, for example core/orders"
    )
    parser.add_argument(
        "--seconds", type=float, default=10, help="of tests that each mutant has to survive"
    )
    given = parser.parse_args(arguments)
    results, changes = Results.read(given.seconds), all_changes(given.words)
    left = [change for change in changes if results.of(change) is None]
    code = run(left, results, given.seconds) if left else 0
    return report(changes, results) or code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
