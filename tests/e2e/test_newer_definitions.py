"""The operator is older than what is stored: it says so on each such resource, and the others go
on.

A newer version's definitions stay when the operator is rolled back. What it does not know it
neither guesses nor drops."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import yaml

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.manifests import REPOSITORY
from flink_workspace_operator.api.names import ABANDON_ORDER, APPROVALS, POLICIES
from flink_workspace_operator.core.facts.failures import Unreadable
from flink_workspace_operator.survey import survey
from tests.emulator_fixture import EmulatedAccount
from tests.gitops.truth import judge
from tests.patience import patience
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import SHORT_WINDOWS, World, a_world, conditions, has_reason

NEWER_STATE, NEWER_CHARGE = "AwaitingReview", "Elastic"


def newer_definitions() -> str:
    """The definitions with what a later version may add: a charge type, a field of the spec, a
    state of orders."""
    workspaces, orders = (
        yaml.safe_load((REPOSITORY / "crds" / f"{name}.yaml").read_text())
        for name in ("flinkworkspaces", "flinkworkspaceorders")
    )
    spec = _schema(workspaces)["spec"]["properties"]
    spec["chargeType"]["enum"].append(NEWER_CHARGE)
    spec["futureBrake"] = {"type": "string"}
    summary = _schema(workspaces)["status"]["properties"]["order"]["properties"]
    for state in (summary["state"], _schema(orders)["status"]["properties"]["state"]):
        state["enum"].append(NEWER_STATE)
    newer = yaml.safe_dump_all([workspaces, orders]).replace(
        "'Quoted': [", f"'Quoted': ['{NEWER_STATE}', "
    )
    limits = (REPOSITORY / "crds" / f"{name}.yaml" for name in (APPROVALS, POLICIES))
    return "\n---\n".join((newer, *(path.read_text() for path in limits)))


def _schema(definition: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"][
        "properties"
    ]
    return properties


@pytest.fixture(scope="module")
def newer_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane that serves those."""
    directory = tmp_path_factory.mktemp("newer")
    with ControlPlane(directory / "plane") as cluster:
        definitions, namespace = (
            directory / "crds.yaml",
            REPOSITORY / "deploy" / "base" / "namespace.yaml",
        )
        definitions.write_text(newer_definitions())
        cluster.kubectl(
            "apply", "--server-side", f"--filename={definitions}", f"--filename={namespace}"
        )
        cluster.kubectl(
            "wait",
            "--for=condition=Established",
            f"--timeout={patience(30):.0f}s",
            f"--filename={definitions}",
        )
        yield cluster


@pytest.fixture
async def world(newer_cluster: Cluster, account: EmulatedAccount) -> AsyncIterator[World]:
    """Passes of this version under definitions of a newer one."""
    async with a_world(newer_cluster, account, "default", **SHORT_WINDOWS) as made:
        yield made


def shown(world: World, name: str) -> dict[str, tuple[str, str]]:
    """Status and message of each condition, read as a person does."""
    wire = world.objects.get(f"flinkworkspaces/{name}")
    judge(wire)
    return {
        each["type"]: (each["status"], each["message"]) for each in wire["status"]["conditions"]
    }


def exists(world: World, name: str) -> bool:
    return world.objects.find(f"flinkworkspaces/{name}") is not None


async def test_what_a_newer_version_wrote(world: World) -> None:
    """A value of the spec, a field of it, a state of an order: each is told with its name, and buys
    nothing."""
    await world.apply(pay_as_you_go("value", chargeType=NEWER_CHARGE))
    with pytest.raises(Unreadable):
        await world.reconciler.run_pass(world.key("value"))
    status, message = shown(world, "value")["Stalled"]
    assert (status, "`spec.chargeType`" in message, NEWER_CHARGE in message) == ("True", True, True)

    await world.apply(pay_as_you_go("field", futureBrake="on"))
    workspace = await world.settle("field", has_reason("NewerVersion"))
    assert "spec.futureBrake" in conditions(workspace)["Ready"].message

    await world.apply(pay_as_you_go("order"))
    while not await world.orders("order"):
        await world.one_pass("order")
    world.objects.patch("flinkworkspaceorders/order-1/status", {"status": {"state": NEWER_STATE}})
    with pytest.raises(Unreadable):
        await world.reconciler.run_pass(world.key("order"))
    status, message = shown(world, "order")["Stalled"]
    assert (status, "FlinkWorkspaceOrder 'order-1'" in message, NEWER_STATE in message) == (
        "True",
        True,
        True,
    )
    assert world.account.control.purchases() == []

    await world.apply(pay_as_you_go("known"))
    await world.settle("known")
    assert (
        await survey(world.cloud, world.cluster, world.cluster_id, (world.namespace,))
    ).orphans == ()

    for name, goes in (("value", True), ("field", True), ("order", False)):
        world.objects.delete(f"flinkworkspaces/{name}")
        for _ in range(3):
            try:
                await world.reconciler.run_pass(world.key(name))
            except Unreadable:
                continue
        assert exists(world, name) is not goes

    way_out = f"{ABANDON_ORDER}=order-1"
    assert shown(world, "order")["Stalled"][1].endswith(f" {way_out} --overwrite")
    world.local.kubectl("annotate", "flinkworkspace/order", way_out)
    with pytest.raises(Unreadable):
        await world.reconciler.run_pass(world.key("order"))
    assert not exists(world, "order")
    assert NEWER_STATE in world.local.kubectl("get", "flinkworkspaceorder/order-1", "--output=yaml")


async def test_one_that_is_bound_and_cannot_be_read(world: World) -> None:
    """It stays Ready, no orphan is reported for it, and it can be deleted: nothing is open."""
    await world.apply(pay_as_you_go("w"))
    await world.settle("w")
    world.objects.patch("flinkworkspaces/w/status", {"status": {"order": {"state": NEWER_STATE}}})
    with pytest.raises(Unreadable):
        await world.reconciler.run_pass(world.key("w"))
    told = shown(world, "w")
    assert (told["Ready"][0], told["Suspended"][0], told["Stalled"][0]) == ("True", "True", "False")
    assert (
        await survey(world.cloud, world.cluster, world.cluster_id, (world.namespace,))
    ).orphans == ()
    world.objects.delete("flinkworkspaces/w")
    with pytest.raises(Unreadable):
        await world.reconciler.run_pass(world.key("w"))
    assert not exists(world, "w")
    assert len(world.account.control.purchases()) == 1
