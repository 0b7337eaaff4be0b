"""The comparison shows a difference where Argo CD shows one, and nowhere else."""

import copy
import json
from typing import Any

import pytest

from tests.gitops.kstatus import Wire
from tests.gitops.three_way import LAST_APPLIED, differs
from tests.scenario.api.server import REMOVED, changed
from tests.scenario.manifests import pay_as_you_go

GIT = pay_as_you_go(
    tags=[{"key": "team", "value": "data"}], subscription={"initialTerm": {"count": 1}}
)
GIT["metadata"]["annotations"] = {
    "argocd.argoproj.io/tracking-id": "app:flink.alicloud.dev/FlinkWorkspace:team/w"
}
SERVERS = {
    "namespace": "team",
    "uid": "0b254cd7",
    "generation": 3,
    "creationTimestamp": "2026-11-23T10:00:00Z",
}


def stored(applied: Wire, remembered: bool = True) -> Wire:
    """The live object after `applied` was applied; `remembered`: client-side, which leaves an
    annotation."""
    live = copy.deepcopy(applied)
    live["metadata"] |= SERVERS
    live["status"] = {"observedGeneration": 3}
    if remembered:
        live["metadata"]["annotations"][LAST_APPLIED] = json.dumps(applied)
    return live


THEIRS: list[tuple[str, Any]] = [
    ("metadata.annotations.progress", "{}"),
    ("metadata.finalizers", ["flink.alicloud.dev/purchase"]),
    ("metadata.labels", {"by": "hand"}),
    ("status", {"observedGeneration": 4, "conditions": []}),
    ("spec.architecture", "X86"),
    ("spec.subscription.renewal", {"mode": "Manual"}),
    ("spec.tags[0].color", "default inside an item of a list"),
    ("spec.instanceId", "a new field"),
]
OURS: list[tuple[str, Any]] = [
    ("spec.region", "CN-HANGZHOU"),
    ("spec.region", REMOVED),
    ("spec.network.vSwitchIds", ["vsw-i-2", "vsw-i-1"]),
    ("spec.network.vSwitchIds", ["vsw-i-1", "vsw-i-2", "vsw-i-3"]),
    ("spec.network.vSwitchIds", []),
    ("spec.tags", [{"key": "team", "value": "data"}, {"key": "made", "value": "by us"}]),
    ("spec.tags[0].value", "other"),
    ("spec.subscription.initialTerm.count", 2),
    ("spec.subscription", REMOVED),
    ("metadata.annotations", {}),
]


def cases(of: list[tuple[str, Any]]) -> list[Any]:
    """Named after the path and the number."""
    return [
        pytest.param(path, value, id=f"{number} {path}") for number, (path, value) in enumerate(of)
    ]


def test_what_was_applied_is_in_sync() -> None:
    """Applied client-side, or in another way that leaves no annotation."""
    assert not differs(GIT, stored(GIT))
    assert not differs(GIT, stored(GIT, remembered=False))


@pytest.mark.parametrize(("path", "value"), cases(THEIRS))
def test_what_git_does_not_mention_is_no_difference(path: str, value: object) -> None:
    """Others may write it."""
    assert not differs(GIT, changed(stored(GIT), path, value))


@pytest.mark.parametrize("remembered", [True, False], ids=["client-side", "without annotation"])
@pytest.mark.parametrize(("path", "value"), cases(OURS))
def test_what_git_says_and_the_cluster_does_not_is_a_difference(
    path: str, value: object, remembered: bool
) -> None:
    """The letters, the order and the end of a list count."""
    assert differs(GIT, changed(stored(GIT, remembered), path, value))


def test_what_git_says_no_more_is_a_difference_until_it_is_applied() -> None:
    """Also where the server has a default for it."""
    before = changed(GIT, "spec.architecture", "X86")
    assert differs(GIT, stored(before))
    applied = stored(GIT)
    applied["spec"]["architecture"] = "X86"
    assert not differs(GIT, applied)


def test_what_git_says_newly_is_a_difference() -> None:
    """A new value, a new field, a new list."""
    for path, value in (("spec.region", "cn-beijing"), ("spec.suspend", True), ("spec.tags", [])):
        assert differs(changed(GIT, path, value), stored(GIT))
