"""Workspaces that are in order: they are looked at, and nothing is written anywhere."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import ORDERS, WORKSPACES
from tests.emulator_fixture import EmulatedAccount
from tests.patience import patience
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import World, a_world

COUNT = 8


@pytest.fixture
async def world(cluster: Cluster, account: EmulatedAccount, namespace: str) -> AsyncIterator[World]:
    """An operator in a cloud that creates workspaces at once."""
    account.control.settings(provisioningSeconds=0)
    async with a_world(cluster, account, namespace) as made:
        yield made


def versions(world: World) -> dict[str, str]:
    """The version of every object of ours in the namespace."""
    found = [
        item["metadata"]
        for kind in (WORKSPACES, ORDERS, "events")
        for item in world.objects.list(kind)
    ]
    return {metadata["uid"]: metadata["resourceVersion"] for metadata in found}


async def test_converged_workspaces_cause_no_write_and_one_look(
    world: World, cluster: Cluster, account: EmulatedAccount, namespace: str
) -> None:
    """A round of passes over running ones writes nothing to API server or cloud, and lists their
    region once."""
    names = [f"w{number}" for number in range(COUNT)]
    await world.apply(
        {"apiVersion": "v1", "kind": "List", "items": [pay_as_you_go(name) for name in names]}
    )
    await asyncio.gather(*(world.settle(name) for name in names))
    assert len(account.control.purchases()) == COUNT

    before_objects, before_calls = versions(world), account.control.counters()
    async with a_world(cluster, account, namespace, listing_max_age_seconds=patience(30)) as afresh:
        await asyncio.gather(*(afresh.one_pass(name) for name in names))
    calls = {
        name: sum(counts.values()) - sum(before_calls.get(name, {}).values())
        for name, counts in account.control.counters().items()
    }
    made = {name: number for name, number in calls.items() if number}
    assert versions(world) == before_objects
    assert made["foasconsole.DescribeInstances"] == 1
    assert all(
        name.partition(".")[2].startswith(("Describe", "Get", "List", "Head")) for name in made
    )
