"""Keeps a node in namespaces of its own, and takes away what would outlive them: cgroups and settings of the kernel.

python -m flink_local.node.keeper DIRECTORY      # until SIGTERM, or until the node ends
"""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from flink_local.node.layout import Layout

SYSCTLS: Final = ("kernel/panic", "kernel/panic_on_oops", "vm/overcommit_memory", "vm/panic_on_oom")
"""What a kubelet sets, and no namespace hides."""
HIERARCHIES: Final = Path("/sys/fs/cgroup")
ENDING_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.1


def main() -> int:
    """Run the node; gives its exit code, or 0 when told to end it."""
    layout = Layout(Path(sys.argv[1]))
    signal.signal(signal.SIGTERM, _leave)
    with _settings_put_back(), _cgroup(layout.cgroup), socket.create_server(("127.0.0.1", 0)) as outside:
        layout.api_port.write_text(str(outside.getsockname()[1]))
        node = subprocess.Popen(_command(layout, outside), pass_fds=[outside.fileno()])
        try:
            return node.wait()
        finally:
            node.kill()  # by `--kill-child` the first process of the node ends with it, and with that one all others
            node.wait()


def _command(layout: Layout, outside: socket.socket) -> list[str]:
    own = ["unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--mount-proc", "--fork", "--kill-child=KILL"]
    return [*own, sys.executable, "-m", "flink_local.node.inside", str(layout.directory), str(outside.fileno())]


@contextlib.contextmanager
def _settings_put_back() -> Iterator[None]:
    files = [file for name in SYSCTLS if (file := Path("/proc/sys") / name).exists()]
    before = {file: file.read_text() for file in files}
    try:
        yield
    finally:
        for file, value in before.items():
            file.write_text(value)


@contextlib.contextmanager
def _cgroup(name: str) -> Iterator[None]:
    """One of that name in every hierarchy, for as long as the node lives."""
    groups = [group / name for group in _hierarchies()]
    for group in groups:
        group.mkdir(exist_ok=True)
        for file in ("cpuset.cpus", "cpuset.mems"):  # a new group has no processor
            if (group / file).exists():
                (group / file).write_text((group.parent / file).read_text())
    try:
        yield
    finally:
        for group in groups:
            _remove(group)


def _hierarchies() -> list[Path]:
    return [folder for folder in HIERARCHIES.iterdir() if folder.is_dir() and not folder.is_symlink()]


def _remove(group: Path) -> None:
    """Once all that was in it has ended, which takes a moment after it was killed."""
    deadline = time.monotonic() + ENDING_SECONDS
    for each in sorted((folder for folder in [group, *group.rglob("*")] if folder.is_dir()), reverse=True):
        while True:
            try:
                each.rmdir()
            except FileNotFoundError:
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                threading.Event().wait(POLL_SECONDS)
            else:
                break


def _leave(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
