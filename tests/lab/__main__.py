"""`python -m tests.lab <verb>`: what the Makefile calls."""

import sys

from rich.console import Console

from flink_local.verbs import Verbs, carry_out
from tests.lab.image.build import image
from tests.lab.kind.offline import kind_offline, kind_once
from tests.lab.node.node import build_node


def build_node_programs(_: Console) -> None:
    """Install and build what a node needs, unless it is there."""
    build_node()


VERBS: Verbs = {
    "image": image,
    "build-node": build_node_programs,
    "kind-offline": kind_offline,
    "kind-once": kind_once,
}


if __name__ == "__main__":
    sys.exit(carry_out("tests.lab", VERBS))
