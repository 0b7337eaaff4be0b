"""`make demo`: buy the samples in front of the user's eyes, show what came of it, leave nothing
behind."""

import subprocess
import tempfile
import threading
import time
from pathlib import Path

from rich.console import Console

from flink_local.failures import LocalFailure, last_lines
from flink_local.operator_process import NAME as OPERATOR
from flink_local.processes import ProcessEnded, Processes
from flink_local.progress import duration
from flink_local.trial import SAMPLES, Trial, start_trial

READY_SECONDS = 120


def demo(console: Console) -> None:
    """Run the whole path once; raises LocalFailure."""
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="flink-demo-", ignore_cleanup_errors=True) as directory,
        Processes(Path(directory)) as processes,
    ):
        trial = start_trial(processes, console)
        _buy(trial, processes, console)
        _show(trial, console)
    _say(
        console,
        f"\nEverything is stopped again. The demo took {duration(time.monotonic() - started)}.",
    )


def _buy(trial: Trial, processes: Processes, console: Console) -> None:
    _command(console, f"kubectl apply --filename={SAMPLES.parent.name}/{SAMPLES.name}/")
    _say(console, trial.cluster.kubectl("apply", f"--filename={SAMPLES}").rstrip())
    _command(console, "kubectl get flinkworkspaces --watch")
    watch = subprocess.Popen(
        [trial.cluster.kubectl_program, "get", "flinkworkspaces", "--watch"],
        env=trial.cluster.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    printer = threading.Thread(target=_print_changes, args=(watch, console), daemon=True)
    printer.start()
    try:
        _wait_until_ready(trial, processes)
    finally:
        watch.terminate()
        watch.wait()
        printer.join()


def _print_changes(watch: subprocess.Popen[str], console: Console) -> None:
    """Print rows without those that differ from the last one of their name only in the age."""
    shown: dict[str, str] = {}
    for row in watch.stdout or ():
        name, without_age = row.split()[0], row.rsplit(maxsplit=1)[0]
        if shown.get(name) != without_age:
            shown[name] = without_age
            _say(console, row.rstrip())


def _wait_until_ready(trial: Trial, processes: Processes) -> None:
    try:
        processes.wait_for("Buying the samples", lambda: _all_ready(trial) or None, READY_SECONDS)
    except ProcessEnded:
        raise
    except LocalFailure as failure:
        found = trial.cluster.kubectl("get", "flinkworkspaces", "--output=wide")
        log = last_lines(processes.log(OPERATOR))
        raise LocalFailure(
            f"{failure}\n\n{found}\nThe end of the operator's log:\n{log}"
        ) from failure


def _all_ready(trial: Trial) -> bool:
    ready = '{.items[*].status.conditions[?(@.type=="Ready")].status}'
    states = trial.cluster.kubectl("get", "flinkworkspaces", f"--output=jsonpath={ready}").split()
    return len(states) == len(list(SAMPLES.glob("*.yaml"))) and set(states) == {"True"}


def _show(trial: Trial, console: Console) -> None:
    _command(
        console, "kubectl get flinkworkspaceorders --output=wide", "the ledger of what was ordered"
    )
    _say(console, trial.cluster.kubectl("get", "flinkworkspaceorders", "--output=wide").rstrip())
    state, purchases = trial.emulator.state(), trial.emulator.purchases()
    _command(console, "GET /_emulator/state", "what the operator made in the cloud, free of charge")
    for role in state["roles"]:
        _say(console, f"RAM role {role['name']} with {', '.join(role['policies'])}")
    for bucket in state["buckets"]:
        for key in bucket["keys"]:
            _say(console, f"oss://{bucket['name']}/{key}")
    _command(console, "GET /_emulator/purchases", "what was bought")
    for bought in purchases:
        price = f", {bought['amount']} {bought['currency']}" if bought["amount"] else ""
        what = f"{bought['action']} {bought['name']} in {bought['region']}, {bought['chargeType']}{price}"
        _say(console, f"{what}: instance {bought['instanceId']}, order {bought['orderId']}")


def _command(console: Console, command: str, meaning: str = "") -> None:
    remark = f"   # {meaning}" if meaning else ""
    console.print(
        f"\n$ {command}{remark}", style="bold", highlight=False, markup=False, soft_wrap=True
    )


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
