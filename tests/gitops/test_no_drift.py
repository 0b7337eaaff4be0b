"""Argo CD never shows a workspace as OutOfSync because of what the operator, or the API server, did to it."""

from tests.gitops.lifecycle import lifecycle
from tests.gitops.synced import Synced
from tests.scenario.world import World


async def test_git_and_cluster_never_differ(world: World, synced: Synced) -> None:
    """After every pass of a whole life, by the comparison in three ways and by the server's, as Git has it."""
    stages = []
    async for stage in lifecycle(world, synced):
        stages.append(stage)
        assert not synced.differences(), stage
    assert len(world.account.control.purchases()) == 1
    assert list(dict.fromkeys(stages)) == [
        *("applied", "being bought", "suspended", "changed by hand", "being deleted", "let go"),
    ]
