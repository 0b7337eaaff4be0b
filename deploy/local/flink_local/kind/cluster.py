"""`make kind`: a cluster of containers, the trial installed on it, and the samples bought there."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console

from flink_local.build import ensure_binaries, ensure_built
from flink_local.cluster import Cluster
from flink_local.commands import run
from flink_local.failures import LocalFailure
from flink_local.helm import HELM
from flink_local.installing import WAYS, run_commands
from flink_local.kind.binaries import KIND
from flink_local.kind.images import build_images, find_engine
from flink_local.manifests import NAMESPACE, REPOSITORY
from flink_local.progress import duration, step
from flink_local.trial import SAMPLES

NAME: Final = "flink-workspace-operator"
NODE_IMAGE: Final = "KIND_NODE_IMAGE"
"""Left out, it is the one that kind was released with."""
CONFIGURATION: Final = "KIND_CONFIG"
DIRECTORY: Final = REPOSITORY / ".local" / "kind"
KUBECONFIG: Final = DIRECTORY / "kubeconfig"
WAY: Final = "WAY"
"""How to install: one of WAYS."""
READY_SECONDS: Final = 300

_NEXT = f"""
It stays up. Try:

  export KUBECONFIG={KUBECONFIG}
  kubectl get flinkworkspaces --watch
  make kind-down                        removes the cluster"""


def kind(console: Console) -> None:
    """Create the cluster unless it is there, install, buy the samples and show them; raises
    LocalFailure."""
    engine = find_engine()
    buy_in_kind(console, lambda: _build_images(engine, console), KUBECONFIG)
    console.print(_NEXT, highlight=False, markup=False, soft_wrap=True)


def buy_in_kind(console: Console, make_images: Callable[[], list[Path]], kubeconfig: Path) -> None:
    """The same with archives of images that somebody else makes, and without a word about what
    comes next."""
    way = os.environ.get(WAY) or next(iter(WAYS))
    if way not in WAYS:
        raise LocalFailure(f"{WAY} is {way}; it must be one of: {', '.join(WAYS)}")
    started, program = time.monotonic(), ensure_built(KIND).path("kind")
    ensure_built(HELM)
    cluster = Cluster(kubeconfig, ensure_binaries().path("kubectl"))
    archives = make_images()
    with step("Creating a cluster", console):
        _create(program, kubeconfig)
    with step("Loading the images into its node", console):
        for archive in archives:
            run(program, "load", "image-archive", archive, f"--name={NAME}")
    with step(f"Installing the trial by {way}", console):
        _install(cluster, way)
    with step("Buying the samples", console):
        _buy(cluster)
    shown = cluster.kubectl("get", "flinkworkspaces,flinkworkspaceorders")
    console.print(f"\n{shown}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"All of it took {duration(time.monotonic() - started)}.", highlight=False)


def kind_down(console: Console) -> None:
    """Remove the cluster; raises LocalFailure."""
    find_engine()
    run(
        ensure_built(KIND).path("kind"),
        "delete",
        "cluster",
        f"--name={NAME}",
        f"--kubeconfig={KUBECONFIG}",
    )
    console.print(f"The cluster {NAME} is gone.")


def _build_images(engine: Path, console: Console) -> list[Path]:
    with step(f"Building the images with {engine.name}", console):
        return build_images(engine, DIRECTORY)


def _create(program: Path, kubeconfig: Path) -> None:
    if NAME in run(program, "get", "clusters").split():
        run(program, "export", "kubeconfig", f"--name={NAME}", f"--kubeconfig={kubeconfig}")
        return
    kubeconfig.parent.mkdir(parents=True, exist_ok=True)
    options = [f"--name={NAME}", f"--kubeconfig={kubeconfig}", f"--wait={READY_SECONDS}s"]
    options += [
        f"--{option}={value}"
        for option, variable in (("image", NODE_IMAGE), ("config", CONFIGURATION))
        if (value := os.environ.get(variable))
    ]
    run(program, "create", "cluster", *options)


def _install(cluster: Cluster, way: str) -> None:
    run_commands(cluster, WAYS[way])
    for deployment in ("flink-cloud-emulator", "flink-workspace-operator"):
        arguments = ("rollout", "status", f"--namespace={NAMESPACE}", f"deployment/{deployment}")
        cluster.kubectl(*arguments, f"--timeout={READY_SECONDS}s", seconds=READY_SECONDS)


def _buy(cluster: Cluster) -> None:
    cluster.kubectl("apply", f"--filename={SAMPLES}")
    arguments = (
        "wait",
        "--for=condition=Ready",
        "flinkworkspaces",
        "--all",
        f"--timeout={READY_SECONDS}s",
    )
    cluster.kubectl(*arguments, seconds=READY_SECONDS)
