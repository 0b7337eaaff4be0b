"""Keeps a node in namespaces of its own: `python -m tests.lab.node.keeper DIRECTORY`, until
SIGTERM."""

import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests.lab.namespaces.outside import cgroup, run_inside, settings_put_back
from tests.lab.node.layout import Layout


def main() -> int:
    """Run the node until it ends, which it does only for a failure; gives its exit code."""
    layout = Layout(Path(sys.argv[1]))
    signal.signal(signal.SIGTERM, _leave)
    with (
        settings_put_back(),
        cgroup(layout.cgroup),
        socket.create_server(("127.0.0.1", 0)) as outside,
    ):
        layout.api_port.write_text(str(outside.getsockname()[1]))
        number = outside.fileno()
        return run_inside("tests.lab.node.inside", layout.directory, str(number), pass_fds=[number])


def _leave(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
