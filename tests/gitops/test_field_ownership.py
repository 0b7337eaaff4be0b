"""Who manages which field: the operator its status and its finalizer, whoever applies the rest."""

import json
from typing import Any

import pytest

from flink_local.failures import LocalFailure
from flink_workspace_operator.adapters.kubernetes.collection import FIELD_MANAGER
from flink_workspace_operator.api.names import LEDGER_FINALIZER, PURCHASE_FINALIZER
from tests.gitops.kstatus import Wire
from tests.gitops.synced import MANAGER, Synced
from tests.scenario.world import World

CLIENT_SIDE: tuple[str, ...] = ()
SERVER_SIDE = ("--server-side", f"--field-manager={MANAGER}")

both_ways = pytest.mark.parametrize(
    "how", [CLIENT_SIDE, SERVER_SIDE], ids=["client-side", "server-side"]
)


async def bought(world: World, synced: Synced, how: tuple[str, ...]) -> Wire:
    """The live object once the workspace runs; how the manifest was applied."""
    synced.sync(*how)
    await world.settle(synced.name)
    return synced.live


def owned(live: Wire) -> dict[str, list[str]]:
    """What the operator manages: the subresource, "" for the object itself, and the paths to its
    leaves there."""
    entries = [
        each for each in live["metadata"]["managedFields"] if each["manager"] == FIELD_MANAGER
    ]
    return {each.get("subresource", ""): sorted(_leaves(each["fieldsV1"])) for each in entries}


def _leaves(fields: dict[str, Any], path: str = "") -> list[str]:
    """The paths to the leaves: `f:` a field, `v:` a value in a set, `.` the thing itself, which is
    no leaf."""
    inner = {name: below for name, below in fields.items() if name != "."}
    if not inner:
        return [path]
    return [
        leaf
        for name, below in inner.items()
        for leaf in _leaves(below, f"{path}/{name.partition(':')[2]}")
    ]


@both_ways
async def test_the_operator_manages_its_status_and_its_finalizer(
    world: World, synced: Synced, how: tuple[str, ...]
) -> None:
    """And nothing that a person or Git could want to write."""
    found = owned(await bought(world, synced, how))
    assert set(found) == {"", "status"}
    assert found[""] == [f'/metadata/finalizers/"{PURCHASE_FINALIZER}"']
    assert {leaf.split("/")[1] for leaf in found["status"]} == {"status"}


async def test_the_operator_manages_all_of_an_order(world: World, synced: Synced) -> None:
    """Nobody else has written into the ledger."""
    await bought(world, synced, CLIENT_SIDE)
    order = world.objects.get("flinkworkspaceorders/w-1")
    assert {each["manager"] for each in order["metadata"]["managedFields"]} == {FIELD_MANAGER}
    found = owned(order)
    assert [leaf for leaf in found[""] if not leaf.startswith("/spec/")] == [
        f'/metadata/finalizers/"{LEDGER_FINALIZER}"'
    ]
    assert {leaf.split("/")[1] for leaf in found["status"]} == {"status"}


@both_ways
async def test_applying_again_meets_no_conflict(
    world: World, synced: Synced, how: tuple[str, ...]
) -> None:
    """Server-side, by the same manager or by another, and client-side: nothing of it is the
    operator's."""
    live = await bought(world, synced, how)
    for again in (SERVER_SIDE, ("--server-side",), CLIENT_SIDE):
        synced.sync(*again)
    assert synced.live["metadata"]["generation"] == live["metadata"]["generation"] == 1
    assert synced.live["status"] == live["status"]


@both_ways
async def test_kubectl_diff_shows_nothing(
    world: World, synced: Synced, how: tuple[str, ...]
) -> None:
    """It ends with 0, which means that there is no difference; and with 1 once Git says
    otherwise."""
    await bought(world, synced, how)
    told = ("diff", f"--namespace={world.namespace}", "--filename=-", *how)
    assert world.local.kubectl(*told, stdin=json.dumps(synced.target)) == ""
    otherwise = {**synced.target, "spec": {**synced.target["spec"], "suspend": True}}
    with pytest.raises(LocalFailure, match="suspend"):
        world.local.kubectl(*told, stdin=json.dumps(otherwise))
