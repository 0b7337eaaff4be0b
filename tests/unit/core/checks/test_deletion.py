"""Deletion in each state of the ledger (design, section 3, step 11), and the ledger without its
resource."""

from datetime import datetime, timedelta

import pytest

from flink_workspace_operator.api.names import ABANDON_ORDER
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import SignatureExpired, Unreachable
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.snapshot import SeenCloud
from flink_workspace_operator.core.orders.ledger import left_alone
from flink_workspace_operator.core.plan import (
    AT_ONCE,
    GiveBackClaim,
    MoveOrder,
    Plan,
    ReleaseOrder,
    RemoveFinalizer,
)
from flink_workspace_operator.core.questions import questions
from tests.builders import (
    ACCOUNT,
    ID,
    KEY,
    NOW,
    OWNER,
    REGION,
    WINDOW,
    a_case,
    a_claim,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)

GOING = a_workspace(deleted=True)
OFFLINE = SeenCloud()
SETTLED: tuple[OrderState, ...] = (
    "Placed",
    "Fulfilled",
    "Rejected",
    "NotPlaced",
    "Superseded",
    "Canceled",
)


def states(plan: Plan) -> list[str | None]:
    return [step.status.state for step in plan.steps if isinstance(step, MoveOrder)]


class TestBeingDeleted:
    """The resource waits only for what may have been bought."""

    @pytest.mark.parametrize("state", SETTLED)
    def test_nothing_open_gives_the_claim_back_then_lets_go_without_the_cloud(
        self, state: OrderState
    ) -> None:
        """So it works while the cloud is down; what was bought is kept."""
        order = an_order(state, intent=NOW - WINDOW - minutes(1))
        assert questions(GOING, (order,), OWNER) is None
        plan = decide(a_case(GOING, order, cloud=OFFLINE, own_claims=(a_claim(),)))
        # What no list has shown keeps its name claimed: once the resource is gone, the cloud is
        # asked.
        given_back = () if state == "Placed" else (GiveBackClaim(a_claim()),)
        assert (plan.steps[:-1], type(plan.steps[-1])) == (given_back, RemoveFinalizer)

    def test_a_quoted_order_is_closed_first(self) -> None:
        """Counterexample 6: by a conditional write, so that a buyer who read it before stumbles
        over it."""
        plan = decide(a_case(GOING, an_order("Quoted"), cloud=OFFLINE))
        assert (states(plan), plan.requeue) == (["Canceled"], AT_ONCE)
        assert len(plan.steps) == 1

    def test_an_intent_of_this_process_is_taken_back_first(self) -> None:
        """It knows that it sent nothing, also while the cloud is down."""
        placing = an_order("Placing")
        assert states(decide(a_case(GOING, placing, intent=placing, cloud=OFFLINE))) == ["Quoted"]

    @pytest.mark.parametrize("state", ["Placing", "Uncertain"])
    def test_what_may_have_been_bought_is_waited_for(self, state: OrderState) -> None:
        """The message names the order and the way out."""
        for cloud in (a_cloud(), OFFLINE):
            plan = decide(a_case(GOING, an_order(state), cloud=cloud))
            assert plan.steps == ()
            assert plan.verdict is not None
            assert (plan.verdict.kind, plan.verdict.reason) == ("Deleting", "Deleting")
            assert f"{ABANDON_ORDER}=demo-1" in plan.verdict.message

    def test_a_pass_that_read_the_ledger_before_the_resource_lets_nothing_go(self) -> None:
        """It was to send a call, and another process settled the order: the ledger may lack one
        that is newer."""
        read = a_case(
            GOING,
            an_order("NotPlaced"),
            intent=an_order("Placing"),
            final_check=True,
            own_claims=(a_claim(),),
        )
        plan = decide(read)
        assert (plan.steps, plan.verdict) == ((), None)
        assert plan.requeue.after is not None

    def test_evidence_is_gathered_meanwhile(self) -> None:
        """And ends the waiting."""
        order = an_order("Uncertain")
        assert states(decide(a_case(GOING, order, cloud=a_cloud(a_listing(an_instance()))))) == [
            "Placed"
        ]
        assert states(decide(a_case(GOING, order, cloud=a_cloud(a_listing(at=NOW + WINDOW))))) == [
            "NotPlaced"
        ]

    @pytest.mark.parametrize("state", ["Placing", "Uncertain"])
    def test_abandoning_the_order_lets_the_resource_go_but_keeps_the_name_claimed(
        self, state: OrderState
    ) -> None:
        """Another resource of that name could buy it twice."""
        other = a_claim(target=PurchaseTarget(ACCOUNT, REGION, "former"))
        workspace = a_workspace(deleted=True, annotations={ABANDON_ORDER: "demo-1"})
        plan = decide(a_case(workspace, an_order(state), own_claims=(a_claim(), other)))
        [given_back, release] = plan.steps
        assert given_back == GiveBackClaim(other)
        assert isinstance(release, RemoveFinalizer)
        assert "order demo-1 (CNY 1200.00 for 1 month) may have bought a workspace" in release.stays

    def test_abandoning_another_order_changes_nothing(self) -> None:
        """The annotation names the order."""
        workspace = a_workspace(deleted=True, annotations={ABANDON_ORDER: "demo-9"})
        assert decide(a_case(workspace, an_order("Uncertain"))).steps == ()

    def test_somebody_elses_finalizer_is_not_ours_to_wait_for(self) -> None:
        """Nothing is left to do, and its status says that it is going."""
        plan = decide(
            a_case(a_workspace(deleted=True, finalizers=("other/finalizer",)), cloud=OFFLINE)
        )
        assert (plan.steps, plan.requeue.after) == ((), None)
        assert plan.verdict is not None
        assert plan.verdict.kind == "Deleting"


