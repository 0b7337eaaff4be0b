"""When prerequisites are judged, and when they are looked at again."""

from flink_workspace_operator.core.checks.preparation import ensure_prerequisites
from flink_workspace_operator.core.facts.observed import Absent
from flink_workspace_operator.core.pace import OUTSIDE, SOON
from tests.builders import a_case, a_cloud, a_listing, a_workspace, an_instance


def test_a_workspace_that_exists_needs_none() -> None:
    """They were needed for its creation."""
    found = a_listing(an_instance(order=9))
    assert ensure_prerequisites(a_case(a_workspace(), cloud=a_cloud(found, role=Absent()))) is None


def test_what_is_being_made_is_looked_at_soon() -> None:
    """What a person must do takes longer."""
    for workspace, requeue in ((a_workspace(), SOON), (a_workspace(suspend=True), OUTSIDE)):
        plan = ensure_prerequisites(a_case(workspace, cloud=a_cloud(role=Absent())))
        assert plan is not None
        assert (bool(plan.steps), plan.requeue) == (requeue is SOON, requeue)
