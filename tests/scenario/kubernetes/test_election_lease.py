"""The election on a real Lease: taken, renewed, given back, deleted and edited by hand."""

import asyncio
import math
from typing import Any

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_workspace_operator.adapters.kubernetes.claim_watch import ClaimWatch
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.collection import Collection, OwnWrites
from flink_workspace_operator.adapters.kubernetes.election_lease import (
    ELECTION_LEASE,
    ElectionLease,
)
from flink_workspace_operator.core.facts.failures import Conflict
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget
from flink_workspace_operator.runtime.election import Election
from flink_workspace_operator.settings import Settings
from tests.objects import Objects
from tests.patience import patience

SECONDS = math.ceil(patience(3))
"""A leader that is not let work for so long has lost its Lease: that is so everywhere, and not what
is tested here."""

NONSENSE: list[dict[str, Any]] = [
    {},
    {"holderIdentity": "", "renewTime": "1970-01-01T00:00:00.000000Z"},
    {"leaseTransitions": 2**31 - 1, "leaseDurationSeconds": 2**31 - 1},
    {"strategy": "OldestEmulationVersion", "preferredHolder": "nobody"},
]


@pytest.fixture
def lease(api: client.ApiClient, operator_namespace: str) -> ElectionLease:
    """The Lease of an operator in a namespace of this test, with the operator's rights. There is
    none yet."""
    leases = Collection(
        client.CustomObjectsApi(api), "coordination.k8s.io", "v1", "leases", OwnWrites()
    )
    return ElectionLease(leases, operator_namespace, ELECTION_LEASE)


def process(lease: ElectionLease, identity: str) -> Election:
    return Election(lease, identity, SECONDS, asyncio.get_running_loop().time, lambda: None)


async def won(election: Election) -> float:
    """Seconds until it leads."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(patience()):
        await election.win()
    return loop.time() - began


async def test_one_after_the_other(cluster: Cluster, lease: ElectionLease) -> None:
    """The second one leads when the first one gives the Lease back, and is shown as its holder."""
    first, second = process(lease, "first"), process(lease, "second")
    await won(first)
    waiting = asyncio.create_task(won(second))
    keeping = asyncio.create_task(first.keep())
    while second.holder != "first":  # noqa: ASYNC110 - it asks in its own time
        await asyncio.sleep(0.05)
    keeping.cancel()
    await first.give_back()
    assert await waiting < SECONDS
    assert shown(cluster, lease)["spec"]["holderIdentity"] == "second"
    with pytest.raises(Conflict):
        await lease.hold(None, "third", SECONDS)


async def test_silent_leader_is_replaced(lease: ElectionLease) -> None:
    """A Lease that nobody renews is taken over once it has run out."""
    await won(process(lease, "dead"))
    assert SECONDS <= await won(process(lease, "next")) < SECONDS + 2


async def test_deleted_by_hand(cluster: Cluster, lease: ElectionLease) -> None:
    """The leader makes it again and goes on."""
    leader = process(lease, "leader")
    await won(leader)
    keeping = asyncio.create_task(leader.keep())
    before = shown(cluster, lease)["metadata"]["uid"]
    Objects.of(cluster, lease.namespace).delete(f"leases/{ELECTION_LEASE}")
    async with asyncio.timeout(patience()):
        while (again := await lease.read()) is None:  # noqa: ASYNC110 - it is made in the leader's own time
            await asyncio.sleep(0.05)
    assert again.wire["metadata"]["uid"] != before
    assert (again.holder, leader.leads(), keeping.done()) == ("leader", True, False)
    keeping.cancel()


@pytest.mark.parametrize("spec", NONSENSE)
async def test_nonsense_is_written_over(
    cluster: Cluster, lease: ElectionLease, spec: dict[str, Any]
) -> None:
    """Whatever a hand or another program wrote that names no holder: the Lease is free, and nothing
    of it stays."""
    edit(cluster, lease, spec)
    assert await won(process(lease, "next")) < SECONDS
    assert set(shown(cluster, lease)["spec"]) == {
        "holderIdentity",
        "leaseDurationSeconds",
        "acquireTime",
        "renewTime",
    }


async def test_watch_of_claims_never_hears_of_it(
    api: client.ApiClient, lease: ElectionLease, operator_namespace: str
) -> None:
    """However often the Lease is renewed, a claim is the first that is heard of."""
    watch = ClaimWatch(client.CustomObjectsApi(api), operator_namespace).changes(round(patience()))
    assert await anext(watch) is None
    for _ in range(3):
        await lease.hold(await lease.read(), "leader", SECONDS)
    target = PurchaseTarget("1", "cn-hangzhou", "w")
    port = KubernetesCluster(api, Settings(namespace=operator_namespace))
    await port.take_claim(target, Key("default", "w"), "uid-1", None)
    heard = await anext(watch)
    assert heard is not None
    assert (heard.target, heard.holder) == (target, Key("default", "w"))
    await watch.aclose()  # type: ignore[attr-defined]  # an async generator, promised as an iterator only


def shown(cluster: Cluster, lease: ElectionLease) -> dict[str, Any]:
    """The Lease as it is."""
    return Objects.of(cluster, lease.namespace).get(f"leases/{ELECTION_LEASE}")


def edit(cluster: Cluster, lease: ElectionLease, spec: dict[str, Any]) -> None:
    """Make the Lease by hand."""
    metadata = {"name": ELECTION_LEASE}
    wire = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": metadata,
        "spec": spec,
    }
    Objects.of(cluster, lease.namespace).create(wire)
