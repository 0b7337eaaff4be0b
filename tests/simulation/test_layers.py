"""What guards a purchase guards it alone: the nonce is for copies of the operator, which nobody in
the cluster can see.

Without it, a crash at any call still buys once, in a cloud that shows what it booked late.
"""

from dataclasses import replace

import pytest

from tests.simulation.scheduler import Budget, Exploration
from tests.simulation.stories import STORIES

pytestmark = pytest.mark.usefixtures("quiet")
SHOWN_LATE = next(story for story in STORIES if story.name == "shown late")


def test_a_crash_at_every_call_where_the_gateway_remembers_no_nonce() -> None:
    """A fresh process sends nothing that another one may have sent."""
    story = replace(SHOWN_LATE, cloud={**SHOWN_LATE.cloud, "nonce_memory": 0})
    exploration = Exploration(story.begin(), story.end)
    exploration.explore(Budget(crashes=1), story.acts)
    assert exploration.runs > 100
