"""A workspace whose name has capitals, as the cloud took them years ago, is adopted by its id."""

from typing import Any

from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import World, is_ready

OLD: dict[str, Any] = {
    "name": "Realtime-Prod",
    "instanceId": "sc-old",
    "chargeType": "POST",
    "vpcId": "vpc-1",
    "vSwitchIds": ["vsw-i-1", "vsw-i-2"],
    "bucket": "bucket-1",
}


async def test_a_name_with_capitals_is_adopted(world: World) -> None:
    """The resource is Ready, and nothing is bought."""
    world.account.control.state({"workspaces": [OLD]})
    adoption = {"policy": "ByInstanceId", "instanceId": "sc-old"}
    await world.apply(pay_as_you_go(workspaceName="Realtime-Prod", adoption=adoption))
    adopted = await world.settle("w")
    assert is_ready(adopted)
    assert adopted.status.instance is not None
    assert (adopted.status.instance.instance_id, adopted.status.instance.name) == (
        "sc-old",
        "Realtime-Prod",
    )
    assert world.account.control.purchases() == []
