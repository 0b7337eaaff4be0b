"""Where etcd, kube-apiserver, kube-controller-manager and kubectl come from: given by the user, or built here once."""

import hashlib
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from flink_local.failures import LocalFailure

SOURCES = Path(__file__).parents[1] / "control-plane"
NEEDED = ("etcd", "kube-apiserver", "kubectl")
OPTIONAL = ("kube-controller-manager",)
"""Without it there are no default ServiceAccounts, and deleted namespaces stay."""

VERSION = "v1.36.3"
LINKER_FLAGS = (
    f"-s -w -X k8s.io/component-base/version.gitVersion={VERSION} -X k8s.io/client-go/pkg/version.gitVersion={VERSION}"
)
"""Without the version the server calls itself v0.0.0-master. `-s -w` leaves out symbols: half the size."""


@dataclass(frozen=True)
class Binaries:
    """A directory with the programs of a control plane."""

    directory: Path

    def path(self, name: str) -> Path:
        """The program of that name."""
        return self.directory / name

    def has(self, name: str) -> bool:
        """Whether it is there and may be executed."""
        return os.access(self.path(name), os.X_OK)

    @property
    def complete(self) -> bool:
        """Whether all that is needed is there."""
        return all(map(self.has, NEEDED))


def cache_directory() -> Path:
    """Where all checkouts of a user keep what they built and installed."""
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(home) / "flink-workspace-operator"


def source_hash(sources: Path = SOURCES) -> str:
    """What the built program depends on, as a short name: its sources, the flags, and the kind of machine."""
    digest = hashlib.sha256(f"{LINKER_FLAGS} {platform.system()} {platform.machine()}".encode())
    for name in ("go.mod", "go.sum", "main.go"):
        content = (sources / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def built_binaries() -> Binaries:
    """Where a build of these sources is, or goes."""
    return Binaries(cache_directory() / "control-plane" / source_hash())


def given_binaries() -> Binaries | None:
    """Those of `KUBEBUILDER_ASSETS` (envtest's convention); raises LocalFailure if it is set but incomplete."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if not assets:
        return None
    given = Binaries(Path(assets).resolve())
    if missing := [name for name in NEEDED if not given.has(name)]:
        raise LocalFailure(
            f"KUBEBUILDER_ASSETS is {assets}, but {', '.join(missing)} is missing there. Unset it to build."
        )
    return given


def installed_binaries() -> Binaries:
    """What can be started right now; raises LocalFailure if it has to be built first."""
    binaries = given_binaries() or built_binaries()
    if not binaries.complete:
        raise LocalFailure("The control plane is not built yet. `make control-plane` does it, once for all checkouts.")
    return binaries
