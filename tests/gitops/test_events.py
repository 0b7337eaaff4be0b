"""Events of a whole life as kubectl shows them, and the judgement of a single one."""

import json

import pytest

from flink_workspace_operator.adapters.kubernetes.events import CONTROLLER
from flink_workspace_operator.core.plan import Event
from tests.gitops.events import judge_event
from tests.gitops.lifecycle import lifecycle
from tests.gitops.synced import Synced
from tests.gitops.truth import Untrue
from tests.scenario.world import World


async def test_a_life_is_told_in_a_few_words(world: World, synced: Synced) -> None:
    """What was made, the order's way, Ready, a suspension, drift, and what stays; nothing twice on
    one object."""
    async for _ in lifecycle(world, synced):
        pass
    told = json.loads(
        world.local.kubectl("get", "events", f"--namespace={world.namespace}", "--output=json")
    )["items"]  # fmt: skip
    assert sorted((each["type"], each["reason"]) for each in told) == [
        *[("Normal", "DirectoryCreated")] * 4,
        *[("Normal", "OrderOpened")] * 2,
        *[("Normal", "OrderPlaced")] * 2,
        *[("Normal", "PolicyAttached")] * 2,
        ("Normal", "RoleCreated"),
        ("Normal", "WorkspaceReady"),
        ("Warning", "Drifted"),
        ("Warning", "SuspendedByUser"),
        ("Warning", "WorkspaceKept"),
    ]
    assert {each["reportingComponent"] for each in told} == {CONTROLLER}
    assert {(each["involvedObject"]["kind"], each["involvedObject"]["name"]) for each in told} == {
        ("FlinkWorkspace", "w"),
        ("FlinkWorkspaceOrder", "w-1"),
    }


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event("Normal", "Logging", "handler succeeded"), "Logging is no reason"),
        (Event("Normal", "not-a-word", "x"), "not-a-word is no reason"),
        (Event("Warning", "OrderPlaced", "two\nlines"), "one line"),
        (Event("Warning", "OrderPlaced", ""), "one line"),
    ],
)
def test_what_the_conventions_do_not_know_is_found(event: Event, said: str) -> None:
    """All events of the scenarios are judged like that."""
    with pytest.raises(Untrue, match=said):
        judge_event(event)


def test_a_type_of_its_own_is_found() -> None:
    """kopf would post `Error`."""
    with pytest.raises(Untrue, match="no type"):
        judge_event(Event("Error", "OrderPlaced", "x"))  # type: ignore[arg-type]  # that is the mistake
