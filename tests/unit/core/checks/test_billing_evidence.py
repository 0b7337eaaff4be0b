"""The bill can only prolong: what it shows is waited for, what it does not show proves nothing."""

import pytest

from flink_workspace_operator.api.names import NOT_THIS_PURCHASE
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import PermissionMissing, Unreachable
from flink_workspace_operator.core.facts.observed import BillingOrder, SeenInstance, Unknown
from flink_workspace_operator.core.plan import MoveOrder
from flink_workspace_operator.core.questions import questions
from tests.builders import (
    NOW,
    OWNER,
    WINDOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)

UNPAID = BillingOrder("b-1", NOW, paid=False)
PAID = BillingOrder("b-2", NOW, paid=True, instance_ids=("sc-2",))
OVER = NOW + WINDOW
BY_HAND = an_instance("sc-2", order=None, name="other")


def a_bill(
    *bill: BillingOrder,
    found: tuple[SeenInstance, ...] = (),
    late: bool = True,
    told: str | None = None,
) -> Case:
    """An uncertain order, before or after its window, and what the bill shows since."""
    order = an_order("Uncertain", intent=NOW - minutes(1), message=told, evidence=told and "Bill")
    cloud = a_cloud(a_listing(*found, at=OVER if late else NOW), bill=bill)
    return a_case(a_workspace(), order, cloud=cloud)


def state_after(case: Case) -> str | None:
    """Where the order is moved to, None where it stays."""
    moves = [step for step in decide(case).steps if isinstance(step, MoveOrder)]
    return next(
        (move.status.state for move in moves if move.status.state != move.order.state), None
    )


def test_the_bill_is_read_only_while_it_matters() -> None:
    """While the outcome is open, since the call may have been sent, by a clock that may be a little
    behind."""
    since = {
        state: asked.bill_since
        for state in ("Quoted", "Placing", "Uncertain", "NotPlaced", "Placed")
        if (asked := questions(a_workspace(), (an_order(state, intent=NOW),), OWNER))
    }
    assert since == {
        "Quoted": None,
        "Placing": None,
        "Uncertain": NOW - minutes(1),
        "NotPlaced": None,
        "Placed": None,
    }


@pytest.mark.parametrize(
    "bill", [(), Unknown(), Unknown(PermissionMissing("bss.QueryOrders", "NoPermission"))]
)
def test_without_it_all_works_the_same(bill: tuple[BillingOrder, ...] | Unknown) -> None:
    """Billing rights are more than many operators get."""
    order = an_order("Uncertain", intent=NOW - minutes(1))
    assert (
        state_after(a_case(a_workspace(), order, cloud=a_cloud(a_listing(at=OVER), bill=bill)))
        == "NotPlaced"
    )


@pytest.mark.parametrize("order", [UNPAID, PAID, BillingOrder("b-3", NOW, paid=True)])
def test_what_it_leaves_open_is_waited_for(order: BillingOrder) -> None:
    """An unpaid order may be paid days later; a paid one that no look explains was bought by
    somebody."""
    assert state_after(a_bill(order)) is None


def test_what_it_left_open_stays_so_while_it_cannot_be_read() -> None:
    """Nothing new is known of it. Without the right to read it, it is as if there never was one."""
    order = an_order("Uncertain", intent=NOW - minutes(1), message="b-1", evidence="Bill")
    for failure, state in (
        (Unreachable("bss.QueryOrders", "x"), None),
        (PermissionMissing("x", "x"), "NotPlaced"),
    ):
        bill = a_cloud(a_listing(at=OVER), bill=Unknown(failure))
        assert state_after(a_case(a_workspace(), order, cloud=bill)) == state


def test_that_it_leaves_nothing_open_any_more_is_told() -> None:
    """Else a look at it that fails later would count for what was paid or cancelled long ago."""
    order = an_order("Uncertain", intent=NOW - minutes(1), message="b-1", evidence="Bill")
    [step] = decide(a_case(a_workspace(), order, cloud=a_cloud(a_listing(), bill=()))).steps
    assert isinstance(step, MoveOrder)
    assert (step.status.state, step.status.evidence) == ("Uncertain", None)
    assert "b-1" not in (step.status.message or "")


@pytest.mark.parametrize("late", [True, False])
def test_what_it_waits_for_stands_in_the_ledger_and_on_the_resource(late: bool) -> None:
    """Both name the billing order and say what to do, the ledger first: the resource may be
    gone."""
    [step] = decide(a_bill(UNPAID, late=late)).steps
    assert isinstance(step, MoveOrder)
    said = step.status.message or ""
    assert "b-1" in said
    assert step.status.state == "Uncertain"
    verdict = decide(a_bill(UNPAID, late=late, told=said)).verdict
    assert verdict is not None
    assert (verdict.kind, verdict.reason) == ("Suspended", "UnpaidOrder")
    assert said in verdict.message


def test_a_paid_order_is_named_only_when_its_instance_should_be_shown() -> None:
    """Before, it is the usual case: bought, and not visible yet."""
    early = decide(a_bill(PAID, late=False)).verdict
    assert early is not None
    assert early.reason == "PurchaseUncertain"
    [step] = decide(a_bill(PAID)).steps
    assert isinstance(step, MoveOrder)
    assert "b-2" in (step.status.message or "")


def test_an_instance_that_is_shown_explains_its_order() -> None:
    """Whoever owns it: it is not what was bought here."""
    assert state_after(a_bill(PAID, found=(BY_HAND,))) == "NotPlaced"


def test_a_person_can_say_that_it_is_something_else() -> None:
    """By the order's id, so that the annotation means this one and no other."""
    order = an_order("Uncertain", intent=NOW - minutes(1))
    for named, state in (("b-9", None), ("b-1, b-2", "NotPlaced")):
        workspace = a_workspace(annotations={NOT_THIS_PURCHASE: named})
        cloud = a_cloud(a_listing(at=OVER), bill=(UNPAID, PAID))
        assert state_after(a_case(workspace, order, cloud=cloud)) == state


def test_deletion_names_what_it_waits_for() -> None:
    """Else a resource would be stuck, and nobody could tell by whom."""
    bill = a_cloud(a_listing(at=OVER), bill=(UNPAID,))
    said = decide(
        a_case(
            a_workspace(deleted=True), an_order("Uncertain", intent=NOW - minutes(1)), cloud=bill
        )
    ).steps
    assert isinstance(said[0], MoveOrder)
    order = an_order(
        "Uncertain", intent=NOW - minutes(1), message=said[0].status.message, evidence="Bill"
    )
    verdict = decide(a_case(a_workspace(deleted=True), order, cloud=bill)).verdict
    assert verdict is not None
    assert "b-1" in verdict.message


def test_evidence_beats_it() -> None:
    """Our token on an instance ends the waiting."""
    assert state_after(a_bill(UNPAID, found=(an_instance(),))) == "Placed"
