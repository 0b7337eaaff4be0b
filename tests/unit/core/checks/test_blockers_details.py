"""What stops a purchase, and what does not."""

import pytest

from flink_workspace_operator.core.checks.blockers import stop_on_a_stranger, stop_on_another_account
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.plan import OpenOrder
from tests.builders import NOW, a_case, a_claim, a_cloud, a_listing, a_workspace, an_instance, an_order, minutes

UNTIL = NOW + minutes(9)


@pytest.mark.parametrize(("refused_in", "reason"), [("2", "WaitingToRetry"), ("3", "AccountChanged")])
def test_waiting_helps_only_where_the_refused_call_is_all_that_ties_to_the_account(
    refused_in: str, reason: str
) -> None:
    """Another order of this name may have bought in account 2: that does not end with the refused call."""
    refused = an_order("Rejected", 1, account_id=refused_in, answer="Throttled", outstanding_until=UNTIL)
    sent = an_order("NotPlaced", 2, account_id="2")
    plan = stop_on_another_account(a_case(a_workspace(), refused, sent))
    assert plan is not None
    assert plan.verdict is not None
    assert plan.verdict.reason == reason


def test_the_only_instance_that_an_order_may_have_bought_is_waited_for() -> None:
    """Two of them contradict each other; one may show its tags yet."""
    order = an_order("Uncertain", intent=NOW - minutes(1))
    one, two = (an_instance(name, order=None, create_time=NOW) for name in ("sc-1", "sc-2"))
    assert stop_on_a_stranger(a_case(a_workspace(), order, cloud=a_cloud(a_listing(one)))) is None
    assert stop_on_a_stranger(a_case(a_workspace(), order, cloud=a_cloud(a_listing(one, two)))) is not None


def test_a_field_that_is_not_known_stops_the_purchase() -> None:
    """An older operator must not buy without what a newer spec asks for."""
    known, asks_for_more = a_workspace(), a_workspace()
    asks_for_more._unknown_fields = ("spec.futureBrake",)
    assert any(isinstance(step, OpenOrder) for step in decide(a_case(known, claim=a_claim())).steps)
    stopped = decide(a_case(asks_for_more, claim=a_claim()))
    assert stopped.steps == ()
    assert stopped.verdict is not None
    assert (stopped.verdict.kind, stopped.verdict.reason) == ("Stalled", "NewerVersion")
