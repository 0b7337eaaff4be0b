"""What the cloud is asked in a pass, and what it is not asked."""

from datetime import timedelta

import pytest

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.orders.actions import ACTIONS
from flink_workspace_operator.core.plan import Requeue
from flink_workspace_operator.core.questions import Questions, questions
from tests.builders import (
    ID,
    NOW,
    OWNER,
    SETTINGS,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)
from tests.simulation.grow import GROW, GROW_TO, Grow
from tests.unit.core.growing import BIGGER

BOUND = FlinkWorkspaceStatus(instance=Instance(instance_id=ID, cu=10))
REQUESTED = {RECONCILE_REQUESTED_AT: "now"}
GROWING = a_workspace(annotations={GROW_TO: "20"}, status=BOUND)


def asked(workspace: FlinkWorkspace, *orders: FlinkWorkspaceOrder) -> Questions:
    """The cloud is asked something."""
    found = questions(workspace, orders, OWNER)
    assert found is not None
    return found


def test_prerequisites_are_asked_for_with_an_order_of_this_name_only() -> None:
    """Those of another name are somewhere else."""
    former = a_workspace(workspace_name="former")
    assert asked(a_workspace(), an_order("Uncertain")).prerequisites
    assert not asked(a_workspace(), an_order("Uncertain", workspace=former)).prerequisites


def test_a_bound_resource_shares_the_list_of_its_region() -> None:
    """It is asked for every few minutes; a list of its own would be asked for each."""
    assert not asked(a_workspace(status=BOUND)).fresh
    assert asked(a_workspace()).fresh


def test_a_request_is_answered_by_no_older_list() -> None:
    """Until it is handled."""
    assert not asked(a_workspace(status=BOUND)).anew
    assert asked(a_workspace(status=BOUND, annotations=REQUESTED)).anew
    handled = BOUND.model_copy(update={"last_handled_reconcile_at": "now"})
    assert not asked(a_workspace(status=handled, annotations=REQUESTED)).anew


def test_what_was_bought_a_moment_ago_is_looked_for_in_no_older_list() -> None:
    """Until a pass has reported it: an older one would not show it."""
    assert asked(a_workspace(), an_order("Placed")).anew
    assert not asked(a_workspace(status=BOUND), an_order("Placed")).anew


def test_after_a_request_it_is_looked_at_once_more() -> None:
    """What is shared for seconds, as the network, may be older than the request."""
    for annotations, seconds in (
        (REQUESTED, SETTINGS.listing_max_age_seconds),
        ({}, SETTINGS.resync_seconds),
    ):
        case = a_case(
            a_workspace(annotations=annotations),
            an_order("Fulfilled"),
            cloud=a_cloud(a_listing(an_instance())),
        )
        assert decide(case).requeue == Requeue(timedelta(seconds=seconds))


def test_a_resource_that_may_order_more_has_a_list_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Money is spent on a fresh one only."""
    monkeypatch.setitem(ACTIONS, GROW, Grow())
    growing = asked(GROWING)
    assert (growing.price, growing.fresh) == (BIGGER, True)


def test_an_unbound_resource_has_a_list_of_its_own_whatever_can_be_priced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Something of it may exist."""
    monkeypatch.delitem(ACTIONS, "Create")
    found = asked(a_workspace())
    assert (found.price, found.fresh) == (None, True)


def test_the_own_region_is_listed_once() -> None:
    """A refused call there is in that list."""
    refused = an_order("Rejected", answer="Throttled", outstanding_until=NOW + minutes(9))
    assert asked(a_workspace(), refused).elsewhere == ()


def test_a_former_region_is_listed_only_while_something_may_come_there() -> None:
    """A list costs a call in every pass."""
    over = an_order(
        "Rejected", workspace=a_workspace(region="cn-shanghai"), answer="ParametersRefused"
    )
    assert asked(a_workspace(), over).elsewhere == ()
