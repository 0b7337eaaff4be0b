"""A copy of the repository in which safeguards are taken out and tests are run, each run in a
process of its own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from tests.mutants.mutant import Mutant
from tests.patience import patience

REPOSITORY: Final = Path(__file__).parents[2]
PARTS: Final = ("operator", "tests", "deploy", "crds", "docs", "pyproject.toml")
PATIENCE_SECONDS: Final = 200
"""Many times what the longest run takes; shorter than pytest's own timeout, which would count as a
failed test."""

_FAILED: Final = re.compile(r"^FAILED (.+?)(?: - (.*))?$", re.MULTILINE)
_ALL_PASSED, _SOME_FAILED = 0, 1


class Inconclusive(AssertionError):
    """The run says nothing about the safeguard."""


class Survived(AssertionError):
    """Nobody notices that the safeguard is gone."""


@dataclass(frozen=True)
class Run:
    """How a run of pytest ended: its exit code, the tests that failed with their reasons, and all
    that it said."""

    code: int
    failed: tuple[tuple[str, str], ...]
    output: str

    @property
    def passed(self) -> bool:
        """Whether every test passed, and there was one."""
        return self.code == _ALL_PASSED

    def caught_by(self) -> str:
        """The test that noticed. Raises `Survived`, and `Inconclusive` where none failed for want
        of the safeguard."""
        if self.passed:
            raise Survived(f"every test passes without the safeguard:\n{self.output}")
        if self.code != _SOME_FAILED or not self.failed:
            raise Inconclusive(f"pytest ended with {self.code}, and no test failed:\n{self.output}")
        test, reason = self.failed[0]
        if reason.startswith(
            ("AttributeError", "ImportError", "NameError", "SyntaxError", "TypeError")
        ):
            raise Inconclusive(
                f"the mutant breaks the code instead of changing what it does: {test}: {reason}"
            )
        return test.split("[")[0]


class Tree:
    """The copy. One at a time works on it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def copied_to(cls, root: Path) -> "Tree":
        """A copy of what tests need, with the bytecode that is there: to compile everything takes
        seconds."""
        for part in PARTS:
            source = REPOSITORY / part
            if source.is_dir():
                shutil.copytree(source, root / part)
            else:
                shutil.copy2(source, root / part)
        return cls(root)

    @contextmanager
    def without_safeguard(self, mutant: Mutant) -> Iterator[None]:
        """The mutated file in place of the original. Raises `Outdated`."""
        path = self.root / mutant.path
        original = path.read_text()
        _write(path, mutant.applied_to(original))
        try:
            yield
        finally:
            _write(path, original)

    def run(self, tests: Sequence[str]) -> Run:
        """Run tests of the copy on the copy, up to the first that fails. Raises `Inconclusive` if
        it hangs."""
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-rf",
            "-p",
            "no:xdist",
            f"--rootdir={self.root}",
            *tests,
        ]
        try:
            ended = subprocess.run(
                command,
                cwd=self.root,
                env=_environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=patience(PATIENCE_SECONDS),
                check=False,
            )
        except subprocess.TimeoutExpired as hung:
            raise Inconclusive(
                f"no end after {patience(PATIENCE_SECONDS):.0f} seconds: {' '.join(tests)}"
            ) from hung
        failed = tuple((match[1], match[2] or "") for match in _FAILED.finditer(ended.stdout))
        return Run(ended.returncode, failed, ended.stdout)


def _write(path: Path, text: str) -> None:
    """Bytecode is told from old bytecode by time and size only, which may be equal: so it goes."""
    path.write_text(text)
    Path(cache_from_source(str(path))).unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    """Ours, without what would lead to the original's code or to the run that we are in; and lines
    are not cut off."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "PYTHONPATH"))
    }
    return {**kept, "COLUMNS": "400"}
