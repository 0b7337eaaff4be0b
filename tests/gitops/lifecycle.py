"""The life of a workspace that stands in Git: applied, bought, Ready, suspended, changed by hand,
let go.

async for stage in lifecycle(world, synced):     # after each pass
    assert not synced.differences(), stage
"""

from collections.abc import AsyncIterator, Callable

from flink_workspace_operator.api.names import SUSPEND
from flink_workspace_operator.api.workspace import FlinkWorkspace
from tests.gitops.synced import Synced
from tests.scenario.world import PATIENCE, World, conditions, is_ready

HOLD = "example.com/hold"
"""A finalizer of somebody else, so that the object can be looked at until the end."""


async def lifecycle(world: World, synced: Synced) -> AsyncIterator[str]:
    """The stage that has been reached, after the manifest was applied and after every pass. Then
    the object is gone."""
    world.account.control.settings(provisioningSeconds=30)
    synced.sync()
    yield "applied"
    async for _ in _passes(world, synced, is_ready):
        yield "being bought"
    world.objects.annotate(synced.path, SUSPEND, "true")
    async for _ in _passes(
        world, synced, lambda found: conditions(found)["Suspended"].status == "True"
    ):
        yield "suspended"
    world.objects.annotate(synced.path, SUSPEND, None)
    _change_by_hand(world)
    async for _ in _passes(
        world, synced, lambda found: conditions(found)["InSync"].reason == "Drifted"
    ):
        yield "changed by hand"
    _hold(world, synced, HOLD)
    world.objects.delete(synced.path)
    yield "being deleted"
    async for _ in _passes(world, synced, lambda found: found.metadata.finalizers == (HOLD,)):
        yield "let go"
    _hold(world, synced)


async def _passes(
    world: World, synced: Synced, reached: Callable[[FlinkWorkspace], bool]
) -> AsyncIterator[None]:
    """Pass after pass until `reached`; the clock is moved by what a pass would wait."""
    for _ in range(PATIENCE):
        after = await world.one_pass(synced.name)
        yield
        if reached(await world.workspace(synced.name)):
            return
        world.account.control.advance(after or 0)
    raise AssertionError(f"not reached: {world.history[-1]}")


def _change_by_hand(world: World) -> None:
    """Take a vSwitch away in the console."""
    account = world.account
    [found] = account.control.state()["workspaces"]
    kept = {key: found[key] for key in ("name", "instanceId", "tags")}
    bought = {"chargeType": "POST", "vpcId": account.vpc, "bucket": account.bucket}
    account.control.state(
        {"workspaces": [{**kept, **bought, "vSwitchIds": account.v_switches[:1]}]}
    )


def _hold(world: World, synced: Synced, *finalizers: str) -> None:
    """Add a finalizer to the operator's; or, without one, take off all that are left."""
    held = [*synced.live["metadata"].get("finalizers", []), *finalizers] if finalizers else []
    world.objects.patch(synced.path, {"metadata": {"finalizers": held}})
