"""The table of an order's legal moves keeps what the purchase protocol rests on."""

from typing import get_args

from flink_workspace_operator.api.order import MOVES, UNSETTLED
from flink_workspace_operator.api.status import OrderState

STATES = set(get_args(OrderState))


def test_every_state_has_its_row() -> None:
    """No status yet counts as a state."""
    assert set(MOVES) == STATES | {None}
    assert {target for targets in MOVES.values() for target in targets} == STATES


def test_only_quoted_leads_to_placing() -> None:
    """The one state in which it is certain that nothing was sent."""
    assert [state for state, targets in MOVES.items() if "Placing" in targets] == ["Quoted"]


def test_what_may_have_been_sent_ends_by_evidence_only() -> None:
    """No way leads back to where it could be sent again."""
    assert set(MOVES["Uncertain"]) == {"Placed", "NotPlaced", "Rejected"}


def test_what_is_settled_stays_settled() -> None:
    """But for evidence that it was placed after all, or what was placed is gone for good."""
    for state in STATES - UNSETTLED:
        assert set(MOVES[state]) <= {"Placed", "Fulfilled", "Lost"}


def test_evidence_beats_every_state() -> None:
    """From everywhere there is a way to Placed, in one step; what is fulfilled was placed."""
    for state, targets in MOVES.items():
        assert "Placed" in targets or state in {"Placed", "Fulfilled"}
