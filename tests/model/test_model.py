"""The protocol in an explicit-state model: nothing wrong where it promises so, and each of its
rules is needed."""

from collections.abc import Callable

import pytest

from flink_workspace_operator.api.order_states import MOVES, OrderState
from tests.model.deep import DEEP
from tests.model.explore import Outcome, explore
from tests.model.mutants import MUTANTS
from tests.model.residual import RESIDUAL
from tests.model.rules import Rules, Run
from tests.model.runs import RUNS
from tests.model.state import OPEN
from tests.model.writing import MOVES as MOVES_OF_MODEL

Record = Callable[[str, object], None]


def _told(outcome: Outcome) -> str:
    return "\n".join((outcome.result, *outcome.schedule))


def _search(run: Run, record: Record) -> None:
    outcome = explore(run)
    record(
        "model",
        [run.name, outcome.states, outcome.depth, round(outcome.seconds, 1), outcome.result],
    )
    assert outcome.violation == run.expects, _told(outcome)
    if not run.expects:
        assert outcome.exhausted
        assert set(run.happens) <= outcome.happened, "a run in which nothing happens proves nothing"


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_nothing_wrong_happens(run: Run, record_property: Record) -> None:
    """Every state that can be reached was looked at."""
    _search(run, record_property)


@pytest.mark.parametrize("run", RESIDUAL, ids=lambda run: run.name)
def test_what_is_not_promised_is_found(run: Run, record_property: Record) -> None:
    """The model can fail, and the documented residual risk is real."""
    _search(run, record_property)


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", DEEP, ids=lambda run: run.name)
def test_the_same_with_more_at_once(run: Run, record_property: Record) -> None:
    """With more mishaps, replicas, resources and clusters."""
    _search(run, record_property)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda run: run.name)
def test_each_rule_is_needed(mutant: Run, record_property: Record) -> None:
    """The protocol without it goes wrong, and the model sees it."""
    outcome = explore(mutant)
    record_property("model-mutants", [mutant.name, outcome.violation, len(outcome.schedule)])
    assert outcome.violation, "the mutant was not caught"


def test_every_rule_is_taken_out_by_a_mutant() -> None:
    """Alone, or in a group that says why."""
    assert {
        rule for mutant in MUTANTS for rule in Rules._fields if not getattr(mutant.rules, rule)
    } == set(Rules._fields)


def test_the_model_s_api_server_takes_the_moves_that_the_product_s_takes() -> None:
    """Of unsettled orders; what is settled moves to Placed alone, as far as the model has its
    states."""
    unsettled: tuple[OrderState | None, ...] = (
        None,
        "Quoted",
        "AwaitingApproval",
        "Placing",
        "Uncertain",
    )
    assert {state or "": MOVES[state] for state in unsettled} == MOVES_OF_MODEL
    settled: tuple[OrderState, ...] = (
        "Rejected",
        "NotPlaced",
        "Superseded",
        "Canceled",
        "Declined",
    )
    assert all(MOVES[state] == ("Placed",) for state in settled)


def test_the_model_knows_the_product_s_states() -> None:
    """Open orders are open in both; what the model calls '' is an order without status."""
    assert {
        state or "" for state, targets in MOVES.items() if state is None or "Superseded" in targets
    } <= set(OPEN)
    assert set(OPEN) <= {state or "" for state in MOVES}
