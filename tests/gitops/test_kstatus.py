"""The oracle says what kstatus says: each of its rules, and which of two wins."""

from typing import Any

import pytest

from tests.gitops.kstatus import Verdict, Wire, status_of

DELETED = {"generation": 2, "deletionTimestamp": "2026-11-23T10:00:00Z"}


def with_conditions(*told: str, observed: Any = 1, **metadata: Any) -> Wire:  # noqa: ANN401 - any JSON
    """An object of generation 1; `Ready=True` for a condition."""
    pairs = [each.split("=") for each in told]
    conditions = [
        {"type": type_, "status": status, "observedGeneration": 7} for type_, status in pairs
    ]
    return {
        "metadata": {"generation": 1, **metadata},
        "status": {"observedGeneration": observed, "conditions": conditions},
    }


@pytest.mark.parametrize(
    ("wire", "verdict"),
    [
        ({"metadata": {"generation": 1}}, "Current"),
        ({"metadata": {"generation": 1}, "status": {}}, "Current"),
        (with_conditions(), "Current"),
        (with_conditions("Suspended=True"), "Current"),
        (with_conditions(observed=None), "Current"),
        (with_conditions(observed=-1), "InProgress"),
        (with_conditions("Ready=True", observed=0), "InProgress"),
        (with_conditions("Stalled=True", observed=2), "InProgress"),
        (with_conditions("Ready=True"), "Current"),
        (with_conditions("Ready=False"), "InProgress"),
        (with_conditions("Ready=Unknown"), "InProgress"),
        (with_conditions("Ready=Unknown", "Suspended=True"), "InProgress"),
        (with_conditions("Ready=True", "Suspended=True"), "Current"),
        (with_conditions("Ready=True", "Reconciling=True"), "InProgress"),
        (with_conditions("Ready=True", "Stalled=True"), "Failed"),
        (with_conditions("Ready=False", "Reconciling=False", "Stalled=True"), "Failed"),
        (with_conditions("Reconciling=True", "Stalled=True"), "InProgress"),
        (with_conditions("Stalled=True", "Reconciling=True"), "Failed"),
        (with_conditions("Ready=True", "Reconciling=Unknown", "Stalled=Unknown"), "Current"),
        (with_conditions("Ready=True", **DELETED), "Terminating"),
        (with_conditions("Stalled=True", "Ready=True", observed=2, **DELETED), "Terminating"),
    ],
)
def test_the_first_rule_that_fits_decides(wire: Wire, verdict: Verdict) -> None:
    """An object without a word is Current: that is why the definition has a default for
    observedGeneration."""
    assert status_of(wire) == verdict


@pytest.mark.parametrize("observed", ["1", 1.5, True])
def test_a_generation_that_is_no_integer_is_an_error(observed: object) -> None:
    """Whoever waits is told so, and waits for nothing."""
    with pytest.raises(ValueError, match="no integer"):
        status_of(with_conditions("Ready=True", observed=observed))
