"""Orphans are told once each; a look that fails says nothing and ends nothing."""

import asyncio
from typing import Any

import pytest

from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    ClusterUnreachable,
    Failure,
    Unreachable,
)
from flink_workspace_operator.core.orphans import Findings, Orphan
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.runtime.metrics.orphans import OrphanMetrics
from flink_workspace_operator.runtime.orphan_watch import OrphanWatch

ORPHAN = Orphan("Orphan", "1", "r-1", "w", ("i-1",), "team/w")
TWINS = Orphan("DuplicateName", "1", "r-2", "v", ("i-2", "i-3"))
HOURS = 3600.0
BOUGHT: dict[str, Any] = {"status": {"instance": {"instanceId": "i-1"}}}
DOWN: CloudFailure = Unreachable("foasconsole.DescribeInstances", "NoConnection")


class Looks:
    """What the looks find, one after the other, and what is told of it."""

    def __init__(self, *findings: Findings | Failure) -> None:
        self.findings, self.events = list(findings), list[Event]()
        self.over, self.looked = asyncio.Event(), asyncio.Queue[None]()

    async def survey(self) -> Findings:
        found = self.findings.pop(0)
        self.looked.put_nowait(None)
        if not self.findings:
            self.over.set()
        if isinstance(found, Failure):
            raise found
        return found

    async def tell(self, event: Event) -> None:
        self.events.append(event)

    def watch(self, seconds: float = 0) -> OrphanWatch:
        return OrphanWatch(self.survey, self.tell, OrphanMetrics(), seconds, gathering_seconds=0)


def found(*orphans: Orphan, unread: tuple[str, ...] = ()) -> Findings:
    read = frozenset({("1", region) for region in {"r-1", "r-2"} - set(unread)})
    return Findings(orphans, read, {("1", region): DOWN for region in unread})


async def test_each_is_told_once() -> None:
    """As long as it is there; and again if it comes back. The event says what to do."""
    looks = Looks(found(ORPHAN, TWINS), found(ORPHAN), found(ORPHAN, TWINS))
    watch = looks.watch()
    for _ in range(3):
        await watch.look()
    assert [event.reason for event in looks.events] == ["Orphan", "DuplicateName", "DuplicateName"]
    assert "release it in the console" in looks.events[0].message
    assert "i-2 and i-3" in looks.events[1].message


async def test_a_region_without_an_answer_is_not_told_anew() -> None:
    """Where nothing could be seen, nothing has changed."""
    looks = Looks(found(ORPHAN), found(unread=("r-1",)), found(ORPHAN))
    watch = looks.watch()
    for _ in range(3):
        await watch.look()
    assert len(looks.events) == 1


async def test_failures_do_not_end_it() -> None:
    """The cloud, the API server, or a mistake of ours: the next look comes."""
    looks = Looks(DOWN, ClusterUnreachable("no answer"), found(ORPHAN), found())
    task = asyncio.create_task(looks.watch().keep_looking())
    await looks.over.wait()
    task.cancel()
    assert len(looks.events) == 1


NOTHING_BOUGHT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("DELETED", {"status": {}}),
    ("DELETED", {}),
    ("MODIFIED", BOUGHT),
)


async def test_a_survey_follows_a_deletion() -> None:
    """Of what may have been bought, or of what is only known to be gone; not of what never bought
    anything."""
    looks = Looks(found(), found(ORPHAN), found())
    watch = looks.watch(HOURS)
    task = asyncio.create_task(watch.keep_looking())
    await looks.looked.get()
    for how, wire in NOTHING_BOUGHT:
        watch.seen(how, wire)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(looks.looked.get(), 0)
    watch.seen("DELETED", BOUGHT)
    await looks.looked.get()
    watch.gone()
    await looks.looked.get()
    task.cancel()
    assert [event.reason for event in looks.events] == ["Orphan"]
