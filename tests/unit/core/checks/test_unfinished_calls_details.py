"""Which orders may still have a call under way although none of them is open."""

from datetime import timedelta

import pytest

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.checks.unfinished_calls import (
    may_still_come,
    wait_out_restored_orders,
)
from tests.builders import NOW, a_case, a_cloud, a_listing, a_quote, a_workspace, an_order, minutes

FORMER = "uid-0"
RESTORED = an_order("Superseded", uid=FORMER, at=NOW, quote=None)


def test_an_order_that_a_backup_brought_back_without_status_is_waited_for() -> None:
    """The operator closed it, and its call may have been sent."""
    plan = wait_out_restored_orders(a_case(a_workspace(), RESTORED))
    assert plan is not None
    assert plan.verdict is not None
    assert "demo-1" in plan.verdict.message


@pytest.mark.parametrize(
    "order",
    [
        an_order("Superseded", uid=FORMER, created=NOW, quote=a_quote()),
        an_order("Canceled", uid=FORMER, created=NOW, quote=None),
    ],
    ids=["with a price", "in another state"],
)
def test_an_order_that_kept_its_history_is_not(order: FlinkWorkspaceOrder) -> None:
    """It says itself that nothing was sent."""
    assert wait_out_restored_orders(a_case(a_workspace(), order)) is None


def test_without_the_time_of_its_closing_its_creation_counts() -> None:
    """It is waited for as long."""
    order = an_order("Superseded", uid=FORMER, created=NOW, quote=None)
    timeless = order.model_copy(update={"status": order.status.model_copy(update={"times": ()})})
    assert wait_out_restored_orders(a_case(a_workspace(), timeless)) is not None


def test_what_is_outstanding_may_still_come_also_when_its_time_is_over() -> None:
    """Only a list that was read for it ends it."""
    until = NOW + minutes(10)
    order = an_order("Rejected", at=NOW, answer="Throttled", outstanding_until=until)
    late = a_cloud(a_listing(at=until + timedelta(seconds=1)))
    assert may_still_come(a_case(a_workspace(), order, cloud=late))
    over = order.model_copy(
        update={"status": order.status.model_copy(update={"outstanding_until": None})}
    )
    assert not may_still_come(a_case(a_workspace(), over, cloud=late))
