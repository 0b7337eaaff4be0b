"""The rights in deploy/base are enough for everything that the operator does, and go no further."""

from dataclasses import replace

import pytest
from kubernetes.aio import client

from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE
from flink_workspace_operator.adapters.kubernetes.claim_watch import ClaimWatch
from flink_workspace_operator.adapters.kubernetes.cluster import KubernetesCluster
from flink_workspace_operator.adapters.kubernetes.collection import Collection, OwnWrites
from flink_workspace_operator.adapters.kubernetes.election_lease import (
    ELECTION_LEASE,
    ElectionLease,
)
from flink_workspace_operator.api.names import API_VERSION
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.boundary import Boundary, PoliciesUnread
from flink_workspace_operator.core.facts.config_map import Content, Reference
from flink_workspace_operator.core.facts.failures import ClusterRefused, Conflict, OutputsRefused
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget
from flink_workspace_operator.core.orders import unsent
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.settings import Settings
from tests.objects import OPERATOR, Objects
from tests.scenario.manifests import apply, let_write_outputs, pay_as_you_go
from tests.scenario.test_cluster_port import NOW, spec_for
from tests.scenario.world import configuration_in

FORBIDDEN = (
    ("create", "flinkworkspaces"),
    ("delete", "flinkworkspaces"),
    ("update", "flinkworkspaces"),
    ("delete", "flinkworkspaceorders"),
    ("get", "secrets"),
    ("list", "leases"),
    ("get", "configmaps"),
    ("create", "configmaps"),
    ("patch", "configmaps"),
    ("delete", "configmaps"),
    ("list", "configmaps"),
    ("watch", "configmaps"),
    ("update", "configmaps"),
    ("update", "customresourcedefinitions"),
    ("list", "pods"),
)


async def test_workspace_can_be_looked_after(
    cluster: Cluster, namespace: str, port: KubernetesCluster
) -> None:
    """Reading a workspace, its finalizer, its status and its events are allowed."""
    before = await applied(cluster, namespace, port)
    await port.add_purchase_finalizer(before)
    held = await read(port, namespace)
    await port.write_status(held, held.status.model_copy(update={"observed_generation": 1}))
    await port.post_event(held, Event("Normal", "Bought", "w-1: Bought: f-1."))
    await port.remove_purchase_finalizer(await read(port, namespace))
    assert (await read(port, namespace)).status.observed_generation == 1
    assert "Bought" in cluster.kubectl("describe", f"--namespace={namespace}", "flinkworkspace/w")


async def test_limits_and_decisions_can_be_read(
    cluster: Cluster, namespace: str, port: KubernetesCluster
) -> None:
    """Policies, the labels of a namespace that one selects by, and approvals."""
    labels = {"kubernetes.io/metadata.name": namespace}
    policy = {
        "apiVersion": API_VERSION,
        "kind": "FlinkPurchasePolicy",
        "metadata": {"name": namespace},
        "spec": {"match": {"namespaceSelector": {"matchLabels": labels}}},
    }
    objects = Objects.of(cluster, namespace)
    objects.apply(policy)
    boundary = await port.read_boundary(namespace)
    objects.remove(policy)
    assert isinstance(boundary, Boundary)
    assert namespace in {each.metadata.name for each in boundary.policies}
    assert boundary.labels["kubernetes.io/metadata.name"] == namespace
    assert await port.read_approvals(Key(namespace, "w"), "w-1") == ()


async def test_limits_that_may_not_be_read_are_not_taken_for_none(
    cluster: Cluster, namespace: str
) -> None:
    """Here by a ServiceAccount without rights."""
    configuration = await configuration_in(cluster.kubeconfig)
    async with client.ApiClient(configuration) as api:
        api.set_default_header("Impersonate-User", f"system:serviceaccount:{namespace}:nobody")
        boundary = await KubernetesCluster(api, Settings()).read_boundary(namespace)
    assert isinstance(boundary, PoliciesUnread)
    assert 'cannot list resource "flinkpurchasepolicies"' in boundary.why


async def test_ledger_can_be_kept(
    cluster: Cluster, namespace: str, port: KubernetesCluster
) -> None:
    """Opening, reading, moving and releasing an order are allowed."""
    workspace = await applied(cluster, namespace, port)
    order = await port.create_order(Key(namespace, "w"), 1, spec_for(workspace))
    moved = await port.move_order(
        order, unsent.quoted(order.spec, 1, Quote(basis="Hour", quoted_at=NOW), NOW)
    )
    await port.release_order(await port.reread_order(moved))
    (read_back,) = await port.read_orders(Key(namespace, "w"))
    assert (read_back.state, read_back.metadata.finalizers) == ("Quoted", ())


