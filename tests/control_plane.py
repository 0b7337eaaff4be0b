"""One real control plane for a whole test run, shared by all xdist workers, started by the first
test that wants it.

Tests take the fixtures:

    def test_it(cluster: Cluster, namespace: str) -> None:
        Objects.of(cluster, namespace).apply(manifest)    # tests/objects.py; or
        cluster.kubectl("get", "pods")
        cluster.kubeconfig                                # a path; the administrator's rights
        operator_kubeconfig(cluster)                      # the operator's rights

`crds/` and the rights of `deploy/base` are applied. `namespace` is the test's own and is deleted
afterwards.

The process that the user started (the xdist controller, or pytest itself) owns the control plane:
it answers on a socket of its own where the cluster is. So the control plane lives exactly as long
as the run, also after Ctrl-C, and its watchdog ends it even if the run is killed."""

import contextlib
import functools
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Client, Listener
from pathlib import Path

import pytest

from flink_local.binaries import installed_binaries
from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.failures import LocalFailure
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT, install
from tests.namespaces import Namespaces

ADDRESS = "FLINK_TEST_CONTROL_PLANE"
TOKEN_SECONDS = 24 * 3600
"""Longer than any run."""


class Owner:
    """Starts the control plane when first asked for, tells every asker its kubeconfig or why there
    is none."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="flink-tests-"))
        self._listener = Listener(str(self.directory / "socket"), backlog=64)
        self._plane: ControlPlane | None = None
        self._answer: tuple[str, str] | None = None
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        """Where tests ask."""
        return str(self._listener.address)

    def _serve(self) -> None:
        while True:
            try:
                asker = self._listener.accept()
            except OSError:  # closed: the run is over
                return
            with asker, self._lock, contextlib.suppress(OSError):  # the asker is gone after Ctrl-C
                self._answer = self._answer or self._start()
                asker.send(self._answer)

    def _start(self) -> tuple[str, str]:
        try:
            self._plane = ControlPlane(self.directory / "control-plane")
            cluster = self._plane.start()
            install(cluster)
        except LocalFailure as failure:
            return "failed", str(failure)
        return "ready", str(cluster.kubeconfig)

    def stop(self) -> None:
        """End the control plane, waiting for a start that is under way, and leave nothing
        behind."""
        with self._lock:
            if self._plane is not None:
                self._plane.stop()
            self._answer = ("failed", "the test run is over")
        self._listener.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Open the socket in the process that the user started; workers inherit its address."""
    if not hasattr(config, "workerinput"):
        owner = Owner()
        os.environ[ADDRESS] = owner.address
        config.add_cleanup(owner.stop)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The run's cluster, with the definitions and the operator's rights installed."""
    with Client(os.environ[ADDRESS]) as owner:
        state, text = owner.recv()
    if state != "ready":
        pytest.fail(text, pytrace=False)
    return Cluster(Path(text), installed_binaries().path("kubectl"))


@functools.cache
def operator_kubeconfig(cluster: Cluster) -> Path:
    """With the operator's rights; one for this process, because a token takes a kubectl."""
    path = cluster.kubeconfig.with_name(f"operator-{os.getpid()}")
    return cluster.kubeconfig_for(SERVICE_ACCOUNT, NAMESPACE, path, seconds=TOKEN_SECONDS)


@pytest.fixture(scope="session")
def namespaces(cluster: Cluster) -> Namespaces:
    """Those of the run's cluster."""
    return Namespaces(cluster)


@pytest.fixture
def namespace(namespaces: Namespaces) -> Iterator[str]:
    """A namespace of this test's own."""
    with namespaces.fresh() as name:
        yield name
