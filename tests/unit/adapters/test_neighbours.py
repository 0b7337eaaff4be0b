"""What other resources own is read off their stored form, once; after that, the watch keeps it
true."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from flink_workspace_operator.adapters.kubernetes.neighbours import Neighbours, neighbour_in
from flink_workspace_operator.api.names import REPLACE_LOST
from flink_workspace_operator.core.facts.failures import ClusterUnreachable
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.neighbours import Neighbour
from tests.builders import ACCOUNT, ID, NOW, REGION, minutes

RAN: dict[str, Any] = {
    "instanceId": ID,
    "clusterStatus": "RUNNING",
    "createTime": "2026-11-23T08:00:00Z",
}
PLACED: dict[str, Any] = {"instanceId": ID}
ANNOUNCED = {"name": "other-1", "state": "Placed", "intentTime": "2026-11-23T09:00:00Z"}


def owning(
    instance: dict[str, Any],
    order: dict[str, Any] | None = None,
    **metadata: Any,  # noqa: ANN401 - any value
) -> Neighbour | None:
    status = {
        "accountId": ACCOUNT,
        "instance": instance,
        "order": order,
        "conditions": "of a later version",
    }
    named = {"namespace": "team", "name": "other", **metadata}
    return neighbour_in(
        {"metadata": named, "spec": {"region": REGION, "later": True}, "status": status}
    )


def neighbour(bought_at: Any = None) -> Neighbour:  # noqa: ANN401 - a moment or None
    return Neighbour(Key("team", "other"), ACCOUNT, REGION, ID, bought_at)


def test_what_was_seen_running_must_be_shown() -> None:
    """From then on, whenever it was bought."""
    assert owning(RAN, ANNOUNCED) == owning(RAN) == neighbour()


def test_what_no_list_has_shown_counts_from_its_announcement() -> None:
    """The cloud answered with its id."""
    assert owning(PLACED, ANNOUNCED) == neighbour(NOW)


def test_what_is_being_created_counts_from_its_creation() -> None:
    """It may be shown by its tags before the region's list shows it."""
    assert owning({**RAN, "clusterStatus": "CREATING"}, ANNOUNCED) == neighbour(NOW - minutes(60))


@pytest.mark.parametrize("order", [None, {}, {"intentTime": "soon"}])
def test_what_nobody_knows_the_time_of_is_not_missed(order: dict[str, Any] | None) -> None:
    """Neither seen running, nor announced at a time that can be read."""
    assert owning(PLACED, order) is None


def test_a_resource_that_is_being_deleted_is_not_missed() -> None:
    """A person let it go, as the message advises."""
    assert owning(RAN, deletionTimestamp="2026-11-23T09:00:00Z") is None


def test_an_instance_that_was_given_up_is_not_missed() -> None:
    """By its id: an annotation that names another one is left over."""
    assert owning(RAN, annotations={REPLACE_LOST: ID}) is None
    assert owning(RAN, annotations={REPLACE_LOST: "sc_flink-2"}) == neighbour()


@pytest.mark.parametrize(
    "status", [None, {}, {"accountId": ACCOUNT}, {"instance": RAN}, {"accountId": None}]
)
def test_a_resource_that_owns_nothing_is_not_missed(status: dict[str, Any] | None) -> None:
    """Or of which it is not known in which account."""
    wire = {
        "metadata": {"namespace": "team", "name": "other"},
        "spec": {"region": REGION},
        "status": status,
    }
    assert neighbour_in(wire) is None


def owner(name: str, owns: str | None = ID) -> dict[str, Any]:
    """A resource as it is stored, with an instance that has run, or without one."""
    status = {"accountId": ACCOUNT, "instance": {**RAN, "instanceId": owns}} if owns else {}
    return {
        "metadata": {"namespace": "team", "name": name},
        "spec": {"region": REGION},
        "status": status,
    }


class Store:
    """The workspaces at the API server. `before` runs before each is given out, as other things
    happen meanwhile."""

    def __init__(self, *stored: dict[str, Any]) -> None:
        self.stored = stored
        self.lists = 0
        self.before: Callable[[], None] = lambda: None
        self.neighbours = Neighbours(self.objects)

    async def objects(self) -> AsyncIterator[dict[str, Any]]:
        """A list of all, begun now."""
        self.lists += 1
        for wire in self.stored:
            self.before()
            yield wire

    async def owners(self) -> set[str]:
        """The names of those that own an instance."""
        return {each.key.name for each in await self.neighbours.all()}


async def test_they_are_listed_once() -> None:
    """However many are bought: a list of all that there is may be a hundred megabytes."""
    store = Store(owner("one"), owner("two", owns=None), owner("three"))
    assert await store.owners() == await store.owners() == {"one", "three"}
    assert store.lists == 1


async def test_the_watch_keeps_them_true() -> None:
    """Bought, let go, deleted."""
    store = Store(owner("let-go"), owner("deleted"), owner("stays"))
    await store.owners()
    store.neighbours.seen("ADDED", owner("bought"))
    store.neighbours.seen("MODIFIED", owner("let-go", owns=None))
    store.neighbours.seen("DELETED", owner("deleted"))
    assert await store.owners() == {"bought", "stays"}


async def test_the_watch_is_newer_than_the_list() -> None:
    """What it shows before and while the list is read: an old row brings nothing back, and takes
    nothing away."""
    store = Store(owner("first"), owner("gone"), owner("bought", owns=None))
    store.neighbours.seen("ADDED", owner("bought"))
    store.before = lambda: store.neighbours.seen("DELETED", owner("gone"))
    assert await store.owners() == {"first", "bought"}


async def test_a_list_that_failed_is_no_list() -> None:
    """The next purchase asks anew: half of the neighbours would say that the others are none."""
    store = Store(owner("one"), owner("two"))

    def fail() -> None:
        raise ClusterUnreachable("a page was lost")

    store.before = fail
    with pytest.raises(ClusterUnreachable):
        await store.owners()
    store.before = lambda: None
    assert await store.owners() == {"one", "two"}
