"""`python -m tests.bench 0 100 1000`: memory, CPU and calls of the operator with so many workspaces, as a table.

A real API server, the emulated cloud, and the operator as a process of its own. The workspaces run in the cloud
already, marked as this cluster's, as after a restore: each resource binds to its own, and is then only looked after.
That is what is measured, for as long as it takes to look at each once.
"""

import json
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil
import yaml
from rich.console import Console

from flink_local.cluster import Cluster
from flink_local.operator_process import NAME as OPERATOR
from flink_local.processes import Processes, still_running
from flink_local.trial import SAMPLES, Trial, start_trial
from flink_workspace_operator.api.names import CLUSTER_TAG, WORKSPACE_TAG

LOOK: Final = "oss.GetBucketInfo"
"""Called once in each look."""
USUAL_LOOKS_PER_HOUR: Final = 6
"""With FLINK_OPERATOR_RESYNC_SECONDS as it is by default."""
SECONDS_EACH: Final = 3
"""The longest that binding one may take, on a machine that does something else too."""
BATCH: Final = 500
ROLE: Final = {
    "name": "AliyunStreamAsiDefaultRole",
    "policies": ["AliyunStreamAsiDefaultRolePolicy", "AliyunDLFFullAccess"],
}
"""Authorised by whoever bought the workspaces."""
SAMPLE: Final = SAMPLES / "pay-as-you-go.yaml"
HEAD: Final = (
    *("workspaces", "ready after s", "RSS in MiB", "CPU in ms a look", "CPU at a look in 10 minutes"),
    *("calls of the cloud a look", "calls an hour at a look in 10 minutes"),
)


@dataclass(frozen=True)
class Usage:
    """What was used up to a moment."""

    cpu: float
    calls: Counter[str]
    resident: int


@dataclass(frozen=True)
class Bench:
    """All that runs."""

    trial: Trial
    processes: Processes
    operator: psutil.Process
    look_seconds: int
    """How often each workspace is looked at, so that the bench ends the same day."""

    def usage(self) -> Usage:
        """Of the operator's process, and of the cloud by anybody."""
        times = self.operator.cpu_times()
        counters: Mapping[str, Mapping[str, int]] = ask(self.trial, "GET", "calls")["counters"]
        calls = Counter({name: sum(counts.values()) for name, counts in counters.items()})
        return Usage(times.user + times.system, calls, self.operator.memory_info().rss)

    def have(self, before: int, wanted: int) -> float:
        """Have so many workspaces, and wait until all are ready; gives the seconds that it took."""
        cluster, began = self.trial.cluster, time.monotonic()
        mark = cluster.kubectl("get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}")
        for first in range(before, wanted, BATCH):
            numbers = range(first, min(first + BATCH, wanted))
            ask(
                self.trial,
                "PUT",
                "state",
                {"roles": [ROLE], "workspaces": [instance(number, mark) for number in numbers]},
            )
            manifests = yaml.dump_all(map(manifest, numbers))
            cluster.kubectl("create", "--filename=-", stdin=manifests, seconds=SECONDS_EACH * BATCH)
        patience = SECONDS_EACH * (wanted - before + BATCH)
        self.processes.wait_for("Binding", lambda: ready(cluster) == wanted or None, patience)
        return time.monotonic() - began

    def measure(self) -> Usage:
        """What is used in the time in which each workspace is looked at once."""
        self.pause()  # whatever it has to do after a change
        start = self.usage()
        self.pause()
        end = self.usage()
        return Usage(end.cpu - start.cpu, end.calls - start.calls, end.resident)

    def pause(self) -> None:
        """A measurement takes its time: nothing is waited for but that."""
        threading.Event().wait(self.look_seconds)


def ready(cluster: Cluster) -> int:
    """How many workspaces are ready; asked for no more often than about once a second."""
    path = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'
    threading.Event().wait(1)
    return cluster.kubectl("get", "flinkworkspaces", f"--output=jsonpath={path}", seconds=600).split().count("True")


def manifest(number: int) -> dict[str, Any]:
    """The sample under another name."""
    found: dict[str, Any] = yaml.safe_load(SAMPLE.read_text())
    return {**found, "metadata": {"name": f"bench-{number:05}"}}


def instance(number: int, cluster_id: str) -> dict[str, object]:
    """What the cloud has for it."""
    found = manifest(number)
    name, spec = found["metadata"]["name"], found["spec"]
    return {
        "name": name,
        "chargeType": "POST",
        "vpcId": spec["network"]["vpcId"],
        "vSwitchIds": spec["network"]["vSwitchIds"],
        "bucket": spec["storage"]["oss"]["bucket"],
        "tags": {CLUSTER_TAG: cluster_id, WORKSPACE_TAG: f"default/{name}"},
    }


def ask(trial: Trial, method: str, what: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - any JSON
    """The emulator's control interface."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{trial.emulator.url}/_emulator/{what}", data=data, method=method)  # noqa: S310 - our own process
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own process
        return json.load(answer)


def row(size: int, took: float, used: Usage, look_seconds: int) -> tuple[str, ...]:
    """A line of the table."""
    resident = f"{used.resident / 2**20:.0f}"
    looks = used.calls[LOOK]
    if not looks:
        return f"{size}", f"{took:.0f}", resident, "-", f"{used.cpu / look_seconds:.1%}", "-", "-"
    usual = size * USUAL_LOOKS_PER_HOUR
    cpu, calls = used.cpu / looks, used.calls.total() / looks
    shares = f"{cpu * 1000:.0f}", f"{cpu * usual / 3600:.1%}", f"{calls:.1f}", f"{calls * usual:.0f}"
    return f"{size}", f"{took:.0f}", resident, *shares


def main(sizes: list[int]) -> int:
    """Print the table, a row when it is known. Each size has those of the one before."""
    look_seconds = max(60, 60 * max(sizes) // 1000)
    os.environ["FLINK_OPERATOR_RESYNC_SECONDS"] = str(look_seconds)
    with (
        tempfile.TemporaryDirectory(prefix="flink-bench-", ignore_cleanup_errors=True) as directory,
        Processes(Path(directory)) as processes,
    ):
        trial = start_trial(processes, Console())
        bench = Bench(trial, processes, still_running(Path(directory))[OPERATOR], look_seconds)
        say("| " + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD))
        used, before = Usage(0, Counter(), 0), 0
        for size in sizes:
            took, before = bench.have(before, size), size
            used = bench.measure()
            say("| " + " | ".join(row(size, took, used, look_seconds)) + " |")
        say(f"\nCalls a look, with {before}:")
        looks = max(used.calls[LOOK], 1)
        say("\n".join(f"{name} {count / looks:.2f}" for name, count in sorted(used.calls.items())))
    return 0


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - its output


if __name__ == "__main__":
    sys.exit(main([int(argument) for argument in sys.argv[1:]]))
