"""Carries out one verb of the command line, and ends as a shell expects it."""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping
from types import FrameType

from rich.console import Console

from flink_local.failures import LocalFailure

FAILED = 1
INTERRUPTED = 128 + signal.SIGINT

Verbs = Mapping[str, Callable[[Console], None]]


def carry_out(program: str, verbs: Verbs) -> int:
    """Run the verb that was asked for. Exit code 1 after a failure that was told, 130 after
    Ctrl-C."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("verb", choices=verbs)
    verb = verbs[parser.parse_args().verb]
    # a shell starts background jobs with it ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for signum in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(signum) is not signal.SIG_IGN:  # as under nohup
            signal.signal(signum, _leave)
    try:
        verb(Console())
    except LocalFailure as failure:
        sys.stdout.flush()
        sys.stderr.write(f"\nFAILED: {failure}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted. Everything that was started is stopped.\n")
        return INTERRUPTED
    return 0


def _leave(signum: int, _: FrameType | None) -> None:
    """Leave through all `with` blocks, so that being told to end also cleans up."""
    raise SystemExit(128 + signum)
