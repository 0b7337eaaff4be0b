"""Deleting, suspending, re-creating: the workspace is kept, nothing open is forgotten, nothing is
bought twice."""

from flink_workspace_operator.api.names import ABANDON_ORDER, LEDGER_FINALIZER, SUSPEND
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import STRIDE, World, conditions, has_reason, is_ready

LOST = {"service": "foasconsole", "action": "CreateInstance", "fault": "drop-before", "times": 1}
LONG = 60.0
"""Seconds: nothing that is open waits for longer."""
DOWN = {"fault": "drop-before"}


async def until_gone(world: World, name: str = "w") -> None:
    """Passes until the resource is gone and nothing is left to look after but, later, a claim."""
    for _ in range(100):
        after = await world.one_pass(name)
        if (after is None or after > LONG) and await world.cluster.read_workspace(
            world.key(name)
        ) is None:
            return
        if after:
            world.account.control.advance(max(after, STRIDE))
    raise AssertionError(f"still there: {await world.orders(name)}")


def delete(world: World, name: str = "w") -> None:
    world.objects.delete(f"flinkworkspaces/{name}")


def annotate(world: World, annotation: str, value: str | None) -> None:
    world.objects.annotate("flinkworkspaces/w", annotation, value)


async def bought(world: World) -> FlinkWorkspace:
    """A resource whose workspace runs."""
    await world.apply(pay_as_you_go())
    return await world.settle("w")


async def uncertain(world: World) -> None:
    """A resource whose only order may or may not have been placed."""
    world.account.control.faults([LOST])
    await world.apply(pay_as_you_go())
    await world.settle("w", until=has_reason("PurchaseUncertain"))


async def test_deletion_keeps_the_workspace(world: World) -> None:
    """Deleting the resource leaves the workspace in the cloud and the order in the ledger, free to
    be removed."""
    await bought(world)
    delete(world)
    await until_gone(world)
    (order,) = await world.orders("w")
    assert order.state == "Fulfilled"
    assert LEDGER_FINALIZER not in order.metadata.finalizers
    assert len(world.account.control.state()["workspaces"]) == 1


async def test_deletion_gives_the_claim_back(world: World) -> None:
    """After deletion another resource may claim the name."""
    await bought(world)
    target = PurchaseTarget(world.account.id, "cn-hangzhou", "w")
    assert await world.cluster.read_claim(target, world.key("another")) is not None
    delete(world)
    await until_gone(world)
    assert await world.cluster.read_claim(target, world.key("another")) is None


async def test_deletion_works_while_the_cloud_is_down(world: World) -> None:
    """With nothing open, deletion asks the cloud nothing."""
    await bought(world)
    world.account.control.faults([DOWN])
    before = world.account.control.counters()
    delete(world)
    await until_gone(world)
    assert world.account.control.counters() == before


async def test_deletion_before_the_purchase_buys_nothing(world: World) -> None:
    """A resource that is deleted while its order is quoted takes the order with it, as Canceled."""
    await world.apply(pay_as_you_go())
    for _ in range(20):
        await world.one_pass("w")
        if any(order.state == "Quoted" for order in await world.orders("w")):
            break
    delete(world)
    await until_gone(world)
    assert [order.state for order in await world.orders("w")] == ["Canceled"]
    assert world.account.control.purchases() == []


async def test_deletion_between_intent_and_call_buys_nothing(world: World) -> None:
    """A resource that is deleted after the intent and before the call is not bought for nobody."""
    await world.apply(pay_as_you_go())
    for _ in range(20):
        await world.one_pass("w")
        if any(order.state == "Placing" for order in await world.orders("w")):
            break
    delete(world)
    await until_gone(world)
    assert [order.state for order in await world.orders("w")] == ["Canceled"]
    assert world.account.control.calls("foasconsole.CreateInstance") == []


async def test_deletion_waits_for_an_open_outcome(world: World) -> None:
    """While it is not known whether something was bought, the resource stays and says which order
    and how to leave."""
    await uncertain(world)
    delete(world)
    waiting = await world.settle(
        "w", until=lambda found: conditions(found)["Reconciling"].reason == "Deleting"
    )
    message = conditions(waiting)["Reconciling"].message
    assert "w-1" in message
    assert f"{ABANDON_ORDER}=w-1" in message
    await until_gone(world)
    assert [order.state for order in await world.orders("w")] == ["NotPlaced"]


