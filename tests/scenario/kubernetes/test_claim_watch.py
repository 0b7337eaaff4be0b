"""The watch of claims tells who took and who gave back what, as it happens."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE
from flink_workspace_operator.adapters.kubernetes.claim_watch import ClaimChange, ClaimWatch
from flink_workspace_operator.adapters.kubernetes.claims import lease_name
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.core.facts.failures import ClusterFailure
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget
from tests.objects import Objects
from tests.patience import patience


@pytest.fixture
async def changes(api: client.ApiClient) -> AsyncIterator[AsyncIterator[ClaimChange | None]]:
    """A watch that stands."""
    watch = ClaimWatch(client.CustomObjectsApi(api), NAMESPACE).changes(round(2 * patience()))
    assert await anext(watch) is None
    yield watch
    await watch.aclose()  # type: ignore[attr-defined]  # an async generator, promised as an iterator only


async def test_taking_and_giving_back_is_told(
    namespace: str, port: KubernetesCluster, changes: AsyncIterator[ClaimChange | None]
) -> None:
    """A claim that is taken and given back is told twice, with its holder and what it is for."""
    target, holder = PurchaseTarget(namespace, "cn-hangzhou", "w"), Key(namespace, "w")
    await port.take_claim(target, holder, "uid-1", None)
    (claim,) = await port.read_claims_of(holder)
    await port.give_back_claim(claim)
    taken, given_back = await of(changes, target), await of(changes, target)
    assert (taken.holder, taken.given_back) == (holder, False)
    assert (given_back.holder, given_back.given_back) == (holder, True)
    assert port.is_own_write(taken.resource_version)


async def test_lease_of_somebody_else_is_no_claim(
    cluster: Cluster,
    namespace: str,
    port: KubernetesCluster,
    changes: AsyncIterator[ClaimChange | None],
) -> None:
    """A Lease without a holder, or one that is no claim at all, does not upset the watch."""
    name = f"other-{namespace}"
    leases = Objects.of(cluster, NAMESPACE)
    leases.create(
        {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}}
    )
    leases.delete(f"leases/{name}")
    target = PurchaseTarget(namespace, "cn-hangzhou", "w")
    await port.take_claim(target, Key(namespace, "w"), "uid-1", None)
    assert (await of(changes, target)).holder == Key(namespace, "w")
    leases.delete(f"leases/{lease_name(target)}")


async def test_missing_right_is_told(api: client.ApiClient) -> None:
    """Where claims may not be watched the watch says so, and does not just stay silent."""
    watch = ClaimWatch(client.CustomObjectsApi(api), "kube-system")
    with pytest.raises(ClusterFailure, match="403"):
        [change async for change in watch.changes(1)]


async def of(changes: AsyncIterator[ClaimChange | None], target: PurchaseTarget) -> ClaimChange:
    """The next change that is about the target; other tests use the same namespace."""
    async with asyncio.timeout(patience()):
        async for change in changes:
            if change is not None and change.target == target:
                return change
    raise AssertionError("the watch ended")
