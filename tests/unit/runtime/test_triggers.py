"""Triggers: what happens to a resource, an order or a claim wakes the right keys, and our own echo
nobody."""

from typing import Any

import pytest

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.runtime.queue import WorkQueue
from flink_workspace_operator.runtime.triggers import Triggers
from tests.unit.runtime.timers import FakeTimers

OURS, FOREIGN = "7", "8"
A, B = Key("ns", "a"), Key("ns", "b")


class Woken:
    """Triggers on a queue of which the test sees who waits."""

    def __init__(self) -> None:
        self.timers = FakeTimers()
        self.queue = WorkQueue(self.timers)
        self.triggers = Triggers(self.queue, lambda version: version == OURS)

    async def take(self) -> set[Key | None]:
        """Who was woken since the last time, in no order."""
        woken = {await self.queue.get() for _ in range(self.queue.depth)}
        for key in self.queue.active:
            self.queue.finish(key, None)
        return woken


@pytest.fixture
def woken() -> Woken:
    return Woken()


def workspace(key: Key, version: str = FOREIGN, **spec: str) -> dict[str, Any]:
    return {
        "metadata": {"namespace": key.namespace, "name": key.name, "resourceVersion": version},
        "spec": {"region": "cn-hangzhou", **spec},
    }


def order(key: Key, version: str = FOREIGN) -> dict[str, Any]:
    metadata = {"namespace": key.namespace, "name": f"{key.name}-1", "resourceVersion": version}
    return {"metadata": metadata, "spec": {"workspaceRef": {"name": key.name}}}


async def test_changes_wake_the_key(woken: Woken) -> None:
    """A change of a workspace or of one of its orders wakes the workspace's key."""
    woken.triggers.workspace_seen("MODIFIED", workspace(A))
    woken.triggers.order_seen("ADDED", order(B))
    assert await woken.take() == {A, B}


async def test_what_a_round_had_is_not_woken_by_the_watch(woken: Woken) -> None:
    """What a watch lists at the start waits for the round; what a round had in this version needs
    no pass."""
    waits = {"known": None, "soon": 0.0, "later": 60.0}
    woken.triggers.wait = lambda _, version: waits[version]
    woken.triggers.workspace_seen(None, workspace(A, "known"))
    woken.triggers.workspace_seen(None, workspace(B, "later"))
    assert await woken.take() == set()
    woken.timers.advance(60)
    assert await woken.take() == {B}
    woken.triggers.order_seen(None, order(A, "soon"))
    assert await woken.take() == {A}


async def test_own_echo_wakes_nobody(woken: Woken) -> None:
    """What we wrote ourselves is no news."""
    woken.triggers.workspace_seen("MODIFIED", workspace(A, OURS))
    woken.triggers.order_seen("MODIFIED", order(A, OURS))
    woken.triggers.claim_seen(A, ("cn-hangzhou", "a"), given_back=False, resource_version=OURS)
    assert await woken.take() == set()


async def test_deletion_is_never_an_echo(woken: Woken) -> None:
    """A deletion may carry the version of our last write, and is news all the same."""
    woken.triggers.workspace_seen("DELETED", workspace(A, OURS))
    assert await woken.take() == {A}


async def test_listing_waits_behind_changes(woken: Woken) -> None:
    """What was listed has its turn after what was changed, even if it was seen first."""
    woken.triggers.workspace_seen(None, workspace(A, OURS))
    woken.triggers.workspace_seen("MODIFIED", workspace(B))
    assert [await woken.queue.get(), await woken.queue.get()] == [B, A]


async def test_claim_given_back_wakes_who_wants_the_name(woken: Woken) -> None:
    """Whoever waits for a name learns at once that it is free; others are left alone."""
    other_name, other_region = Key("ns", "c"), Key("ns", "d")
    woken.triggers.workspace_seen(None, workspace(B, workspaceName="a"))
    woken.triggers.workspace_seen(None, workspace(other_name))
    woken.triggers.workspace_seen(
        None, workspace(other_region, workspaceName="a", region="cn-beijing")
    )
    await woken.take()
    woken.triggers.claim_seen(A, ("cn-hangzhou", "a"), given_back=True, resource_version=OURS)
    assert await woken.take() == {B}


async def test_lease_of_no_resource_wakes_nobody(woken: Woken) -> None:
    """Other programs keep Leases in the same namespace: their holders are no keys."""
    woken.triggers.claim_seen(None, ("", ""), given_back=False, resource_version=FOREIGN)
    assert await woken.take() == set()


async def test_holder_learns_that_its_claim_was_removed(woken: Woken) -> None:
    """Somebody deletes a Lease by hand: its holder looks again and claims anew."""
    woken.triggers.workspace_seen(None, workspace(A))
    await woken.take()
    woken.triggers.claim_seen(A, ("cn-hangzhou", "a"), given_back=True, resource_version=FOREIGN)
    assert await woken.take() == {A}
