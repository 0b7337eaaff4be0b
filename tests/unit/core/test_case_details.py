"""What a pass knows about its resource, where ledger, status and list differ."""

from typing import Any

import pytest

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance, OrderSummary
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.ownership import Ours
from tests.builders import (
    ID,
    NOW,
    WINDOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)

INTENT = NOW - minutes(1)
UNREAD = a_cloud(Unknown(Unreachable("x.Y", "reset")))
BOUND = FlinkWorkspaceStatus(account_id="2", instance=Instance(instance_id=ID))


def told(state: OrderState = "Placing", **summary: Any) -> FlinkWorkspaceStatus:  # noqa: ANN401 - any field of a summary
    """A status that names order 1, announced a minute ago, of account 2."""
    known = {"intent_time": INTENT, "settled_not_before": INTENT + WINDOW}
    return FlinkWorkspaceStatus(
        account_id="2", order=OrderSummary(name="demo-1", state=state, **{**known, **summary})
    )


def test_nothing_is_named_for_replacement_where_nothing_is_known() -> None:
    """No id, and no annotation: they are not equal."""
    assert not a_case(a_workspace()).is_named_for_replacement


def test_the_status_knows_the_instance_better_than_an_old_ledger() -> None:
    """It was adopted in the place of a lost one, or a backup brought the ledger back."""
    ledger_of_another = an_order("Fulfilled", instance_id="sc-0")
    assert a_case(a_workspace(status=BOUND), ledger_of_another).known_id == ID
    assert a_case(a_workspace(), ledger_of_another).known_id == "sc-0"


@pytest.mark.parametrize(
    "status",
    [BOUND, told(), None],
    ids=["in the status", "its order left the ledger", "in the list"],
)
def test_what_may_exist_keeps_its_claim_while_suspended(
    status: FlinkWorkspaceStatus | None,
) -> None:
    """Others must not buy under its name."""
    cloud = a_cloud(a_listing(an_instance(order=9))) if status is None else a_cloud()
    assert not a_case(a_workspace(suspend=True, status=status), cloud=cloud).claims_nothing
    assert a_case(a_workspace(suspend=True)).claims_nothing


def test_without_the_annotation_nobody_asks_for_another_try() -> None:
    """Also where an earlier one was handled and taken off since."""
    handled = FlinkWorkspaceStatus(last_handled_reconcile_at="now")
    assert not a_case(a_workspace(status=handled)).requested
    assert a_case(
        a_workspace(status=handled, annotations={RECONCILE_REQUESTED_AT: "later"})
    ).requested


class TestRecordedAccount:
    """The account that the resource is tied to."""

    refused = an_order(
        "Rejected", intent=INTENT - minutes(5), account_id="2", answer="ParametersRefused"
    )

    def test_a_refused_order_ties_to_none(self) -> None:
        """Its call is over, and the ledger has it."""
        over = told("Rejected", intent_time=INTENT - minutes(5), settled_not_before=None)
        assert a_case(a_workspace(status=over), self.refused).recorded_account is None

    def test_a_bound_instance_ties_to_its_account(self) -> None:
        """Whatever was refused since."""
        over = told("Rejected", settled_not_before=None).model_copy(
            update={"instance": Instance(instance_id=ID)}
        )
        assert a_case(a_workspace(status=over), self.refused).recorded_account == "2"

    def test_a_call_that_the_ledger_lacks_ties_to_its_account(self) -> None:
        """It may have bought something there."""
        assert a_case(a_workspace(status=told()), self.refused).recorded_account == "2"

    def test_a_strangers_instance_does_not_undo_the_call(self) -> None:
        """Only the gateway's answer does."""
        order = an_order("Rejected", account_id="2", answer="NameTaken", evidence="ForeignInstance")
        assert a_case(a_workspace(), order).recorded_account == "2"


class TestEvidence:
    """What a list says about one order."""

    def test_nothing_is_found_while_an_order_for_another_name_is_open(self) -> None:
        """The list was asked for that name."""
        former = an_order("Uncertain", workspace=a_workspace(workspace_name="former"))
        cloud = a_cloud(a_listing(an_instance(order=9)))
        assert isinstance(a_case(a_workspace(), former, cloud=cloud).found, Unknown)

    def test_an_instance_is_ours_by_the_id_that_the_ledger_has(self) -> None:
        """Its tags may be missing."""
        case = a_case(
            a_workspace(), an_order("Placed"), cloud=a_cloud(a_listing(an_instance(order=None)))
        )
        assert isinstance(case.found_for(case.seen.orders[0]), Ours)

    @pytest.mark.parametrize(
        ("state", "cloud"), [("Quoted", a_cloud(a_listing(at=NOW + WINDOW))), ("Uncertain", UNREAD)]
    )
    def test_no_window_is_over_without_a_beginning_or_a_list(
        self,
        state: OrderState,
        cloud: Any,  # noqa: ANN401 - any value
    ) -> None:
        """Our own clock does not count."""
        case = a_case(a_workspace(), an_order(state), cloud=cloud, now=NOW + 9 * WINDOW)
        assert not case.window_is_over(case.seen.orders[0])

    def test_only_an_order_of_the_same_name_made_the_same_purchase(self) -> None:
        """Another name is another workspace."""
        former = an_order("Fulfilled", workspace=a_workspace(workspace_name="former"))
        for paid, beside in ((former, False), (an_order("Fulfilled"), True)):
            order = an_order("Quoted", 2)
            case: Case = a_case(a_workspace(), paid, order)
            assert case.placed_beside(order) is beside
