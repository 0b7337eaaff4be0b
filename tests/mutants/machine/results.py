"""What became of each mutant, kept in a file: a run that was ended goes on where it was."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.mutants.machine.changes import Change
from tests.mutants.machine.money_path import REPOSITORY, TESTS
from tests.mutants.mutant import PACKAGE

FILE: Final = REPOSITORY / ".local" / "mutants.json"
RUNS: Final = REPOSITORY / ".local" / "mutants-tests.json"
SURVIVED: Final = "survived"
UNREACHED: Final = "survived: no test runs it"
HUNG: Final = "hung"


@dataclass(frozen=True)
class Results:
    """By change: how it ended, and for which code that was found out."""

    known: dict[str, dict[str, str]]
    code: str
    tests: str
    seconds: float

    @classmethod
    def read(cls, seconds: float) -> "Results":
        """From the file, for the code and tests as they stand now."""
        known = json.loads(FILE.read_text()) if FILE.exists() else {}
        return cls(known, _digest(PACKAGE), _digest(*_folders()), seconds)

    def of(self, change: Change) -> str | None:
        """How it ended. A catch holds while its module is the same; a survivor meets what is
        new."""
        known = self.known.get(change.name, {})
        if known.get("module") != _digest(change.file):
            return None
        is_caught = not known["ended"].startswith((SURVIVED, HUNG))
        return known["ended"] if is_caught or known["met"] == self.met else None

    @property
    def met(self) -> str:
        """What a survivor has met: that code, those tests, for so long."""
        return f"{self.code} {self.tests} {self.seconds}"

    def note(self, change: Change, ended: str) -> None:
        """Keep it, at once: a run may be ended at any time."""
        self.known[change.name] = {"ended": ended, "module": _digest(change.file), "met": self.met}
        FILE.parent.mkdir(exist_ok=True)
        fresh = FILE.with_suffix(".new")
        fresh.write_text(json.dumps(self.known, indent=1))
        fresh.replace(FILE)

    def runs_kept(self) -> dict[str, Any] | None:
        """What the tests ran when nothing was changed, if that is still so."""
        kept = json.loads(RUNS.read_text()) if RUNS.exists() else {}
        return kept.get(f"{self.code} {self.tests}")

    def keep_runs(self, runs: dict[str, Any]) -> None:
        """For the next run, which then begins with the first mutant."""
        RUNS.parent.mkdir(exist_ok=True)
        RUNS.write_text(json.dumps({f"{self.code} {self.tests}": runs}))


def _folders() -> set[str]:
    return {str(Path(test).parent) if test.endswith(".py") else test for test in TESTS}


def _digest(*places: str) -> str:
    """Of files, and of all modules in folders."""
    paths = [REPOSITORY / place for place in places]
    files = sorted(
        {file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path])}
    )
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
