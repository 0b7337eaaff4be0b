"""Where a node keeps its files, and its addresses. All ports and addresses are in a network
namespace of its own."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NAME: Final = "node"
ADDRESS: Final = "10.250.0.2"
PODS: Final = "10.244.0.0/24"
SERVICES: Final = "10.96.0.0/16"
API_SERVICE: Final = "10.96.0.1"
"""The first address of SERVICES: the API server takes it for the Service `kubernetes`."""
API_PORT: Final = 6443
ETCD_PORT: Final = 2379
DNS_DOMAIN: Final = "cluster.local"


@dataclass(frozen=True)
class Layout:
    """The files of one node, all below one directory."""

    directory: Path

    @property
    def keys(self) -> Path:
        """Certificates and keys."""
        return self.directory / "keys"

    @property
    def configuration(self) -> Path:
        """What the daemons read."""
        return self.directory / "configuration"

    @property
    def logs(self) -> Path:
        """What the daemons say."""
        return self.directory / "logs"

    @property
    def audit_log(self) -> Path:
        """A line for each request of the operator, as JSON."""
        return self.directory / "audit.log"

    @property
    def containerd(self) -> Path:
        """Its socket. The path is short: the kernel takes about a hundred characters."""
        return self.directory / "containerd.sock"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's, as the machine outside sees the node."""
        return self.directory / "kubeconfig"

    @property
    def api_port(self) -> Path:
        """A file with the loopback port through which the API server is reached from outside."""
        return self.directory / "api.port"

    @property
    def cgroup(self) -> str:
        """The name of the cgroup that all Pods are in. Each kubelet removes cgroups of Pods that it
        does not know, so two nodes must not share one."""
        return f"flink-node-{hashlib.sha256(str(self.directory).encode()).hexdigest()[:8]}"

    def kubeconfig_of(self, component: str) -> Path:
        """How a daemon reaches the API server, inside."""
        return self.configuration / f"{component}.kubeconfig"
