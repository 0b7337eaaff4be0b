"""An image of a node for `kind`, out of Debian's packages and programs that are built here.

It follows what kind's own images are made of, without a registry: kind's files, systemd,
containerd, the programs of Kubernetes under the names that kubeadm calls, and the images of the
control plane, which are those same programs."""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from flink_local.binaries import VERSION
from flink_local.commands import run
from flink_local.go_program import cache_directory
from flink_local.kind.binaries import KIND, NODE_FILES
from flink_local.locks import exclusive
from flink_local.progress import step
from tests.lab.image.archive import write_archive, write_layer
from tests.lab.image.dockerfile import Image
from tests.lab.node.binaries import COREDNS, NODE, PAUSE

IMAGE: Final = "localhost/kind-node:dev"
REPOSITORY: Final = "localhost/k8s"
SUITE: Final = "bookworm"
PACKAGES: Final = (
    *(
        "systemd",
        "systemd-sysv",
        "kmod",
        "mount",
        "util-linux",
        "procps",
        "e2fsprogs",
        "bash",
        "ca-certificates",
    ),
    *(
        "conntrack",
        "iptables",
        "nftables",
        "iproute2",
        "ethtool",
        "curl",
        "jq",
        "pigz",
        "libseccomp2",
    ),
    *("containerd", "runc", "containernetworking-plugins"),
)
UNWANTED: Final = (
    "lib/systemd/system/multi-user.target.wants/*",
    "etc/systemd/system/*.wants/*",
    "lib/systemd/system/local-fs.target.wants/*",
    "lib/systemd/system/sockets.target.wants/*udev*",
    "lib/systemd/system/sockets.target.wants/*initctl*",
    "lib/systemd/system/basic.target.wants/*",
    "lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service",
    "var/lib/apt/lists/*",
    "var/cache/apt/archives/*.deb",
    "usr/share/doc/*",
    "usr/share/man/*",
)
"""What must not be started in a container, and what nobody reads there."""
NETWORK: Final = """\
{"cniVersion": "1.0.0", "name": "kind", "plugins": [
  {"type": "ptp", "ipMasq": true, "ipam": {"type": "host-local", "subnet": "10.244.0.0/24",
   "routes": [{"dst": "0.0.0.0/0"}]}}, {"type": "portmap", "capabilities": {"portMappings": true}}]}
"""
IMPORT: Final = """\
[Service]
ExecStart=
ExecStart=/usr/bin/containerd
ExecStartPost=/bin/sh -c 'for each in /kind/images/*.tar; do ctr --namespace=k8s.io images import "$each"; done'
OOMScoreAdjust=
"""
CLUSTER: Final[dict[str, Any]] = {
    "kind": "Cluster",
    "apiVersion": "kind.x-k8s.io/v1alpha4",
    "networking": {"disableDefaultCNI": True, "kubeProxyMode": "nftables"},
    "kubeadmConfigPatches": [
        f"kind: ClusterConfiguration\nimageRepository: {REPOSITORY}\n",
        # A minute is the default for the API server's first answer, which a busy machine takes
        # longer for.
        "kind: InitConfiguration\ntimeouts: {kubernetesAPICall: 5m0s, controlPlaneComponentHealthCheck: 8m0s}\n",
        "kind: KubeletConfiguration\ncgroupDriver: cgroupfs\nfailCgroupV1: false\n",
    ],
}
"""What `kind create cluster` is told about it."""


def ensure_node_image() -> Path:
    """The archive of the image; made now unless it is in the user's cache. Raises LocalFailure."""
    directory = cache_directory() / "kind-node"
    archive = directory / f"{_inputs()}.tar"
    with exclusive(directory / "lock", "another checkout that makes the node image"):
        if not archive.exists():
            with step("Making an image of a node, about two minutes, once for all checkouts"):
                _make(archive)
    return archive


def _inputs() -> str:
    built = " ".join(str(program.built.directory) for program in (KIND, NODE, COREDNS, PAUSE))
    return hashlib.sha256(built.encode() + Path(__file__).read_bytes()).hexdigest()[:16]


