"""What comes next finds the workspace's ids in a ConfigMap: with Ready, whole, and never instead of
somebody else's.

All passes are made with the rights that deploy/base gives the operator, and those that a namespace
gives it for this."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from kubernetes.aio import client

from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from flink_workspace_operator.api.names import ORDERS, SUSPEND, WORKSPACES
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.failures import OutputsRefused
from tests.objects import RBAC, binding
from tests.patience import until
from tests.scenario.manifests import Manifest, let_write_outputs, pay_as_you_go
from tests.scenario.recording import RecordingCluster
from tests.scenario.world import PATIENCE, World, conditions, configuration_in, has_reason, is_ready

IDS = "ids"
FOREIGN = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": IDS},
    "data": {"theirs": "kept"},
}


@pytest.fixture
async def world(limited: World) -> World:
    """With the operator's rights, in a namespace that lets it write ConfigMaps."""
    let_write_outputs(limited.local, limited.namespace)
    return limited


def handed_over(name: str = "w", to: str = IDS, **spec: object) -> Manifest:
    """A workspace that hands its ids on."""
    return pay_as_you_go(name, outputs={"configMapName": to}, **spec)


def config_map(world: World, name: str = IDS) -> dict[str, Any] | None:
    """A ConfigMap as it is."""
    return world.objects.find(f"configmaps/{name}")


def data_in(world: World, name: str = IDS) -> dict[str, str]:
    """What it says."""
    found = config_map(world, name)
    assert found is not None
    data: dict[str, str] = found["data"]
    return data


def events(world: World) -> list[str]:
    """The reasons of all events that tell of outputs."""
    return sorted(
        each["reason"]
        for each in world.objects.list("events")
        if each["reason"].startswith("Outputs")
    )


def wanted(workspace: FlinkWorkspace) -> dict[str, str | None]:
    """What the ConfigMap must say, and nothing else."""
    instance = workspace.status.instance
    assert instance is not None
    return {
        "instanceId": instance.instance_id,
        "workspaceId": instance.workspace_id,
        "region": "cn-hangzhou",
        "namespace": "w-default",
        "endpoint": "ververica.cn-hangzhou.aliyuncs.com",
        "bucket": "bucket-1",
        "artifactsPath": "oss://bucket-1/artifacts/",
        "jobsPath": "oss://bucket-1/flink-jobs/",
        "savepointsPath": "oss://bucket-1/flink-savepoints/",
        "logsPath": "oss://bucket-1/logs/",
    }


async def ready(world: World) -> FlinkWorkspace:
    """A workspace that runs and has handed its ids on."""
    await world.apply(handed_over())
    return await world.settle("w")


async def test_ready_means_that_the_config_map_is_there(world: World) -> None:
    """It is not there before, has exactly the ids, our label, and the resource as its owner."""
    await world.apply(handed_over())
    while not is_ready(await world.workspace("w")):
        assert config_map(world) is None
        world.account.control.advance(await world.one_pass("w") or 0)
    workspace, found = await world.workspace("w"), config_map(world)
    assert found is not None
    assert found["data"] == wanted(workspace)
    assert found["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "flink-workspace-operator"
    }
    [owner] = found["metadata"]["ownerReferences"]
    assert owner == {
        "apiVersion": "flink.alicloud.dev/v1alpha1",
        "kind": "FlinkWorkspace",
        "name": "w",
        "uid": workspace.metadata.uid,
        "controller": True,
        "blockOwnerDeletion": False,
    }
    assert workspace.status.outputs == workspace.spec.outputs
    assert events(world) == ["OutputsWritten"]


async def test_a_hand_edit_is_corrected(world: World) -> None:
    """At the next pass: keys, labels and flags; what others have put beside ours stays."""
    workspace = await ready(world)
    edit = {
        "metadata": {"labels": {"team": "data", "app.kubernetes.io/managed-by": "me"}},
        "data": {"instanceId": "wrong", "more": "x", "region": None},
        "binaryData": {"bytes": "AAAA"},
    }
    world.objects.patch(f"configmaps/{IDS}", edit)
    await world.one_pass("w")
    found = config_map(world)
    assert found is not None
    assert (found["data"], found.get("binaryData")) == (wanted(workspace), None)
    assert found["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "flink-workspace-operator",
        "team": "data",
    }
    assert is_ready(await world.workspace("w"))
    assert events(world) == ["OutputsCorrected", "OutputsWritten"]


async def test_a_hand_deletion_is_made_good(world: World) -> None:
    """At the next pass."""
    workspace = await ready(world)
    world.objects.delete(f"configmaps/{IDS}")
    await world.one_pass("w")
    assert data_in(world) == wanted(workspace)
    assert events(world) == ["OutputsCorrected", "OutputsWritten"]


