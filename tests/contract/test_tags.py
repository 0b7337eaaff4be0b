"""Tags put on an instance after it was bought."""

from datetime import timedelta

import pytest

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.failures import NotFound, PermissionMissing
from tests.contract.clients import NAME, OWNER, TOKEN
from tests.emulator_fixture import EmulatedAccount

TAGS = OWNER.tags(TOKEN)


async def test_tags_are_put_beside_and_over_others(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """As often as one likes; text arrives as it is."""
    before = {"team": "数据 & more", **dict.fromkeys(TAGS, "former value")}
    account.control.state({"workspaces": [{"name": NAME, "instanceId": "id-1", "tags": before}]})
    for _ in range(2):
        await cloud.tag_instance(account.region, "id-1", TAGS)
        (seen,) = (await cloud.list_instances(account.region, timedelta(0))).instances
        assert seen.tags == {**before, **TAGS}


async def test_what_does_not_exist_cannot_be_tagged(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Nor what is in another region."""
    account.control.state(
        {"workspaces": [{"name": NAME, "instanceId": "id-1", "region": "cn-beijing"}]}
    )
    with pytest.raises(NotFound):
        await cloud.tag_instance(account.region, "id-1", TAGS)


async def test_a_missing_right_names_the_action_to_grant(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Also where the refusal does not."""
    account.control.faults(
        [{"action": "TagResources", "fault": "reject", "code": "NoPermission", "httpStatus": 403}]
    )
    with pytest.raises(PermissionMissing) as refused:
        await cloud.tag_instance(account.region, "id-1", TAGS)
    assert refused.value.action == "stream:TagVvpResources"
