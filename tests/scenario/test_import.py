"""`kubectl flink import`: what it prints for each shape of an instance is adopted as it is, and
buys nothing."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from flink_workspace_operator.adapters.alibaba.products import hosts
from flink_workspace_operator.api.operator_report import REPORT_KEY, REPORT_NAME
from flink_workspace_operator.core.operator_report import OperatorFacts, Process, Surveyed, text_of
from flink_workspace_operator.survey import survey
from tests.kubectl_flink.typed import Typist
from tests.scenario.test_adoption import buy_by_hand
from tests.scenario.test_letting_go import bought
from tests.scenario.world import World, conditions

SHAPES: dict[str, dict[str, Any]] = {
    "by-use": {},
    "by-term": {"chargeType": "PRE", "cu": 6, "vSwitchIds": ["vsw-i-1"]},
    "capitals": {"name": "Old-One", "chargeType": "PRE"},
    "tags": {"tags": {"team": "data", "acs:rm": "x", "empty": ""}},
    "arm": {"architecture": "ARM", "monitorType": "TAIHAO", "resourceGroupId": "rg-acfexample"},
    "another-zone": {
        "zoneId": "cn-hangzhou-j",
        "vSwitchIds": ["vsw-j-1"],
        "chargeType": "PRE",
        "cu": 1,
    },
}


async def imported(world: World, instance_id: str) -> dict[str, Any]:
    """What the command prints, from the report of a survey of the account."""
    found = await survey(world.cloud, world.cluster, world.cluster_id, (world.namespace,))
    assert found.unread == {}
    process = Process("0.1.0", "me", world.cluster_id, world.settings, hosts(world.account.url), ())
    text = text_of(OperatorFacts(process, Surveyed(found, datetime.now(UTC)), None, (), 0))
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": REPORT_NAME}}
    world.objects.apply({**config_map, "data": {REPORT_KEY: text}})
    flags = ("-n", world.namespace, f"--operator-namespace={world.namespace}")
    said = await asyncio.to_thread(Typist(world.local).piped, "import", instance_id, *flags)
    assert said.code == 0, said.err
    manifest: dict[str, Any] = yaml.safe_load(said.out)
    return manifest


@pytest.mark.parametrize("shape", SHAPES)
async def test_it_is_adopted_without_a_difference(world: World, shape: str) -> None:
    """Ready, InSync is True, nothing was bought, and the API server took every field."""
    before = {"name": shape, **SHAPES[shape]}
    instance_id = buy_by_hand(world, **before)
    manifest = await imported(world, instance_id)
    await world.apply(manifest)
    ready = await world.settle(manifest["metadata"]["name"])
    assert conditions(ready)["InSync"].status == "True", conditions(ready)["InSync"]
    assert ready.status.instance is not None
    assert ready.status.instance.instance_id == instance_id
    assert world.account.control.purchases() == []
    assert await world.orders(manifest["metadata"]["name"]) == ()


async def test_an_orphan_gets_its_resource_back(world: World) -> None:
    """What this cluster bought, and nobody wants any more: the same resource again, and no second
    purchase."""
    await bought(world)
    [instance_id] = [each["instanceId"] for each in world.account.control.state()["workspaces"]]
    world.objects.delete("flinkworkspaces/w")
    for _ in range(4):
        await world.one_pass("w")
    manifest = await imported(world, instance_id)
    assert manifest["metadata"] == {"name": "w", "namespace": world.namespace}
    await world.apply(manifest)
    ready = await world.settle("w")
    assert conditions(ready)["InSync"].status == "True"
    assert len(world.account.control.purchases()) == 1


async def test_one_that_is_gone_meanwhile_is_not_bought(world: World) -> None:
    """The resource names an instance, and wants no other."""
    instance_id = buy_by_hand(world, name="gone")
    manifest = await imported(world, instance_id)
    world.account.control.state({"removeWorkspaces": [instance_id]})
    await world.apply(manifest)
    stalled = await world.settle(
        "gone", until=lambda found: conditions(found).get("Stalled") is not None
    )
    assert conditions(stalled)["Ready"].reason == "NothingToAdopt"
    assert world.account.control.purchases() == []
