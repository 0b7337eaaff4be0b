"""Of which resources the cloud is not asked any more, and of which it always is."""

from datetime import datetime, timedelta

import pytest

from flink_workspace_operator.api.names import SUSPEND
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.status import (
    FlinkWorkspaceStatus,
    Instance,
    OrderSummary,
    QuotedPrice,
)
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.checks.resting import as_written, rests
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.snapshot import Intent, Remembered, is_untouched
from flink_workspace_operator.core.questions import questions
from flink_workspace_operator.core.reporting.quote import SHOWN_FOR
from tests.builders import ACCOUNT, ID, MARK, NOW, OWNER, SETTINGS, a_case, a_workspace, an_order

SUSPENDED = a_workspace(suspend=True)
TRACES = {
    "an instance": FlinkWorkspaceStatus(instance=Instance(instance_id=ID)),
    "an account": FlinkWorkspaceStatus(account_id=ACCOUNT),
    "an order that left the ledger": FlinkWorkspaceStatus(
        order=OrderSummary(name="demo-1", state="Uncertain")
    ),
}


def may_rest(
    workspace: FlinkWorkspace,
    *orders: FlinkWorkspaceOrder,
    now: datetime = NOW,
    **remembered: object,
) -> bool:
    """Whether it rests once all was told of it."""
    told = Remembered(rests_as=as_written(workspace, workspace.status), **remembered)  # type: ignore[arg-type]
    return rests(workspace, orders, told, now)


@pytest.mark.parametrize("workspace", [SUSPENDED, a_workspace(annotations={SUSPEND: "true"})])
def test_suspended_and_never_ordered_rests(workspace: FlinkWorkspace) -> None:
    """Suspended in whichever way; not before all was told."""
    assert may_rest(workspace)
    assert not rests(workspace, (), Remembered(), NOW)


@pytest.mark.parametrize(
    "state", [None, "Quoted", "Placing", "Uncertain", "Placed", "Fulfilled", "Rejected", "Lost"]
)
def test_an_order_of_whatever_state_keeps_it_awake(state: str | None) -> None:
    """And what is asked of it is what would be asked without all this."""
    order = an_order(state)  # type: ignore[arg-type]
    assert not may_rest(SUSPENDED, order)
    assert questions(SUSPENDED, (order,), OWNER) == questions(a_workspace(), (order,), OWNER)


@pytest.mark.parametrize("status", TRACES.values(), ids=list(TRACES))
def test_any_trace_in_the_status_keeps_it_awake(status: FlinkWorkspaceStatus) -> None:
    """The ledger may have been lost."""
    workspace = a_workspace(suspend=True, status=status)
    assert not may_rest(workspace)
    assert questions(workspace, (), OWNER) == questions(a_workspace(status=status), (), OWNER)


def test_what_is_not_suspended_or_goes_is_awake() -> None:
    """What may be bought, and what must be let go."""
    assert not may_rest(a_workspace())
    assert not may_rest(a_workspace(suspend=True, deleted=True))
    assert not rests(None, (), Remembered(rests_as="whatever"), NOW)


def test_what_this_process_knows_keeps_it_awake() -> None:
    """An announced purchase, whatever the ledger shows."""
    assert not may_rest(SUSPENDED, intent=Intent("uid", MARK, 1))


@pytest.mark.parametrize(
    "changed",
    [
        a_workspace(suspend=True, generation=2),
        a_workspace(suspend=True, uid="uid-2"),
        a_workspace(suspend=True, annotations={SUSPEND: "true"}),
        a_workspace(suspend=True, status=FlinkWorkspaceStatus(observed_generation=1)),
    ],
)
def test_a_change_wakes_it(changed: FlinkWorkspace) -> None:
    """Of the spec, of our annotations, of the status, or another resource of the name."""
    told = as_written(SUSPENDED, SUSPENDED.status)
    assert not rests(changed, (), Remembered(rests_as=told), NOW)


def test_a_price_that_is_a_day_old_is_asked_again() -> None:
    """And not before: hundreds may be suspended."""
    shown = QuotedPrice(
        price="by use",
        observed_generation=1,
        quoted_at=NOW - SHOWN_FOR,
        valid_until=NOW,
        not_included=("Use",),
    )
    workspace = a_workspace(suspend=True, status=FlinkWorkspaceStatus(quote=shown))
    assert may_rest(workspace, now=NOW - timedelta(seconds=1))
    assert not may_rest(workspace)


def test_the_shared_list_will_do_for_what_rests_soon() -> None:
    """No fresh look, and no list of all other resources for it: nothing is decided on either."""
    asked = questions(SUSPENDED, (), OWNER)
    assert asked is not None
    assert (is_untouched(SUSPENDED, ()), asked.fresh, asked.prerequisites) == (True, False, True)


def test_rest_says_and_does_nothing() -> None:
    """The next look comes with the resync."""
    plan = decide(a_case(SUSPENDED, rests=True))
    assert (plan.steps, plan.verdict, plan.retry) == ((), None, None)
    assert plan.requeue.after == timedelta(seconds=SETTINGS.resync_seconds)
