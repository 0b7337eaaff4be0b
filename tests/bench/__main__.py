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

LOOK_SECONDS: Final = 60
"""How often each workspace is looked at here, so that the bench ends the same day."""
USUAL_LOOKS_PER_HOUR: Final = 6
"""With FLINK_OPERATOR_RESYNC_SECONDS as it is by default."""
SECONDS_EACH: Final = 3
"""The longest that buying one may take, on a machine that does something else too."""
SAMPLE: Final = SAMPLES / "pay-as-you-go.yaml"
HEAD: Final = (
    *("workspaces", "bought in s", "RSS in MiB", "CPU at a look a minute", "CPU in ms a look"),
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

    def usage(self) -> Usage:
        """Of the operator's process, and of the cloud by anybody."""
        times = self.operator.cpu_times()
        counters: Mapping[str, Mapping[str, int]] = ask(self.trial, "calls")["counters"]
        calls = Counter({name: sum(counts.values()) for name, counts in counters.items()})
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


def measure(bench: Bench) -> Usage:
    """What was used in the time in which each workspace is looked at once."""
    pause()  # whatever the purchases left to be done
    start = bench.usage()
    pause()
    end = bench.usage()
    return Usage(end.cpu - start.cpu, end.calls - start.calls, end.resident)


def pause() -> None:
    """A measurement takes its time: nothing is waited for but that."""
    threading.Event().wait(LOOK_SECONDS)


def row(size: int, took: float, used: Usage) -> tuple[str, ...]:
    """A line of the table."""
    calls, looks = used.calls.total(), max(size, 1)
    return (
        f"{size}",
        f"{took:.0f}",
        f"{used.resident / 2**20:.0f}",
        f"{used.cpu / LOOK_SECONDS:.1%}",
        f"{used.cpu * 1000 / looks:.0f}" if size else "-",
        f"{calls / looks:.1f}" if size else "-",
        f"{calls * USUAL_LOOKS_PER_HOUR:.0f}",
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
        say("| " + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD))
        used, before = Usage(0, Counter(), 0), 0
        for size in sizes:
            took, before = bench.buy(before, size), size
            used = measure(bench)
            say("| " + " | ".join(row(size, took, used)) + " |")
        say("\nCalls a look at the largest size:")
        say("\n".join(f"{name} {count / max(before, 1):.2f}" for name, count in sorted(used.calls.items())))
    return 0


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - its output


if __name__ == "__main__":
    sys.exit(main([int(argument) for argument in sys.argv[1:]]))
