"""Tags in the emulated cloud: shown later than their workspace, lost, or changed by hand."""

import pytest
from alibabacloud_foasconsole20211028 import models
from alibabacloud_foasconsole20211028.client import Client

from tests.emulator.clients import rpc_config
from tests.emulator.sdk import Sdk
from tests.emulator_fixture import EmulatedAccount, grant_role

TAG = '[{"Key":"k","Value":"v"}]'


@pytest.fixture
def sdk(account: EmulatedAccount) -> Sdk:
    """A client of an account that may buy."""
    grant_role(account)
    return Sdk(account)


async def seen(sdk: Sdk) -> tuple[list[dict[str, str]], int]:
    """The tags that the only workspace is listed with, and how many are found by them."""
    (one,) = (await sdk.instances())["Instances"]
    return one["Tags"], (await sdk.instances(Tags=TAG))["TotalCount"]


async def test_tags_may_be_listed_later_than_their_workspace(
    account: EmulatedAccount, sdk: Sdk
) -> None:
    """`listedTagsDelaySeconds` after the order; the workspace itself is listed at once."""
    account.control.settings(listedTagsDelaySeconds=60)
    await sdk.create("a", Tag=TAG)
    assert await seen(sdk) == ([], 0)
    account.control.advance(60)
    assert await seen(sdk) == ([{"Key": "k", "Value": "v"}], 1)


async def test_tags_may_get_lost(account: EmulatedAccount, sdk: Sdk) -> None:
    """Those of CreateInstance; the ledger still tells what was asked for, and tags put on later
    stay."""
    account.control.settings(tagsLost=True)
    bought = (await sdk.create("a", Tag=TAG))["OrderInfo"]["InstanceId"]
    assert await seen(sdk) == ([], 0)
    assert account.control.purchases()[0]["tags"] == {"k": "v"}
    request = models.TagResourcesRequest(
        region_id=account.region,
        resource_type="vvpinstance",
        resource_id=[bought],
        tag=[models.TagResourcesRequestTag(key="k", value="v")],
    )
    assert (await Client(rpc_config(account)).tag_resources_async(request)).body.success
    assert await seen(sdk) == ([{"Key": "k", "Value": "v"}], 1)


async def test_tags_are_changed_by_hand(account: EmulatedAccount, sdk: Sdk) -> None:
    """Named ones are put on, changed or taken away; others stay."""
    bought = (await sdk.create("a", Tag='[{"Key":"old","Value":"1"},{"Key":"stays","Value":"2"}]'))[
        "OrderInfo"
    ]
    account.control.state({"workspaceTags": {bought["InstanceId"]: {"k": "v", "old": None}}})
    assert account.control.state()["workspaces"][0]["tags"] == {"stays": "2", "k": "v"}
