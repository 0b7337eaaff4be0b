"""Approval: what needs one is announced only after it, at the price approved or a lower one."""

from datetime import datetime
from typing import Any

import pytest

from flink_workspace_operator.api.approval import (
    Agreement,
    Decision,
    FlinkPurchaseApproval,
    FlinkPurchaseApprovalSpec,
    OrderAtPrice,
)
from flink_workspace_operator.api.base import Metadata
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.approval import FIELD
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.snapshot import Intent
from flink_workspace_operator.core.orders import unsent
from flink_workspace_operator.core.plan import (
    MoveOrder,
    OpenOrder,
    PlaceOrder,
    Plan,
    Requeue,
    WriteIntent,
)
from flink_workspace_operator.core.questions import questions
from flink_workspace_operator.core.reporting.events import events_of_orders
from tests.builders import (
    KEY,
    MARK,
    NOW,
    OWNER,
    SETTINGS,
    a_case,
    a_cloud,
    a_quote,
    a_workspace,
    an_order,
    minutes,
    reported,
)

MANUAL: dict[str, Any] = {"purchase": {"approval": "Manual"}}
NEEDED = Agreement(required=True, by=FIELD)


def asked(
    amount: str = "1200.00",
    state: str = "AwaitingApproval",
    **status: Any,  # noqa: ANN401 - any field
) -> FlinkWorkspaceOrder:
    """An order whose price somebody was asked about."""
    quote = a_quote(amount=amount)
    order = an_order("Quoted", quote=quote)
    new = unsent.asked(order, 1, quote, NOW, FIELD).model_copy(update={"state": state, **status})
    return order.model_copy(update={"status": new})


def decided(
    order: FlinkWorkspaceOrder,
    decision: Decision = "Approved",
    *,
    at: datetime = NOW,
    called: str = "yes",
    about: dict[str, str] | None = None,
) -> FlinkPurchaseApproval:
    """A decision on the order, as it was asked."""
    where = {"name": order.metadata.name, "digest": order.status.digest or "", **(about or {})}
    metadata = Metadata(
        name=called,
        namespace=KEY.namespace,
        uid=f"uid-of-{called}",
        resource_version="5",
        creation_timestamp=at,
    )
    spec = FlinkPurchaseApprovalSpec(
        order=OrderAtPrice(**where), decision=decision, approver="finance"
    )
    return FlinkPurchaseApproval(metadata=metadata, spec=spec)


