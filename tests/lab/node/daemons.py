"""The command lines of a node's daemons."""

from pathlib import Path

from tests.lab.node.binaries import COREDNS, NODE
from tests.lab.node.layout import ADDRESS, API_PORT, ETCD_PORT, NAME, SERVICES, Layout

Command = list[str | Path]


def first_daemons(layout: Layout) -> dict[str, Command]:
    """What everything else needs: containers, the database, the API server."""
    program = NODE.built.path
    return {
        "containerd": ["containerd", "--config", layout.configuration / "containerd.toml"],
        "etcd": [program("etcd"), *_etcd(layout)],
        "kube-apiserver": [program("kube-apiserver"), *_api_server(layout)],
    }


def other_daemons(layout: Layout) -> dict[str, Command]:
    """What talks to the API server."""
    program, configuration = NODE.built.path, layout.configuration
    return {
        "kube-controller-manager": [
            program("kube-controller-manager"),
            *_controller_manager(layout),
        ],
        "kube-scheduler": [
            program("kube-scheduler"),
            f"--kubeconfig={layout.kubeconfig_of('kube-scheduler')}",
            "--leader-elect=false",
        ],
        "kubelet": [
            program("kubelet"),
            f"--config={configuration / 'kubelet.yaml'}",
            f"--kubeconfig={layout.kubeconfig_of('kubelet')}",
            f"--hostname-override={NAME}",
            f"--node-ip={ADDRESS}",
        ],
        "kube-proxy": [
            program("kube-proxy"),
            f"--config={configuration / 'kube-proxy.yaml'}",
            f"--hostname-override={NAME}",
        ],
        "coredns": [COREDNS.built.path("coredns"), "-conf", configuration / "Corefile"],
    }


def _etcd(layout: Layout) -> list[str]:
    client, peer = f"http://127.0.0.1:{ETCD_PORT}", f"http://127.0.0.1:{ETCD_PORT + 1}"
    return [
        f"--data-dir={layout.directory / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",  # everything here is thrown away
        "--log-level=warn",
    ]


def _api_server(layout: Layout) -> list[str]:
    keys = layout.keys
    return [
        f"--etcd-servers=http://127.0.0.1:{ETCD_PORT}",
        "--bind-address=0.0.0.0",  # in the node's own network only
        f"--advertise-address={ADDRESS}",
        f"--secure-port={API_PORT}",
        f"--tls-cert-file={keys / 'apiserver.crt'}",
        f"--tls-private-key-file={keys / 'apiserver.key'}",
        f"--client-ca-file={keys / 'ca.crt'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={keys / 'service-accounts.key'}",
        f"--service-account-signing-key-file={keys / 'service-accounts.key'}",
        "--service-account-extend-token-expiration=false",  # else a Pod's token lasts a year
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--service-cluster-ip-range={SERVICES}",
        f"--kubelet-certificate-authority={keys / 'ca.crt'}",
        f"--kubelet-client-certificate={keys / 'kubelet-client.crt'}",
        f"--kubelet-client-key={keys / 'kubelet-client.key'}",
        "--kubelet-preferred-address-types=InternalIP",  # the node's name has no address
        f"--audit-policy-file={layout.configuration / 'audit.yaml'}",
        f"--audit-log-path={layout.audit_log}",
        "--audit-log-mode=blocking",  # what was answered is in the log
    ]


def _controller_manager(layout: Layout) -> list[str]:
    return [
        f"--kubeconfig={layout.kubeconfig_of('kube-controller-manager')}",
        f"--root-ca-file={layout.keys / 'ca.crt'}",  # Pods trust the API server by it
        f"--service-account-private-key-file={layout.keys / 'service-accounts.key'}",
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--secure-port=0",
    ]
