"""Argo CD never shows a workspace as OutOfSync because of what the operator, or the API server, did
to it."""

from tests.gitops.lifecycle import lifecycle
from tests.gitops.synced import Synced
from tests.objects import Objects
from tests.scenario.world import World


async def test_git_and_cluster_never_differ(world: World, synced: Synced) -> None:
    """After every pass of a whole life, by the comparison in three ways and by the server's, as Git
    has it."""
    stages = []
    async for stage in lifecycle(world, synced):
        stages.append(stage)
        assert not synced.differences(), stage
    assert len(world.account.control.purchases()) == 1
    assert list(dict.fromkeys(stages)) == [
        *("applied", "being bought", "suspended", "changed by hand", "being deleted", "let go"),
    ]


def test_an_edit_by_hand_is_seen_by_both(synced: Synced) -> None:
    """The comparisons that find nothing above do find something."""
    synced.sync()
    edited = {"spec": {"tags": [{"key": "team", "value": "other"}]}}
    Objects.of(synced.local, synced.namespace).patch(synced.path, edited)
    assert set(synced.differences()) == {"client-side", "server-side"}
    synced.sync()
    assert not synced.differences()
