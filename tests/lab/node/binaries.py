"""The programs of a node that are built from Go modules."""

from pathlib import Path
from typing import Final

from flink_local.binaries import CONTROL_PLANE, NEEDED, OPTIONAL
from flink_local.go_program import GoProgram

MODULES: Final = Path(__file__).parents[1] / "go"

NODE: Final = GoProgram(
    name="node",
    title="the node",
    components=(*NEEDED, *OPTIONAL, "kube-scheduler", "kubelet", "kube-proxy", "kubeadm"),
    linker_flags=CONTROL_PLANE.linker_flags,  # the same, so that what both need is compiled once
    modules=MODULES,
)

COREDNS: Final = GoProgram(
    name="coredns",
    title="CoreDNS",
    components=("coredns",),
    linker_flags="-s -w",
    modules=MODULES,
)

PAUSE: Final = GoProgram(
    name="pause",
    title="the container that holds a Pod's namespaces",
    components=("pause",),
    linker_flags="-s -w",
    modules=MODULES,
)
