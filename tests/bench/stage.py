"""What a bench runs on: a real API server, the cloud's emulator, and the operator, each a process
of its own."""

import asyncio
import json
import os
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
from kubernetes.aio import client, config

from flink_local.build import ensure_binaries
from flink_local.certificates import Authority
from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.emulator import ACCOUNT, Emulator, start_emulator
from flink_local.manifests import NAMESPACE, install
from flink_local.operator_process import NAME as OPERATOR
from flink_local.operator_process import start_operator
from flink_local.processes import Processes, still_running
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.connection import DIRECT
from flink_workspace_operator.settings import Settings
from tests.bench import watched
from tests.bench.usage import Usage, confirmed_in, passes_in, writes_in

BARE: Final = "bare"
"""A namespace in which things are done without the operator. Nothing is left there when it runs."""
MEASURED: Final = (OPERATOR, "kube-apiserver", "etcd", "emulator")
"""The processes whose time is told."""


@dataclass(frozen=True)
class Standstill:
    """In seconds of the loop's thread."""

    turn: float
    """The longest turn."""
    collection: float
    """The longest collection of garbage, which is part of a turn."""


@dataclass
class Stage:
    """All that runs. The operator can be ended and started again."""

    processes: Processes
    cluster: Cluster
    emulator: Emulator
    api: client.ApiClient
    admin: KubernetesCluster
    """The operator's own adapter, with all rights: what it writes is what the operator would
    write."""
    namespaces: tuple[str, ...]
    turns_file: Path
    port: int = 0
    started_at: float = 0.0
    _settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def custom(self) -> client.CustomObjectsApi:
        return client.CustomObjectsApi(self.api)

    async def start_operator(self, **settings: object) -> None:
        """Start it, and wait until it leads."""
        settings = {"log_format": "json", **settings}  # the ledger's lines tell what was taken back
        os.environ |= {
            f"FLINK_OPERATOR_{name.upper()}": str(value) for name, value in settings.items()
        }
        self.started_at = time.monotonic()
        program = (str(Path(watched.__file__)), str(self.turns_file), "run")
        self.port = start_operator(self.processes, self.cluster, self.emulator, program)
        await until(lambda: self.told("readyz")["leader"], 60)

    def end_operator(self) -> None:
        """By SIGTERM."""
        self.processes.end(OPERATOR)

    def told(self, what: str) -> Any:  # noqa: ANN401 - any JSON
        """What the operator says of itself."""
        return json.loads(self._get(f"http://127.0.0.1:{self.port}/{what}"))

    def ask(self, method: str, what: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """The emulator's control interface."""
        data = None if body is None else json.dumps(body).encode()
        address = f"{self.emulator.url}/_emulator/{what}?account={ACCOUNT}"
        request = urllib.request.Request(address, data=data, method=method)  # noqa: S310 - our own process
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - our own process
            return json.load(answer)

    async def usage(self) -> Usage:
        """What was used up to now."""
        running = still_running(self.processes.directory)
        times = {name: running[name].cpu_times() for name in MEASURED if name in running}
        counters: Mapping[str, Mapping[str, int]] = self.ask("GET", "calls")["counters"]
        operator = running.get(OPERATOR)
        told = self._get(f"http://127.0.0.1:{self.port}/metrics").decode() if operator else ""
        return Usage(
            moment=time.monotonic(),
            cpu=Counter({name: each.user + each.system for name, each in times.items()}),
            calls=Counter({name: sum(counts.values()) for name, counts in counters.items()}),
            writes=writes_in(await self._metrics_of_api_server()),
            passes=passes_in(told),
            confirmed=confirmed_in(told),
            peak=peak_of(operator) if operator else 0,
        )

    async def pause(self, seconds: float) -> None:
        """A measurement takes its time: nothing is waited for but that."""
        await asyncio.sleep(seconds)

    def standstill(self, since: float) -> Standstill:
        """How long the operator's loop stood still at the most, since a moment."""
        lines = [
            list(map(float, line.split())) for line in self.turns_file.read_text().splitlines()
        ]
        turns, collections = (
            [each[1] for each in lines if each[0] >= since],
            [each[2] for each in lines if each[0] >= since],
        )
        return Standstill(max(turns, default=0.0), max(collections, default=0.0))

    async def _metrics_of_api_server(self) -> str:
        request = await self.api.param_serialize("GET", "/metrics", auth_settings=["BearerToken"])
        response = await self.api.call_api(*request)
        return bytes(await response.read()).decode()  # type: ignore[no-untyped-call]  # its own gap

    def _get(self, address: str) -> bytes:
        with urllib.request.urlopen(address, timeout=120) as answer:  # noqa: S310 - our own process
            return bytes(answer.read())


async def until(look: Callable[[], Any], seconds: float, pause: float = 0.2) -> None:
    """Look now and then until it is true."""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s")
        await asyncio.sleep(pause)


def peak_of(process: psutil.Process) -> int:
    """The most memory that a process had, in bytes."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) * 1024


@asynccontextmanager
async def staged(directory: Path, *, tls: bool, namespaces: int) -> AsyncIterator[Stage]:
    """Start all but the operator; everything ends with the block."""
    with Processes(directory) as processes:
        cluster = ControlPlane(directory, processes, ensure_binaries()).start()
        emulator = start_emulator(processes, Authority.create() if tls else None)
        install(cluster)
        names = tuple(f"bench-{number}" for number in range(namespaces))
        for name in (*names, BARE):
            cluster.kubectl("create", "namespace", name)
        configuration = client.Configuration(client_session_kwargs=DIRECT)
        await config.load_kube_config(str(cluster.kubeconfig), client_configuration=configuration)  # type: ignore[no-untyped-call]  # its own gap
        async with client.ApiClient(configuration) as api:
            admin = KubernetesCluster(api, Settings(namespace=NAMESPACE))
            yield Stage(processes, cluster, emulator, api, admin, names, directory / "turns")
