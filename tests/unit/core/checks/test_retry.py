"""A refusal of the moment answers one copy of the call: until a list rules the others out, nothing
else is bought."""

from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.names import ORDER_TAG, RECONCILE_REQUESTED_AT
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, FlinkWorkspaceOrderStatus
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, OrderSummary
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import (
    ParametersRefused,
    PermissionMissing,
    Unreachable,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.neighbours import Neighbour
from flink_workspace_operator.core.facts.observed import Listing, NotBought, Unknown
from flink_workspace_operator.core.facts.snapshot import Intent, SeenCloud
from flink_workspace_operator.core.orders import answers, ledger
from flink_workspace_operator.core.plan import (
    GiveBackClaim,
    MoveOrder,
    OpenOrder,
    Plan,
    ReleaseOrder,
    RemoveFinalizer,
)
from flink_workspace_operator.core.questions import Place, questions
from tests.builders import (
    ACCOUNT,
    COPY_WINDOW,
    ID,
    MARK,
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

SECOND = timedelta(seconds=1)
INTENT = NOW - minutes(2)
UNTIL = NOW + COPY_WINDOW
WHOLE_WINDOW = INTENT + WINDOW
OF_THE_MOMENT = NotBought(
    PermissionMissing("foasconsole.CreateInstance", "Forbidden.RAM", fate="CopyRefused")
)
OF_THE_CONTENT = NotBought(
    ParametersRefused("foasconsole.CreateInstance", "InvalidParameter", fate="CallRefused")
)
UNANSWERED = Unknown(Unreachable("foasconsole.DescribeInstances", "reset"))
ELSEWHERE = "cn-shanghai"
ANEW = a_workspace(region=ELSEWHERE)
MISSING = (Neighbour(Key("team", "other"), ACCOUNT, REGION, "sc_flink-9"),)


def answered(state: OrderState, answer: NotBought) -> FlinkWorkspaceOrderStatus:
    status = answers.after_answer(an_order(state, intent=INTENT), answer, NOW, COPY_WINDOW)
    assert status is not None
    return status


def refused(number: int = 1, account_id: str = ACCOUNT) -> FlinkWorkspaceOrder:
    """Announced two minutes ago, and refused just now for a reason of the moment."""
    placing = an_order("Placing", number, intent=INTENT, account_id=account_id)
    status = answers.after_answer(placing, OF_THE_MOMENT, NOW, COPY_WINDOW)
    return placing.model_copy(update={"status": status})


REFUSED = refused()


def ended(plan: Plan) -> bool:
    """Nothing can come of the call any more, as the plan writes into the ledger."""
    moves = [step for step in plan.steps if isinstance(step, MoveOrder)]
    assert len(moves) == len(plan.steps)
    assert all(
        (step.status.state, step.status.outstanding_until) == ("Rejected", None) for step in moves
    )
    return bool(moves)


def named(plan: Plan) -> str:
    assert plan.steps == ()
    assert plan.verdict is not None
    return plan.verdict.message


@pytest.mark.parametrize("state", ["Placing", "Uncertain"])
def test_a_refusal_of_the_moment_rejects_and_says_until_when_a_copy_may_be_executed(
    state: OrderState,
) -> None:
    """From the answer on, as long as a copy needs to be booked and shown."""
    status = answered(state, OF_THE_MOMENT)
    assert (status.state, status.evidence, status.outstanding_until) == (
        "Rejected",
        "Answer",
        UNTIL,
    )
    assert status.message is not None
    assert (
        f"Nothing else is bought under this name before {UNTIL:%Y-%m-%d %H:%M} UTC"
        in status.message
    )


@pytest.mark.parametrize("state", ["Placing", "Uncertain"])
def test_a_refusal_of_the_content_ends_the_call(state: OrderState) -> None:
    """Every copy of it is refused alike."""
    status = answered(state, OF_THE_CONTENT)
    assert (status.state, status.outstanding_until) == ("Rejected", None)
    assert "Nothing else" not in str(status.message)


CHANGED = {
    "nothing": a_workspace(),
    "new generation": a_workspace(generation=2),
    "request": a_workspace(annotations={RECONCILE_REQUESTED_AT: "now"}),
    "new uid": a_workspace(uid="uid-2"),
    "suspended": a_workspace(suspend=True),
    "former summary": a_workspace(
        status=FlinkWorkspaceStatus(order=OrderSummary(name="demo-1", state="Placing"))
    ),
}


@pytest.mark.parametrize("workspace", CHANGED.values(), ids=CHANGED)
@pytest.mark.parametrize(
    "orders", [(REFUSED,), (REFUSED, an_order("Quoted", 2))], ids=["alone", "beside a quoted one"]
)
def test_nothing_is_opened_or_announced_before(
    workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]
) -> None:
    """Whatever a person does; and a restart changes nothing, because all of it stands in the
    ledger."""
    claim = a_claim(uid=workspace.metadata.uid)
    for at in (NOW, UNTIL):
        plan = decide(a_case(workspace, *orders, claim=claim, cloud=a_cloud(a_listing(at=at))))
        assert f"{UNTIL:%H:%M} UTC" in named(plan)


def test_a_quoted_order_beside_it_is_announced_afterwards() -> None:
    """By another pass than the one that ends the call."""
    over = REFUSED.model_copy(update={"status": ledger.call_over(REFUSED, is_seen=True)})
    [step] = decide(a_case(a_workspace(), over, an_order("Quoted", 2))).steps
    assert type(step).__name__ == "WriteIntent"


def test_an_intent_of_this_process_beside_it_is_taken_back() -> None:
    """A backup brought the refused one back in between."""
    placing = an_order("Placing", 2, intent=NOW)
    [step] = decide(a_case(a_workspace(), REFUSED, placing, intent=placing)).steps
    assert isinstance(step, MoveOrder)
    assert (step.order, step.status.state) == (placing, "Quoted")


def after(at: timedelta, **read: Any) -> Case:  # noqa: ANN401 - whatever `seen` takes
    """A look at that moment, counted from when the call may end."""
    return a_case(a_workspace(), REFUSED, cloud=a_cloud(a_listing(at=UNTIL + at)), **read)


def test_a_later_list_that_shows_nothing_ends_the_call() -> None:
    """Later, and not at that very moment. What the order says of it is gone then."""
    assert not ended(decide(after(timedelta(0))))
    plan = decide(after(SECOND))
    assert ended(plan)
    [step] = plan.steps
    assert isinstance(step, MoveOrder)
    assert "Nothing else" not in str(step.status.message)
    assert str(step.status.message).startswith("Not bought (CNY 1200.00 for 1 month), because ")


def test_a_list_that_lacks_neighbours_does_not() -> None:
    """It proves nothing; the resource says what is missing, and does not ask every second."""
    plan = decide(after(SECOND, neighbours=MISSING))
    assert "sc_flink-9 of team/other" in named(plan)
    assert plan.requeue.after is not None
    assert plan.requeue.after >= timedelta(seconds=30)


@pytest.mark.parametrize("workspace", [a_workspace(), None], ids=["there", "gone"])
def test_a_look_that_fails_does_not_whatever_our_clock_says(
    workspace: FlinkWorkspace | None,
) -> None:
    """A clock that is ahead makes looks fail, so it must not end what only a look can."""
    case = a_case(workspace, REFUSED, cloud=a_cloud(UNANSWERED), now=NOW + 10 * WINDOW)
    assert not any(isinstance(step, MoveOrder) for step in decide(case).steps)


def test_its_token_on_an_instance_makes_it_placed() -> None:
    """A copy was accepted."""
    [step] = decide(a_case(a_workspace(), REFUSED, cloud=a_cloud(a_listing(an_instance())))).steps
    assert isinstance(step, MoveOrder)
    assert (step.status.state, step.status.instance_id, step.status.outstanding_until) == (
        "Placed",
        ID,
        None,
    )


def test_where_its_account_can_not_be_asked_the_whole_window_ends_it() -> None:
    """And not before: as long as a lost call needs, by the cloud's clock."""
    order = refused(account_id="2")
    for at, over in ((WHOLE_WINDOW, False), (WHOLE_WINDOW + SECOND, True)):
        plan = decide(a_case(a_workspace(), order, cloud=a_cloud(a_listing(at=at))))
        assert ended(plan) is over
    [step] = plan.steps
    assert isinstance(step, MoveOrder)
    unseen = "No complete list of account 2 shows whether a copy of the call bought something."
    assert str(step.status.message).endswith(unseen)
    assert f"after {WHOLE_WINDOW:%Y-%m-%d %H:%M} UTC" in named(decide(a_case(a_workspace(), order)))


@pytest.mark.parametrize(
    ("there", "neighbours", "over"),
    [
        (UNANSWERED, (), False),
        (a_listing(at=UNTIL), (), False),
        (a_listing(at=UNTIL + SECOND), (), True),
        (a_listing(at=UNTIL + SECOND), MISSING, False),
    ],
    ids=["no list", "too early", "in time", "lacks a neighbour"],
)
def test_only_a_list_of_its_region_ends_it(
    there: Listing | Unknown, neighbours: tuple[Neighbour, ...], over: bool
) -> None:
    """The resource was created anew for another region. A list of that one says nothing, however
    late it is."""
    cloud = a_cloud(
        a_listing(at=WHOLE_WINDOW + SECOND), region=ELSEWHERE, elsewhere=((REGION, there),)
    )
    plan = decide(a_case(ANEW, REFUSED, cloud=cloud, neighbours=neighbours))
    assert any(isinstance(step, MoveOrder) for step in plan.steps) is over


@pytest.mark.parametrize(
    "orders", [(REFUSED,), (REFUSED, an_order("Uncertain", 2, workspace=ANEW))]
)
def test_its_region_is_looked_at_too(orders: tuple[FlinkWorkspaceOrder, ...]) -> None:
    """By its token, whatever else is asked; not right before a call, which must be close to the
    last list."""
    asked = questions(ANEW, orders, OWNER)
    assert asked is not None
    assert asked.region == ELSEWHERE
    assert asked.elsewhere == (Place(REGION, "demo", ((ORDER_TAG, REFUSED.spec.token),)),)
    placing = an_order("Placing", 2, workspace=ANEW)
    intent = Intent(placing.metadata.uid, MARK, 1)
    before_call = questions(ANEW, (REFUSED, placing), OWNER, intent)
    assert before_call is not None
    assert (before_call.final_check, before_call.elsewhere) == (True, ())


def test_an_older_version_knew_nothing_of_copies() -> None:
    """It wrote no end of the window: what it saw refused is waited for as if the answer had been
    lost."""
    order = an_order(
        "Rejected", intent=INTENT, answer="Throttled", evidence="Answer", settled_not_before=None
    )
    again = a_workspace(generation=2)
    assert named(decide(a_case(again, order, cloud=a_cloud(a_listing(at=WHOLE_WINDOW)))))
    [step] = decide(a_case(again, order, cloud=a_cloud(a_listing(at=WHOLE_WINDOW + SECOND)))).steps
    assert isinstance(step, OpenOrder)


def test_the_next_order_follows_when_the_call_is_over() -> None:
    """For a person who did something about it at once, and by itself after the back-off."""
    over = REFUSED.model_copy(update={"status": ledger.call_over(REFUSED, is_seen=True)})
    [step] = decide(a_case(a_workspace(generation=2), over)).steps
    assert isinstance(step, OpenOrder)
    assert step.number == 2
    assert decide(a_case(a_workspace(), over)).steps == ()


def test_a_wait_does_not_repeat_that_nobody_could_ask() -> None:
    """The order was closed by a manual edit while that stood on it."""
    order = an_order("Uncertain", intent=NOW - minutes(1))
    told = ledger.waiting(order, "its Secret is gone: create it").model_copy(
        update={"state": "NotPlaced"}
    )
    plan = decide(a_case(a_workspace(), order.model_copy(update={"status": told})))
    assert plan.verdict is not None
    assert "Nobody can ask" not in plan.verdict.message
    assert plan.verdict.message.count(": ") == 1, plan.verdict.message


class TestLettingGo:
    """The name is not free yet."""

    def test_deletion_of_the_resource_is_not_delayed(self) -> None:
        """It needs no cloud. The claim stays."""
        going = a_workspace(deleted=True)
        assert questions(going, (REFUSED,), OWNER) is None
        plan = decide(a_case(going, REFUSED, cloud=SeenCloud(), own_claims=(a_claim(),)))
        assert plan.steps == (RemoveFinalizer(),)

    def test_claim_and_ledger_are_kept_until_the_call_is_over(self) -> None:
        """The cloud is asked meanwhile, and both are given back afterwards."""
        asked = questions(None, (REFUSED,), OWNER)
        assert asked is not None
        assert (asked.region, asked.workspace_name, asked.fresh) == (REGION, "demo", True)
        waiting = decide(a_case(None, REFUSED, own_claims=(a_claim(),)))
        assert (waiting.steps, waiting.requeue.after is None) == ((), False)
        late = a_cloud(a_listing(at=UNTIL + SECOND))
        assert ended(decide(a_case(None, REFUSED, own_claims=(a_claim(),), cloud=late)))
        over = REFUSED.model_copy(update={"status": ledger.call_over(REFUSED, is_seen=True)})
        plan = decide(a_case(None, over, own_claims=(a_claim(),)))
        assert plan.steps == (ReleaseOrder(over), GiveBackClaim(a_claim()))
        assert plan.requeue.after is None

    def test_they_are_not_kept_for_ever_where_nobody_can_look(self) -> None:
        """The whole window is as long as it can take. The order stays outstanding, for whoever
        applies anew."""
        for now, kept in ((WHOLE_WINDOW, True), (WHOLE_WINDOW + SECOND, False)):
            down = SeenCloud(region=REGION, account_id=Unknown(Unreachable("a.B", "c")))
            plan = decide(a_case(None, REFUSED, own_claims=(a_claim(),), cloud=down, now=now))
            assert plan.steps == (() if kept else (ReleaseOrder(REFUSED), GiveBackClaim(a_claim())))

    def test_an_order_that_was_deleted_by_force_is_waited_for(self) -> None:
        """The resource's status says until when."""
        last = OrderSummary(
            name="demo-1", state="Rejected", intent_time=INTENT, settled_not_before=UNTIL
        )
        workspace = a_workspace(generation=2, status=FlinkWorkspaceStatus(order=last))
        assert f"{UNTIL:%H:%M} UTC" in named(
            decide(a_case(workspace, cloud=a_cloud(a_listing(at=UNTIL))))
        )
        [step] = decide(a_case(workspace, cloud=a_cloud(a_listing(at=UNTIL + SECOND)))).steps
        assert isinstance(step, OpenOrder)


@pytest.mark.parametrize(("at", "until"), [(NOW, WHOLE_WINDOW), (WHOLE_WINDOW + SECOND, None)])
def test_a_strangers_instance_does_not_undo_the_call(at: object, until: object) -> None:
    """It explains an answer, but ours may be executed once it is released: until the window ends
    nothing follows."""
    order = an_order("Uncertain", intent=INTENT, answer="NameTaken")
    stranger = an_instance(order=None, create_time=INTENT - SECOND)
    [step] = decide(a_case(a_workspace(), order, cloud=a_cloud(a_listing(stranger, at=at)))).steps  # type: ignore[arg-type]
    assert isinstance(step, MoveOrder)
    assert (step.status.state, step.status.outstanding_until) == ("Rejected", until)
