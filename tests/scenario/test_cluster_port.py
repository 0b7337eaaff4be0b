"""The cluster port against a real API server: writes are conditional, claims are atomic, the ledger
is complete."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.api.names import LEDGER_FINALIZER, PURCHASE_FINALIZER
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    Quote,
    WorkspaceReference,
)
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.failures import ClusterRefused, Conflict
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget
from flink_workspace_operator.core.orders import ledger, unsent
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.settings import Settings
from tests.objects import RBAC, Objects
from tests.scenario.manifests import apply, pay_as_you_go
from tests.scenario.world import configuration_in

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def port(cluster: Cluster) -> AsyncIterator[KubernetesCluster]:
    """The port with the administrator's rights."""
    async with client.ApiClient(await configuration_in(cluster.kubeconfig)) as api:
        yield KubernetesCluster(api, Settings())


@pytest.fixture
async def workspace(cluster: Cluster, namespace: str, port: KubernetesCluster) -> FlinkWorkspace:
    """A resource as it was just applied."""
    apply(cluster, namespace, pay_as_you_go("w"))
    found = await port.read_workspace(Key(namespace, "w"))
    assert found is not None
    return found


def spec_for(workspace: FlinkWorkspace) -> FlinkWorkspaceOrderSpec:
    metadata = workspace.metadata
    return FlinkWorkspaceOrderSpec(
        workspace_ref=WorkspaceReference(
            name=metadata.name, uid=metadata.uid, generation=metadata.generation
        ),
        account_id="1",
        region="cn-hangzhou",
        workspace_name=metadata.name,
        action="Create",
        create=workspace.parameters,
        token="t" * 32,
    )


async def an_order(
    port: KubernetesCluster, workspace: FlinkWorkspace, number: int = 1
) -> FlinkWorkspaceOrder:
    return await port.create_order(
        Key(workspace.metadata.namespace, "w"), number, spec_for(workspace)
    )


async def test_absent_is_none(port: KubernetesCluster, namespace: str) -> None:
    """A resource that is not there reads as None, not as a failure."""
    assert await port.read_workspace(Key(namespace, "nothing")) is None


async def test_stale_status_write_conflicts(
    port: KubernetesCluster, workspace: FlinkWorkspace
) -> None:
    """A status is only written over what was read: whoever read before another write is told."""
    status = workspace.status.model_copy(update={"observed_generation": 1})
    await port.write_status(workspace, status)
    with pytest.raises(Conflict):
        await port.write_status(workspace, status)


async def test_finalizer_comes_and_goes(port: KubernetesCluster, workspace: FlinkWorkspace) -> None:
    """Our finalizer is set and taken off, and others are left alone."""
    key = Key(workspace.metadata.namespace, "w")
    await port.add_purchase_finalizer(workspace)
    held = await port.read_workspace(key)
    assert held is not None
    assert held.metadata.finalizers == (PURCHASE_FINALIZER,)
    await port.remove_purchase_finalizer(held)
    free = await port.read_workspace(key)
    assert free is not None
    assert free.metadata.finalizers == ()


async def test_order_number_is_taken_once(
    port: KubernetesCluster, workspace: FlinkWorkspace
) -> None:
    """Of two who open the same order, one conflicts."""
    created = await an_order(port, workspace)
    assert created.metadata.finalizers == (LEDGER_FINALIZER,)
    with pytest.raises(Conflict):
        await an_order(port, workspace)


async def test_orders_are_found_without_labels_in_their_order(
    port: KubernetesCluster, workspace: FlinkWorkspace
) -> None:
    """Order 10 comes after order 9, and nothing but the orders themselves is needed to find
    them."""
    for number in (10, 9, 1):
        await an_order(port, workspace, number)
    found = await port.read_orders(Key(workspace.metadata.namespace, "w"))
    assert [order.metadata.name for order in found] == ["w-1", "w-9", "w-10"]


async def test_stale_order_move_conflicts(
    port: KubernetesCluster, workspace: FlinkWorkspace
) -> None:
    """Two processes that read the same order can't both move it."""
    order = await an_order(port, workspace)
    quote = Quote(basis="Hour", quoted_at=NOW)
    await port.move_order(order, unsent.quoted(order.spec, 1, quote, NOW))
    with pytest.raises(Conflict):
        await port.move_order(order, unsent.superseded(order, NOW, "NothingSent", "test"))


async def test_illegal_order_move_is_refused(
    port: KubernetesCluster, workspace: FlinkWorkspace
) -> None:
    """The API server itself refuses a move that is not in the table."""
    order = await an_order(port, workspace)
    with pytest.raises(ClusterRefused, match="legal moves"):
        await port.move_order(order, ledger.not_placed(order, NOW, NOW))


