"""From a manifest to a running workspace, without anything going wrong."""

import pytest

from tests.emulator_fixture import ROLE
from tests.scenario.manifests import Manifest, pay_as_you_go, subscription
from tests.scenario.world import World, conditions, is_ready

DIRECTORIES = ["artifacts/", "flink-jobs/", "flink-savepoints/", "logs/"]


@pytest.mark.parametrize(
    ("manifest", "charge_type"),
    [(pay_as_you_go(), "POST"), (subscription(), "PRE")],
    ids=["pay as you go", "subscription"],
)
async def test_each_charge_type_is_bought_once(
    world: World, manifest: Manifest, charge_type: str
) -> None:
    """A workspace of either charge type gets Ready, and the cloud has booked one purchase."""
    await world.apply(manifest)
    workspace = await world.settle("w")
    (bought,) = world.account.control.purchases()
    assert (bought["name"], bought["chargeType"]) == ("w", charge_type)
    assert workspace.status.instance is not None
    assert workspace.status.instance.instance_id == bought["instanceId"]


async def test_prerequisites_are_made(world: World) -> None:
    """The role with its policies and the four directories exist afterwards, each reported as
    ready."""
    await world.apply(pay_as_you_go())
    workspace = await world.settle("w")
    state = world.account.control.state()
    assert [(role["name"], len(role["policies"])) for role in state["roles"]] == [(ROLE, 2)]
    assert [bucket["keys"] for bucket in state["buckets"]] == [DIRECTORIES]
    for type_ in ("RamRoleReady", "NetworkReady", "OssDirectoriesReady"):
        assert conditions(workspace)[type_].status == "True"


async def test_ledger_tells_the_purchase(world: World) -> None:
    """The one order is Fulfilled and names the instance, the billing order, the request, the price
    and its times."""
    await world.apply(subscription())
    await world.settle("w")
    (order,) = await world.orders("w")
    (bought,) = world.account.control.purchases()
    status = order.status
    assert (status.state, status.instance_id, status.order_id) == (
        "Fulfilled",
        bought["instanceId"],
        bought["orderId"],
    )
    assert status.request_ids == (bought["requestId"],)
    assert status.quote is not None
    assert (
        status.quote.trade_amount == f"{bought['amount']:g}"
        or float(status.quote.trade_amount or 0) == bought["amount"]
    )
    assert [entry.state for entry in status.times] == ["Quoted", "Placing", "Placed", "Fulfilled"]


async def test_instance_carries_our_marks(world: World) -> None:
    """The cluster, the workspace and the order's token are tags of the instance from the start,
    beside the user's."""
    await world.apply(pay_as_you_go(tags=[{"key": "team", "value": "data"}]))
    await world.settle("w")
    (order,) = await world.orders("w")
    (bought,) = world.account.control.purchases()
    assert bought["tags"] == {
        "team": "data",
        "flink.alicloud.dev/cluster": world.cluster_id,
        "flink.alicloud.dev/workspace": f"{world.namespace}/w",
        "flink.alicloud.dev/order": order.spec.token,
    }


async def test_intent_is_written_before_the_call(world: World) -> None:
    """The ledger says Placing before the call, and the call is signed with the ledger's date and
    nonce."""
    await world.apply(pay_as_you_go())
    await world.settle("w")
    (order,) = await world.orders("w")
    (call,) = world.account.control.calls("foasconsole.CreateInstance")
    assert order.status.intent_time is not None
    assert call["date"] == f"{order.status.intent_time:%Y-%m-%dT%H:%M:%SZ}"
    assert call["nonce"] == order.status.nonce


async def test_progress_is_told(world: World) -> None:
    """While the cloud creates the workspace, stage and percent are reported; afterwards the default
    namespace is."""
    await world.apply(pay_as_you_go())
    ready = await world.settle("w")
    creating = [
        each.status.instance
        for each in world.history
        if each.status.instance and not is_ready(each)
    ]
    assert any(instance.provisioning and instance.provisioning.stage for instance in creating)
    assert ready.status.instance is not None
    assert ready.status.instance.default_namespace == "w-default"
    assert ready.status.instance.provisioning is None


async def test_all_conditions_from_the_first_word_on(world: World) -> None:
    """Whenever the status has conditions it has all twelve, all for the current generation."""
    await world.apply(pay_as_you_go())
    await world.settle("w")
    told = [each for each in world.history if each.status.conditions]
    assert told
    for each in told:
        assert len(each.status.conditions) == 12
        assert {condition.observed_generation for condition in each.status.conditions} == {1}


async def test_never_false_while_on_the_way(world: World) -> None:
    """Until it runs, Ready is Unknown and nothing is stalled."""
    await world.apply(pay_as_you_go())
    await world.settle("w")
    on_the_way = [
        conditions(each) for each in world.history if each.status.conditions and not is_ready(each)
    ]
    assert {found["Ready"].status for found in on_the_way} == {"Unknown"}
    assert {found["Stalled"].status for found in on_the_way} == {"False"}


async def test_workspace_name_may_differ_from_the_resource(world: World) -> None:
    """With spec.workspaceName the workspace in the cloud has that name."""
    await world.apply(pay_as_you_go(workspaceName="other"))
    await world.settle("w")
    (bought,) = world.account.control.purchases()
    assert bought["name"] == "other"