class TestGone:
    """The ledger outlives the resource."""

    def test_an_order_opened_for_nobody_is_closed(self) -> None:
        """Counterexample 6: its resource went between the look and the order."""
        assert states(decide(a_case(None, an_order("Quoted"), cloud=OFFLINE))) == ["Canceled"]

    @pytest.mark.parametrize("state", ["Placing", "Uncertain"])
    def test_an_open_order_is_settled_as_usual(self, state: OrderState) -> None:
        """By look-ups for what the order names."""
        order = an_order(state)
        asked = questions(None, (order,), OWNER)
        assert asked is not None
        assert (asked.region, asked.workspace_name, asked.fresh) == (REGION, KEY.name, True)
        assert states(decide(a_case(None, order, cloud=a_cloud(a_listing(an_instance()))))) == [
            "Placed"
        ]
        alone = (
            order if state == "Placing" else order.model_copy(update={"status": left_alone(order)})
        )
        waiting = decide(a_case(None, alone, cloud=a_cloud(Unknown()), own_claims=(a_claim(),)))
        assert waiting.steps == ()
        assert waiting.requeue.after is not None

    def test_settled_orders_and_claims_are_released_and_nothing_is_left_to_look_after(self) -> None:
        """Whoever wants to may delete the ledger then."""
        orders = an_order("NotPlaced", 1), an_order("Fulfilled", 2)
        plan = decide(a_case(None, *orders, cloud=OFFLINE, own_claims=(a_claim(),)))
        assert plan.steps == (*(ReleaseOrder(order) for order in orders), GiveBackClaim(a_claim()))
        assert plan.requeue.after is None

    def test_an_order_without_status_is_waited_for(self) -> None:
        """Ten seconds, then it is closed."""
        order = an_order(None, created=NOW)
        assert decide(a_case(None, order, cloud=OFFLINE)).requeue.after is not None
        late = a_case(None, order, cloud=OFFLINE, now=NOW + timedelta(seconds=11))
        assert states(decide(late)) == ["Superseded"]


@pytest.mark.parametrize("state", ["Placing", "Uncertain"])
def test_the_next_look_comes_later_the_longer_it_takes(state: OrderState) -> None:
    """From a second to a minute."""
    for age, after in ((0, 1), (2, 30), (30, 60)):
        order = an_order(state, intent=NOW - minutes(age))
        look = decide(a_case(GOING, order, cloud=OFFLINE)).requeue.after
        assert look == timedelta(seconds=after)


UNREACHABLE = SeenCloud(region=REGION, account_id=Unknown(Unreachable("a.B", "c")))
CLOCK_REFUSED = SeenCloud(region=REGION, account_id=Unknown(SignatureExpired("a.B", "c")))
LATER = NOW + WINDOW + minutes(1)


@pytest.mark.parametrize(
    ("cloud", "now", "kept"),
    [
        (UNREACHABLE, NOW, True),
        (UNREACHABLE, LATER, False),
        (CLOCK_REFUSED, LATER, True),
        (OFFLINE, LATER, True),
    ],
    ids=["hidden", "its window is over", "our clock is wrong", "nobody asked"],
)
def test_name_and_ledger_are_kept_while_what_was_bought_may_be_hidden(
    cloud: SeenCloud, now: datetime, kept: bool
) -> None:
    """Who took the claim now, or applied anew without the ledger, would look, see nothing, and buy
    a second time. Our own clock ends it only where the cloud is out of reach, and does not refuse
    our calls for their date."""
    placed = an_order("Placed", instance_id=ID, intent=NOW - minutes(1))
    plan = decide(a_case(None, placed, own_claims=(a_claim(),), now=now, cloud=cloud))
    assert any(isinstance(step, GiveBackClaim) for step in plan.steps) != kept
    assert any(isinstance(step, ReleaseOrder) for step in plan.steps) != kept
    assert (plan.requeue.after is not None) == kept


