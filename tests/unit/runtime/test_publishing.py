"""The report is written when something changed; a write that fails ends nothing, and is made up
for."""

import asyncio
import logging
from dataclasses import replace

import pytest

from flink_workspace_operator.core.facts.failures import (
    ClusterRefused,
    ClusterUnreachable,
    Conflict,
    Failure,
)
from flink_workspace_operator.core.operator_report import SurveyFailure
from flink_workspace_operator.runtime.publishing import Publishing
from tests.builders import NOW
from tests.unit.core.test_operator_report import facts

DOWN = SurveyFailure(NOW, "the cloud is down")


class Shelf:
    """Where reports are written to; `fails` are the failures of the next writes."""

    def __init__(self, *fails: Failure | RuntimeError) -> None:
        self.fails, self.texts = list(fails), list[str]()
        self.facts = facts()
        self.written = asyncio.Event()

    async def write(self, text: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.texts.append(text)
        self.written.set()

    def publishing(self) -> Publishing:
        return Publishing(lambda: self.facts, self.write, seconds=0)


async def test_it_is_written_once_for_each_change() -> None:
    """Not again as long as nothing changes, however often it is looked at."""
    shelf = Shelf()
    publishing = shelf.publishing()
    for _ in range(3):
        await publishing.publish()
    assert len(shelf.texts) == 1
    shelf.facts = facts(seconds_ahead=3)
    await publishing.publish()
    assert len(shelf.texts) == 2


async def test_nothing_is_written_before_a_survey_ended() -> None:
    """The report of the former leader says more; a survey that failed has ended, too."""
    shelf = Shelf()
    shelf.facts = facts(surveyed=None)
    publishing = shelf.publishing()
    await publishing.publish()
    assert shelf.texts == []
    shelf.facts = replace(shelf.facts, failure=DOWN)
    await publishing.publish()
    assert len(shelf.texts) == 1


async def test_a_write_that_fails_is_made_up_for() -> None:
    """Refused, conflicting, lost, or a mistake of ours: the next one comes, and the loop goes
    on."""
    shelf = Shelf(
        ClusterRefused("no right"),
        Conflict("changed"),
        ClusterUnreachable("down"),
        RuntimeError("a bug"),
    )
    task = asyncio.create_task(shelf.publishing().keep_publishing())
    await shelf.written.wait()
    task.cancel()
    assert shelf.fails == []
    assert len(shelf.texts) == 1


async def test_a_problem_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A right that is missing for a day fills no log."""
    shelf = Shelf(*[ClusterRefused("no right")] * 5)
    publishing = shelf.publishing()
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            await publishing.publish()
    assert [record.message for record in caplog.records] == [
        "the report was not published: no right"
    ]
