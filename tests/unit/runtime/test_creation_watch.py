"""Whose creation is over is woken, and nobody is listed for longer than something is being
created."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.base import Metadata
from flink_workspace_operator.api.credentials import Credentials
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import CloudFailure, Unreachable
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import Listing, SeenInstance
from flink_workspace_operator.runtime.creation_watch import LOOKS, CreationWatch
from flink_workspace_operator.runtime.queue import WorkQueue
from tests.builders import (
    KEY,
    REGION,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    reported,
)
from tests.unit.runtime.timers import FakeTimers

CREATING = an_instance(cluster_status="CREATING")


@dataclass
class Region:
    """What a list of the region shows, and how often it was asked for."""

    instances: tuple[SeenInstance, ...] = (CREATING,)
    failure: CloudFailure | None = None
    asked: list[tuple[str, timedelta]] = field(default_factory=list)

    async def list_instances(self, region: str, max_age: timedelta) -> Listing:
        self.asked.append((region, max_age))
        if self.failure is not None:
            raise self.failure
        return a_listing(*self.instances)


@pytest.fixture
def region() -> Region:
    return Region()


@pytest.fixture
def queue() -> WorkQueue:
    return WorkQueue(FakeTimers())


@pytest.fixture
def watch(region: Region, queue: WorkQueue) -> CreationWatch:
    """The watch, to which one resource was shown whose workspace is being created."""
    watch = CreationWatch(region.list_instances, queue)
    watch.seen(None, shown(CREATING))
    return watch


def shown(instance: SeenInstance, name: str = KEY.name, **spec: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any field
    """The resource as a pass leaves it that saw this instance."""
    case = a_case(a_workspace(**spec), an_order("Fulfilled"), cloud=a_cloud(a_listing(instance)))
    found: FlinkWorkspace = a_workspace(status=reported(case, decide(case)), **spec)
    metadata: Metadata = found.metadata.model_copy(update={"name": name})
    return found.model_copy(update={"metadata": metadata}).as_wire()


async def test_who_runs_is_woken_once(
    watch: CreationWatch, region: Region, queue: WorkQueue
) -> None:
    """Not before, by a new list, and before what is still to be bought. If the pass can't tell it,
    the next one comes when it is due."""
    await watch.look()
    assert (queue.depth, region.asked) == (0, [(REGION, timedelta(0))])
    region.instances = (an_instance(cluster_status="RUNNING"),)
    waits = Key(KEY.namespace, "new")
    queue.add(waits)
    await watch.look()
    assert [await queue.get(), await queue.get()] == [KEY, waits]
    queue.finish(KEY, None)
    await watch.look()
    assert (queue.depth, len(region.asked)) == (0, 2)


@pytest.mark.parametrize(
    "end",
    [{"stage_status": "FAILED"}, {"create_timeout": True}, {"order_state": "RELEASE"}],
    ids=lambda end: next(iter(end)),
)
async def test_who_fails_is_woken(
    end: dict[str, Any], watch: CreationWatch, region: Region, queue: WorkQueue
) -> None:
    """That is an end of waiting, too."""
    region.instances = (replace(CREATING, **end),)
    await watch.look()
    assert queue.depth == 1


async def test_one_list_serves_all_of_a_region(
    watch: CreationWatch, region: Region, queue: WorkQueue
) -> None:
    """However many are being created there."""
    for number in range(20):
        watch.seen("ADDED", shown(CREATING, f"w-{number}"))
    await watch.look()
    assert len(region.asked) == 1


@pytest.mark.parametrize(
    ("how", "wire"),
    [
        ("DELETED", shown(CREATING)),
        ("MODIFIED", shown(an_instance(cluster_status="RUNNING"))),
        ("MODIFIED", a_workspace().as_wire()),
    ],
    ids=["deleted", "running", "nothing bought"],
)
async def test_nothing_is_listed_when_nothing_is_created(
    how: str, wire: Mapping[str, Any], watch: CreationWatch, region: Region
) -> None:
    """What is in order costs nothing."""
    watch.seen(how, wire)
    await watch.look()
    assert region.asked == []


async def test_who_asks_with_other_keys_is_left_to_its_passes(
    region: Region, queue: WorkQueue
) -> None:
    """The operator's own identity does not see its account."""
    watch = CreationWatch(region.list_instances, queue)
    watch.seen(None, shown(CREATING, credentials=Credentials(secret_name="alicloud")))
    await watch.look()
    assert region.asked == []


async def test_a_list_that_fails_ends_nothing(
    watch: CreationWatch, region: Region, queue: WorkQueue
) -> None:
    """The next one may not."""
    region.failure = Unreachable("foasconsole.DescribeInstances", "NoConnection")
    await watch.look()
    region.failure, region.instances = None, (an_instance(cluster_status="RUNNING"),)
    await watch.look()
    assert await queue.get() == KEY


async def test_what_never_comes_is_not_listed_for_ever(
    watch: CreationWatch, region: Region, queue: WorkQueue
) -> None:
    """Its own passes go on looking, more and more seldom."""
    region.instances = ()
    for _ in range(LOOKS + 5):
        await watch.look()
    assert (len(region.asked), queue.depth) == (LOOKS, 0)


async def test_another_instance_counts_anew(
    watch: CreationWatch, region: Region, queue: WorkQueue
) -> None:
    """What was lost was replaced."""
    watch.seen("MODIFIED", shown(replace(CREATING, instance_id="sc_flink-2")))
    region.instances = (an_instance(cluster_status="RUNNING"),)
    await watch.look()
    assert queue.depth == 0
