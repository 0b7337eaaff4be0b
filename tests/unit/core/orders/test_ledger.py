"""What is written of an order is exact: one time for each state, one answer, and no words that are
over."""

from datetime import timedelta

import pytest

from flink_workspace_operator.core.facts.observed import Bought
from flink_workspace_operator.core.orders import answers, ledger
from tests.builders import COPY_WINDOW, ID, NOW, an_order

LATER = NOW + timedelta(seconds=1)


def test_each_state_has_the_time_of_its_last_move() -> None:
    """An order may be Quoted again; the times of the other states stay."""
    placing = ledger.moved(an_order("Quoted", at=NOW).status, "Placing", NOW, "announced")
    again = ledger.moved(placing, "Quoted", LATER, "nothing was sent")
    assert [(entry.state, entry.time) for entry in again.times] == [
        ("Placing", NOW),
        ("Quoted", LATER),
    ]


@pytest.mark.parametrize("message", [None, "Rejected."])
def test_a_call_that_is_over_leaves_what_was_said_before(message: str | None) -> None:
    """An order without words stays without them."""
    order = an_order("Rejected", outstanding_until=NOW, message=message)
    over = ledger.call_over(order, is_seen=True)
    assert (over.message, over.outstanding_until) == (message, None)


@pytest.mark.parametrize(
    ("known", "answered", "told"),
    [
        (None, "order-1", "order-1"),
        (None, None, None),
        ("order-1", "order-2", None),
        ("order-1", "order-1", None),
    ],
    ids=["new", "nothing new", "another one", "known"],
)
def test_an_answer_about_a_known_id_adds_its_order_id_once(
    known: str | None, answered: str | None, told: str | None
) -> None:
    """Evidence was faster than the answer; what is written once stays, and nothing is written in
    vain."""
    order = an_order("Placed", instance_id=ID, order_id=known, request_ids=("request-1",))
    status = answers.after_answer(order, Bought(ID, answered, "request-1"), NOW, COPY_WINDOW)
    if told is None:
        assert status is None
    else:
        assert status is not None
        assert (status.order_id, status.request_ids) == (told, ("request-1",))


def test_an_order_that_nobody_waits_for_says_so_once() -> None:
    """Not one that the bill leaves open: its message is written anew with each look at the bill."""
    open_ = an_order("Uncertain", message="It is not known whether this was bought.")
    alone = ledger.left_alone(open_)
    assert alone.message != open_.status.message
    assert ledger.left_alone(open_.model_copy(update={"status": alone})) == alone
    billed = an_order("Uncertain", message="It may be billing order b-1.", evidence="Bill")
    assert ledger.left_alone(billed) == billed.status
