"""Runs `kubectl flink` as people and scripts do: in a terminal, and piped."""

import contextlib
import fcntl
import functools
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY
from tests.gitops.customization import fixtures
from tests.patience import patience

SECONDS: Final = 60
COMMAND: Final = (sys.executable, "-m", "kubectl_flink")
COLOUR: Final = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    out: str
    err: str
    code: int


@dataclass(frozen=True)
class Typist:
    """Somebody with a kubeconfig, and flags that are added to each command."""

    cluster: Cluster
    flags: tuple[str, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """The cluster's kubectl is the only one on the PATH."""
        found = {**self.cluster.environment, "PYTHONPATH": str(REPOSITORY / "operator")}
        for told in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"):  # the terminal says it itself
            found.pop(told, None)
        found["PATH"] = f"{self.cluster.kubectl_program.parent}:{os.environ['PATH']}"
        return {**found, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}

    def piped(self, *arguments: str, **environment: str) -> Said:
        """Without a terminal."""
        done = subprocess.run(
            [*COMMAND, *arguments, *self.flags], env={**self.environment, **environment}, text=True,
            capture_output=True, stdin=subprocess.DEVNULL, timeout=patience(SECONDS), check=False,
        )  # fmt: skip
        return Said(done.stdout, done.stderr, done.returncode)

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """Without a terminal, while it runs."""
        with subprocess.Popen(
            [*COMMAND, *arguments, *self.flags], env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            try:
                yield process
            finally:
                process.kill()

    def in_terminal(
        self, *arguments: str, columns: int = 100, typed: str = "", after: str = ""
    ) -> Said:
        """In a terminal of so many columns; `typed` is typed once `after` is shown."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen(
            [*COMMAND, *arguments, *self.flags], env=self.environment, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(slave)
        try:
            shown = _talk(master, typed, after)
            return Said(shown.replace("\r\n", "\n"), "", process.wait(patience(SECONDS)))
        finally:
            process.kill()
            os.close(master)

    @contextmanager
    def asked(self, *arguments: str) -> Iterator[Callable[[str], Said]]:
        """In a terminal, at its question; gives what answers it."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 400, 0, 0))
        process = subprocess.Popen(
            [*COMMAND, *arguments, *self.flags], env=self.environment, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(slave)

        def answer(typed: str) -> Said:
            os.write(master, typed.encode())
            return Said(_talk(master, "", ""), "", process.wait(patience(SECONDS)))

        try:
            shown = b""
            while b"[y/N]" not in shown:
                shown += os.read(master, 65536)
            yield answer
        finally:
            process.kill()
            os.close(master)


def _take_terminal() -> None:
    """Ctrl-C of the terminal is for this process, also if who started the tests ignores it: a shell
    does so for what it runs in the background."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _talk(master: int, typed: str, after: str) -> str:
    shown = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while chunk := os.read(master, 65536):
            shown += chunk
            if typed and after in shown.decode(errors="ignore"):
                os.write(master, typed.encode())
                typed = ""
    return shown.decode()


def plain(text: str) -> str:
    """Without colours."""
    return COLOUR.sub("", text)


def unfolded(text: str) -> str:
    """All lines as one, without the lines of a tree and the blanks at both ends."""
    return "".join(re.sub(r"^[│├└─ ]+", "", line).strip() for line in plain(text).splitlines())


@functools.cache
def captured() -> dict[str, dict[str, Any]]:
    """The captured objects by situation; to read them takes a second."""
    return fixtures()


def status_of(wire: dict[str, Any]) -> dict[str, Any]:
    """The status of a captured object, of the first generation."""
    status: dict[str, Any] = wire["status"]
    seen = status["observedGeneration"] >= wire["metadata"]["generation"]
    return {**status, "observedGeneration": 1 if seen else 0}