async def test_nothing_is_bought_into_a_conflict(world: World) -> None:
    """Somebody else's ConfigMap stops everything before the purchase, is left as it is, and when it
    is gone, all goes on."""
    await world.apply(FOREIGN)
    await world.apply(handed_over())
    stalled = await world.settle("w", until=has_reason("OutputsTaken"))
    assert conditions(stalled)["Stalled"].status == "True"
    assert "spec.outputs.configMapName, or delete" in conditions(stalled)["Stalled"].message
    for _ in range(5):
        await world.one_pass("w")
    assert (world.account.control.purchases(), await world.orders("w")) == ([], ())
    assert data_in(world) == FOREIGN["data"]
    world.objects.delete(f"configmaps/{IDS}")
    workspace = await world.settle("w")
    assert data_in(world) == wanted(workspace)
    assert len(world.account.control.purchases()) == 1


async def test_a_conflict_that_comes_after_the_intent_stops_the_call(world: World) -> None:
    """Everything is read again before the call, the ConfigMap too."""
    await world.apply(handed_over())
    while not any(order.state == "Placing" for order in await world.orders("w")):
        await world.one_pass("w")
    await world.apply(FOREIGN)
    await world.settle("w", until=has_reason("OutputsTaken"))
    assert world.account.control.calls("foasconsole.CreateInstance") == []


async def test_a_foreign_one_is_not_overwritten_afterwards(world: World) -> None:
    """Not even where ours was before: a workspace that runs is then not Ready any more."""
    await ready(world)
    world.objects.delete(f"configmaps/{IDS}")
    await world.apply(FOREIGN)
    await world.one_pass("w")
    told = conditions(await world.workspace("w"))
    assert (told["Ready"].status, told["Ready"].reason, told["WorkspaceRunning"].status) == (
        "False",
        "OutputsTaken",
        "True",
    )
    assert data_in(world) == FOREIGN["data"]
    await world.apply(handed_over(to="others"))
    workspace = await world.settle("w")
    assert data_in(world, "others") == wanted(workspace)
    assert data_in(world) == FOREIGN["data"]


async def test_two_resources_do_not_share_one(world: World) -> None:
    """The second one that names it is told so, and does not buy."""
    first = await ready(world)
    await world.apply(handed_over("v"))
    await world.settle("v", until=has_reason("OutputsTaken"))
    assert data_in(world) == wanted(first)
    assert len(world.account.control.purchases()) == 1


async def test_another_name_takes_the_former_one_away(world: World) -> None:
    """Renamed, and then not wanted any more: what we wrote goes, and the workspace stays Ready."""
    workspace = await ready(world)
    await world.apply(handed_over(to="others"))
    await world.one_pass("w")
    assert (config_map(world), data_in(world, "others")) == (None, wanted(workspace))
    await world.apply(pay_as_you_go())
    await world.one_pass("w")
    without = await world.workspace("w")
    assert (config_map(world, "others"), without.status.outputs, is_ready(without)) == (
        None,
        None,
        True,
    )


async def test_only_our_own_is_taken_away(world: World) -> None:
    """One whose owner a person removed is theirs from then on."""
    await ready(world)
    world.objects.patch(f"configmaps/{IDS}", {"metadata": {"ownerReferences": None}})
    await world.apply(handed_over(to="others"))
    await world.one_pass("w")
    assert is_ready(await world.workspace("w"))
    assert config_map(world) is not None


async def test_it_goes_with_its_resource(world: World) -> None:
    """The garbage collector deletes it; nothing of ours waits for that."""
    await ready(world)
    world.objects.delete("flinkworkspaces/w")
    while await world.cluster.read_workspace(world.key("w")) is not None:
        await world.one_pass("w")
    until(lambda: config_map(world) is None)


async def test_that_of_a_former_life_is_taken_over(world: World) -> None:
    """Applied again before the garbage collector came, or after a restore: by its name it is this
    resource's."""
    dead = {
        "apiVersion": "flink.alicloud.dev/v1alpha1",
        "kind": "FlinkWorkspace",
        "name": "w",
        "uid": "00000000-0000-0000-0000-000000000000",
        "controller": True,
    }
    orphan = {**FOREIGN, "metadata": {"name": IDS, "ownerReferences": [dead]}}
    workspace = await ready(world)
    world.objects.delete(f"configmaps/{IDS}")
    # the garbage collector may be faster, and then there is nothing to take over
    with suppress(AssertionError):
        await world.apply(orphan)
    await world.one_pass("w")
    found = config_map(world)
    assert found is not None
    assert found["data"] == wanted(workspace)
    assert [owner["uid"] for owner in found["metadata"]["ownerReferences"]] == [
        workspace.metadata.uid
    ]


async def test_a_converged_workspace_makes_no_write(world: World) -> None:
    """Neither to the ConfigMap nor to anything else."""

    def versions() -> list[str]:
        kinds = (WORKSPACES, ORDERS, "configmaps", "events")
        found = [item for kind in kinds for item in world.objects.list(kind)]
        return sorted(item["metadata"]["resourceVersion"] for item in found)

    await ready(world)
    await world.one_pass("w")
    before = versions()
    for _ in range(3):
        await world.one_pass("w")
    assert versions() == before


