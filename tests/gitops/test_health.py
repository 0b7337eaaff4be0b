"""Argo CD's health script, on the captured objects and on what a hand can make of them."""

import copy
from itertools import permutations
from typing import Any, Final

import pytest

from tests.gitops.customization import CUSTOMIZATION, HEALTH_TESTS, Wire, fixtures, load
from tests.gitops.lua import RUNTIMES, health_of

DECIDING: Final = ("Ready", "Reconciling", "Stalled", "Suspended")
ON_BOTH = pytest.mark.parametrize("runtime", RUNTIMES)
EACH_FIXTURE = pytest.mark.parametrize("name", fixtures())


@ON_BOTH
def test_upstream_cases_pass(runtime: str) -> None:
    """Status and message are those of `health_test.yaml`, which Argo CD's own test runs."""
    for case in load(HEALTH_TESTS)["tests"]:
        told = health_of(load(CUSTOMIZATION / case["inputPath"]), runtime)
        assert told._asdict() == case["healthStatus"], case["inputPath"]


@ON_BOTH
@EACH_FIXTURE
def test_order_of_conditions_does_not_matter(name: str, runtime: str) -> None:
    """The verdict is the same in every order of the conditions that decide, wherever the others
    stand."""
    wire = fixtures()[name]
    expected, conditions = health_of(wire, runtime), wire["status"].get("conditions", [])
    deciding = [each for each in conditions if each["type"] in DECIDING]
    others = [each for each in conditions if each["type"] not in DECIDING]
    for order in permutations(deciding):
        for listed in ([*order, *others], [*others, *order]):
            wire["status"]["conditions"] = listed
            assert health_of(wire, runtime) == expected


@ON_BOTH
@pytest.mark.parametrize(
    "status",
    [
        None,
        {},
        {"observedGeneration": -1},
        {"observedGeneration": 1},
        {"observedGeneration": 1, "conditions": []},
    ],
)
def test_without_a_word_of_the_operator_it_is_progressing(status: Any, runtime: str) -> None:  # noqa: ANN401 - any JSON
    """Nothing that the operator did not say yet reads as healthy, or as an error of the script."""
    assert (
        health_of({"metadata": {"generation": 1}, "status": status}, runtime).status
        == "Progressing"
    )


@ON_BOTH
def test_words_about_an_older_spec_do_not_count(runtime: str) -> None:
    """Neither a status nor a single condition of another generation makes it healthy."""
    wire = fixtures()["running"]
    older = copy.deepcopy(wire)
    older["metadata"]["generation"] += 1
    assert health_of(older, runtime).status == "Progressing"
    for condition in wire["status"]["conditions"]:
        condition["observedGeneration"] -= 1
    assert health_of(wire, runtime).status == "Progressing"


@ON_BOTH
def test_unknown_conditions_are_ignored(runtime: str) -> None:
    """Conditions that a later version adds change nothing."""
    wire: Wire = fixtures()["running"]
    wire["status"]["conditions"].insert(
        0, {"type": "New", "status": "False", "observedGeneration": 1}
    )
    assert health_of(wire, runtime).status == "Healthy"
