"""What each folder of tests took, at the end of a run of many: so that growth is seen."""

from collections import Counter, defaultdict
from typing import Final

import pytest

MANY: Final = 500
"""Tests of a run that is worth it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Seconds of all processes together, waits included, beside how many tests took them."""
    seconds, tests = defaultdict[str, float](float), Counter[str]()
    for report in (each for told in terminalreporter.stats.values() for each in told):
        if isinstance(report, pytest.TestReport):
            folder = "/".join(report.nodeid.split("/")[:2])
            seconds[folder] += report.duration
            tests[folder] += report.when == "call"
    if tests.total() >= MANY:
        longest = sorted(seconds, key=seconds.__getitem__, reverse=True)
        told = (f"{folder} {seconds[folder]:.0f} s for {tests[folder]}" for folder in longest)
        terminalreporter.write_line(f"took: {', '.join(told)}")