async def test_claims_can_be_kept(namespace: str, port: KubernetesCluster) -> None:
    """Taking, finding, taking over and giving back a claim are allowed."""
    target, holder = PurchaseTarget(namespace, "cn-hangzhou", "w"), Key(namespace, "b")
    await port.take_claim(target, Key(namespace, "a"), "uid-1", None)
    await port.take_claim(target, holder, "uid-1", await port.read_claim(target, holder))
    (claim,) = await port.read_claims_of(holder)
    await port.give_back_claim(claim)
    assert await port.read_claim(target, holder) is None


async def test_ids_can_be_handed_on(
    cluster: Cluster, namespace: str, port: KubernetesCluster
) -> None:
    """Where the namespace lets it: creating, reading, correcting and deleting a ConfigMap, each
    only as it was read."""
    let_write_outputs(cluster, namespace)
    metadata, key = (await applied(cluster, namespace, port)).metadata, Key(namespace, "w")
    owner = Reference(API_VERSION, "FlinkWorkspace", "w", metadata.uid, controller=True)
    content = Content({"instanceId": "f-1"}, {"a": "b"}, (owner,))
    await port.write_outputs(key, "ids", content, None)
    with pytest.raises(Conflict):
        await port.write_outputs(key, "ids", content, None)
    created = await port.read_outputs(key, "ids")
    assert created is not None
    await port.write_outputs(key, "ids", replace(content, data={"instanceId": "f-2"}), created)
    with pytest.raises(Conflict):
        await port.write_outputs(key, "ids", content, created)
    with pytest.raises(Conflict):
        await port.delete_outputs(key, created)
    corrected = await port.read_outputs(key, "ids")
    assert corrected is not None
    assert corrected.content == replace(content, data={"instanceId": "f-2"})
    with pytest.raises(Conflict):
        await port.delete_outputs(
            key, replace(corrected, uid="00000000-0000-0000-0000-000000000000")
        )
    await port.delete_outputs(key, corrected)
    await port.delete_outputs(key, corrected)
    assert await port.read_outputs(key, "ids") is None


async def test_an_unchangeable_config_map_is_refused_with_a_reason(
    cluster: Cluster, namespace: str, port: KubernetesCluster
) -> None:
    """What the API server says about it, in words and not as JSON."""
    let_write_outputs(cluster, namespace)
    wire = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ids"}, "immutable": True}
    apply(cluster, namespace, wire)
    found = await port.read_outputs(Key(namespace, "w"), "ids")
    assert found is not None
    with pytest.raises(OutputsRefused, match=r"^[^{]*field is immutable when `immutable` is set"):
        await port.write_outputs(
            Key(namespace, "w"), "ids", replace(found.content, data={"a": "b"}), found
        )


async def test_leader_can_be_elected(api: client.ApiClient, operator_namespace: str) -> None:
    """Taking, renewing and giving back the Lease of the leader are allowed."""
    leases = Collection(
        client.CustomObjectsApi(api), "coordination.k8s.io", "v1", "leases", OwnWrites()
    )
    lease = ElectionLease(leases, operator_namespace, ELECTION_LEASE)
    await lease.hold(None, "us", 15)
    held = await lease.read()
    assert held is not None
    await lease.hold(held, "us", 15)
    with pytest.raises(Conflict):
        await lease.give_back(held)


async def test_cluster_can_be_named_and_watched(
    port: KubernetesCluster, api: client.ApiClient
) -> None:
    """Reading the uid of kube-system and watching the claims are allowed."""
    assert len(await port.cluster_id()) == 36
    async for change in ClaimWatch(client.CustomObjectsApi(api), NAMESPACE).changes(1):
        assert change is None or isinstance(change.given_back, bool)


async def test_claims_elsewhere_are_refused_with_a_reason(
    api: client.ApiClient, namespace: str
) -> None:
    """With a wrong FLINK_OPERATOR_NAMESPACE the failure says what may not be done where; it is not
    taken for a race."""
    port = KubernetesCluster(api, Settings(namespace=namespace))
    with pytest.raises(
        ClusterRefused, match=f"cannot create resource .*leases.* in the namespace .*{namespace}"
    ):
        await port.take_claim(
            PurchaseTarget(namespace, "cn-hangzhou", "w"), Key(namespace, "a"), "uid-1", None
        )


@pytest.mark.parametrize(("verb", "resource"), FORBIDDEN)
def test_nothing_else_is_allowed(cluster: Cluster, verb: str, resource: str) -> None:
    """Outside its own namespace the operator may do no more than look after workspaces."""
    assert not Objects.of(cluster).by(OPERATOR).may(verb, resource)


async def applied(cluster: Cluster, namespace: str, port: KubernetesCluster) -> FlinkWorkspace:
    apply(cluster, namespace, pay_as_you_go("w"))
    return await read(port, namespace)


async def read(port: KubernetesCluster, namespace: str) -> FlinkWorkspace:
    found = await port.read_workspace(Key(namespace, "w"))
    assert found is not None
    return found
