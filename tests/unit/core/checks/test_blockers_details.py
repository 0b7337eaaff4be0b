"""What stops a purchase, and what does not."""

from typing import Any

import pytest

from flink_workspace_operator.api.names import WORKSPACE_TAG
from flink_workspace_operator.core.checks.blockers import (
    stop_on_a_stranger,
    stop_on_another_account,
)
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.identity import Claim, Key, Owner
from flink_workspace_operator.core.plan import OpenOrder
from tests.builders import (
    ID,
    NOW,
    OWNER,
    a_case,
    a_claim,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)

UNTIL = NOW + minutes(9)


@pytest.mark.parametrize(
    ("refused_in", "reason"), [("2", "WaitingToRetry"), ("3", "AccountChanged")]
)
def test_waiting_helps_only_where_the_refused_call_is_all_that_ties_to_the_account(
    refused_in: str, reason: str
) -> None:
    """Another order of this name may have bought in account 2: that does not end with the refused
    call."""
    refused = an_order(
        "Rejected", 1, account_id=refused_in, answer="Throttled", outstanding_until=UNTIL
    )
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
    assert (
        stop_on_a_stranger(a_case(a_workspace(), order, cloud=a_cloud(a_listing(one, two))))
        is not None
    )


def test_a_field_that_is_not_known_stops_the_purchase() -> None:
    """An older operator must not buy without what a newer spec asks for."""
    known, asks_for_more = a_workspace(), a_workspace()
    asks_for_more._unknown_fields = ("spec.futureBrake",)
    assert any(isinstance(step, OpenOrder) for step in decide(a_case(known, claim=a_claim())).steps)
    stopped = decide(a_case(asks_for_more, claim=a_claim()))
    assert stopped.steps == ()
    assert stopped.verdict is not None
    assert (stopped.verdict.kind, stopped.verdict.reason) == ("Stalled", "NewerVersion")


OTHER = Owner(OWNER.cluster_id, Key("team", "other"))
THIRD, FAR = Owner(OWNER.cluster_id, Key("team", "third")), Owner("cluster-2", OTHER.key)


@pytest.mark.parametrize(
    ("owner", "claim"),
    [
        (FAR, a_claim(OTHER.key)),
        (THIRD, a_claim(OTHER.key)),
        (OTHER, a_claim(OTHER.key, alive=False)),
        (OTHER, a_claim(None)),
        (OTHER, None),
    ],
    ids=["of another cluster", "of a third one", "whose holder is gone", "of nobody", "none"],
)
def test_another_claim_than_the_owners_says_nothing_of_the_instance(
    owner: Owner, claim: Claim | None
) -> None:
    """Then it may be adopted, and the message says how."""
    assert "delete team/other" in stranger_of(OTHER, a_claim(OTHER.key))
    told = stranger_of(owner, claim)
    assert ID in told
    assert "delete team/" not in told


def test_a_workspace_tag_alone_does_not_make_an_owner() -> None:
    """Somebody took the cluster's tag off: another cluster may have a resource of this name."""
    assert "delete team/" not in stranger_of(
        OTHER, a_claim(OTHER.key), tags={WORKSPACE_TAG: OTHER.workspace_tag}
    )


def stranger_of(owner: Owner, claim: Claim | None, **said: Any) -> str:  # noqa: ANN401 - any field of an instance
    cloud = a_cloud(a_listing(an_instance(owner=owner, order=5, **said)))
    plan = stop_on_a_stranger(a_case(a_workspace(), cloud=cloud, claim=claim))
    assert plan is not None
    assert plan.verdict is not None
    return plan.verdict.message
