"""Parts of messages about orders: the price, and the cloud's own refusal."""

from flink_workspace_operator.core.orders.clauses import cause_of, cost_of
from tests.builders import ACCOUNT, NOW, an_order


def test_a_price_that_is_not_known_says_so() -> None:
    """Money is named wherever it is meant."""
    assert cost_of(an_order("Quoted")) == "(CNY 1200.00 for 1 month)"
    assert cost_of(an_order("Quoted", quote=None)) == "(its price is not known)"


def test_a_refusal_is_told_with_its_time_as_long_as_its_order_is_open() -> None:
    """A person may have to end its cause."""
    told = cause_of(an_order("Uncertain", intent=NOW, answer="BalanceTooLow"))
    assert told.startswith(" The cloud's answer at 2026-11-23 09:00 UTC was that ")
    assert f"account {ACCOUNT}" in told


def test_what_is_no_refusal_with_a_time_is_no_cause() -> None:
    """No answer, a call that was lost, one that was never announced."""
    assert cause_of(an_order("Uncertain", intent=NOW)) == ""
    assert cause_of(an_order("Uncertain", intent=NOW, answer="Unreachable")) == ""
    assert cause_of(an_order("Quoted", answer="BalanceTooLow")) == ""
