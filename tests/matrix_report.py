"""Prints at the end of a run what tests recorded with `record_property`: rows of the `matrix`, and `kills`."""

from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

COLUMNS = ("fault on CreateInstance", "shown", "names", "purchases", "orders")


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own type is private
    """What the run has shown about money."""
    reports: list[pytest.TestReport] = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get(
        "failed", []
    )
    recorded: list[tuple[str, Any]] = [each for report in reports for each in report.user_properties]
    _tell_lost_answers([value for name, value in recorded if name == "matrix"])
    _tell_kills([value for name, value in recorded if name == "kills"])


def _tell_lost_answers(rows: Sequence[list[str]]) -> None:
    """One row for each case of the purchase with a lost answer."""
    if not rows:
        return
    table = Table(*COLUMNS, title="One purchase, whatever becomes of its answer", title_justify="left")
    for row in sorted(rows):
        table.add_row(*row)
    Console(width=110).print(table)


def _tell_kills(chunks: Sequence[Sequence[int]]) -> None:
    """Calls of one run (the same in all chunks), and the sums of kills and of good ends."""
    if not chunks:
        return
    calls, kills, good = chunks[0][0], sum(chunk[1] for chunk in chunks), sum(chunk[2] for chunk in chunks)
    said = f"kill -9 before and after each of {calls} calls: {kills} kills,"
    Console(width=110).print(f"{said} {good} of them ended with one purchase and Ready")
