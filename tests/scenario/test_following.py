"""A workspace that was changed in the console: the spec follows it, nothing is bought, and InSync
is True again."""

from typing import Any

import pytest

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from tests.objects import Refused
from tests.scenario.manifests import Manifest, pay_as_you_go, subscription
from tests.scenario.world import World, conditions

WORKSPACE = "flinkworkspaces/w"


def change_in_the_console(world: World, **changes: Any) -> None:  # noqa: ANN401 - any field of a workspace
    """Change the bought workspace behind the operator's back."""
    account = world.account
    [found] = account.control.state()["workspaces"]
    [bought] = account.control.purchases()
    kept = {key: found[key] for key in ("name", "instanceId", "tags")}
    as_bought = {
        "chargeType": bought["chargeType"],
        "vpcId": account.vpc,
        "bucket": account.bucket,
        "vSwitchIds": list(account.v_switches),
        "cu": 10,
    }
    account.control.state({"workspaces": [{**kept, **as_bought, **changes}]})


async def until_in_sync_is(world: World, status: str) -> None:
    """Pass after pass; the clock is moved by what a pass would wait."""
    for _ in range(20):
        after = await world.one_pass("w")
        if conditions(await world.workspace("w"))["InSync"].status == status:
            return
        world.account.control.advance(after or 0)
    raise AssertionError(conditions(await world.workspace("w"))["InSync"])


@pytest.mark.parametrize(
    ("manifest", "changes", "follow", "other"),
    [
        (subscription(), {"cu": 20}, {"resources": {"cu": 20}}, {"resources": {"cu": 30}}),
        (
            pay_as_you_go(),
            {"vSwitchIds": ["vsw-i-1"]},
            {"network": {"vSwitchIds": ["vsw-i-1"]}},
            {"network": {"vSwitchIds": ["vsw-i-2"]}},
        ),
        (
            subscription(),
            {"chargeType": "POST", "cu": 0},
            {"chargeType": "PayAsYouGo", "resources": None, "subscription": None},
            {"resources": {"cu": 30}},
        ),
    ],
    ids=["resized", "moved to one vSwitch", "converted"],
)
async def test_the_spec_follows_the_console(
    world: World, manifest: Manifest, changes: Manifest, follow: Manifest, other: Manifest
) -> None:
    """What the cloud shows is taken and costs nothing; anything else is still refused."""
    await world.apply(manifest)
    await world.settle("w")
    change_in_the_console(world, **changes)
    await until_in_sync_is(world, "False")
    with pytest.raises(Refused, match="must not change once the purchase is under way"):
        world.objects.patch(WORKSPACE, {"spec": other})

    world.objects.patch(WORKSPACE, {"spec": follow})
    await until_in_sync_is(world, "True")

    assert conditions(await world.workspace("w"))["Ready"].status == "True"
    assert len(world.account.control.purchases()) == len(await world.orders("w")) == 1


async def test_a_requested_re_read_is_answered_by_a_newer_list(world: World) -> None:
    """A list that other workspaces share may be of before the request; then the stale status would
    stand."""
    await world.apply(subscription())
    await world.settle("w")
    world.settings = world.settings.model_copy(update={"listing_max_age_seconds": 600.0})
    world.restart()
    await world.one_pass("w")
    change_in_the_console(world, cu=20)
    await world.one_pass("w")
    assert conditions(await world.workspace("w"))["InSync"].status == "True", (
        "the list is an old one"
    )
    world.objects.annotate(WORKSPACE, RECONCILE_REQUESTED_AT, "now")
    await world.one_pass("w")
    workspace = await world.workspace("w")
    assert workspace.status.last_handled_reconcile_at == "now"
    assert conditions(workspace)["InSync"].reason == "Drifted"


async def test_a_request_that_the_cloud_did_not_answer_is_not_handled(world: World) -> None:
    """The next pass answers it."""
    await world.apply(subscription())
    await world.settle("w")
    world.account.control.faults([{"service": "foasconsole", "fault": "server-error"}])
    world.objects.annotate(WORKSPACE, RECONCILE_REQUESTED_AT, "now")
    await world.one_pass("w")
    assert (await world.workspace("w")).status.last_handled_reconcile_at is None
    world.account.control.faults([])
    await world.one_pass("w")
    assert (await world.workspace("w")).status.last_handled_reconcile_at == "now"
