"""What others write into a FlinkWorkspace's metadata, and what the operator writes there."""

import json
import re
import shlex
from itertools import pairwise
from typing import Any, Final

from flink_local.manifests import REPOSITORY
from flink_workspace_operator.api.names import PURCHASE_FINALIZER
from tests.scenario.manifests import Manifest, pay_as_you_go
from tests.scenario.test_letting_go import annotate, bought, delete
from tests.scenario.world import World

COPIED: Final = {
    "kopf.zalando.org/last-handled-configuration": '{"spec":{"region":"cn-beijing"}}\n',
    "kopf.zalando.org/create": '{"started":"2026-01-01T00:00:00","success":true}',
    "argocd.argoproj.io/tracking-id": "another:flink.alicloud.dev/FlinkWorkspace:team/other",
}
"""As copies of resources carry them: of another operator, and of another Application."""


async def test_copied_annotations_mean_nothing(world: World) -> None:
    """A copy with somebody else's memory is bought like any other, once."""
    copy: Manifest = pay_as_you_go()
    copy["metadata"]["annotations"] = COPIED
    await world.apply(copy)
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_tracking_causes_no_write(world: World) -> None:
    """Argo CD's annotation on a running workspace leads to no write, neither to the API server nor
    to the cloud."""
    await bought(world)
    await world.one_pass("w")
    annotate(
        world, "argocd.argoproj.io/tracking-id", "app:flink.alicloud.dev/FlinkWorkspace:team/w"
    )
    before, known = await world.workspace("w"), len(world.account.control.calls())
    await world.one_pass("w")
    assert await world.workspace("w") == before
    actions = [call["action"] for call in world.account.control.calls()[known:]]
    assert actions
    assert [
        each for each in actions if not each.startswith(("Get", "List", "Describe", "Head"))
    ] == []


async def test_metadata_is_written_once(world: World) -> None:
    """In the whole creation the operator changes the metadata once: for its finalizer. Argo CD
    refreshes for each."""
    await bought(world)
    shown = [_metadata(wire) for wire in world.cluster.shown]
    changes = [after for before, after in pairwise(shown) if before != after]
    assert [change["finalizers"] for change in changes] == [[PURCHASE_FINALIZER]]


async def test_resource_can_be_let_go_without_the_operator(world: World) -> None:
    """The command of `docs/argocd.md`, where the operator was removed first: the resource goes, the
    workspace stays."""
    await bought(world)
    page = (REPOSITORY / "docs" / "argocd.md").read_text()
    (command,) = re.findall(r"^\$ kubectl (patch flinkworkspace .*)$", page, re.MULTILINE)
    arguments = shlex.split(command.replace(" NAME ", " w "))
    delete(world)
    assert await world.cluster.read_workspace(world.key("w")) is not None
    world.local.kubectl(*arguments, f"--namespace={world.namespace}")
    assert await world.cluster.read_workspace(world.key("w")) is None
    assert len(world.account.control.state()["workspaces"]) == 1


def _metadata(wire: dict[str, Any]) -> dict[str, Any]:
    """What a user could see of it in a diff."""
    metadata = wire["metadata"]
    kept = {key: metadata.get(key) for key in ("annotations", "finalizers", "labels")}
    return json.loads(json.dumps(kept))  # type: ignore[no-any-return]  # as it was
