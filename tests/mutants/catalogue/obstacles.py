"""What the API server refuses, and what a newer version stored."""

from typing import Final

from tests.mutants.catalogue.files import CONNECTED_NEIGHBOURS, OBSTACLES, READING, REFUSED_CALLS
from tests.mutants.mutant import Mutant

IN_THE_WAY: Final = (
    Mutant(
        name="what a newer spec asks for",
        fact="an older operator buys nothing without what a newer spec asks for",
        file="core/checks/blockers.py",
        old="    if not unknown:\n",
        new="    if True:\n",
        tests=(
            "tests/unit/core/checks/test_blockers_details.py::test_a_field_that_is_not_known_stops_the_purchase",
        ),
    ),
    Mutant(
        name="a newer order is open",
        fact="an order with a field that this version does not know is not taken for a purchase",
        file="adapters/kubernetes/reading.py",
        old="    if unknown and not order.settled:",
        new="    if False:",
        tests=(f"{READING}::test_an_order_of_a_newer_version",),
    ),
    Mutant(
        name="not bought, as far as could be read",
        fact="that nothing was bought is not said while the ledger cannot be read",
        file="core/reporting/obstacles.py",
        old="keeps_previous=not unsure",
        new="keeps_previous=True",
        tests=(f"{OBSTACLES}::test_that_nothing_was_bought_is_not_repeated",),
    ),
    Mutant(
        name="an open order holds what cannot be read",
        fact="a resource that cannot be read is not let go while something of it is open",
        file="core/reporting/obstacles.py",
        old="return tuple(name for name in open_orders if name != abandoned)",
        new="return () if abandoned else tuple(open_orders)[:0]",
        tests=(f"{OBSTACLES}::test_an_open_order_holds_what_cannot_be_read",),
    ),
    Mutant(
        name="an order that cannot be read counts as open",
        fact="a resource is not let go while an order of a newer version may still buy for it",
        file="adapters/kubernetes/ledger.py",
        old="    except Unreadable:\n        return True\n",
        new="    except Unreadable:\n        return False\n",
        tests=("tests/e2e/test_newer_definitions.py",),
    ),
    Mutant(
        name="what is bought and not recorded is named",
        fact="an instance that only this process knows of is named on the resource",
        file="core/reporting/obstacles.py",
        old="    if not bought:",
        new="    if True:",
        tests=(f"{REFUSED_CALLS}::test_what_is_bought_and_not_recorded_is_named",),
    ),
    Mutant(
        name="a conflict that does not end",
        fact="an API server that always answers 409 does not hold a worker for ever",
        file="execution.py",
        old="            if tries == 1:",
        new="            if False:",
        tests=(f"{REFUSED_CALLS}::test_after_the_call_it_is_never_said_that_nothing_was_bought",),
    ),
    Mutant(
        name="neighbours that may not be listed",
        fact="where the neighbours may not be listed at all, the check that rests on them is not off without a word",
        file="adapters/kubernetes/cluster.py",
        old="                if place is None:\n                    raise\n",
        new="                pass\n",
        tests=(f"{CONNECTED_NEIGHBOURS}::test_without_the_right_nothing_is_known",),
    ),
)
