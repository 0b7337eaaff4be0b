"""Writes the keys and configuration files of a node's daemons."""

from pathlib import Path
from typing import Any, Final

import yaml
from cryptography.hazmat.primitives.asymmetric import rsa

from flink_local.certificates import Authority, Pair, private_pem, write_private
from flink_local.cluster import certificate_user, write_kubeconfig
from tests.lab.node.layout import ADDRESS, API_PORT, API_SERVICE, DNS_DOMAIN, NAME, PODS, Layout

PAUSE_IMAGE: Final = "localhost/pause:1"
USERS: Final = {
    "kube-controller-manager": ("system:kube-controller-manager", "system:authenticated"),
    "kube-scheduler": ("system:kube-scheduler", "system:authenticated"),
    "kube-proxy": ("system:kube-proxy", "system:node-proxier"),
    "kubelet": (f"system:node:{NAME}", "system:nodes"),
    "coredns": ("coredns", "system:masters"),
}
"""Who each daemon is for the API server: user and group. CoreDNS has no role in a new cluster, and
needs none here."""

CONTAINERD: Final = """\
version = 2
root = "{directory}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  # A machine may not let go below the score it has; Kubernetes asks for that for each pause container.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{configuration}/cni"
"""

NETWORK: Final = """\
{{
  "cniVersion": "1.0.0",
  "name": "pods",
  "plugins": [
    {{"type": "ptp", "ipam": {{"type": "host-local", "subnet": "{pods}", "routes": [{{"dst": "0.0.0.0/0"}}]}}}}
  ]
}}
"""

COREFILE: Final = """\
.:53 {{
    bind {address}
    errors
    kubernetes {domain} {{
        kubeconfig {kubeconfig}
    }}
    cache 5
    loadbalance
}}
"""

AUDIT_POLICY: Final[dict[str, Any]] = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "Metadata", "userGroups": ["system:serviceaccounts:flink-workspace-operator"]},
        {"level": "None"},
    ],
}
"""Who asked for what, and what was answered; of nobody but the operator."""


def write_configuration(layout: Layout) -> Authority:
    """Write everything that does not depend on where the API server is reached; gives who vouches
    for it."""
    for folder in (layout.keys, layout.configuration / "cni", layout.logs):
        folder.mkdir(parents=True, mode=0o700)
    authority = _write_keys(layout)
    files = {
        "containerd.toml": CONTAINERD.format(
            directory=layout.directory,
            socket=layout.containerd,
            pause=PAUSE_IMAGE,
            configuration=layout.configuration,
        ),
        "cni/pods.conflist": NETWORK.format(pods=PODS),
        "Corefile": COREFILE.format(
            address=ADDRESS, domain=DNS_DOMAIN, kubeconfig=layout.kubeconfig_of("coredns")
        ),
        "audit.yaml": yaml.safe_dump(AUDIT_POLICY),
        "kubelet.yaml": yaml.safe_dump(_kubelet(layout)),
        "kube-proxy.yaml": yaml.safe_dump(_kube_proxy(layout)),
        "resolv.conf": "",  # names outside the cluster have no address here
    }
    for name, content in files.items():
        (layout.configuration / name).write_text(content)
    return authority


def _write_keys(layout: Layout) -> Authority:
    authority = Authority.create()
    write_private(layout.keys / "ca.crt", authority.pem)
    pairs = {
        "apiserver": authority.server(ADDRESS, API_SERVICE),
        "kubelet": authority.server(ADDRESS),
        "kubelet-client": authority.client("kube-apiserver", "system:masters"),
    }
    for name, pair in pairs.items():
        _write_pair(layout.keys / name, pair)
    signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    write_private(layout.keys / "service-accounts.key", private_pem(signing_key))
    for component, (user, group) in USERS.items():
        identity = certificate_user(authority.client(user, group))
        write_kubeconfig(
            layout.kubeconfig_of(component),
            f"https://{ADDRESS}:{API_PORT}",
            authority.pem,
            identity,
        )
    return authority


def _write_pair(path: Path, pair: Pair) -> None:
    write_private(path.with_suffix(".crt"), pair.certificate)
    write_private(path.with_suffix(".key"), pair.key)


def _kubelet(layout: Layout) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(layout.keys / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(layout.keys / "kubelet.crt"),
        "tlsPrivateKeyFile": str(layout.keys / "kubelet.key"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{layout.cgroup}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "containerRuntimeEndpoint": f"unix://{layout.containerd}",
        "clusterDNS": [ADDRESS],
        "clusterDomain": DNS_DOMAIN,
        "resolvConf": str(layout.configuration / "resolv.conf"),
        # A full disk must not remove images or Pods: nobody can pull the images again.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": dict.fromkeys(
            ("nodefs.available", "nodefs.inodesFree", "imagefs.available"), "0%"
        ),
    }


def _kube_proxy(layout: Layout) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "bindAddress": ADDRESS,
        "clusterCIDR": PODS,
        "clientConnection": {"kubeconfig": str(layout.kubeconfig_of("kube-proxy"))},
        # These are settings of the whole machine, which namespaces do not hide: left as they are.
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
