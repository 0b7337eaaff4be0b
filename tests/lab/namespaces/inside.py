"""What the first process of new namespaces does: folders of its own, and reaping whoever ends."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flink_local.commands import run

OWN_FOLDERS: Final = ("var/lib", "var/log", "run")
"""What daemons write to; none of them needs what the machine has there."""


def isolate_files(directory: Path) -> None:
    """Have own folders below `directory` in the place of the machine's; raises LocalFailure."""
    run("mount", "--make-rprivate", "/")
    for place in OWN_FOLDERS:
        own = directory / "root" / place
        own.mkdir(parents=True)
        run("mount", "--bind", own, f"/{place}")
    # volumes that a kubelet mounts are to show up in containers
    run("mount", "--make-rshared", "/")


def start_network() -> None:
    """The loopback interface, and passing packets on; raises LocalFailure."""
    run("ip", "link", "set", "lo", "up")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def reaped() -> Iterator[int]:
    """The id of each process that has ended, before it is reaped: those of containers become ours
    when their parents end."""
    while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT):
        yield ended.si_pid
        try:
            os.waitpid(ended.si_pid, 0)
        except ChildProcessError:  # whoever was told of it has waited for it
            continue
