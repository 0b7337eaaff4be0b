"""Processes forked from one that has everything imported: a start takes a moment, not the seconds
of the imports."""

import importlib
import multiprocessing
import multiprocessing.forkserver
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from alibabacloud_credentials.utils import auth_util
from kubernetes.aio.config import kube_config

from flink_local.environment import python_environment
from flink_local.manifests import REPOSITORY
from flink_workspace_operator import cli
from tests.patience import patience

IMPORTED = ("tests.e2e.killable", "tests.e2e.processes")
LOADED_LATE = ("kubernetes.aio.client.api.core_v1_api", "_strptime")
"""What a process loads when it first needs it, and takes a second for."""

forks = multiprocessing.get_context("forkserver")


def ensure_server() -> None:
    """Start the process that the others are forked from, in the environment of our own programs,
    unless it runs."""
    paths = [REPOSITORY, REPOSITORY / "operator", REPOSITORY / "deploy/local"]
    environment = {**python_environment(), "PYTHONPATH": ":".join(map(str, paths))}
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        forks.set_forkserver_preload([*IMPORTED, *LOADED_LATE])
        multiprocessing.forkserver.ensure_running()


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what it printed."""

    code: int | None
    out: str
    err: str


def run_program(arguments: Sequence[str], environment: Mapping[str, str]) -> Ended:
    """Run `python -m flink_workspace_operator` to its end, after its imports."""
    ensure_server()
    with tempfile.TemporaryDirectory() as directory:
        out, err = Path(directory) / "out", Path(directory) / "err"
        process = forks.Process(
            target=_program, args=(arguments, environment, out, err), daemon=True
        )
        process.start()
        process.join(patience())
        process.kill()
        return Ended(process.exitcode, out.read_text(), err.read_text())


def _program(
    arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path
) -> None:
    become(environment, out, err)
    sys.exit(cli.main([*arguments]))


def become(environment: Mapping[str, str], log: Path, err: Path | None = None) -> None:
    """In a fork: be as a program that was started with these variables, and prints into these
    files. Two libraries read variables when they are imported."""
    os.environ.update(environment)
    kube_config.KUBE_CONFIG_DEFAULT_LOCATION = environment["KUBECONFIG"]
    importlib.reload(auth_util)
    for path, number in ((log, 1), (err or log, 2)):
        with path.open("ab", buffering=0) as output:
            os.dup2(output.fileno(), number)
