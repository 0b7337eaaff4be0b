"""What one tenant's flood costs the others: 300 of the largest resources that the API server takes,
all suspended."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flink_local.cluster import Cluster
from tests.e2e.processes import Operator, running_operator
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects
from tests.scenario.manifests import Manifest, apply, pay_as_you_go

NUMBER = 300
MANY_LABELS = 12
"""So many of them have labels instead of one long annotation."""
ANNOTATION_BYTES = 255_000
"""All annotations of an object together may have 256 KiB."""
LABELS = 4_000
"""Stored with who wrote each of them, they make half a megabyte and more. 9,000 take the API server
seconds each."""
LIMIT_MIB = 512
"""Of the Deployment's memory."""
RESYNC_SECONDS = 30
SETTLED_SECONDS = 600.0
SENT_SECONDS = 60.0
"""Far above what is measured, for a machine that does something else too."""
PASSES = "flink_operator_passes_total"
CONFIRMED = "flink_operator_confirmed_total"


def fat(number: int) -> Manifest:
    """A resource as large as a user can make it, which costs its user nothing."""
    wanted = pay_as_you_go(f"fat-{number:03}", suspend=True)
    if number < MANY_LABELS:
        wanted["metadata"]["labels"] = {
            f"label-{each:05}-{'x' * 36}": "y" * 20 for each in range(LABELS)
        }
    else:
        wanted["metadata"]["annotations"] = {"note": "x" * ANNOTATION_BYTES}
    return wanted


@pytest.fixture
def flooded(own_cluster: Cluster, own_namespace: str) -> str:
    """A namespace with all of them, applied by a user who may do no more than edit it."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Objects.of(own_cluster, own_namespace).create, map(fat, range(NUMBER))))
    return own_namespace


@pytest.fixture
def restarted(
    flooded: str, own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path
) -> Iterator[Operator]:
    """An operator that begins where another one had told all of them how they stand."""
    settings = {"resync_seconds": RESYNC_SECONDS}
    with running_operator(own_cluster, account, tmp_path, settings) as first:
        first.until(lambda: number(first, PASSES) >= NUMBER, SETTLED_SECONDS)
    with running_operator(own_cluster, account, tmp_path, settings) as second:
        yield second
        Objects.of(own_cluster).delete("flinkworkspaces")


def peak_mib(operator: Operator) -> float:
    """The most memory that the process ever had."""
    lines = Path(f"/proc/{operator.process.pid}/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) / 1024


def number(operator: Operator, name: str) -> float:
    """The sum of a metric's series."""
    families = text_string_to_metric_families(operator.asked("/metrics")[1])
    return sum(
        sample.value for family in families for sample in family.samples if sample.name == name
    )


def looked_at(operator: Operator) -> float:
    """How many resources had a pass, or needed none in a round."""
    return number(operator, PASSES) + number(operator, CONFIRMED)


def seconds_until(operator: Operator, fact: Callable[[], bool], patience: float) -> float:
    """How long it takes until it is so."""
    began = time.monotonic()
    operator.until(fact, patience)
    return time.monotonic() - began


@pytest.mark.proof
def test_a_flood_of_large_resources_is_nobody_elses_wait(
    restarted: Operator, account: EmulatedAccount
) -> None:
    """The process begins within its memory, and buys for another namespace while the flood
    waits."""
    apply(restarted.cluster, "default", pay_as_you_go("neighbour"))
    sent = seconds_until(restarted, lambda: bool(account.control.purchases()), SENT_SECONDS)
    waiting = number(restarted, "flink_operator_queue_depth")
    settled = seconds_until(restarted, lambda: looked_at(restarted) > NUMBER, SETTLED_SECONDS)
    peak = peak_mib(restarted)
    told = (
        f"sent after {sent:.1f} s, while {waiting:.0f} waited; all looked at {settled:.0f} s later"
    )
    print(f"\n{told}; at most {peak:.0f} MiB")  # noqa: T201 - its figures
    assert peak < LIMIT_MIB
