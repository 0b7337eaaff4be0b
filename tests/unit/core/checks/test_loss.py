"""A workspace that is gone is bought anew only where a person names it; an order that is gone is
waited for."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.names import REPLACE_LOST
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance, OrderSummary
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.identity import Claim, Key
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.snapshot import Remembered
from flink_workspace_operator.core.plan import MoveOrder, OpenOrder, PlaceOrder, TakeClaim
from tests.builders import (
    ID,
    NOW,
    SETTINGS,
    TARGET,
    WINDOW,
    a_case,
    a_claim,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
    reported,
)

BOUGHT = an_order("Fulfilled", instance_id=ID, intent=NOW - minutes(99))
LONG_OVER = NOW - WINDOW - minutes(1)
OTHER = Key("team", "other")
GIVEN_UP = an_order("Lost", instance_id=ID, intent=NOW - minutes(99))


def lost(named: str | None = ID, since: datetime | None = NOW, **known: Any) -> FlinkWorkspace:  # noqa: ANN401 - any field of a status
    """A resource that says of its workspace that it is gone; `named` is what a person gave up."""
    instance = Instance(instance_id=ID, cluster_status="RUNNING", lost_since=since)
    annotations = {} if named is None else {REPLACE_LOST: named}
    return a_workspace(
        annotations=annotations, status=FlinkWorkspaceStatus(instance=instance, **known)
    )


def verdict_of(case: Case) -> tuple[str, str]:
    verdict = decide(case).verdict
    assert verdict is not None
    return verdict.kind, verdict.reason


def test_the_ledger_says_first_that_it_is_lost() -> None:
    """Then nothing is bound any more, and the next order may be opened."""
    case = a_case(lost(), BOUGHT)
    [step] = decide(case).steps
    assert isinstance(step, MoveOrder)
    assert (step.status.state, step.status.evidence, step.status.instance_id) == (
        "Lost",
        "GivenUp",
        ID,
    )
    assert reported(case, decide(case)).instance is None
    [opened] = decide(a_case(lost(), GIVEN_UP)).steps
    assert isinstance(opened, OpenOrder)
    assert opened.number == 2


@pytest.mark.parametrize(
    "workspace",
    [lost(named=None), lost(named="sc_flink-2"), lost(since=None)],
    ids=["nobody said so", "of another one", "not found out yet"],
)
def test_nothing_else_replaces_it(workspace: FlinkWorkspace) -> None:
    """Neither an annotation that is left over from another time, nor one look that does not show
    it."""
    assert decide(a_case(workspace, BOUGHT)).steps == ()


@pytest.mark.parametrize(
    ("named", "is_reported"), [(None, True), ("sc_flink-2", True), (ID, False)]
)
def test_an_agreement_from_before_is_none(named: str | None, is_reported: bool) -> None:
    """The status does not say that it is lost beside an annotation that names it already: the next
    pass would obey."""
    cloud = a_cloud(a_listing(at=NOW + minutes(6)))
    case = a_case(
        lost(named, since=None), BOUGHT, cloud=cloud, remembered=Remembered(missing_since=NOW)
    )
    assert verdict_of(case) == ("Stalled", "Lost" if is_reported else "ReplaceLostTooEarly")
    instance = reported(case, decide(case)).instance
    assert instance is not None
    assert (instance.lost_since is not None) == is_reported


def test_what_is_shown_again_is_not_replaced() -> None:
    """The look decides, not what was said before."""
    case = a_case(lost(), BOUGHT, cloud=a_cloud(a_listing(an_instance())))
    assert verdict_of(case) == ("Running", "Running")


def test_a_look_that_fails_gives_nothing_up() -> None:
    """It may be shown again: without its id, and with no order to tell it, it would be bought
    anew."""
    case = a_case(lost(), cloud=a_cloud(Unknown(Unreachable("x.Y", "reset"))))
    instance = reported(case, decide(case)).instance
    assert instance is not None
    assert instance.instance_id == ID


def test_without_its_order_the_resource_says_so() -> None:
    """After a restore without the ledger, the status is all there is."""
    case = a_case(lost())
    assert reported(case, decide(case)).instance is None
    assert decide(case).steps == ()


def test_what_was_given_up_and_shows_up_again_is_placed() -> None:
    """Evidence beats every state."""
    case = a_case(lost(), GIVEN_UP, cloud=a_cloud(a_listing(an_instance())))
    [step] = decide(case).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Placed"


def test_both_of_them_are_twins() -> None:
    """The lost one came back after another was bought in its place."""
    second = an_order("Fulfilled", 2, instance_id="sc_flink-2", intent=NOW - minutes(9))
    both = a_listing(an_instance(), an_instance("sc_flink-2", order=2))
    back = an_order("Placed", instance_id=ID, intent=NOW - minutes(99))
    case = a_case(a_workspace(), back, second, cloud=a_cloud(both))
    assert all(isinstance(step, MoveOrder) for step in decide(case).steps)
    settled = an_order("Fulfilled", instance_id=ID, intent=NOW - minutes(99))
    assert verdict_of(a_case(a_workspace(), settled, second, cloud=a_cloud(both))) == (
        "Stalled",
        "DuplicateInstance",
    )


def gone(state: OrderState) -> FlinkWorkspace:
    """A resource whose newest order was in a state when it was last looked at."""
    summary = OrderSummary(name="demo-1", state=state, intent_time=NOW - minutes(1))
    return a_workspace(status=FlinkWorkspaceStatus(order=summary))


@pytest.mark.parametrize("state", ["Placing", "Uncertain"])
def test_an_order_that_left_the_ledger_is_waited_for(state: OrderState) -> None:
    """Its call may still be executed; after that a number is taken that was never used."""
    early = a_case(gone(state))
    assert decide(early).steps == ()
    assert verdict_of(early) == ("Progressing", "PurchaseUncertain")
    [step] = decide(a_case(gone(state), cloud=a_cloud(a_listing(at=NOW + WINDOW)))).steps
    assert isinstance(step, OpenOrder)
    assert step.number == 2


def test_the_id_of_a_bought_workspace_outlives_its_order() -> None:
    """It stands on the resource before the cloud shows it: nothing is bought in its place if the
    order is removed."""
    case = a_case(a_workspace(), an_order("Placed", instance_id=ID, intent=NOW))
    status = reported(case, decide(case))
    assert status.instance is not None
    assert status.instance.instance_id == ID
    assert decide(a_case(a_workspace(status=status))).steps == ()


def test_who_does_not_lead_takes_the_purchase_back() -> None:
    """Another process may lead by now, and be at the same."""
    placing = an_order("Placing", intent=NOW)
    sent = decide(a_case(a_workspace(), placing, intent=placing))
    assert isinstance(sent.steps[0], PlaceOrder)
    [step] = decide(a_case(a_workspace(), placing, intent=placing, leads=False)).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Quoted"


@pytest.mark.parametrize("state", ["Lost", "Superseded", "Canceled"])
@pytest.mark.parametrize("evidence", [None, "Answer", "Token"])
def test_a_hand_in_the_ledger_does_not_undo_a_call(state: OrderState, evidence: str | None) -> None:
    """What was moved there by hand may still show up: its successor waits as long as that can
    take."""
    closed = an_order(state, instance_id=ID, intent=NOW - minutes(1), evidence=evidence)
    assert decide(a_case(a_workspace(), closed)).steps == ()
    assert verdict_of(a_case(a_workspace(), closed)) == ("Progressing", "PurchaseUncertain")
    [opened] = decide(
        a_case(a_workspace(), an_order(state, intent=LONG_OVER, evidence=evidence))
    ).steps
    assert isinstance(opened, OpenOrder)


@pytest.mark.parametrize(
    ("state", "evidence"),
    [("Lost", "GivenUp"), ("Superseded", "SpecChanged"), ("Canceled", "Deleted")],
)
def test_what_the_operator_closed_is_not_waited_for(state: OrderState, evidence: str) -> None:
    """It knew that nothing was sent, or a person saw that it is gone."""
    [opened] = decide(
        a_case(a_workspace(), an_order(state, intent=NOW - minutes(1), evidence=evidence))
    ).steps
    assert isinstance(opened, OpenOrder)


def test_what_is_lost_stays_claimed() -> None:
    """Created anew, or robbed of its claim: nobody else may buy under its name meanwhile."""
    case = a_case(lost(named=None), BOUGHT, claim=None)
    assert decide(case).steps == (TakeClaim(TARGET, None, case.workspace.metadata.uid),)


@pytest.mark.parametrize("claim", [None, a_claim(OTHER, alive=False)], ids=["free", "dead"])
def test_what_may_have_been_bought_stays_claimed(claim: Claim | None) -> None:
    """A hand took the claim away while the outcome is open."""
    case = a_case(a_workspace(), an_order("Uncertain"), claim=claim)
    assert decide(case).steps == (TakeClaim(TARGET, claim, case.workspace.metadata.uid),)
    taken = a_case(a_workspace(), an_order("Uncertain"), claim=a_claim(OTHER))
    assert verdict_of(taken) == ("Progressing", "PurchaseUncertain")


def test_an_order_that_came_back_bare_is_waited_for_from_when_it_was_closed() -> None:
    """The API server's clock may be far behind. Ours is not behind the cloud's by more than a
    signature may be old."""
    closed = NOW - minutes(1)
    end = closed + WINDOW + timedelta(seconds=SETTINGS.signature_validity_seconds)
    bare = an_order("Superseded", uid="uid-0", quote=None, at=closed, created=NOW - 9 * WINDOW)
    early = a_case(a_workspace(), bare, cloud=a_cloud(a_listing(at=end)))
    assert verdict_of(early) == ("Progressing", "PurchaseUncertain")
    [step] = decide(
        a_case(a_workspace(), bare, cloud=a_cloud(a_listing(at=end + timedelta(seconds=1))))
    ).steps
    assert isinstance(step, OpenOrder)
