"""`make up` and `make down`: the same as the demo, but it stays, for people and scripts to try
things with."""

import shlex
import shutil
from pathlib import Path

from rich.console import Console

from flink_local.cluster import Cluster
from flink_local.emulator import Emulator
from flink_local.locks import exclusive
from flink_local.manifests import REPOSITORY
from flink_local.operator_process import NAME as OPERATOR
from flink_local.operator_process import start_operator
from flink_local.processes import Processes, left_behind, still_running, stop_running
from flink_local.trial import start_trial

DIRECTORY = REPOSITORY / ".local" / "up"
_LOCK = "lock"

_NEXT = """
In .local/up/ are kubeconfig, kubectl, emulator.url, operator.pid and the logs. Try:

  .local/up/kubectl apply --filename=deploy/samples/  buys from the emulator, not from the real cloud
  .local/up/kubectl get flinkworkspaces --watch
  .local/up/kubectl get flinkworkspaceorders          the ledger of what was ordered
  .local/up/kubectl explain flinkworkspace.spec
  curl "$(cat .local/up/emulator.url)/_emulator/purchases"
  tail -f .local/up/operator.log
  make down                                           stops it"""


def up(console: Console, directory: Path = DIRECTORY) -> None:
    """Start everything and leave it running, or only the operator if that alone has ended; raises
    LocalFailure."""
    with exclusive(directory / _LOCK, "another `make up` or `make down` of this checkout"):
        ended = left_behind(directory) - set(still_running(directory))
        if OPERATOR not in left_behind(directory) or ended - {OPERATOR}:
            _start_afresh(console, directory)
            _say(console, "It is up." + _NEXT)
        elif ended:
            _restart_operator(directory)
            _say(console, "The operator had ended. It runs again; the rest was still up.")
        else:
            _say(console, "It is already up." + _NEXT)


def down(console: Console, directory: Path = DIRECTORY) -> None:
    """End what `up` left running, by process id; the logs stay."""
    with exclusive(directory / _LOCK, "another `make up` or `make down` of this checkout"):
        stopped = stop_running(directory)
        _clear(directory, keep=(".log",))
    _say(console, f"Stopped {', '.join(reversed(stopped))}." if stopped else "Nothing was running.")


def _start_afresh(console: Console, directory: Path) -> None:
    stop_running(directory)
    _clear(directory)
    processes = Processes(directory, outlive=True)
    try:
        trial = start_trial(processes, console)
        _write_kubectl(directory / "kubectl", trial.cluster)
    except BaseException:  # also Ctrl-C: what is half up is of no use
        processes.stop()
        raise


def _restart_operator(directory: Path) -> None:
    processes = Processes(directory, outlive=True)
    emulator = Emulator((directory / "emulator.url").read_text().strip())
    try:
        start_operator(
            processes, Cluster(directory / "kubeconfig", directory / "kubectl"), emulator
        )
    except BaseException:  # also Ctrl-C
        processes.stop()
        raise


def _write_kubectl(path: Path, cluster: Cluster) -> None:
    """A kubectl for this cluster, whatever the caller's own environment says."""
    variables = ("KUBECONFIG", "KUBECACHEDIR")
    exports = [f"export {name}={shlex.quote(cluster.environment[name])}" for name in variables]
    path.write_text(
        "\n".join(
            ["#!/bin/sh", *exports, f'exec {shlex.quote(str(cluster.kubectl_program))} "$@"', ""]
        )
    )
    path.chmod(0o755)


def _clear(directory: Path, keep: tuple[str, ...] = ()) -> None:
    for path in directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.suffix not in keep and path.name != _LOCK:
            path.unlink()


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
