"""What is done on the machine itself for programs in namespaces: what outlives them is put back and
taken away."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

SYSCTLS: Final = ("kernel/panic", "kernel/panic_on_oops", "vm/overcommit_memory", "vm/panic_on_oom")
"""What a kubelet sets, and no namespace hides."""
HIERARCHIES: Final = Path("/sys/fs/cgroup")
ENDING_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.1
OWN: Final = ("--mount", "--net", "--pid", "--ipc", "--uts", "--mount-proc")


def run_inside(module: str, *arguments: str | Path, pass_fds: Sequence[int] = ()) -> int:
    """Run a Python module as the first process of new namespaces; gives its exit code.

    When it ends, or this process does, the kernel ends all others of the namespaces.
    """
    unshare = ["unshare", *OWN, "--fork", "--kill-child=KILL"]
    first = subprocess.Popen(
        [*unshare, sys.executable, "-m", module, *map(str, arguments)], pass_fds=pass_fds
    )
    try:
        return first.wait()
    finally:
        first.kill()
        first.wait()


@contextlib.contextmanager
def settings_put_back() -> Iterator[None]:
    """Afterwards the settings of the kernel are what they were."""
    files = [file for name in SYSCTLS if (file := Path("/proc/sys") / name).exists()]
    before = {file: file.read_text() for file in files}
    try:
        yield
    finally:
        for file, value in before.items():
            file.write_text(value)


@contextlib.contextmanager
def cgroup(name: str) -> Iterator[None]:
    """One of that name in every hierarchy; afterwards it is removed with all below it."""
    groups = [
        group / name for group in HIERARCHIES.iterdir() if group.is_dir() and not group.is_symlink()
    ]
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


def _remove(group: Path) -> None:
    """Once all that was in it has ended, which takes a moment after it was killed."""
    deadline = time.monotonic() + ENDING_SECONDS
    for each in sorted(
        (folder for folder in [group, *group.rglob("*")] if folder.is_dir()), reverse=True
    ):
        while not _removed(each):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{each} is still in use")
            threading.Event().wait(POLL_SECONDS)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
