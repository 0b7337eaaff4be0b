"""All that runs when somebody tries the operator out, in the order in which it starts."""

from dataclasses import dataclass

from rich.console import Console

from flink_local.build import ensure_binaries
from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.emulator import Emulator, start_emulator
from flink_local.manifests import REPOSITORY, install
from flink_local.operator_process import start_operator
from flink_local.processes import Processes
from flink_local.progress import step

SAMPLES = REPOSITORY / "deploy" / "samples"


@dataclass(frozen=True)
class Trial:
    """A cluster, a cloud and the operator between them."""

    cluster: Cluster
    emulator: Emulator


def start_trial(processes: Processes, console: Console) -> Trial:
    """Start everything; raises LocalFailure. What was started by then is for the caller to stop."""
    binaries = ensure_binaries()
    with step("Starting etcd, kube-apiserver and kube-controller-manager", console):
        cluster = ControlPlane(processes.directory, processes, binaries).start()
    with step("Starting the cloud emulator", console):
        emulator = start_emulator(processes)
    with step("Applying crds/ and the rights of deploy/base", console):
        install(cluster)
    with step("Starting the operator as its own ServiceAccount", console):
        start_operator(processes, cluster, emulator)
    return Trial(cluster, emulator)
