"""One at a time, also between processes."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flink_local.progress import step


@contextmanager
def exclusive(file: Path, waiting_for: str) -> Iterator[None]:
    """Hold a lock that the kernel takes back when this process ends; says what it waits for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step(f"Waiting for {waiting_for}"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield
