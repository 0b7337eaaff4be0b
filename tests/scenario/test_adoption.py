"""Workspaces that were bought by hand, and hands in the console: reported, adopted on purpose,
never bought again."""

import asyncio
import json
from typing import Any

import pytest

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.api.names import (
    CLUSTER_TAG,
    NOT_THIS_PURCHASE,
    ORDER_TAG,
    WORKSPACE_TAG,
)
from flink_workspace_operator.core.orphans import Findings
from flink_workspace_operator.survey import survey
from tests.e2e.forks import run_program
from tests.emulator_fixture import open_account
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.test_letting_go import annotate, bought
from tests.scenario.test_restore import remove_by_force
from tests.scenario.world import World, conditions, credentials_of, has_reason, is_ready

MARKS = {CLUSTER_TAG, WORKSPACE_TAG, ORDER_TAG}
AS_WANTED: dict[str, Any] = {
    "chargeType": "POST",
    "vpcId": "vpc-1",
    "vSwitchIds": ["vsw-i-1", "vsw-i-2"],
    "bucket": "bucket-1",
}


def buy_by_hand(world: World, **workspace: Any) -> str:  # noqa: ANN401 - any field of a workspace
    """Buy a workspace in the console; its id, which no other test's resource has: a survey sees
    them all."""
    seed = {"name": "w", "instanceId": f"sc-{world.namespace}", **AS_WANTED, **workspace}
    world.account.control.state({"workspaces": [seed]})
    return str(seed["instanceId"])


def tags(world: World, number: int = 0) -> dict[str, str]:
    """The tags of a workspace as the console shows them."""
    found: dict[str, str] = world.account.control.state()["workspaces"][number]["tags"]
    return found


def edit_tags(world: World, instance_id: str, **changes: str | None) -> None:
    """Change tags by hand, in the console."""
    edited = {f"flink.alicloud.dev/{name}": value for name, value in changes.items()}
    world.account.control.state({"workspaceTags": {instance_id: edited}})


async def instance_id(world: World) -> str:
    """What the resource is bound to."""
    status = (await world.workspace("w")).status
    assert status.instance is not None
    assert status.instance.instance_id is not None
    return status.instance.instance_id


async def test_bought_by_hand_and_adopted_by_name(world: World) -> None:
    """The resource first says what it will adopt, then marks it, is Ready, and has bought
    nothing."""
    by_hand = buy_by_hand(world)
    await world.apply(pay_as_you_go(adoption={"policy": "IfNameMatches"}))
    adopting = await world.settle("w", until=has_reason("Adopting"))
    assert by_hand in conditions(adopting)["Ready"].message
    assert tags(world) == {}
    await world.settle("w")
    assert await instance_id(world) == by_hand
    assert tags(world).keys() == {CLUSTER_TAG, WORKSPACE_TAG}
    assert world.account.control.purchases() == []
    assert "WorkspaceAdopted" in {event["reason"] for event in world.objects.list("events")}


async def test_what_differs_is_told_before_anything_is_marked(world: World) -> None:
    """Each difference by name with both values; once the spec agrees, it is adopted."""
    by_hand = buy_by_hand(world, vSwitchIds=["vsw-i-1"], bucket="bucket-2")
    await world.apply(pay_as_you_go(adoption={"policy": "ByInstanceId", "instanceId": by_hand}))
    told = await world.settle("w", until=has_reason("AdoptionDiffers"))
    for words in (
        "vSwitchIds is vsw-i-1 in the cloud",
        "bucket is bucket-2 in the cloud, bucket-1 in the spec",
    ):
        assert words in conditions(told)["Ready"].message
        assert words in conditions(told)["InSync"].message
    assert tags(world) == {}
    agreed: dict[str, Any] = {
        "network": {"vpcId": "vpc-1", "vSwitchIds": ["vsw-i-1"]},
        "storage": {"oss": {"bucket": "bucket-2"}},
    }
    await world.apply(
        pay_as_you_go(**agreed, adoption={"policy": "ByInstanceId", "instanceId": by_hand})
    )
    await world.settle("w")
    assert await instance_id(world) == by_hand
    assert world.account.control.purchases() == []


async def test_by_id_never_buys(world: World) -> None:
    """An id that is not there is told; nothing is bought in its place."""
    await world.apply(pay_as_you_go(adoption={"policy": "ByInstanceId", "instanceId": "sc-none"}))
    told = await world.settle("w", until=has_reason("NothingToAdopt"))
    assert "no instance sc-none in cn-hangzhou" in conditions(told)["Ready"].message
    assert world.account.control.purchases() == []


async def test_by_name_buys_where_there_is_none(world: World) -> None:
    """The same manifest serves an account without the workspace."""
    await world.apply(pay_as_you_go(adoption={"policy": "IfNameMatches"}))
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_tags_that_were_lost_are_put_back(world: World) -> None:
    """Bound by its description, the workspace is marked as soon as its tags should have been
    shown."""
    world.account.control.settings(tagsLost=True)
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
    await world.settle(
        "w",
        until=lambda found: (
            is_ready(found) and conditions(found)["InSync"].reason == "MarksMissing"
        ),
    )
    assert tags(world).keys() == MARKS
    await world.settle("w", until=lambda found: conditions(found)["InSync"].status == "True")
    [order] = await world.orders("w")
    assert (order.state, order.status.evidence) == ("Fulfilled", "Description")
    assert tags(world)[ORDER_TAG] == order.spec.token


async def test_without_the_right_to_tag_all_else_works(world: World) -> None:
    """It is told in InSync, and Ready stays True."""
    world.account.control.settings(tagsLost=True)
    world.account.control.state({"deniedActions": ["stream:TagVvpResources"]})
    await world.apply(pay_as_you_go())
    await world.settle(
        "w", until=lambda found: conditions(found)["InSync"].reason == "MarksMissing"
    )
    for _ in range(3):
        await world.one_pass("w")
        assert is_ready(await world.workspace("w"))
    assert tags(world) == {}


async def test_token_tag_edited_in_the_console(world: World) -> None:
    """Nothing is bought or lost: the ledger knows the token, and puts it back."""
    await bought(world)
    token = tags(world)[ORDER_TAG]
    world.account.control.advance(100)
    edit_tags(world, await instance_id(world), order="edited")
    await world.settle(
        "w", until=lambda found: conditions(found)["InSync"].reason == "MarksMissing"
    )
    assert tags(world)[ORDER_TAG] == token
    assert len(world.account.control.purchases()) == 1


async def test_token_tag_edited_while_the_answer_is_lost(world: World) -> None:
    """It can only be what the order bought: it is bound, and the ledger says so."""
    world.account.control.settings(uniqueNames="off")
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
    while not world.account.control.purchases():
        await world.one_pass("w")
    edit_tags(world, world.account.control.purchases()[0]["instanceId"], order="edited")
    await world.settle("w", stride=30)
    for _ in range(5):
        world.account.control.advance(60)
        await world.one_pass("w")
    [order] = await world.orders("w")
    assert order.status.evidence == "Description"
    assert len(world.account.control.purchases()) == 1


@pytest.mark.parametrize(
    ("edited", "reason"),
    [({"cluster": "another"}, "OwnedElsewhere"), ({"workspace": "team/another"}, "NameTaken")],
)
async def test_marked_as_somebody_elses_by_hand(
    world: World, edited: dict[str, str], reason: str
) -> None:
    """The resource says who is said to own it, buys nothing, and is bound again when the tag is put
    right."""
    await bought(world)
    before, bound = tags(world), await instance_id(world)
    edit_tags(world, bound, **edited)
    told = await world.settle("w", until=has_reason(reason))
    assert next(iter(edited.values())) in conditions(told)["Ready"].message
    edit_tags(world, bound, **{key.partition("/")[2]: value for key, value in before.items()})
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_two_instances_with_our_token(world: World) -> None:
    """Both are named, nothing is bought or deleted, and it heals when one of them is released."""
    await bought(world)
    first = await instance_id(world)
    second = buy_by_hand(world, instanceId="sc-second", tags=tags(world))
    twins = await world.settle("w", until=has_reason("DuplicateInstance"))
    assert all(each in conditions(twins)["Ready"].message for each in (first, second))
    assert len(world.account.control.state()["workspaces"]) == 2
    world.account.control.state({"removeWorkspaces": [second]})
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_credentials_of_another_account(world: World) -> None:
    """What is not there says nothing about ours: nothing is bought there, and it heals with the old
    credentials."""
    await bought(world)
    other = open_account(world.account.url)
    ours, theirs = world.reconciler.cloud, AlibabaCloud(world.settings, credentials_of(other))
    try:
        world.reconciler.cloud = theirs
        told = await world.settle("w", until=has_reason("AccountChanged"))
        assert other.id in conditions(told)["Ready"].message
        assert other.control.purchases() == []
    finally:
        await theirs.close()
        other.control.reset()
    world.reconciler.cloud = ours
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_unpaid_order_is_named_and_waited_for(world: World) -> None:
    """An order that was booked and not paid: named on the resource and in the ledger; paid days
    later, it is bound."""
    world.account.control.settings(balance=1, unaffordable="unpaid-order", uniqueNames="off")
    await world.apply(pay_as_you_go(chargeType="Subscription", resources={"cu": 10},
                                    subscription={"initialTerm": {"count": 1, "unit": "Month"}}))  # fmt: skip
    told = await world.settle("w", until=lambda found: "billing order" in conditions(found)["Ready"].message
                              if found.status.conditions else False, stride=60)  # fmt: skip
    [unpaid] = world.account.control.state()["unpaidOrders"]
    assert conditions(told)["Suspended"].reason == "UnpaidOrder"
    assert str(unpaid["orderId"]) in conditions(told)["Ready"].message
    for _ in range(5):
        world.account.control.advance(3600)
        await world.one_pass("w")
    assert [order.state for order in await world.orders("w")] == ["Uncertain"]
    assert str(unpaid["orderId"]) in str((await world.orders("w"))[0].status.message)
    world.account.control.state({"balance": 100_000, "payOrders": [unpaid["orderId"]]})
    await world.settle("w")
    assert [order.state for order in await world.orders("w")][-1] == "Fulfilled"
    assert len(world.account.control.state()["workspaces"]) == 1


async def test_a_bill_that_is_something_else_is_dismissed_by_hand(world: World) -> None:
    """A person names the order, and the waiting ends."""
    world.account.control.faults(
        [{"service": "foasconsole", "action": "CreateInstance", "fault": "drop-before", "times": 1}]
    )
    await world.apply(pay_as_you_go())
    await world.settle("w", until=has_reason("PurchaseUncertain"))
    world.account.control.state({"unpaidOrders": [{"orderId": "b-77"}]})
    await world.settle("w", until=has_reason("UnpaidOrder"), stride=60)
    annotate(world, NOT_THIS_PURCHASE, "b-77")
    world.account.control.advance(300)
    for _ in range(3):
        await world.one_pass("w")
    assert [order.state for order in await world.orders("w")] == ["NotPlaced"]


async def test_orphans_and_names_that_two_have_are_found(world: World) -> None:
    """A deleted resource keeps its workspace, and somebody pays for it; nothing is deleted."""
    await bought(world)
    bound = await instance_id(world)
    assert (await surveyed(world)).orphans == ()
    buy_by_hand(world, instanceId="sc-second")
    world.objects.delete("flinkworkspaces/w")
    for _ in range(4):
        await world.one_pass("w")
    found = await surveyed(world)
    assert [(each.kind, set(each.instance_ids)) for each in found.orphans] == [
        ("DuplicateName", {bound, "sc-second"}),
        ("Orphan", {bound}),
    ]
    assert found.unread == {}
    assert len(world.account.control.state()["workspaces"]) == 2


async def test_orphans_are_listed_on_the_command_line(world: World) -> None:
    """A table for a person, in which no id is cut; JSON for a program; 1 where it could not
    look."""
    await bought(world)
    bound = await instance_id(world)
    remove_by_force(world, "flinkworkspaces", "w")
    environment = {
        "KUBECONFIG": str(world.local.kubeconfig),
        "FLINK_OPERATOR_ENDPOINT": world.account.url,
        "FLINK_OPERATOR_CLUSTER_ID": world.cluster_id,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": world.account.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": world.account.access_key_secret,
        "FLINK_OPERATOR_NAMESPACES": json.dumps([world.namespace]),
    }
    told = await asyncio.to_thread(run_program, ["orphans"], environment)
    assert told.code == 0, told.err
    [row] = [line for line in told.out.splitlines() if "Orphan" in line]
    assert {bound, f"{world.namespace}/w", world.account.id} <= set(row.split())
    assert "release it in the console" in row
    [bought_id] = [each["instanceId"] for each in world.account.control.state()["workspaces"]]
    assert bought_id in row
    as_json = await asyncio.to_thread(run_program, ["orphans", "-o", "json"], environment)
    [orphan] = json.loads(as_json.out)["orphans"]
    assert [each["instanceId"] for each in orphan["instances"]] == [bought_id]
    assert orphan["instances"][0]["lastAmount"] == "pay-as-you-go"
    assert len(world.account.control.state()["workspaces"]) == 1
    world.account.control.faults([{"service": "foasconsole", "fault": "server-error"}])
    failed = await asyncio.to_thread(run_program, ["orphans"], environment)
    assert failed.code == 1
    assert bound in failed.out, "the ledger has it, whatever the cloud answers"
    assert "nothing could be listed with the operator's own identity" in failed.err


async def surveyed(world: World) -> Findings:
    """A survey of this test's namespace: others' tests leave orders behind."""
    return await survey(world.cloud, world.cluster, world.cluster_id, (world.namespace,))
