"""`python -m flink_local <verb>`: what the Makefile calls."""

import sys

from rich.console import Console

from flink_local.argo_cd import ARGO_CD
from flink_local.build import ensure_binaries, ensure_built
from flink_local.demo import demo
from flink_local.helm import HELM
from flink_local.kind.cluster import kind, kind_down
from flink_local.promtool import PROMTOOL
from flink_local.up import down, up
from flink_local.verbs import Verbs, carry_out


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


VERBS: Verbs = {
    "demo": demo,
    "up": up,
    "down": down,
    "build": build,
    "build-argo-cd": build_argo_cd,
    "build-helm": build_helm,
    "build-promtool": build_promtool,
    "kind": kind,
    "kind-down": kind_down,
}


if __name__ == "__main__":
    sys.exit(carry_out("flink_local", VERBS))
