"""Prints at the end of a run the matrices that tests recorded with `record_property("matrix", row)`."""

from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

COLUMNS = ("fault on CreateInstance", "shown", "names", "purchases", "orders")


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own type is private
    """One row for each case of the purchase with a lost answer."""
    reports: list[pytest.TestReport] = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get(
        "failed", []
    )
    rows = [
        [str(cell) for cell in value]
        for report in reports
        for name, value in report.user_properties
        if name == "matrix" and isinstance(value, list)
    ]
    if not rows:
        return
    table = Table(*COLUMNS, title="One purchase, whatever becomes of its answer", title_justify="left")
    for row in sorted(rows):
        table.add_row(*row)
    Console(width=110).print(table)