def _make(archive: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="making.", dir=archive.parent) as temporary:
        root = Path(temporary) / "root"
        run("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, root)
        _remove(root, UNWANTED)
        _take_files(root)
        _set_up(root)
        _write_control_plane(root, Path(temporary))
        layer = Path(temporary) / "layer"
        digest = write_layer(root, "/", layer)
        image = Image(
            env=(("container", "docker"),), entrypoint=("/usr/local/bin/entrypoint", "/sbin/init")
        )
        partial = Path(temporary) / "image.tar"
        write_archive(partial, image, IMAGE, [(digest, layer)])
        partial.rename(archive)


def _remove(root: Path, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        for found in root.glob(pattern):
            if found.is_dir() and not found.is_symlink():
                shutil.rmtree(found)
            else:
                found.unlink()


def _take_files(root: Path) -> None:
    """kind's own files; what is in a `bin` is a program."""
    files = KIND.built.path(NODE_FILES)
    shutil.copytree(files, root, dirs_exist_ok=True, copy_function=shutil.copyfile)
    for file in files.rglob("*"):
        if file.is_file():
            (root / file.relative_to(files)).chmod(0o755 if file.parent.name == "bin" else 0o644)


def _set_up(root: Path) -> None:
    shutil.copy(NODE.built.path("node"), root / "usr" / "local" / "bin" / "node")
    for name in ("kubelet", "kubeadm", "kubectl"):
        (root / "usr" / "bin" / name).symlink_to("/usr/local/bin/node")
    (root / "opt" / "cni").mkdir(parents=True, exist_ok=True)
    (root / "opt" / "cni" / "bin").symlink_to("/usr/lib/cni")
    for folder in (
        "etc/kubernetes/manifests",
        "etc/cni/net.d",
        "etc/systemd/system/containerd.service.d",
        "kind/images",
    ):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "kind" / "version").write_text(VERSION)
    (root / "etc" / "cni" / "net.d" / "10-kind.conflist").write_text(NETWORK)
    (root / "etc" / "systemd" / "system" / "containerd.service.d" / "images.conf").write_text(
        IMPORT
    )
    with (root / "etc" / "systemd" / "journald.conf").open("a") as journal:
        journal.write("ReadKMsg=no\n")
    _configure_containerd(root)
    for service in ("kubelet", "containerd", "undo-mount-hacks"):
        run("systemctl", f"--root={root}", "enable", f"{service}.service")
    run("systemctl", f"--root={root}", "mask", "systemd-binfmt.service")


def _configure_containerd(root: Path) -> None:
    file = root / "etc" / "containerd" / "config.toml"
    text = file.read_text().replace("SystemdCgroup = true", "SystemdCgroup = false")
    text = text.replace("restrict_oom_score_adj = false", "restrict_oom_score_adj = true")
    lines = [
        line
        for line in text.splitlines()
        if "sandbox_image" not in line and "base_runtime_spec" not in line
    ]
    at = lines.index('[plugins."io.containerd.grpc.v1.cri"]')
    pause = next(name for name in _images() if "/pause:" in name)
    file.write_text(
        "\n".join([*lines[: at + 1], f'  sandbox_image = "{pause}"', *lines[at + 1 :], ""])
    )


def _images() -> list[str]:
    """What kubeadm will ask for."""
    command = [str(NODE.built.path("kubeadm")), "config", "images", "list"]
    options = [f"--image-repository={REPOSITORY}", f"--kubernetes-version={VERSION}"]
    return subprocess.run(
        [*command, *options], capture_output=True, text=True, check=True
    ).stdout.split()


def _write_control_plane(root: Path, scratch: Path) -> None:
    """One layer serves them all: each is the same program under another name, and kube-proxy needs
    nft."""
    folder = scratch / "programs"
    _take_programs(root, folder)
    layer = scratch / "programs.layer"
    digest = write_layer(folder, "/", layer)
    for image in _images():
        name = image.removeprefix(f"{REPOSITORY}/").partition(":")[0]
        entry = (f"/{name}",) if name in ("coredns", "pause") else ()
        described = Image(
            env=(("PATH", "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),), entrypoint=entry
        )
        write_archive(root / "kind" / "images" / f"{name}.tar", described, image, [(digest, layer)])


def _take_programs(root: Path, folder: Path) -> None:
    programs = folder / "usr" / "local" / "bin"
    programs.mkdir(parents=True)
    shutil.copy(NODE.built.path("node"), programs / "node")
    for name in NODE.components:
        if name != NODE.name:
            (programs / name).symlink_to("node")
    for program in (COREDNS, PAUSE):
        shutil.copy(program.built.path(program.name), folder / program.name)
    for file in _with_libraries(root, "/usr/sbin/nft"):
        goes_to = folder / file.lstrip("/")
        goes_to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / file.lstrip("/"), goes_to)


def _with_libraries(root: Path, program: str) -> list[str]:
    said = subprocess.run(
        ["chroot", str(root), "ldd", program],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [program, *(word for word in said.split() if word.startswith("/"))]