async def test_suspended_it_is_kept_true(world: World) -> None:
    """Suspending stops writes to the cloud; the ConfigMap is none."""
    workspace = await ready(world)
    world.objects.annotate("flinkworkspaces/w", SUSPEND, "true")
    world.objects.delete(f"configmaps/{IDS}")
    await world.one_pass("w")
    assert data_in(world) == wanted(workspace)


async def test_nothing_is_written_while_the_cloud_is_down(world: World) -> None:
    """And Ready does not go on being True for a ConfigMap that was never written."""
    await ready(world)
    world.account.control.faults([{"fault": "drop-before"}])
    await world.one_pass("w")
    assert is_ready(await world.workspace("w"))
    await world.apply(handed_over(to="others"))
    await world.one_pass("w")
    told = conditions(await world.workspace("w"))["Ready"]
    assert (told.status, told.reason, config_map(world, "others")) == (
        "Unknown",
        "CloudUnreachable",
        None,
    )
    world.account.control.faults([])
    workspace = await world.settle("w")
    assert (data_in(world, "others"), config_map(world)) == (wanted(workspace), None)


@asynccontextmanager
async def allowed_only(world: World, verbs: list[str], directory: Path) -> AsyncIterator[None]:
    """The operator's passes, by an identity that has these rights on ConfigMaps, and all others of
    the operator."""
    name, poor, rich = f"poor-{world.namespace}", ("poor", world.namespace), world.cluster
    rules = world.objects.get(f"clusterroles/{SERVICE_ACCOUNT}")["rules"]
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": verbs}
    claims = binding(name, SERVICE_ACCOUNT, poor, kind="Role")
    claims["metadata"]["namespace"] = NAMESPACE
    made = {
        "kind": "List",
        "items": [
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "poor"}},
            {
                "apiVersion": RBAC,
                "kind": "ClusterRole",
                "metadata": {"name": name},
                "rules": [*rules, rule],
            },
            binding(name, name, poor, scope="ClusterRole"),
            binding(f"{name}-limits", f"{SERVICE_ACCOUNT}-cluster", poor, scope="ClusterRole"),
            claims,
        ],
    }
    world.objects.apply(made)
    try:
        path = world.local.kubeconfig_for("poor", world.namespace, directory / "poor")
        async with client.ApiClient(await configuration_in(path)) as api:
            world.cluster = RecordingCluster(api, world.settings)
            world.restart()
            yield
    finally:
        world.objects.remove(made)
        world.cluster = rich
        world.restart()


async def until_refused(world: World) -> FlinkWorkspace:
    """Passes until the resource says that it may not hand on its ids."""
    for _ in range(PATIENCE):
        # as a value before the purchase; as a failure, to be tried again, at the write
        with suppress(OutputsRefused):
            world.account.control.advance(await world.one_pass("w") or 0)
        if has_reason("OutputsRefused")(found := await world.workspace("w")):
            return found
    raise AssertionError(f"not refused: {conditions(found)}")


async def test_without_the_right_to_read_nothing_is_bought(world: World, tmp_path: Path) -> None:
    """The operator waits for the right, says which one, and goes on once it has it."""
    await world.apply(handed_over())
    async with allowed_only(world, ["create"], tmp_path):
        told = conditions(await until_refused(world))
    assert (told["Ready"].status, told["Suspended"].status) == ("Unknown", "True")
    assert 'cannot get resource "configmaps"' in told["Suspended"].message
    assert world.account.control.purchases() == []
    await world.settle("w")


async def test_a_namespace_that_does_not_let_it_is_told_how(limited: World) -> None:
    """With what is installed, and no more: nothing is bought, the message names the role, and once
    that is bound it goes on."""
    await limited.apply(handed_over())
    told = conditions(await until_refused(limited))["Suspended"].message
    assert 'cannot get resource "configmaps"' in told
    assert (
        "bind the ClusterRole flink-workspace-operator-outputs to the operator in this namespace"
        in told
    )
    assert limited.account.control.purchases() == []
    let_write_outputs(limited.local, limited.namespace)
    await limited.settle("w")
    assert config_map(limited) is not None


async def test_ready_waits_for_the_right_to_write(world: World, tmp_path: Path) -> None:
    """A workspace that runs is not Ready without its ConfigMap; it is not bought again for that."""
    await world.apply(handed_over())
    async with allowed_only(world, ["get"], tmp_path):
        refused = await until_refused(world)
        told = conditions(refused)
        assert (
            told["Ready"].status,
            told["Suspended"].status,
            told["WorkspaceRunning"].status,
        ) == (
            "False",
            "True",
            "True",
        )
        assert 'cannot create resource "configmaps"' in told["Suspended"].message
        assert refused.status.outputs is None
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1
