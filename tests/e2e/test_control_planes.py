"""The control plane fails or is lost while workspaces are bought, or after that: each of them is
bought once.

The API server is killed and comes back where it was, with what etcd keeps. A whole cluster is lost,
and what was exported from it is loaded into an empty one, which is given the old one's id. Names
are not unique in the cloud, so that it does not help."""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.manifests import install
from tests.e2e.fleet import pause, running_fleet
from tests.e2e.purchases import WINDOWS, Purchases
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects

PROCESSES = 2
LONGEST_LIFE_SECONDS = 5.0
"""The API server is killed at a random moment of so many seconds after it is ready."""
GIVEN_BY_THE_API_SERVER = (
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
)
WORKSPACES, ORDERS = "flinkworkspaces", "flinkworkspaceorders"

Record = Callable[[str, object], None]
Manifests = list[dict[str, Any]]


@dataclass(frozen=True)
class Plane:
    """A control plane of a test's own."""

    control: ControlPlane
    cluster: Cluster


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    """Empty but for the operator's definitions and rights."""
    control = ControlPlane(tmp_path / "plane")
    with control as cluster:
        install(cluster)
        yield Plane(control, cluster)


def test_restarted_and_lost(
    plane: Plane,
    own_cluster: Cluster,
    own_namespace: str,
    account: EmulatedAccount,
    tmp_path: Path,
    record_property: Record,
) -> None:
    """Three are bought while the API server is away once; then the cluster is lost, and another one
    goes on."""
    wanted = Purchases(plane.cluster, account.control, own_namespace, 3)
    wanted.objects.create(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": own_namespace}}
    )
    buy_while_it_restarts(wanted, plane, account, tmp_path / "before", 1, record_property)
    go_on_elsewhere(wanted, own_cluster, account, tmp_path / "after", record_property)


@pytest.mark.proof
@pytest.mark.timeout(400)
def test_api_server_killed_again_and_again(
    plane: Plane, account: EmulatedAccount, tmp_path: Path, record_property: Record
) -> None:
    """Ten are bought while the API server is killed five times."""
    wanted = Purchases(plane.cluster, account.control, "default", 10)
    buy_while_it_restarts(wanted, plane, account, tmp_path / "operators", 5, record_property)


@pytest.mark.proof
@pytest.mark.timeout(400)
def test_cluster_lost(
    plane: Plane,
    own_cluster: Cluster,
    account: EmulatedAccount,
    tmp_path: Path,
    record_property: Record,
) -> None:
    """Thirty are exported and loaded into an empty cluster: as they were, and without their orders
    and status."""
    wanted = Purchases(own_cluster, account.control, "default", 30)
    with running_fleet(own_cluster, account, tmp_path / "before", PROCESSES, **WINDOWS) as fleet:
        wanted.apply()
        fleet.until(wanted.all_ready, 200)
    go_on_elsewhere(wanted, plane.cluster, account, tmp_path / "after", record_property)


def buy_while_it_restarts(
    wanted: Purchases,
    plane: Plane,
    account: EmulatedAccount,
    directory: Path,
    times: int,
    record: Record,
) -> None:
    """Operators with the settings that are shipped end where they can't renew their Lease, and are
    started anew."""
    seed = secrets.randbelow(2**32)
    print(f"seed of the moments: {seed}")  # noqa: T201 - to be told when it fails
    moments, began = random.Random(seed), time.monotonic()  # noqa: S311 - no secret
    with running_fleet(plane.cluster, account, directory, PROCESSES, **WINDOWS) as fleet:
        wanted.apply()
        for _ in range(times):
            pause(moments.uniform(0, LONGEST_LIFE_SECONDS))
            plane.control.kill_api_server()
            plane.control.start_api_server()
            fleet.revive()
        fleet.until(wanted.all_ready, 200)
        took = round(time.monotonic() - began)
        record(
            "processes",
            [
                "kill -9 of the API server",
                wanted.number,
                len(wanted.control.purchases()),
                times,
                took,
            ],
        )
        assert wanted.bought_once()


def go_on_elsewhere(
    wanted: Purchases, target: Cluster, account: EmulatedAccount, directory: Path, record: Record
) -> None:
    """Load what was exported into another cluster, once all of it and once the bare workspaces:
    nothing is bought."""
    began = time.monotonic()
    bought = wanted.control.purchases()
    workspaces, orders = (exported(wanted, kind) for kind in (WORKSPACES, ORDERS))
    moved = Purchases(target, wanted.control, wanted.namespace, wanted.number)
    settings = {**WINDOWS, "cluster_id": id_of(wanted.cluster)}
    for name, loaded in (("all", [*workspaces, *orders]), ("bare", without_status(workspaces))):
        load(target, loaded)
        with running_fleet(target, account, directory / name, PROCESSES, **settings) as fleet:
            fleet.until(moved.all_ready, 150)
            assert wanted.control.purchases() == bought
            moved.delete()
        forget_orders(moved)
    took = round(time.monotonic() - began)
    record(
        "processes",
        ["loaded into another cluster", wanted.number, len(wanted.control.purchases()), 2, took],
    )


def exported(wanted: Purchases, kind: str) -> Manifests:
    """What `kubectl get --output=yaml` gives, without what no API server accepts of an object that
    is to be made."""
    items = wanted.objects.list(kind)
    for item in items:
        for field in GIVEN_BY_THE_API_SERVER:
            item["metadata"].pop(field, None)
    return items


def without_status(manifests: Manifests) -> Manifests:
    """What somebody has in Git."""
    return [{key: value for key, value in each.items() if key != "status"} for each in manifests]


def load(target: Cluster, manifests: Manifests) -> None:
    """Create all, and put the workspaces' status back, as backup tools do. Of an order the rules
    accept no old status: that it is Fulfilled is for the operator to find out."""
    objects = Objects.of(target)
    for each in manifests:
        objects.create(each)
        if "status" in each and each["kind"] == "FlinkWorkspace":
            there = replace(objects, namespace=each["metadata"]["namespace"])
            there.patch(
                f"flinkworkspaces/{each['metadata']['name']}/status", {"status": each["status"]}
            )


def forget_orders(wanted: Purchases) -> None:
    """Remove the ledger by force, finalizers and all."""
    for order in wanted.objects.list(ORDERS):
        wanted.objects.let_go(f"{ORDERS}/{order['metadata']['name']}")
    wanted.objects.delete(ORDERS)


def id_of(cluster: Cluster) -> str:
    """What the operator calls a cluster that was given no name."""
    return str(Objects.of(cluster).get("namespaces/kube-system")["metadata"]["uid"])
