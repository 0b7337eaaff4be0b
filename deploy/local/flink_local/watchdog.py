"""Ends processes whose launcher has gone, however it went; run as a program of its own.

It reads process ids, one a line, from a pipe whose other end only the launcher holds. The kernel
closes that end when the launcher ends, be it by SIGKILL. Unlike Linux's parent-death signal this
also works on macOS, and does not depend on which thread started a process."""

import contextlib
import signal
import sys
from collections.abc import Sequence

import psutil

GRACE_SECONDS = 10.0
"""How long a process may take to end by itself before it is killed."""


def end(processes: Sequence[psutil.Process], grace: float = GRACE_SECONDS) -> None:
    """End processes, last started first, one after the other: an API server needs its etcd to the
    end."""
    for process in reversed(processes):
        with contextlib.suppress(psutil.NoSuchProcess):
            _end_one(process, grace)


def _end_one(process: psutil.Process, grace: float) -> None:
    process.terminate()
    try:
        process.wait(grace)
    except psutil.TimeoutExpired:
        process.kill()
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(grace)


def main() -> None:
    """Collect process ids until the launcher is gone, then end what is left of them."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # ends with its launcher and no other way, or it would guard nothing
        signal.signal(signum, signal.SIG_IGN)
    watched: list[psutil.Process] = []
    for line in sys.stdin:
        with contextlib.suppress(psutil.NoSuchProcess):
            watched.append(psutil.Process(int(line)))
    end(watched)


if __name__ == "__main__":
    main()
