"""Programs that render packages: what they print, and what they say when they refuse."""

import subprocess
from pathlib import Path

from tests.patience import patience

SECONDS = 60


class Refusal(Exception):
    """The program failed; the text is what it said."""


def run(program: Path, *arguments: str | Path, stdin: str | None = None) -> str:
    """Its standard output; raises Refusal."""
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=patience(SECONDS), check=False
    )
    if done.returncode != 0:
        raise Refusal(done.stderr)
    return done.stdout
