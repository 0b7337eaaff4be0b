"""What goes wrong here and is told to a person in one message, without a traceback."""

from pathlib import Path


class LocalFailure(Exception):
    """Something a person can act on; its text says what, and where to look."""


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, indented for a message, or a word that there is none."""
    lines = log.read_text(errors="replace").splitlines()[-count:] if log.exists() else []
    return "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"
