"""The table of an order's states keeps what the purchase protocol rests on."""

from dataclasses import fields
from typing import get_args

from flink_workspace_operator.api.order_states import (
    MOVES,
    STATES,
    Evidence,
    OrderState,
    Phase,
    StateFacts,
    facts_of,
    states_where,
)

NAMES = set(get_args(OrderState))
OPEN = {state for state, facts in STATES.items() if facts.is_open}


def only(fact: str) -> set[OrderState]:
    """The states with a fact."""
    return set(states_where(lambda facts: bool(getattr(facts, fact))))


def test_every_state_has_its_row() -> None:
    """No status yet counts as a state; every other state can be reached."""
    assert set(STATES) == NAMES | {None}
    assert {target for targets in MOVES.values() for target in targets} == NAMES


def test_every_state_has_every_fact() -> None:
    """One of an unknown phase would be one of another version."""
    assert {facts.phase for facts in STATES.values()} == set(Phase) - {Phase.UNKNOWN}
    assert all(facts.meaning for facts in STATES.values())


def test_money_is_spent_from_two_states_only() -> None:
    """Asked positively: what a new state does not say, it does not permit."""
    spends = {"Quoted", "AwaitingApproval"}
    assert only("may_be_announced") == spends
    assert {state for state, targets in MOVES.items() if "Placing" in targets} == spends
    assert only("awaits_decision") == {"AwaitingApproval"}
    assert not any(
        value
        for name, value in vars(StateFacts(Phase.PREPARING, "new")).items()
        if name.startswith("may_")
    )


def test_an_unknown_state_permits_nothing() -> None:
    """Its outcome is open: nothing follows, nothing is closed, and the entry stays."""
    unknown = facts_of("Negotiating")  # type: ignore[arg-type]  # of a newer version
    assert unknown.is_open
    assert unknown.moves == ()
    permits = [
        each.name for each in fields(unknown) if each.type is bool and getattr(unknown, each.name)
    ]
    assert permits == []


def test_what_may_have_been_sent_ends_by_evidence_only() -> None:
    """No way leads back to where it could be sent again."""
    assert set(MOVES["Uncertain"]) == {"Placed", "NotPlaced", "Rejected"}


def test_what_is_settled_stays_settled() -> None:
    """But for evidence that it was placed after all, or what was placed is gone for good."""
    for state in NAMES - OPEN:
        assert set(MOVES[state]) <= {"Placed", "Fulfilled", "Lost"}


def test_evidence_beats_every_state() -> None:
    """From everywhere there is a way to Placed, in one step; what is fulfilled was placed."""
    for state, targets in MOVES.items():
        assert "Placed" in targets or state in {"Placed", "Fulfilled"}


def test_what_closes_an_order_unsent_can_be_told_from_a_manual_edit() -> None:
    """The operator leaves evidence with each of these states, of the list that the schema knows."""
    assert only("written_with") == {"Superseded", "Canceled", "Declined", "Lost"}
    known = {None, *get_args(Evidence)}
    assert all(
        facts.written_with <= known for facts in STATES.values() if facts.written_with is not None
    )
