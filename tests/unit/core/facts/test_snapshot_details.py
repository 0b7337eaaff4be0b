"""Which order the cloud is asked about, and which one a process may send."""

from flink_workspace_operator.core.facts.snapshot import Intent, announced_order, order_to_ask_about
from tests.builders import MARK, NOW, an_order, minutes

REFUSED = an_order("Rejected", answer="Throttled", outstanding_until=NOW + minutes(9))


def test_only_an_order_in_placing_is_the_one_that_was_announced() -> None:
    """In any other state its mark is of a call that somebody judged meanwhile."""
    intent = Intent("order-uid-1", MARK, 1)
    placing, uncertain = an_order("Placing"), an_order("Uncertain")
    assert announced_order((placing,), intent) is placing
    assert announced_order((uncertain,), intent) is None


def test_an_order_that_was_not_sent_hides_none_that_may_have_bought() -> None:
    """A copy of the refused call may be accepted while the next order is open already."""
    assert order_to_ask_about((REFUSED, an_order("Quoted", 2))) is REFUSED
    assert order_to_ask_about((an_order("Quoted", 2),)) is None


def test_what_no_list_showed_yet_is_asked_about() -> None:
    """The cloud's answer is all that is known of it; a list is better."""
    by_answer, by_list = an_order("Placed"), an_order("Placed", evidence="Token")
    assert order_to_ask_about((by_answer,)) is by_answer
    assert order_to_ask_about((by_list,)) is None
