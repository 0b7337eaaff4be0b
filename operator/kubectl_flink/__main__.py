"""Where kubectl, and a shell, begins."""

import io
import signal
import sys
from pathlib import Path

from kubectl_flink.exits import Exit


def main() -> int:
    """Run what was typed; gives the exit code, whatever happens."""
    if hasattr(signal, "SIGPIPE"):  # a pipe that closes ends this as it ends any other program
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that knows no ✔ shows a ?
            stream.reconfigure(errors="replace")
    try:
        from kubectl_flink.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def main_of_zipapp() -> None:
    """Be the program by whose name the file was started: the command, or its completion."""
    if Path(sys.argv[0]).name.startswith("kubectl_complete"):
        from kubectl_flink.completion import main as complete

        sys.exit(complete())
    sys.exit(main())


if __name__ == "__main__":
    sys.exit(main())
