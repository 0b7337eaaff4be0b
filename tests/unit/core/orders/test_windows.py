"""An order that the status names and the ledger lacks is missed as long as its call may be
executed."""

from datetime import timedelta
from typing import Final

from flink_workspace_operator.api.status import OrderSummary
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.orders.windows import missing_order, nothing_before
from tests.builders import NOW, WINDOW, a_case, a_listing, an_order, minutes

SETTINGS: Final = a_case(None).settings
SENT: Final = OrderSummary(name="demo-1", state="Uncertain", intent_time=NOW - minutes(1))
UNDATED: Final = OrderSummary(name="demo-1", state="Rejected", settled_not_before=NOW + WINDOW)
DURING: Final = a_listing(at=NOW)


def test_it_is_missed_until_a_list_is_newer_than_its_window() -> None:
    """Afterwards it could only be missed for ever; without a list nothing is over."""
    after = a_listing(at=NOW + WINDOW + timedelta(seconds=1))
    assert missing_order(SENT, (), DURING, SETTINGS) == SENT
    assert missing_order(SENT, (), Unknown(), SETTINGS) == SENT
    assert missing_order(SENT, (), after, SETTINGS) is None


def test_one_of_its_name_with_an_earlier_announcement_is_another() -> None:
    """With the same or a later one it is this very order."""
    earlier, same = (
        an_order("Uncertain", intent=NOW - minutes(9)),
        an_order("Uncertain", intent=NOW - minutes(1)),
    )
    assert missing_order(SENT, (earlier,), DURING, SETTINGS) == SENT
    assert missing_order(SENT, (same,), DURING, SETTINGS) is None


def test_one_whose_announcement_the_status_does_not_know_is_not_missed() -> None:
    """Any announced order of its name is it."""
    assert missing_order(UNDATED, (), DURING, SETTINGS) == UNDATED
    assert missing_order(UNDATED, (an_order("Rejected", intent=NOW),), DURING, SETTINGS) is None


def test_no_order_in_the_status_is_no_missing_one() -> None:
    """Nor is one that was never sent."""
    quoted = OrderSummary(name="demo-1", state="Quoted")
    assert missing_order(None, (), DURING, SETTINGS) is None
    assert missing_order(quoted, (), DURING, SETTINGS) is None


def test_a_back_off_that_ends_with_the_call_adds_no_time() -> None:
    """Only a later one is named."""
    assert nothing_before(NOW, due=NOW).endswith("the next order may follow")
    assert nothing_before(NOW, due=NOW + minutes(5)).endswith("may follow at 2026-11-23 09:05 UTC")
