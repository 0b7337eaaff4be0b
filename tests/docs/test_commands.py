"""The commands of the pages do what the pages say, run in the order in which somebody would read
them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import Command, checkout, commands, differs, pages

READ: Final = (
    "quickstart.md",
    "flux.md",
    "faq.md",
    "security.md",
    "policies.md",
    "approvals.md",
    "real-account.md",
    "backup-and-restore.md",
)
"""Pages whose commands are run, one after the other, in the cluster that the first one starts."""
MARK: Final = "--- the next command"
PAGE_SECONDS: Final = 300
BASH: Final = shutil.which("bash") or "bash"
MAKE: Final = shutil.which("make") or "make"


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Path]:
    """A checkout of its own; what a page leaves running in it is stopped."""
    directory = checkout(tmp_path)
    yield directory
    subprocess.run([MAKE, "down"], cwd=directory, check=True, capture_output=True)


def run(page: str, directory: Path) -> list[tuple[Command, str]]:
    """Run a page in one shell, up to the first command that fails; each command with what it
    printed."""
    told = [command for command in commands(page) if command.not_run is None]
    assert told, f"docs/{page} has no command to run"
    script = "\n".join(f"echo '{MARK}'\n{command.line} || exit" for command in told)
    environment = {**os.environ, "PATH": f"{directory / '.local' / 'up'}:{os.environ['PATH']}"}
    done = subprocess.run(
        [BASH], input=script, cwd=directory, env=environment, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PAGE_SECONDS,
    )  # fmt: skip
    printed = done.stdout.split(f"{MARK}\n")[1:]
    assert done.returncode == 0, f"{told[len(printed) - 1]} failed:\n{printed[-1]}"
    return list(zip(told, printed, strict=True))


@pytest.mark.timeout(900)
def test_commands_do_what_the_pages_say(workplace: Path) -> None:
    """Every one succeeds, and prints the lines that stand below it, but for numbers, ids and
    ages."""
    wrong = [
        f"{command} did not print what the page shows, but:\n{printed}"
        for page in READ
        for command, printed in run(page, workplace)
        if differs(command.shown, printed)
    ]
    assert not wrong, "\n\n".join(wrong)


def test_every_other_command_says_why_it_is_not_run() -> None:
    """A page with commands is either in the list above, or each of its blocks is marked with the
    reason."""
    other = [command for page in pages() if page not in READ for command in commands(page)]
    assert [str(command) for command in other if command.not_run is None] == []


@pytest.mark.parametrize(
    ("shown", "same", "other"),
    [
        ("reports-1   True   13s", "reports-1 True 2m5s", "reports-2 True 13s"),
        ("a sc_flink-33644b436aa", "a sc_flink-7c1e0000", "b sc_flink-33644b436aa"),
        ("2026-12-24T00:18:17Z", "2027-01-01T10:00:00Z", "never"),
        ("from 2026-12-24 00:18 UTC on", "from 2027-01-01 10:00 UTC on", "from now on"),
        ("one", "one\n\n", "one\ntwo"),
    ],
)
def test_what_differs_from_run_to_run_is_no_difference(shown: str, same: str, other: str) -> None:
    """And all else is one."""
    assert not differs((shown,), same)
    assert differs((shown,), other)
