"""The operator as a process of this machine, with the rights of its ServiceAccount and the keys of
the emulator."""

import sys
from collections.abc import Sequence

from flink_local.cluster import Cluster
from flink_local.emulator import ACCESS_KEY_ID, ACCESS_KEY_SECRET, Emulator
from flink_local.environment import python_environment
from flink_local.loopback import answers_ok, free_ports
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from flink_local.processes import Processes

NAME = "operator"
READY_SECONDS = 60.0
EVERYWHERE = '["*"]'
"""All namespaces: there is no money in it."""
TOKEN_SECONDS = 30 * 24 * 3600
"""Nobody renews the token of what `make up` leaves running; `make down` and `make up` do."""


PROGRAM: Sequence[str] = ("-m", "flink_workspace_operator", "run")


def start_operator(
    processes: Processes, cluster: Cluster, emulator: Emulator, program: Sequence[str] = PROGRAM
) -> int:
    """Start the operator under its own ServiceAccount, never as the administrator, and wait until
    it answers.

    Gives the port on which it does. `program` is what Python is told to run.
    """
    health_port = free_ports(1)[0]
    kubeconfig = processes.directory / "operator.kubeconfig"
    cluster.kubeconfig_for(SERVICE_ACCOUNT, NAMESPACE, kubeconfig, seconds=TOKEN_SECONDS)
    settings = {
        "KUBECONFIG": str(kubeconfig),
        **emulator.settings(),
        "FLINK_OPERATOR_HEALTH_PORT": str(health_port),
        "FLINK_OPERATOR_HEALTH_ADDRESS": "127.0.0.1",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ACCESS_KEY_SECRET,
        "FLINK_OPERATOR_IDENTITY": "key",
        "FLINK_OPERATOR_IDENTITY_NAMESPACES": EVERYWHERE,
        "FLINK_OPERATOR_ADOPTION_NAMESPACES": EVERYWHERE,
    }
    processes.start(NAME, [sys.executable, *program], {**python_environment(), **settings})
    processes.wait_for(
        "Starting the operator", lambda: answers_ok(health_port, "/healthz"), READY_SECONDS
    )
    return health_port