def at_price(amount: str | None, **quote: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """The cloud's price of this pass."""
    now = Quote(**{"basis": "Term", "currency": "CNY", "quoted_at": NOW, **quote})
    return {"cloud": a_cloud(quote=now.model_copy(update={"trade_amount": amount}))}


def planned(
    order: FlinkWorkspaceOrder,
    *approvals: FlinkPurchaseApproval,
    workspace: dict[str, Any] = MANUAL,
    **read: Any,  # noqa: ANN401 - whatever `seen` takes
) -> Plan:
    """The plan of a pass that read these decisions."""
    return decide(a_case(a_workspace(**workspace), order, approvals=approvals, **read))


def moved(plan: Plan) -> Any:  # noqa: ANN401 - the status of whatever step
    """The status that the order gets."""
    (step,) = plan.steps
    assert isinstance(step, MoveOrder | WriteIntent), step
    return step.status


class TestAsking:
    """An order is opened first, so that there is something to approve."""

    def test_an_order_is_opened_without_an_approval(self) -> None:
        """It is no purchase yet."""
        (step,) = decide(a_case(a_workspace(**MANUAL))).steps
        assert isinstance(step, OpenOrder)
        assert step.status.state == "Quoted"

    def test_a_quoted_order_asks_instead_of_being_announced(self) -> None:
        """With the price, and its digest."""
        status = moved(planned(an_order()))
        assert (status.state, status.approval) == ("AwaitingApproval", NEEDED)
        assert status.asked.amount == "1200.00"
        assert status.digest == unsent.digest(an_order().spec, 1, status.asked)

    def test_whoever_waits_reads_what_to_do(self) -> None:
        """The same from pass to pass, and looked at once a resync."""
        plan = planned(asked())
        assert (plan.steps, plan.requeue) == ((), Requeue(SETTINGS.resync))
        assert plan.verdict is not None
        assert (plan.verdict.kind, plan.verdict.reason) == ("Suspended", "ApprovalPending")
        assert plan.verdict.message == (
            "order demo-1 waits for approval, as spec.purchase.approval asks for, and costs CNY 1200.00 for 1 month:"
            " approve it with kubectl flink approve demo -n team, or create a FlinkPurchaseApproval with the name and"
            " the status.digest of that order"
        )

    @pytest.mark.parametrize("approval", ["Automatic", None])
    def test_nobody_is_asked_where_nobody_wants_it(self, approval: str | None) -> None:
        """The order says so: a version that knows no approvals cannot say it, and cannot buy."""
        purchase = {"approval": approval, "maximum_price": {"amount": "9999", "currency": "CNY"}}
        for order in (an_order(), asked()):
            status = moved(planned(order, workspace={"purchase": purchase}))
            assert (status.state, status.approval) == ("Placing", Agreement(required=False))
            assert status.asked is None

    def test_a_maximum_holds_whatever_was_approved(self) -> None:
        """Both must agree."""
        order = asked()
        both = {
            "purchase": {"approval": "Manual", "maximum_price": {"amount": "1", "currency": "CNY"}}
        }
        plan = planned(order, decided(order), workspace=both)
        assert plan.verdict is not None
        assert (plan.steps, plan.verdict.reason) == ((), "PriceAboveLimit")


class TestDeciding:
    """Bound to the order and to its price."""

    def test_an_approved_order_is_announced_with_its_approval(self) -> None:
        """Who, when, and the digest that was approved."""
        order = asked()
        status = moved(planned(order, decided(order)))
        assert (status.state, status.digest) == ("Placing", order.status.digest)
        assert status.approval == Agreement(
            required=True,
            by=FIELD,
            name="yes",
            uid="uid-of-yes",
            decision="Approved",
            approver="finance",
            time=NOW,
        )

    @pytest.mark.parametrize(
        "about",
        [{"digest": "sha256:" + "0" * 64}, {"name": "demo-2"}],
        ids=lambda about: next(iter(about)),
    )
    def test_an_approval_of_something_else_does_nothing(self, about: dict[str, str]) -> None:
        """Another price, another order, or one of a former resource of this name."""
        order = asked()
        plan = planned(order, decided(order, about=about))
        assert plan.verdict is not None
        assert plan.verdict.reason == "ApprovalPending"

    def test_an_approval_is_worth_nothing_after_the_resource_was_recreated(self) -> None:
        """The digest is about the uid."""
        first, again = asked(), asked()
        spec = an_order(uid="uid-2").spec
        again = again.model_copy(update={"spec": spec})
        renewed = unsent.asked(again, 1, a_quote(), NOW, FIELD)
        assert renewed.digest != first.status.digest

    @pytest.mark.parametrize("denied_at", [NOW - minutes(9), NOW + minutes(9)])
    def test_denied_wins(self, denied_at: datetime) -> None:
        """Whichever came first."""
        order = asked()
        both = (decided(order), decided(order, "Denied", at=denied_at, called="no"))
        for approvals in (both, both[::-1]):
            status = moved(planned(order, *approvals))
            assert (status.state, status.evidence) == ("Declined", "Denied")
            assert status.message == (
                "Nothing was sent (CNY 1200.00 for 1 month), because FlinkPurchaseApproval no by finance denies it."
            )
            assert status.approval.name == "no"

    def test_what_was_denied_waits_for_a_change_or_a_request(self) -> None:
        """No other order follows by itself."""
        order = asked(state="Declined", message="Nothing was sent, because somebody denies it.")
        plan = planned(order)
        assert plan.verdict is not None
        assert (plan.steps, plan.verdict.reason) == ((), "WaitingForChange")


class TestPrice:
    """A lower one goes through, a higher one asks again."""

    def test_a_lower_price_is_what_was_approved(self) -> None:
        """The ledger has both."""
        order = asked()
        status = moved(planned(order, decided(order), **at_price("900.00")))
        assert status.state == "Placing"
        assert (status.quote.trade_amount, status.asked.amount) == ("900.00", "1200.00")
        assert status.digest == order.status.digest

    @pytest.mark.parametrize(
        "price",
        [
            at_price("1200.01"),
            at_price("1100.00", currency="USD"),
            at_price("1100.00", basis="Hour"),
            at_price(None),
            at_price("free"),
        ],
    )
    def test_what_is_no_lower_price_asks_again(self, price: dict[str, Any]) -> None:
        """Higher, in another currency, of another kind, or no number: with another digest."""
        order = asked()
        status = moved(planned(order, decided(order), **price))
        assert status.state == "AwaitingApproval"
        assert status.digest != order.status.digest

    def test_the_question_says_that_the_price_rose(self) -> None:
        """And an event does."""
        order = asked()
        status = moved(planned(order, **at_price("1300.00")))
        assert status.message == (
            "The price is CNY 1300.00 for 1 month now, and was CNY 1200.00 for 1 month. Nothing is bought before"
            " somebody approves CNY 1300.00 for 1 month, as spec.purchase.approval asks for."
        )
        after = order.model_copy(update={"status": status})
        ((_, event),) = events_of_orders((order,), (after,))
        assert (event.reason, event.type) == ("PriceChanged", "Warning")

    def test_pay_as_you_go_without_a_price_is_approved_as_such(self) -> None:
        """Nobody can name an amount."""
        use = Quote(basis="Hour", quoted_at=NOW)
        order = an_order("Quoted", quote=use)
        order = order.model_copy(update={"status": unsent.asked(order, 1, use, NOW, FIELD)})
        status = moved(planned(order, decided(order), cloud=a_cloud(quote=use)))
        assert status.state == "Placing"


class TestCall:
    """The decision is read once more, before the resource, in the pass that sends."""

    def announced(self) -> FlinkWorkspaceOrder:
        """As it stands after an approval."""
        order = asked()
        status = moved(planned(order, decided(order)))
        changes = {"intent_mark": MARK, "settled_not_before": NOW + minutes(25)}
        return order.model_copy(update={"status": status.model_copy(update=changes)})

    def test_it_is_sent_while_it_is_approved(self) -> None:
        """Once."""
        order = self.announced()
        (step,) = planned(order, decided(order), intent=order).steps
        assert isinstance(step, PlaceOrder)

    def test_it_is_not_sent_without_its_approval_or_once_it_is_denied(self) -> None:
        """It is taken back, and waits again."""
        order = self.announced()
        no = decided(order, "Denied", called="no")
        for approvals in ((), (decided(order), no)):
            status = moved(planned(order, *approvals, intent=order))
            assert (status.state, status.evidence) == ("Quoted", "NothingSent")
            assert "because the approval is gone, or somebody denied it" in status.message
            back = order.model_copy(update={"status": status})
            again = moved(planned(back, *approvals))
            assert (again.state, again.approval) == ("AwaitingApproval", NEEDED)

    def test_what_was_taken_back_keeps_its_approval(self) -> None:
        """For any other reason than the decision: nobody has to approve the same twice."""
        order = self.announced()
        back = order.model_copy(update={"status": unsent.not_sent(order, NOW, "it had to wait")})
        assert moved(planned(back, decided(order))).state == "Placing"
        lower = moved(planned(back, decided(order), **at_price("900.00")))
        assert (lower.state, lower.digest) == ("Placing", order.status.digest)

    def test_an_approval_that_is_asked_for_meanwhile_stops_the_call(self) -> None:
        """As after a restore: the resource is in the generation that was announced."""
        order = an_order("Placing", intent=NOW, approval=Agreement(required=False))
        assert moved(planned(order, intent=order)).state == "Quoted"

    def test_decisions_are_read_where_they_count(self) -> None:
        """And nowhere else: most resources need none."""
        order = self.announced()
        intent = Intent(order.metadata.uid, MARK, 1)
        for about, wanted in (
            (questions(a_workspace(**MANUAL), (asked(),), OWNER), "demo-1"),
            (questions(a_workspace(**MANUAL), (order,), OWNER, intent), "demo-1"),
            (questions(a_workspace(**MANUAL), (order,), OWNER), None),
            (questions(a_workspace(), (an_order(),), OWNER), None),
        ):
            assert about is not None
            assert about.approvals_of == wanted


def test_events_tell_each_step_once() -> None:
    """Asked, approved, denied."""
    quoted, waiting = an_order(), asked()
    approved = waiting.model_copy(update={"status": moved(planned(waiting, decided(waiting)))})
    no = decided(waiting, "Denied")
    denied = waiting.model_copy(update={"status": moved(planned(waiting, no))})
    told = [
        event.reason
        for before, after in ((quoted, waiting), (waiting, approved), (waiting, denied))
        for _, event in events_of_orders((before,), (after,))
    ]
    assert told == ["ApprovalRequested", "Approved", "ApprovalDenied"]


def test_the_resource_shows_the_order_and_its_price() -> None:
    """It is Suspended: somebody is waited for, and nothing is wrong."""
    case = a_case(a_workspace(**MANUAL), asked())
    assert isinstance(case, Case)
    status = reported(case, decide(case))
    assert status.order is not None
    assert (status.order.state, status.order.price) == (
        "AwaitingApproval",
        "CNY 1200.00 for 1 month",
    )
    shown = {each.type: (each.status, each.reason) for each in status.conditions}
    assert shown["Ready"] == ("Unknown", "ApprovalPending")
    assert shown["Suspended"] == ("True", "ApprovalPending")
    assert shown["Stalled"][0] == "False"
    assert shown["Purchased"][0] == "False"