async def test_claim_is_taken_once(port: KubernetesCluster, namespace: str) -> None:
    """Of two who claim one name, one conflicts; the claim says who holds it."""
    target = PurchaseTarget(namespace, "cn-hangzhou", "w")
    await port.take_claim(target, Key(namespace, "a"), "uid-1", None)
    with pytest.raises(Conflict):
        await port.take_claim(target, Key(namespace, "b"), "uid-1", None)
    (claim,) = await port.read_claims_of(Key(namespace, "a"))
    assert (claim.holder, claim.target) == (Key(namespace, "a"), target)
    await port.give_back_claim(claim)
    assert await port.read_claim(target, Key(namespace, "another")) is None


async def test_dead_claim_is_taken_over(port: KubernetesCluster, namespace: str) -> None:
    """A claim whose holder does not exist and has no open order is dead, and can be taken over
    once."""
    target = PurchaseTarget(namespace, "cn-hangzhou", "w")
    await port.take_claim(target, Key(namespace, "gone"), "uid-1", None)
    dead = await port.read_claim(target, Key(namespace, "another"))
    assert dead is not None
    assert not dead.alive
    own = await port.read_claim(target, Key(namespace, "gone"))
    assert own is not None
    assert own.alive, "whoever asks is there, and nothing else is read"
    await port.take_claim(target, Key(namespace, "new"), "uid-1", dead)
    with pytest.raises(Conflict):
        await port.take_claim(target, Key(namespace, "late"), "uid-1", dead)
    for claim in await port.read_claims_of(Key(namespace, "new")):
        await port.give_back_claim(claim)


async def test_claim_lives_while_an_order_of_its_holder_is_open(
    cluster: Cluster, port: KubernetesCluster, workspace: FlinkWorkspace
) -> None:
    """A claim is not dead while an order for the name could still turn into a workspace."""
    namespace = workspace.metadata.namespace
    target = PurchaseTarget(namespace, "cn-hangzhou", "w")
    await an_order(port, workspace)
    await port.take_claim(target, Key(namespace, "w"), "uid-1", None)
    Objects.of(cluster, namespace).delete("flinkworkspaces/w")
    claim = await port.read_claim(target, Key(namespace, "another"))
    assert claim is not None
    assert claim.alive
    await port.give_back_claim(claim)


async def test_claim_lives_where_its_holder_can_not_be_read(
    cluster: Cluster, namespace: str, tmp_path: Path
) -> None:
    """The operator looked after that namespace once: what it may not see is not gone, and its name
    is not free."""
    objects, named = Objects.of(cluster, namespace), {"metadata": {"name": "reader"}}
    rule = {
        "apiGroups": ["coordination.k8s.io"],
        "resources": ["leases"],
        "verbs": ["get", "create", "delete"],
    }
    objects.create({"apiVersion": "v1", "kind": "ServiceAccount", **named})
    objects.create({"apiVersion": RBAC, "kind": "Role", **named, "rules": [rule]})
    objects.bind("reader", ("reader", namespace), kind="Role")
    reader = await configuration_in(
        cluster.kubeconfig_for("reader", namespace, tmp_path / "kubeconfig")
    )
    target = PurchaseTarget(namespace, "cn-hangzhou", "w")
    async with client.ApiClient(reader) as api:
        port = KubernetesCluster(api, Settings(namespace=namespace))
        await port.take_claim(target, Key("elsewhere", "w"), "uid-1", None)
        claim = await port.read_claim(target, Key(namespace, "another"))
        assert claim is not None
        assert claim.alive


async def test_own_writes_are_known(port: KubernetesCluster, workspace: FlinkWorkspace) -> None:
    """The version that a write of ours made is known as ours, a user's is not."""
    assert not port.is_own_write(workspace.metadata.resource_version)
    await port.add_purchase_finalizer(workspace)
    written = await port.read_workspace(Key(workspace.metadata.namespace, "w"))
    assert written is not None
    assert port.is_own_write(written.metadata.resource_version)


async def test_event_shows_in_describe(
    cluster: Cluster, port: KubernetesCluster, workspace: FlinkWorkspace
) -> None:
    """An event is shown by kubectl describe on the resource."""
    await port.post_event(workspace, Event("Normal", "OrderPlaced", "w-1: Bought: f-1."))
    described = cluster.kubectl(
        "describe", f"--namespace={workspace.metadata.namespace}", "flinkworkspace/w"
    )
    assert "OrderPlaced" in described
