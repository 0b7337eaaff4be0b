"""A real control plane on this machine: etcd, kube-apiserver and kube-controller-manager as three
processes.

    with ControlPlane(directory) as cluster:
        cluster.kubectl("get", "namespaces")          # text; raises LocalFailure with what kubectl
        said
        cluster.kubeconfig, cluster.url               # the administrator's
        cluster.kubeconfig_for("default", "default", directory / "sa")   # the rights of a
        ServiceAccount

It is ready after a few seconds and keeps nothing: etcd does not even wait for the disk. In tests
use the fixtures of `tests/control_plane.py`, which share one control plane among all workers."""

import shutil
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from cryptography.hazmat.primitives.asymmetric import rsa

from flink_local.binaries import installed_binaries
from flink_local.certificates import Authority, Pair, private_pem, write_private
from flink_local.cluster import Cluster, certificate_user, write_kubeconfig
from flink_local.go_program import Binaries
from flink_local.loopback import answers_ok, free_ports
from flink_local.processes import ProcessEnded, Processes

READY_SECONDS = 90.0
PORT_ATTEMPTS = 5
"""A port that is free when asked for may be taken by somebody else before the server gets to it."""

_API_SERVER = "kube-apiserver"

CONTROLLERS = (
    "serviceaccount-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "clusterrole-aggregation-controller",
)
"""What is of use in a cluster without nodes; the others would only cost time."""


@dataclass(frozen=True)
class Ports:
    """Ports of the loopback interface."""

    etcd: int
    etcd_peer: int
    api: int


class ControlPlane:
    """A control plane that keeps its data, certificates, logs and pid files in one directory."""

    def __init__(
        self, directory: Path, processes: Processes | None = None, binaries: Binaries | None = None
    ) -> None:
        self._binaries = binaries or installed_binaries()
        self._processes = processes or Processes(directory)
        self._directory = self._processes.directory
        self._served: tuple[Ports, Authority]
        """Where the API server is, and who vouches for it; once it was started."""

    def start(self) -> Cluster:
        """Start all processes and wait until the API server is ready; raises LocalFailure with the
        end of a log."""
        authority = _write_keys(self._directory / "keys")
        for _ in range(PORT_ATTEMPTS - 1):
            try:
                return self._start_on(Ports(*free_ports(3)), authority)
            except ProcessEnded as ended:
                if "address already in use" not in ended.log.read_text(errors="replace"):
                    raise
                self._processes.end_all()
        return self._start_on(Ports(*free_ports(3)), authority)

    def stop(self) -> None:
        """End all processes."""
        self._processes.stop()

    def kill_api_server(self) -> None:
        """End the API server by SIGKILL. What it serves stays in etcd."""
        self._processes.kill(_API_SERVER)

    def start_api_server(self) -> None:
        """Start it again where it was, and wait until it is ready; raises LocalFailure with the end
        of its log."""
        ports, authority = self._served
        flags = _api_server_flags(self._directory / "keys", ports)
        self._processes.start(_API_SERVER, [self._binaries.path("kube-apiserver"), *flags])
        trust = ssl.create_default_context(cadata=authority.pem.decode())
        self._processes.wait_for(
            "Starting the API server",
            lambda: answers_ok(ports.api, "/readyz", trust),
            READY_SECONDS,
        )

    def back_up(self, into: Path) -> None:
        """Copy etcd's data. It and the API server are away for that time."""
        self._with_etcd_ended(lambda data: shutil.copytree(data, into))

    def restore(self, backup: Path) -> None:
        """Put etcd's data back, as a backup has it: everything since then never was."""

        def replace(data: Path) -> None:
            shutil.rmtree(data)
            shutil.copytree(backup, data)

        self._with_etcd_ended(replace)

    def _with_etcd_ended(self, act: Callable[[Path], object]) -> None:
        data, (ports, _) = self._directory / "etcd", self._served
        self.kill_api_server()
        self._processes.kill("etcd")
        act(data)
        self._processes.start("etcd", [self._binaries.path("etcd"), *_etcd_flags(data, ports)])
        self.start_api_server()

    def __enter__(self) -> Cluster:
        try:
            return self.start()
        except BaseException:  # also Ctrl-C: `__exit__` is not called when this fails
            self.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_on(self, ports: Ports, authority: Authority) -> Cluster:
        directory, program, start = self._directory, self._binaries.path, self._processes.start
        cluster = self._describe(f"https://127.0.0.1:{ports.api}", authority)
        start("etcd", [program("etcd"), *_etcd_flags(directory / "etcd", ports)])
        self._served = ports, authority
        self.start_api_server()
        if self._binaries.has("kube-controller-manager"):
            flags = _controller_manager_flags(directory / "keys", cluster.kubeconfig)
            start("kube-controller-manager", [program("kube-controller-manager"), *flags])
        return cluster

    def _describe(self, url: str, authority: Authority) -> Cluster:
        admin = certificate_user(authority.client("admin", "system:masters"))
        kubeconfig = write_kubeconfig(self._directory / "kubeconfig", url, authority.pem, admin)
        return Cluster(kubeconfig, self._binaries.path("kubectl"))


def _write_keys(directory: Path) -> Authority:
    directory.mkdir(mode=0o700, exist_ok=True)
    authority = Authority.create()
    write_private(directory / "ca.crt", authority.pem)
    _write_pair(directory / "apiserver", authority.server())
    signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    write_private(directory / "service-accounts.key", private_pem(signing_key))
    return authority


def _write_pair(path: Path, pair: Pair) -> None:
    write_private(path.with_suffix(".crt"), pair.certificate)
    write_private(path.with_suffix(".key"), pair.key)


def _etcd_flags(data: Path, ports: Ports) -> list[str]:
    client, peer = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.etcd_peer}"
    return [
        f"--data-dir={data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",  # everything here is thrown away
        "--log-level=warn",
    ]


def _api_server_flags(keys: Path, ports: Ports) -> list[str]:
    return [
        f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
        "--bind-address=127.0.0.1",
        # otherwise it looks for a default route, which a machine may lack
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",  # the loopback address is not allowed in Endpoints
        f"--secure-port={ports.api}",
        f"--tls-cert-file={keys / 'apiserver.crt'}",
        f"--tls-private-key-file={keys / 'apiserver.key'}",
        f"--client-ca-file={keys / 'ca.crt'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={keys / 'service-accounts.key'}",
        f"--service-account-signing-key-file={keys / 'service-accounts.key'}",
        "--authorization-mode=RBAC",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--disable-admission-plugins=ServiceAccount",  # it concerns pods, and there are none
    ]


def _controller_manager_flags(keys: Path, kubeconfig: Path) -> list[str]:
    return [
        f"--kubeconfig={kubeconfig}",
        f"--service-account-private-key-file={keys / 'service-accounts.key'}",
        f"--controllers={','.join(CONTROLLERS)}",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=200",  # deleting many small namespaces is what tests do
        "--kube-api-burst=400",
    ]