@pytest.mark.parametrize("now", [NOW, LATER])
def test_a_resource_that_goes_keeps_the_name_of_what_may_be_hidden(now: datetime) -> None:
    """It asks no cloud, and our clock may be ahead by hours."""
    placed = an_order("Placed", instance_id=ID, intent=NOW - minutes(1))
    plan = decide(a_case(GOING, placed, own_claims=(a_claim(),), now=now, cloud=OFFLINE))
    assert [type(step) for step in plan.steps] == [RemoveFinalizer]


STAYS = "stays in the cloud and is"
"""The words of the cost follow."""


@pytest.mark.parametrize(
    ("status", "order", "said"),
    [
        (
            FlinkWorkspaceStatus(instance=Instance(instance_id=ID, expire_time=NOW)),
            an_order("Fulfilled"),
            f"{ID} {STAYS} paid until 2026-11-23 09:00 UTC (CNY 1200.00 for 1 month);",
        ),
        (
            FlinkWorkspaceStatus(),
            an_order("Placed"),
            f"{ID} {STAYS} billed until somebody releases it (CNY",
        ),
        (
            FlinkWorkspaceStatus(instance=Instance(instance_id="adopted-1")),
            None,
            f"adopted-1 {STAYS} billed until somebody releases it;",
        ),
        (
            FlinkWorkspaceStatus(instance=Instance(instance_id=ID, lost_since=NOW)),
            an_order("Fulfilled"),
            None,
        ),
        (FlinkWorkspaceStatus(), an_order("NotPlaced"), None),
    ],
    ids=["subscription", "not shown yet", "adopted", "lost", "never bought"],
)
def test_what_a_deletion_leaves_is_said(
    status: FlinkWorkspaceStatus, order: FlinkWorkspaceOrder | None, said: str | None
) -> None:
    """With its id and what it costs; nothing is said of what is not there."""
    orders = () if order is None else (order,)
    going = a_workspace(deleted=True, status=status)
    plan = decide(a_case(going, *orders, cloud=OFFLINE, now=NOW + WINDOW + minutes(1)))
    [release] = (step for step in plan.steps if isinstance(step, RemoveFinalizer))
    assert release.stays.startswith(said) if said else release.stays == ""


@pytest.mark.parametrize("status", ["RUNNING", "CREATING"])
def test_what_was_bought_is_let_go_as_soon_as_a_list_shows_it(status: str) -> None:
    """From then on the next one sees it too: name and ledger need not wait for the end of the
    window."""
    placed, cloud = an_order("Placed"), a_cloud(a_listing(an_instance(cluster_status=status)))
    plan = decide(a_case(None, placed, own_claims=(a_claim(),), cloud=cloud))
    if states(plan) == ["Fulfilled"]:
        placed = an_order("Fulfilled")
        plan = decide(a_case(None, placed, own_claims=(a_claim(),), cloud=cloud))
    assert plan.steps == (ReleaseOrder(placed), GiveBackClaim(a_claim()))


@pytest.mark.parametrize("evidence", ["Token", "Description"])
def test_what_a_list_has_shown_is_let_go_at_once(evidence: str) -> None:
    """Also while the cloud is down, and nobody asks it."""
    placed = an_order("Placed", evidence=evidence)
    assert questions(None, (placed,), OWNER) is None
    plan = decide(a_case(None, placed, own_claims=(a_claim(),), cloud=OFFLINE))
    assert plan.steps == (ReleaseOrder(placed), GiveBackClaim(a_claim()))


def test_an_order_that_is_kept_says_until_when() -> None:
    """Whoever waits for its namespace to go can read it there. It is said once."""
    placed = an_order("Placed", intent=NOW)
    [step] = decide(a_case(None, placed, own_claims=(a_claim(),))).steps
    assert isinstance(step, MoveOrder)
    assert step.status.state == "Placed"
    assert f"at the latest until {NOW + WINDOW:%Y-%m-%d %H:%M} UTC" in str(step.status.message)
    told = placed.model_copy(update={"status": step.status})
    assert decide(a_case(None, told, own_claims=(a_claim(),))).steps == ()
