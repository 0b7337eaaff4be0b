"""`python -m tests.bench 0 100 1000`: memory, CPU and calls of the operator with so many workspaces, as a table.

A real API server, the emulated cloud, and the operator as a process of its own. It buys all the workspaces itself, then
is watched while it only looks after them: for as long as it takes to look at each once.
"""

import json
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
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

LOOK_SECONDS: Final = 60
"""How often each workspace is looked at here, so that the bench ends the same day."""
USUAL_LOOKS_PER_HOUR: Final = 6
"""With FLINK_OPERATOR_RESYNC_SECONDS as it is by default."""
SECONDS_EACH: Final = 3
"""The longest that buying one may take, on a machine that does something else too."""
SAMPLE: Final = SAMPLES / "pay-as-you-go.yaml"
HEAD: Final = (
    "workspaces",
    "bought in s",
    "RSS in MiB",
    "CPU in ms a look",
    "cloud calls a look",
    "cloud calls an hour",
)


@dataclass(frozen=True)
class Usage:
    """What was used up to a moment."""

    cpu: float
    calls: int
    resident: int


@dataclass(frozen=True)
class Bench:
    """All that runs."""

    trial: Trial
    processes: Processes
    operator: psutil.Process

    def usage(self) -> Usage:
        """Of the operator's process, and of the cloud by anybody."""
        times = self.operator.cpu_times()
        counters: Mapping[str, Mapping[str, int]] = ask(self.trial, "calls")["counters"]
        calls = sum(sum(counts.values()) for counts in counters.values())
        return Usage(times.user + times.system, calls, self.operator.memory_info().rss)

    def buy(self, before: int, wanted: int) -> float:
        """Have so many workspaces, and wait until all are ready; gives the seconds that it took."""
        began = time.monotonic()
        for first in range(before, wanted, 500):
            manifests = [manifest(number) for number in range(first, min(first + 500, wanted))]
            self.trial.cluster.kubectl(
                "create", "--filename=-", "--validate=false", stdin=yaml.dump_all(manifests), seconds=600
            )
        self.processes.wait_for(
            "Buying", lambda: ready(self.trial.cluster) == wanted or None, 60 + SECONDS_EACH * (wanted - before)
        )
        return time.monotonic() - began


def ready(cluster: Cluster) -> int:
    """How many workspaces are ready; asked for no more often than about once a second."""
    path = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'
    threading.Event().wait(1)
    return cluster.kubectl("get", "flinkworkspaces", f"--output=jsonpath={path}", seconds=600).split().count("True")


def manifest(number: int) -> dict[str, Any]:
    """The sample under another name."""
    found: dict[str, Any] = yaml.safe_load(SAMPLE.read_text())
    return {**found, "metadata": {"name": f"bench-{number:05}"}}


def ask(trial: Trial, what: str, changes: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - any JSON
    """The emulator's control interface; a change where there is one."""
    body = None if changes is None else json.dumps(changes).encode()
    request = urllib.request.Request(  # noqa: S310 - our own process
        f"{trial.emulator.url}/_emulator/{what}", data=body, method="GET" if body is None else "PATCH"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own process
        return json.load(answer)


def measure(bench: Bench, sizes: list[int]) -> Iterator[tuple[str, ...]]:
    """A row for each size; each has those of the one before."""
    before = 0
    for size in sizes:
        took, before = bench.buy(before, size), size
        threading.Event().wait(LOOK_SECONDS)  # whatever the purchases left to be done
        start, began = bench.usage(), time.monotonic()
        threading.Event().wait(LOOK_SECONDS)
        end, seconds = bench.usage(), time.monotonic() - began
        looks = size * seconds / LOOK_SECONDS
        cpu, calls = end.cpu - start.cpu, end.calls - start.calls
        yield (
            f"{size}",
            f"{took:.0f}",
            f"{end.resident / 2**20:.0f}",
            f"{cpu * 1000 / looks:.0f}" if looks else f"{cpu * 1000 / seconds:.0f} a second",
            f"{calls / looks:.1f}" if looks else "-",
            f"{calls / looks * size * USUAL_LOOKS_PER_HOUR:.0f}" if looks else f"{calls * 3600 / seconds:.0f}",
        )


def main(sizes: list[int]) -> int:
    """Print the table, a row when it is known."""
    os.environ["FLINK_OPERATOR_RESYNC_SECONDS"] = str(LOOK_SECONDS)
    console = Console()
    with (
        tempfile.TemporaryDirectory(prefix="flink-bench-", ignore_cleanup_errors=True) as directory,
        Processes(Path(directory)) as processes,
    ):
        trial = start_trial(processes, console)
        ask(trial, "settings", {"provisioningSeconds": 1})
        bench = Bench(trial, processes, still_running(Path(directory))[OPERATOR])
        say("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD))
        for row in measure(bench, sizes):
            say("| " + " | ".join(row) + " |")
    return 0


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - its output


if __name__ == "__main__":
    sys.exit(main([int(argument) for argument in sys.argv[1:]]))
