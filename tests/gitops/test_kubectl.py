"""kubectl waits, selects and describes."""

import pytest

from flink_local.failures import LocalFailure
from tests.gitops.synced import Synced
from tests.objects import Objects
from tests.scenario.manifests import Manifest, pay_as_you_go, subscription
from tests.scenario.world import World, conditions


def wait(world: World, condition: str, seconds: int) -> str:
    """`kubectl wait`; raises LocalFailure if it did not come to that in time."""
    told = (
        "wait",
        f"--for={condition}",
        f"--timeout={seconds}s",
        f"--namespace={world.namespace}",
        "fws/w",
    )
    return world.local.kubectl(*told)


@pytest.mark.parametrize(
    "faults", [[], [{"fault": "drop-before"}]], ids=["cloud answers", "cloud is down"]
)
async def test_wait_is_not_ended_by_what_was_said_of_an_older_generation(
    world: World, faults: list[Manifest]
) -> None:
    """An edit that changes nothing in the cloud: kubectl waits for the next pass, and that is
    enough."""
    await world.apply(pay_as_you_go())
    await world.settle("w")
    assert "condition met" in wait(world, "condition=Ready", 10)

    await world.apply(pay_as_you_go(ramRole={"management": "Require"}))
    with pytest.raises(LocalFailure, match="timed out"):
        wait(world, "condition=Ready", 1)

    world.account.control.faults(faults)
    await world.one_pass("w")
    assert "condition met" in wait(world, "condition=Ready", 10)
    workspace = await world.workspace("w")
    assert workspace.metadata.generation == 2
    assert {each.observed_generation for each in conditions(workspace).values()} == {2}


async def test_wait_for_what_scripts_need(world: World) -> None:
    """The instance's id, and that it is gone."""
    await world.apply(pay_as_you_go())
    await world.settle("w")
    assert "condition met" in wait(world, "jsonpath={.status.instance.instanceId}", 10)
    world.objects.delete("flinkworkspaces/w")
    with pytest.raises(LocalFailure, match="timed out"):
        wait(world, "delete", 1)
    await world.one_pass("w")
    wait(world, "delete", 10)


SOME: list[Manifest] = [
    pay_as_you_go("by-use"),
    subscription("paid"),
    pay_as_you_go("far", region="cn-beijing"),
]


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("spec.region=cn-hangzhou", ["by-use", "paid"]),
        ("spec.region!=cn-hangzhou", ["far"]),
        ("spec.chargeType=Subscription", ["paid"]),
        ("spec.chargeType=PayAsYouGo,spec.region=cn-beijing", ["far"]),
    ],
)
def test_workspaces_are_selected_by_what_they_are(
    synced: Synced, selector: str, found: list[str]
) -> None:
    """By region and by how they are paid."""
    Objects.of(synced.local, synced.namespace).apply({"kind": "List", "items": SOME})
    where = ("fws", f"--namespace={synced.namespace}", f"--field-selector={selector}")
    names = synced.local.kubectl("get", *where, "--output=name").split()
    assert [name.partition("/")[2] for name in names] == found
