"""A real Argo CD without Pods: application controller, repository server, API server and a Redis,
as four processes.

It works on a cluster of this machine, and takes manifests from `file://` repositories. It keeps
nothing."""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from flink_local.cluster import Cluster
from flink_local.environment import python_environment
from flink_local.failures import LocalFailure
from flink_local.go_program import Binaries, GoProgram
from flink_local.loopback import answers_ok, free_ports, is_listened_to
from flink_local.processes import Processes

NAMESPACE: Final = "argocd"
READY_SECONDS: Final = 90.0
VERSION: Final = "v3.2.11"
MODULE: Final = "github.com/argoproj/argo-cd/v3"
CRDS: Final = "manifests/crds"
CONFIGURATION: Final = "manifests/base/config"

ARGO_CD: Final = GoProgram(
    name="argo-cd",
    title="Argo CD",
    components=("application-controller", "repo-server", "server", "redis"),
    linker_flags=f"-s -w -X {MODULE}/common.version={VERSION.removeprefix('v')}",
    files_of=MODULE,
    files=(CRDS, CONFIGURATION),
)

DEFAULT_PROJECT: Final = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "AppProject",
    "metadata": {"name": "default", "namespace": NAMESPACE},
    "spec": {
        "sourceRepos": ["*"],
        "destinations": [{"namespace": "*", "server": "*"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
    },
}
"""Usually made by the API server, at its own time."""


@dataclass(frozen=True)
class ArgoCd:
    """A running Argo CD."""

    url: str
    """Of its API; nobody has to log in."""


@dataclass(frozen=True)
class _Ports:
    redis: int
    repositories: int
    repositories_metrics: int
    controller_metrics: int
    api: int
    api_metrics: int


def start_argo_cd(
    processes: Processes, cluster: Cluster, binaries: Binaries, settings: Path
) -> ArgoCd:
    """Install its definitions and start it, with `settings`, a manifest of parts of argocd-cm;
    raises LocalFailure."""
    _install(processes, cluster, binaries, settings)
    ports = _Ports(*free_ports(6))
    environment = _environment(processes.directory / "argo-cd", cluster)
    for name, arguments in _commands(cluster, ports).items():
        processes.start(f"argo-cd-{name}", [binaries.path(name), *arguments], environment)
    for what, port in (("Redis", ports.redis), ("the repository server", ports.repositories)):
        processes.wait_for(f"Starting {what}", partial(is_listened_to, port), READY_SECONDS)
    for what, port in (
        ("the application controller", ports.controller_metrics),
        ("Argo CD's API", ports.api),
    ):
        processes.wait_for(f"Starting {what}", partial(answers_ok, port, "/healthz"), READY_SECONDS)
    return ArgoCd(f"http://127.0.0.1:{ports.api}")


def _install(processes: Processes, cluster: Cluster, binaries: Binaries, settings: Path) -> None:
    cluster.kubectl("create", "namespace", NAMESPACE)
    # Server-side: the definitions are too large for the annotation in which `kubectl apply` keeps
    # what it applied.
    apply: list[str | Path] = ["apply", "--server-side", f"--namespace={NAMESPACE}"]
    for folder in (CRDS, CONFIGURATION):
        cluster.kubectl(*apply, "--kustomize", binaries.path(folder))
    processes.wait_for(
        "Installing Argo CD's definitions", partial(_are_served, cluster), READY_SECONDS
    )
    cluster.kubectl(*apply, "--field-manager=flink-workspace-operator", "--filename", settings)
    cluster.kubectl(*apply, "--filename=-", stdin=json.dumps(DEFAULT_PROJECT))


def _are_served(cluster: Cluster) -> bool | None:
    """Not `kubectl wait`: that fails for a definition that has no condition yet."""
    try:
        cluster.kubectl(
            "get", "applications.argoproj.io,appprojects.argoproj.io", f"--namespace={NAMESPACE}"
        )
    except LocalFailure:
        return None
    return True


def _environment(directory: Path, cluster: Cluster) -> dict[str, str]:
    """Everything that it writes goes below `directory`; the cluster it manages is the one it is
    installed in."""
    folders = {
        "ARGOCD_TLS_DATA_PATH": "tls",
        "ARGOCD_SSH_DATA_PATH": "ssh",
        "ARGOCD_GNUPGHOME": "gpg",
        "ARGOCD_GPG_DATA_PATH": "gpg-data",
        "ARGOCD_PLUGINSOCKFILEPATH": "plugins",
        "TMPDIR": "tmp",
        "HOME": "home",
    }
    for folder in folders.values():
        (directory / folder).mkdir(parents=True, exist_ok=True)
    return {
        **python_environment(),
        **{name: str(directory / folder) for name, folder in folders.items()},
        "ARGOCD_FAKE_IN_CLUSTER": "true",
        "ARGOCD_GPG_ENABLED": "false",
        "HOSTNAME": "argocd-application-controller-0",
        "KUBECONFIG": str(cluster.kubeconfig),
    }


def _commands(cluster: Cluster, ports: _Ports) -> dict[str, list[Any]]:
    local, where = (
        "--address=127.0.0.1",
        [f"--kubeconfig={cluster.kubeconfig}", f"--namespace={NAMESPACE}"],
    )
    redis = f"--redis=127.0.0.1:{ports.redis}"
    repositories = [f"--repo-server=127.0.0.1:{ports.repositories}", "--repo-server-plaintext"]
    metrics = "--metrics-address=127.0.0.1"
    return {
        "redis": [f"127.0.0.1:{ports.redis}"],
        "repo-server": [
            local, f"--port={ports.repositories}", metrics, f"--metrics-port={ports.repositories_metrics}", redis,
            "--disable-tls", "--revision-cache-expiration=10s",
        ],
        "application-controller": [
            *where, redis, *repositories, f"--metrics-port={ports.controller_metrics}", "--app-resync=10",
            "--app-resync-jitter=0",
        ],
        "server": [
            *where, local, f"--port={ports.api}", metrics, f"--metrics-port={ports.api_metrics}", redis, *repositories,
            "--insecure", "--disable-auth",
        ],
    }  # fmt: skip
