"""Processes forked from one that has everything imported: a start takes a moment, not the seconds of the imports."""

import importlib
import multiprocessing
import multiprocessing.forkserver
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from alibabacloud_credentials.utils import auth_util
from kubernetes.aio.config import kube_config

from flink_local.environment import python_environment
from flink_local.manifests import REPOSITORY

IMPORTED = ("tests.e2e.killable", "tests.e2e.processes")
LOADED_LATE = ("kubernetes.aio.client.api.core_v1_api", "_strptime")
"""What a process loads when it first needs it, and takes a second for."""

forks = multiprocessing.get_context("forkserver")


def ensure_server() -> None:
    """Start the process that the others are forked from, in the environment of our own programs, unless it runs."""
    paths = [REPOSITORY, REPOSITORY / "operator", REPOSITORY / "deploy/local"]
    environment = {**python_environment(), "PYTHONPATH": ":".join(map(str, paths))}
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        forks.set_forkserver_preload([*IMPORTED, *LOADED_LATE])
        multiprocessing.forkserver.ensure_running()


def become(environment: Mapping[str, str], log: Path) -> None:
    """In a fork: be as a program that was started with these variables. Two libraries read them when imported."""
    os.environ.update(environment)
    kube_config.KUBE_CONFIG_DEFAULT_LOCATION = environment["KUBECONFIG"]
    importlib.reload(auth_util)
    with log.open("ab", buffering=0) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