async def test_abandoned_order_is_settled_after_its_workspace_is_gone(world: World) -> None:
    """With the annotation the resource goes at once; its order is settled as usual, and holds the
    name until then."""
    await uncertain(world)
    annotate(world, ABANDON_ORDER, "w-1")
    delete(world)
    target = PurchaseTarget(world.account.id, "cn-hangzhou", "w")
    for _ in range(10):
        await world.one_pass("w")
    assert await world.cluster.read_workspace(world.key("w")) is None
    assert [order.state for order in await world.orders("w")] == ["Uncertain"]
    assert await world.cluster.read_claim(target, world.key("another")) is not None
    await until_gone(world)
    assert [order.state for order in await world.orders("w")] == ["NotPlaced"]
    assert await world.cluster.read_claim(target, world.key("another")) is None


async def test_recreated_resource_binds_what_was_bought(world: World) -> None:
    """Deleted and applied again, the same manifest is Ready with the workspace of before."""
    first = await bought(world)
    delete(world)
    await until_gone(world)
    await world.apply(pay_as_you_go())
    second = await world.settle("w")
    assert second.metadata.uid != first.metadata.uid
    assert second.status.instance == first.status.instance
    assert len(world.account.control.purchases()) == 1


async def test_recreated_resource_without_its_ledger_binds_by_tags(world: World) -> None:
    """Even with the order objects gone, the tags in the cloud tell whose the workspace is."""
    await bought(world)
    delete(world)
    await until_gone(world)
    world.objects.delete("flinkworkspaceorders")
    await world.apply(pay_as_you_go())
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_suspended_before_the_purchase_writes_nothing(world: World) -> None:
    """A suspended resource makes no write in the cloud, not even the free ones, and goes on when
    released."""
    await world.apply(pay_as_you_go(suspend=True))
    suspended = await world.settle("w", until=has_reason("SuspendedByUser"))
    assert conditions(suspended)["Suspended"].status == "True"
    state = world.account.control.state()
    assert (state["roles"], [bucket["keys"] for bucket in state["buckets"]]) == ([], [[]])
    await world.apply(pay_as_you_go(suspend=False))
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_suspended_by_annotation_while_running_stays_ready(world: World) -> None:
    """Suspending a running workspace leaves it Ready, and says that it is suspended."""
    await bought(world)
    annotate(world, SUSPEND, "true")
    suspended = await world.settle(
        "w", until=lambda found: conditions(found)["Suspended"].status == "True"
    )
    assert conditions(suspended)["Suspended"].reason == "SuspendedByUser"
    assert is_ready(suspended)


async def test_second_resource_of_the_same_name_is_told_who_has_it(world: World) -> None:
    """Of two resources with one workspaceName, one buys; the other names the holder and buys
    nothing."""
    await world.apply(pay_as_you_go("a", workspaceName="shared"))
    await world.apply(pay_as_you_go("b", workspaceName="shared"))
    for _ in range(4):
        await world.one_pass("a")
    loser = await world.settle("b", until=has_reason("NameTaken"))
    assert conditions(loser)["Stalled"].status == "True"
    await world.settle("a")
    await world.one_pass("b")
    assert len(world.account.control.purchases()) == 1


async def test_released_behind_our_back_is_lost_and_not_bought_again(world: World) -> None:
    """A workspace that vanished is reported as lost after two looks, and never bought a second
    time."""
    running = await bought(world)
    assert running.status.instance is not None
    world.account.control.state({"removeWorkspaces": [running.status.instance.instance_id]})
    lost = await world.settle("w", until=has_reason("Lost"))
    assert conditions(lost)["Ready"].status == "False"
    world.restart()
    for _ in range(5):
        await world.one_pass("w")
        world.account.control.advance(60)
    assert len(world.account.control.purchases()) == 1


async def test_edit_while_quoted_opens_another_order(world: World) -> None:
    """An edit before the purchase closes the quoted order as Superseded, and what is bought is the
    new wish."""
    await world.apply(pay_as_you_go())
    for _ in range(20):
        await world.one_pass("w")
        if any(order.state == "Quoted" for order in await world.orders("w")):
            break
    await world.apply(pay_as_you_go(monitoring="CloudMonitor"))
    workspace = await world.settle("w")
    assert [order.state for order in await world.orders("w")] == ["Superseded", "Fulfilled"]
    assert workspace.status.instance is not None
    assert workspace.status.instance.monitoring == "CloudMonitor"
