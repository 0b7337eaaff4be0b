"""What an answer leaves on its order."""

from flink_workspace_operator.core.facts.failures import BalanceTooLow, Unreachable
from flink_workspace_operator.core.facts.observed import NotBought
from flink_workspace_operator.core.orders.answers import after_answer
from tests.builders import COPY_WINDOW, NOW, an_order


def test_only_an_answer_with_a_request_names_one() -> None:
    """The API server would refuse a request without an id, and the answer could never be
    recorded."""
    for request_id, kept in ((None, ()), ("request-1", ("request-1",))):
        lost = NotBought(Unreachable("foasconsole.CreateInstance", "ConnectionLost", request_id))
        status = after_answer(an_order("Placing"), lost, NOW, COPY_WINDOW)
        assert status is not None
        assert status.request_ids == kept


def test_a_refusal_that_proves_nothing_is_told_as_a_refusal() -> None:
    """And what is no answer as an open outcome: only the first can be repaired by a person."""
    doubts = {
        "The cloud refused": BalanceTooLow(
            "foasconsole.CreateInstance", "NoBalance", fate="Unknown"
        ),
        "It is not known": Unreachable("foasconsole.CreateInstance", "ConnectionLost"),
    }
    for begin, failure in doubts.items():
        status = after_answer(an_order("Placing"), NotBought(failure), NOW, COPY_WINDOW)
        assert status is not None
        assert (status.state, (status.message or "")[: len(begin)]) == ("Uncertain", begin)
