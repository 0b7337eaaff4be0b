"""`python -m flink_local <verb>`: what the Makefile calls."""

import argparse
import signal
import sys
from collections.abc import Callable
from types import FrameType

from rich.console import Console

from flink_local.argo_cd import ARGO_CD
from flink_local.build import ensure_binaries, ensure_built
from flink_local.demo import demo
from flink_local.failures import LocalFailure
from flink_local.helm import HELM
from flink_local.image.build import image
from flink_local.kind.cluster import buy_in_kind, kind, kind_down
from flink_local.kind.offline import kind_offline
from flink_local.node.node import build_node
from flink_local.promtool import PROMTOOL
from flink_local.up import down, up

FAILED = 1
INTERRUPTED = 128 + signal.SIGINT


def build(_: Console) -> None:
    """Build the control plane, unless it is there."""
    ensure_binaries()


def build_argo_cd(_: Console) -> None:
    """Build Argo CD, unless it is there."""
    ensure_built(ARGO_CD)


def build_helm(_: Console) -> None:
    """Build Helm, unless it is there."""
    ensure_built(HELM)


def build_promtool(_: Console) -> None:
    """Build promtool, unless it is there."""
    ensure_built(PROMTOOL)


def build_node_programs(_: Console) -> None:
    """Install and build what a node needs, unless it is there."""
    build_node()


VERBS: dict[str, Callable[[Console], None]] = {
    "demo": demo,
    "up": up,
    "down": down,
    "build": build,
    "build-argo-cd": build_argo_cd,
    "build-helm": build_helm,
    "build-promtool": build_promtool,
    "build-node": build_node_programs,
    "image": image,
    "kind": kind,
    "kind-down": kind_down,
    "kind-offline": kind_offline,
    "kind-once": buy_in_kind,
}


def main() -> int:
    """Run one verb. Exit code 1 after a failure that was told, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="flink_local", description=__doc__)
    parser.add_argument("verb", choices=VERBS)
    verb = VERBS[parser.parse_args().verb]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background jobs with it ignored
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


if __name__ == "__main__":
    sys.exit(main())
