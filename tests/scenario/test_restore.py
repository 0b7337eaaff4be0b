"""Restored, re-applied, replaced, copied: the resource binds to what was bought, and buys
nothing."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from flink_workspace_operator.api.names import LEDGER_FINALIZER, ORDERS, REPLACE_LOST, WORKSPACES
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.failures import Conflict
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget
from tests.namespaces import Namespaces
from tests.objects import NotFound, Objects
from tests.scenario.manifests import Manifest, apply, pay_as_you_go
from tests.scenario.test_letting_go import bought
from tests.scenario.world import World, conditions, has_reason, is_ready


def exported(world: World, kind: str, name: str) -> Manifest:
    """What a backup holds of an object: all but what the API server gives it, and no status."""
    shown = world.objects.get(f"{kind}/{name}")
    metadata = {
        key: shown["metadata"][key]
        for key in ("name", "annotations", "finalizers")
        if key in shown["metadata"]
    }
    return {**{key: shown[key] for key in ("apiVersion", "kind", "spec")}, "metadata": metadata}


def remove_by_force(world: World, kind: str, name: str) -> None:
    """Take all finalizers off and delete: nobody is asked."""
    world.objects.let_go(f"{kind}/{name}")
    with suppress(NotFound):  # gone already, where it was being deleted
        world.objects.delete(f"{kind}/{name}")


def forget_claims(world: World, workspace: FlinkWorkspace) -> None:
    target = PurchaseTarget(world.account.id, workspace.spec.region, workspace.workspace_name)
    claims = Objects.of(world.local, world.settings.namespace)
    for lease in claims.list("leases"):
        if (
            lease["metadata"].get("annotations", {}).get("flink.alicloud.dev/account-id")
            == target.account_id
        ):
            claims.delete(f"leases/{lease['metadata']['name']}")


async def check_bound(world: World, before: FlinkWorkspace, name: str = "w") -> FlinkWorkspace:
    """A process that has just started ends with the workspace of before, Ready, and has sent no
    purchase."""
    world.restart()
    world.history.clear()
    after = await world.settle(name)
    assert before.status.instance is not None
    assert after.status.instance is not None
    assert after.status.instance.instance_id == before.status.instance.instance_id
    assert len(world.account.control.calls("foasconsole.CreateInstance")) == 1
    return after


def never_stalled(world: World) -> bool:
    """Whether nothing false was said on the way."""
    return not any(
        conditions(each)["Stalled"].status == "True"
        for each in world.history
        if each.status.conditions
    )


@pytest.mark.parametrize("names", ["account", "off"])
@pytest.mark.parametrize("orders", ["with its orders", "without its orders"])
async def test_restored_from_a_backup(world: World, orders: str, names: str) -> None:
    """A new uid, no status, no claim: it is the same resource by its name, its ledger, or the marks
    in the cloud."""
    world.account.control.settings(uniqueNames=names)
    before = await bought(world)
    saved = [exported(world, WORKSPACES, "w")]
    if orders == "with its orders":
        saved.append(exported(world, ORDERS, "w-1"))
    remove_by_force(world, WORKSPACES, "w")
    remove_by_force(world, ORDERS, "w-1")
    forget_claims(world, before)
    for manifest in saved:
        apply(world.local, world.namespace, manifest)
    after = await check_bound(world, before)
    assert never_stalled(world)
    assert after.metadata.uid != before.metadata.uid
    assert [order.state for order in await world.orders("w")] == ["Fulfilled"] * (len(saved) - 1)


async def test_restored_order_without_status_is_believed_by_its_token(world: World) -> None:
    """A backup holds no status; what the order bought says which one it was."""
    await bought(world)
    saved = exported(world, ORDERS, "w-1")
    remove_by_force(world, ORDERS, "w-1")
    apply(world.local, world.namespace, saved)
    for _ in range(3):
        await world.one_pass("w")
    [order] = await world.orders("w")
    assert (order.state, order.status.evidence) == ("Fulfilled", "Token")
    assert LEDGER_FINALIZER in order.metadata.finalizers


async def test_applied_to_a_new_cluster_that_was_given_the_old_cluster_id(world: World) -> None:
    """The cluster was lost with everything in it; the manifest from Git binds at once."""
    before = await bought(world)
    for kind, name in ((WORKSPACES, "w"), (ORDERS, "w-1")):
        remove_by_force(world, kind, name)
    forget_claims(world, before)
    await world.apply(pay_as_you_go())
    await check_bound(world, before)
    assert never_stalled(world)


async def test_another_cluster_is_told_whose_it_is_and_may_take_it_on_purpose(world: World) -> None:
    """The same manifest in another cluster buys nothing; one documented step moves the workspace
    there."""
    before = await bought(world)
    for kind, name in ((WORKSPACES, "w"), (ORDERS, "w-1")):
        remove_by_force(world, kind, name)
    forget_claims(world, before)
    world.reconciler.cluster_id = world.cluster_id = "another-cluster"
    await world.apply(pay_as_you_go())
    stalled = await world.settle("w", until=has_reason("OwnedElsewhere"))
    assert before.status.instance is not None
    instance_id = before.status.instance.instance_id
    assert f"instanceId {instance_id}" in conditions(stalled)["Ready"].message
    await world.apply(pay_as_you_go(adoption={"policy": "ByInstanceId", "instanceId": instance_id}))
    await check_bound(world, before)
    [workspace] = world.account.control.state()["workspaces"]
    assert workspace["tags"]["flink.alicloud.dev/cluster"] == "another-cluster"


async def test_replaced_without_annotations_and_finalizers(world: World) -> None:
    """`kubectl replace` with the manifest of before: our finalizer is put on again."""
    before = await bought(world)
    world.local.kubectl(
        "replace", f"-n={world.namespace}", "--filename=-", stdin=json.dumps(pay_as_you_go())
    )
    after = await check_bound(world, before)
    assert after.metadata.uid == before.metadata.uid
    assert after.metadata.finalizers == before.metadata.finalizers


async def test_replaced_by_force(world: World) -> None:
    """`kubectl replace --force` deletes and creates: another uid, the same workspace."""
    before = await bought(world)
    manifest = json.dumps(pay_as_you_go())
    words = ("replace", "--force", f"-n={world.namespace}", "--filename=-")
    replacing = asyncio.create_task(asyncio.to_thread(world.local.kubectl, *words, stdin=manifest))
    while not replacing.done():
        await world.one_pass("w")
    await replacing
    after = await check_bound(world, before)
    assert after.metadata.uid != before.metadata.uid


async def test_wiped_status(world: World) -> None:
    """What the resource forgot, ledger and cloud know."""
    before = await bought(world)
    world.objects.patch("flinkworkspaces/w/status", {"status": None})
    after = await check_bound(world, before)
    assert after.status.instance == before.status.instance
    assert after.status.account_id == before.status.account_id


COPIES: dict[str, Callable[[World, str], tuple[str, Manifest]]] = {
    "under another name": lambda world, _: (
        world.namespace,
        pay_as_you_go("copy", workspaceName="w"),
    ),
    "in another namespace": lambda _, other: (other, pay_as_you_go()),
}


@pytest.fixture
def other_namespace(namespaces: Namespaces) -> Iterator[str]:
    """A second one."""
    with namespaces.fresh() as name:
        yield name


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES.keys())
@pytest.mark.parametrize("moment", ["at the same time", "afterwards"])
async def test_copied(
    world: World,
    other_namespace: str,
    copy: Callable[[World, str], tuple[str, Manifest]],
    moment: str,
) -> None:
    """Of two resources with one workspaceName one holds the claim; the other says who does, and
    buys nothing."""
    world.account.control.settings(uniqueNames="off", visibilityDelaySeconds=20)
    namespace, manifest = copy(world, other_namespace)
    await world.apply(pay_as_you_go())
    if moment == "afterwards":
        await world.settle("w")
    apply(world.local, namespace, manifest)
    first, second = world.key("w"), Key(namespace, manifest["metadata"]["name"])
    for _ in range(20):
        await asyncio.gather(a_pass(world, first), a_pass(world, second))
        world.account.control.advance(20)
    told: list[Any] = [await world.cluster.read_workspace(key) for key in (first, second)]
    assert sorted(conditions(each)["Ready"].reason for each in told) == ["NameTaken", "Running"]
    assert len(world.account.control.purchases()) == 1
    if moment == "afterwards":
        assert is_ready(told[0])


async def a_pass(world: World, key: Key) -> None:
    """One of two at the same time: the other may be faster with a write."""
    with suppress(Conflict):
        await world.reconciler.run_pass(key)


async def test_lost_workspace_is_replaced_where_it_is_named(world: World) -> None:
    """The annotation names what is gone; a second one is bought, once, and the ledger tells both
    stories."""
    before = await bought(world)
    assert before.status.instance is not None
    gone = before.status.instance.instance_id
    world.account.control.state({"removeWorkspaces": [gone]})
    lost = await world.settle("w", until=has_reason("Lost"))
    assert f"flink.alicloud.dev/replace-lost={gone}" in conditions(lost)["Ready"].message
    world.objects.annotate("flinkworkspaces/w", REPLACE_LOST, gone)
    after = await world.settle("w")
    assert after.status.instance is not None
    assert after.status.instance.instance_id != gone
    assert [order.state for order in await world.orders("w")] == ["Lost", "Fulfilled"]
    world.account.control.state({"removeWorkspaces": [after.status.instance.instance_id]})
    await world.settle("w", until=has_reason("Lost"))
    for _ in range(5):
        await world.one_pass("w")
    assert len(world.account.control.purchases()) == 2


async def test_order_removed_by_force_while_its_outcome_is_open(world: World) -> None:
    """What it may have bought is waited for, by what the resource remembers of it."""
    world.account.control.settings(uniqueNames="off", visibilityDelaySeconds=50)
    world.account.control.faults(
        [
            {
                "service": "foasconsole",
                "action": "CreateInstance",
                "fault": "drop-after-commit",
                "times": 1,
            }
        ]
    )
    await world.apply(pay_as_you_go())
    await world.settle("w", until=has_reason("PurchaseUncertain"))
    remove_by_force(world, ORDERS, "w-1")
    world.restart()
    await world.settle("w")
    assert len(world.account.control.calls("foasconsole.CreateInstance")) == 1
