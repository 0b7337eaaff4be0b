"""Where etcd, kube-apiserver, kube-controller-manager and kubectl come from: given by the user, or
built here once."""

import os
from pathlib import Path
from typing import Final

from flink_local.failures import LocalFailure
from flink_local.go_program import Binaries, GoProgram

NEEDED: Final = ("etcd", "kube-apiserver", "kubectl")
OPTIONAL: Final = ("kube-controller-manager",)
"""Without it there are no default ServiceAccounts, and deleted namespaces stay."""

VERSION: Final = "v1.36.3"
CONTROL_PLANE: Final = GoProgram(
    name="control-plane",
    title="the control plane",
    components=(*NEEDED, *OPTIONAL),
    # Without the version the server calls itself v0.0.0-master. `-s -w` leaves out symbols: half
    # the size.
    linker_flags="-s -w"
    f" -X k8s.io/component-base/version.gitVersion={VERSION} -X k8s.io/client-go/pkg/version.gitVersion={VERSION}",
)


def given_binaries() -> Binaries | None:
    """Those of `KUBEBUILDER_ASSETS` (envtest's convention); raises LocalFailure if it is set but
    incomplete."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if not assets:
        return None
    given = Binaries(Path(assets).resolve(), NEEDED)
    if missing := [name for name in NEEDED if not given.has(name)]:
        raise LocalFailure(
            f"KUBEBUILDER_ASSETS is {assets}, but {', '.join(missing)} is missing there. Unset it to build."
        )
    return given


def installed_binaries() -> Binaries:
    """What can be started right now; raises LocalFailure if it has to be built first."""
    binaries = given_binaries() or CONTROL_PLANE.built
    if not binaries.complete:
        raise LocalFailure(
            "The control plane is not built yet. `make control-plane` does it, once for all checkouts."
        )
    return binaries
