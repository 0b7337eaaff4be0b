"""Whatever is done to a simulated world, in any order: each name is bought at most once, and
nothing is forgotten.

A run that fails prints the shortest history found, as a program: a test in `test_found.py` begins
with it."""

from collections import Counter
from collections.abc import Callable
from time import process_time
from typing import Final

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.stateful.cloud import CloudRules
from tests.simulation.stateful.ledger import LedgerRules
from tests.simulation.stateful.people import PeopleRules
from tests.simulation.stateful.processes import ProcessRules

Record = Callable[[str, object], None]

STEPS: Final = 35
SEEN: Final = (
    "order Quoted", "order Placing", "order Uncertain", "order Placed", "order Fulfilled", "order Rejected",
    "order NotPlaced", "Ready Running", "Stalled NameTaken", "Stalled Lost", "restores",
)  # fmt: skip
"""What happens in the few histories of each run, or they show nothing."""
SEEN_IN_MANY: Final = (
    *SEEN, "order Superseded", "order Lost", "Stalled OwnedElsewhere", "Stalled AccountChanged",
    "Suspended UnpaidOrder", "bound after a restore", "second purchase of a name",
)  # fmt: skip
"""What happens in the many of the proof."""


class Everything(ProcessRules, PeopleRules, LedgerRules, CloudRules):
    """All rules together."""


def histories(number: int, chance: int | None, record: Record) -> Counter[str]:
    """So many histories, the same ones for the same `chance`; what was seen in them."""

    class Machine(Everything):
        """A class of its own, because a seed sticks to it."""

    Everything.happened.clear()
    chosen = settings(
        max_examples=number, stateful_step_count=STEPS, derandomize=chance is None, print_blob=True, database=None,
        deadline=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    began = process_time()
    run_state_machine_as_test(Machine if chance is None else seed(chance)(Machine), settings=chosen)
    seen = Counter(Everything.happened)
    record(
        "stateful",
        [seen["histories"], seen["steps"], seen["purchases"], round(process_time() - began, 1)],
    )
    return seen


def test_whatever_happens(record_property: Record) -> None:
    """The same few histories in each run."""
    seen = histories(30, None, record_property)
    assert [each for each in SEEN if not seen[each]] == []


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("chance", [1, 2, 3, 4])
def test_whatever_happens_in_thousands(chance: int, record_property: Record) -> None:
    """Many more, and others for each seed."""
    seen = histories(270, chance, record_property)
    assert [each for each in SEEN_IN_MANY if not seen[each]] == []
