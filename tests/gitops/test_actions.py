"""Argo CD's actions on a FlinkWorkspace: which are offered, what they change, and that it is no
drift."""

import re

import pytest

from tests.gitops.customization import ACTION_TESTS, CUSTOMIZATION, fixtures, load
from tests.gitops.lua import RUNTIMES, actions_of, run_action

ON_BOTH = pytest.mark.parametrize("runtime", RUNTIMES)
ACTIONS = CUSTOMIZATION / "actions"
REQUESTED = "flink.alicloud.dev/reconcile-requested-at"


@ON_BOTH
def test_upstream_cases_of_the_discovery_pass(runtime: str) -> None:
    """The actions offered are exactly those of `action_test.yaml`."""
    for case in load(ACTION_TESTS)["discoveryTests"]:
        expected = {each["name"]: not each.get("disabled", False) for each in case["result"]}
        assert actions_of(load(ACTIONS / case["inputPath"]), runtime) == expected, case["inputPath"]


@ON_BOTH
def test_upstream_cases_of_the_actions_pass(runtime: str) -> None:
    """Each action makes of its input what `action_test.yaml` says."""
    for case in load(ACTION_TESTS)["actionTests"]:
        made = run_action(case["action"], load(ACTIONS / case["inputPath"]), runtime)
        assert made["metadata"] == load(ACTIONS / case["expectedOutputPath"])["metadata"], case


@ON_BOTH
@pytest.mark.parametrize("name", fixtures())
def test_offered_in_every_situation(name: str, runtime: str) -> None:
    """All three are told of in every situation, and either suspending or resuming can be done."""
    offered = actions_of(fixtures()[name], runtime)
    assert set(offered) == {
        path.name for path in ACTIONS.iterdir() if (path / "action.lua").exists()
    }
    assert not (offered["suspend"] and offered["resume"])


@ON_BOTH
def test_nothing_is_resumed_that_git_suspends(runtime: str) -> None:
    """With `spec.suspend` neither suspending nor resuming by annotation would change anything."""
    assert actions_of(fixtures()["suspended-before-purchase"], runtime)["resume"] is False


@ON_BOTH
def test_safe_without_status_annotations_and_spec(runtime: str) -> None:
    """The scripts do not rely on anything but metadata."""
    bare = {"metadata": {"name": "w"}}
    assert actions_of(bare, runtime) == {"suspend": True, "resume": False, "reconcile": True}
    for action in actions_of(bare, runtime):
        assert run_action(action, bare, runtime)["metadata"]["name"] == "w"


@ON_BOTH
@pytest.mark.parametrize("action", ["suspend", "resume", "reconcile"])
def test_only_our_annotations_change(action: str, runtime: str) -> None:
    """Nothing that Git may own is touched: so no action is drift."""
    before = fixtures()["suspended-while-running"]
    after = run_action(action, before, runtime)
    assert after["spec"] == _as_in_lua(before["spec"])
    changed = set(after["metadata"]["annotations"].items()) ^ set(
        before["metadata"]["annotations"].items()
    )
    assert all(key.startswith("flink.alicloud.dev/") for key, _ in changed)


@ON_BOTH
def test_reconcile_asks_with_the_time(runtime: str) -> None:
    """The value differs from one request to the next, as the operator expects."""
    annotations = run_action("reconcile", fixtures()["running"], runtime)["metadata"]["annotations"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", annotations[REQUESTED])


def _as_in_lua(value: object) -> object:
    """An empty list and an empty map are the same there; Argo CD tells them apart again by the live
    object."""
    if isinstance(value, dict):
        return {key: _as_in_lua(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_in_lua(each) for each in value] or {}
    return value
