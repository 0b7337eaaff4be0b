"""Commands that say nothing while they work, and the end of what they said when they failed."""

import subprocess
from pathlib import Path
from typing import Final

from flink_local.failures import LocalFailure

LINES_KEPT: Final = 25


def run(program: str | Path, *arguments: str | Path) -> str:
    """Run a command and give its standard output; raises LocalFailure with what it said last."""
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = "\n".join(done.stderr.strip().splitlines()[-LINES_KEPT:])
        raise LocalFailure(f"{' '.join(command)}:\n{said}")
    return done.stdout
