"""The judgement finds each lie; what the API server stores of a true status passes."""

from typing import Any

import pytest

from tests.gitops.kstatus import Wire
from tests.gitops.truth import TYPES, Untrue, judge

THEN = "2026-11-23T10:00:00Z"


def an_object(observed: int = 1, /, **told: str) -> Wire:
    """An object of generation 1 with all conditions; `told` says of some how they stand, all others
    are Unknown."""
    conditions = [
        {"type": type_, "status": told.get(type_, "Unknown"), "observedGeneration": observed}
        for type_ in sorted(TYPES)
    ]
    return {
        "metadata": {"generation": 1},
        "status": {"observedGeneration": observed, "conditions": conditions},
    }


def new(**status: Any) -> Wire:  # noqa: ANN401 - any JSON
    """An object that nobody has looked at yet."""
    return {"metadata": {"generation": 1}, "status": status}


def without(wire: Wire, type_: str) -> Wire:
    """One condition left out."""
    kept = [each for each in wire["status"]["conditions"] if each["type"] != type_]
    return {**wire, "status": {**wire["status"], "conditions": kept}}


def being_deleted(wire: Wire) -> Wire:
    """The same, when somebody has asked for its deletion."""
    return {**wire, "metadata": {"generation": 2, "deletionTimestamp": THEN}}


TRUE = {
    "new": new(observedGeneration=-1, conditions=[]),
    "on its way": an_object(Reconciling="True", Ready="Unknown"),
    "waits for a person": an_object(Suspended="True", Ready="Unknown"),
    "ready": an_object(Ready="True", Reconciling="False"),
    "ready and suspended": an_object(Ready="True", Suspended="True"),
    "stalled": an_object(Stalled="True", Ready="False"),
    "edited": {**an_object(Ready="True"), "metadata": {"generation": 2}},
    "deleted": being_deleted(an_object(Ready="True", Reconciling="True")),
}


@pytest.mark.parametrize("wire", TRUE.values(), ids=TRUE)
def test_what_is_true_passes(wire: Wire) -> None:
    """Each row of the table of conditions."""
    judge(wire)


LIES = {
    "no status, so it counts as done": (
        {"metadata": {"generation": 1}},
        "kstatus says Current, InProgress",
    ),
    "no generation, so it counts as done": (new(conditions=[]), "kstatus says Current, InProgress"),
    "no Ready, so it counts as done": (
        without(an_object(Reconciling="False"), "Ready"),
        "are missing",
    ),
    "ready and on its way": (
        an_object(Ready="True", Reconciling="True"),
        "kstatus says InProgress, Current",
    ),
    "stalled and on its way": (an_object(Stalled="True", Reconciling="True"), "can't both"),
    "looked at without a word": (new(observedGeneration=1, conditions=[]), "are missing"),
}


@pytest.mark.parametrize(("wire", "said"), LIES.values(), ids=LIES)
def test_each_lie_is_found(wire: Wire, said: str) -> None:
    """And the finding says what the tool would make of it."""
    with pytest.raises(Untrue, match=said):
        judge(wire)


def test_a_condition_about_another_generation_is_found() -> None:
    """`kubectl wait` would wait for ever."""
    wire = an_object(Ready="True")
    wire["status"]["conditions"][3]["observedGeneration"] = 0
    with pytest.raises(Untrue, match="another generation"):
        judge(wire)
