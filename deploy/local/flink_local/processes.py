"""Programs that are started together and ended together, and how to find them again later."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import psutil

from flink_local import watchdog
from flink_local.failures import LocalFailure, last_lines

Answer = TypeVar("Answer")

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 120.0
"""How long one program that is ended alone may take for it."""
EXEC_LOOKS = 20
"""How often to look for the environment of a process that shows none; programs of the kernel never
show one."""
MARK = "FLINK_LOCAL_PROCESS"
"""In each process's environment: what it is, and of which directory. A pid alone may be another's
after a reboot."""

_ONCE_GUARDED = 'read -r _ && exec "$@" </dev/null'
"""The shell waits for a line before it turns into the program, so that nothing ever runs
unguarded."""


class ProcessEnded(LocalFailure):
    """A program that should run has ended by itself."""

    def __init__(self, name: str, status: int, log: Path) -> None:
        super().__init__(f"{name} ended with status {status}. The end of {log}:\n{last_lines(log)}")
        self.log = log


class Processes:
    """Programs of one directory; each leaves `<name>.log` and `<name>.pid` there.

    They end, last started first, with `stop()` or with the `with` block, and also when the launcher
    is killed by SIGKILL, unless they are to `outlive` it. Ctrl-C does not reach them: the launcher
    ends them in order."""

    def __init__(self, directory: Path, *, outlive: bool = False) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory.resolve()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._watchdog = None if outlive else _start_watchdog()

    def start(
        self, name: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None
    ) -> int:
        """Start a program under a name and give its process id."""
        with self.log(name).open("ab") as output:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _ONCE_GUARDED, name, *map(str, command)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**(os.environ if env is None else env), MARK: _mark(self.directory, name)},
                start_new_session=True,
            )
        self._running[name] = process
        _write_line(self._watchdog, str(process.pid))
        _pid_file(self.directory, name).write_text(f"{process.pid}\n")
        _write_line(process, "go")
        assert process.stdin is not None  # noqa: S101 - asked for above
        process.stdin.close()
        return process.pid

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self.directory / f"{name}.log"

    def wait_for(self, what: str, look: Callable[[], Answer | None], seconds: float) -> Answer:
        """Look until there is an answer; raises ProcessEnded once a program ends, LocalFailure
        after `seconds`."""
        deadline = time.monotonic() + seconds
        while (answer := look()) is None:
            self.check()
            if time.monotonic() > deadline:
                raise LocalFailure(
                    f"{what} took longer than {seconds:.0f} s. Logs are in {self.directory}."
                )
            self._pause()
        return answer

    def check(self) -> None:
        """Raise ProcessEnded if one of the programs has ended."""
        for name, process in self._running.items():
            if (status := process.poll()) is not None:
                raise ProcessEnded(name, status, self.log(name))

    def _pause(self) -> None:
        newest = next(reversed(self._running.values()))
        try:
            newest.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            return

    def kill(self, name: str) -> None:
        """End one program by SIGKILL; it may be started again under its name."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def end(self, name: str) -> None:
        """End one program as it wants to be ended, by SIGTERM; it may be started again under its
        name."""
        process = self._running.pop(name)
        watchdog.end([psutil.Process(process.pid)], grace=PATIENCE_SECONDS)
        process.wait()

    def end_all(self) -> None:
        """End all programs; others may be started afterwards."""
        watchdog.end(
            [
                psutil.Process(process.pid)
                for process in self._running.values()
                if process.poll() is None
            ]
        )
        for name, process in self._running.items():
            process.wait()
            _pid_file(self.directory, name).unlink(missing_ok=True)
        self._running.clear()

    def stop(self) -> None:
        """End all programs, and the watchdog."""
        self.end_all()
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
            self._watchdog.wait()
            self._watchdog = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def left_behind(directory: Path) -> set[str]:
    """The names of all programs that were started in a directory and not stopped, whether they
    still run or not."""
    return {file.stem for file in directory.glob("*.pid")}


def still_running(directory: Path) -> dict[str, psutil.Process]:
    """The programs of a directory that run now, by name, in the order of their start; stale pid
    files do not count."""
    found = {}
    for file in sorted(directory.glob("*.pid"), key=lambda file: file.stat().st_mtime_ns):
        process = _marked(file.read_text().strip(), _mark(directory.resolve(), file.stem))
        if process is not None:
            found[file.stem] = process
    return found


def stop_running(directory: Path) -> list[str]:
    """End what an earlier launcher left running in a directory; gives the names."""
    running = still_running(directory)
    watchdog.end(list(running.values()))
    for file in directory.glob("*.pid"):
        file.unlink()
    return list(running)


def _marked(pid: str, mark: str) -> psutil.Process | None:
    try:
        process = psutil.Process(int(pid))
        return process if _environment(process).get(MARK) == mark else None
    except (ValueError, psutil.Error):
        return None


def _environment(process: psutil.Process) -> dict[str, str]:
    """What a process was started with. While it turns into another program it shows nothing for an
    instant: that it is ours is not known then, and taking it for somebody else's would leave it
    running with its pid file gone."""
    for _ in range(EXEC_LOOKS):
        if shown := process.environ():
            return shown
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(POLL_SECONDS)
    return {}


def _mark(directory: Path, name: str) -> str:
    return f"{name} of {directory}"


def _pid_file(directory: Path, name: str) -> Path:
    return directory / f"{name}.pid"


def _start_watchdog() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, watchdog.__file__], stdin=subprocess.PIPE, start_new_session=True
    )


def _write_line(process: subprocess.Popen[bytes] | None, line: str) -> None:
    if process is not None and process.stdin is not None:
        process.stdin.write(f"{line}\n".encode())
        process.stdin.flush()
