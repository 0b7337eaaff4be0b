"""The purchase with its answer lost in every way, its workspace shown late or at once, names unique
or not.

In each case one workspace is bought, it becomes Ready without a hand, and nothing false is said on
the way. Printed as a matrix at the end of the run."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from flink_workspace_operator.api.names import ORDER_TAG
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import World, conditions

FAULTS: dict[str, dict[str, Any]] = {
    "drop-after-commit": {"fault": "drop-after-commit"},
    "hang-after-commit": {"fault": "hang-after-commit"},
    "error-after-commit": {"fault": "error-after-commit"},
    "commit-late": {"fault": "commit-late"},
    "HTML 502, booked": {"fault": "error-after-commit", "html": True, "httpStatus": 502},
    "HTML 502, not booked": {"fault": "server-error", "html": True, "httpStatus": 502},
}
VISIBILITY = {"at once": 0, "late": 40}
"""Seconds: late is later than the wait for the answer (5), and within the longest visibility
(60)."""
NAMES = {"unique": "account", "not unique": "off"}
CELLS = [
    pytest.param(*cell, marks=[pytest.mark.proof] if cell[2] == "unique" else [])
    for cell in product(FAULTS, VISIBILITY, NAMES)
]
"""Unique names make it easier: in the proof only."""


@pytest.mark.parametrize(("fault", "visibility", "names"), CELLS)
async def test_lost_answers(
    world: World,
    record_property: Callable[[str, object], None],
    fault: str,
    visibility: str,
    names: str,
) -> None:
    """Whatever becomes of the answer: one purchase, Ready, no hand, and never Ready=False or
    Stalled on the way."""
    control = world.account.control
    control.settings(visibilityDelaySeconds=VISIBILITY[visibility], uniqueNames=NAMES[names])
    control.faults(
        [{"service": "foasconsole", "action": "CreateInstance", "times": 1, **FAULTS[fault]}]
    )
    await world.apply(pay_as_you_go())
    await world.settle("w", stride=30)
    purchases, orders = control.purchases(), await world.orders("w")
    bought = [order for order in orders if order.state == "Fulfilled"]
    told = [conditions(each) for each in world.history if each.status.conditions]
    states = ", ".join(f"{order.metadata.name} {order.state}" for order in orders)
    record_property("matrix", [fault, visibility, names, str(len(purchases)), states])
    assert control.struck() == [1]
    assert [each["tags"][ORDER_TAG] for each in purchases] == [order.spec.token for order in bought]
    assert len(purchases) == 1
    assert "False" not in {found["Ready"].status for found in told}
    assert "True" not in {found["Stalled"].status for found in told}
