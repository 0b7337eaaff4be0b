"""Tells what a run has shown about money: a table for each proof, and a summary of all at the end.

`--facts` prints one line with figures for each test that ended, for runs that somebody waits for.
`--summary-file` writes the summary as markdown too, so that pages can quote what a reader can
reproduce."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from rich.console import Console
from rich.table import Table

from tests.proofs import PROOFS, Proof, Row, details, figures, sentence

WIDTH: Final = 110
HEADER: Final = ("proof", "what was tried", "result")


@dataclass
class Recorded:
    """What the tests of a run recorded, and which of them failed."""

    rows: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)

    def take(self, report: pytest.TestReport) -> None:
        """Note one phase of a test."""
        if report.failed:
            self.failed.append(report.nodeid)
        if report.when == "call":
            for name, value in report.user_properties:
                self.rows[name].append(value)  # type: ignore[arg-type]  # the tests' own rows

    def failures(self, proof: Proof) -> int:
        """How many tests of a proof failed."""
        return sum(test.startswith(proof.tests) for test in self.failed)

    def shown(self) -> Iterator[tuple[Proof, list[Row]]]:
        """The proofs that the run says something about."""
        for proof in PROOFS:
            if self.rows[proof.key] or self.failures(proof):
                yield proof, self.rows[proof.key]

    def summary(self) -> list[tuple[str, str, str]]:
        """A line of sums for each proof."""
        return [
            (proof.title, proof.tried(rows) if rows else "", self._result(proof, rows))
            for proof, rows in self.shown()
        ]

    def _result(self, proof: Proof, rows: Sequence[Row]) -> str:
        failures = self.failures(proof)
        return f"FAILED: {failures} tests" if failures else proof.result(rows)


class Reporter:
    """The plugin, in the process that the user started."""

    def __init__(self, config: pytest.Config) -> None:
        self.recorded = Recorded()
        self.began = time.monotonic()
        self.ended = 0
        self.facts = bool(config.getoption("--facts"))
        self.bounded = "not proof" in config.getoption("markexpr")
        path = config.getoption("--summary-file")
        self.file = Path(path) if path else None
        self.session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """It knows how many tests there are."""
        self.session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """With `--facts`, no letters: `pytest_runtest_logreport` tells it in a line."""
        told = (
            self.facts
            and report.outcome in ("passed", "failed")
            and not hasattr(report, "wasxfail")
        )
        return (
            (report.outcome if report.when == "call" or report.failed else "", "", "")
            if told
            else None
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what was recorded, and tell it."""
        self.recorded.take(report)
        if report.when == "call" or not report.passed:
            self.ended += 1
            if self.facts:
                self._print(self._line(report))

    def _line(self, report: pytest.TestReport) -> str:
        """How far it is, what is shown, and the figures."""
        total = self.session.testscollected if self.session else 0
        passed = round(time.monotonic() - self.began)
        mark = {"passed": "ok", "failed": "FAILED", "skipped": "skipped"}[report.outcome]
        told = [figures(name, value) for name, value in report.user_properties]  # type: ignore[arg-type]  # a row
        line = f"{self.ended:>4}/{total} {passed // 60:>2}:{passed % 60:02} {mark:<7} {sentence(report.nodeid)}"
        return ": ".join((line, "; ".join(told))) if told else line

    def _print(self, text: object) -> None:
        Console(width=WIDTH, highlight=False, markup=False, soft_wrap=True).print(text)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own type is private
        """The tables, after the failures and before pytest's own last line."""
        del terminalreporter
        lines = self.recorded.summary()
        if not lines:
            return
        for proof, rows in self.recorded.shown():
            if rows:
                self._print(_table(proof.title, proof.columns, details(proof, rows)))
        title = "What this run has shown" + (
            "; bounded, the whole: make proof" if self.bounded else ""
        )
        self._print(_table(title, HEADER, lines))
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(_markdown(title, HEADER, lines))


def pytest_addoption(parser: pytest.Parser) -> None:
    """See above."""
    group = parser.getgroup("proof")
    group.addoption(
        "--facts", action="store_true", help="one line with figures for each test that ended"
    )
    group.addoption(
        "--summary-file", metavar="PATH", help="write the summary of the proofs there, as markdown"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Workers of xdist tell nothing themselves: all they report comes to the process that the user
    started."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reporter(config))


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _markdown(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [
        f"# {title}",
        "",
        *(f"| {' | '.join(row)} |" for row in (columns, ["---"] * len(columns), *rows)),
    ]
    return "\n".join(lines) + "\n"
