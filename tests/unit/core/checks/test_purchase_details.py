"""Each check before a purchase holds by itself, whatever the checks before it let through."""

from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.checks.purchase import (
    open_next_order,
    wait_for_outcome,
    write_intent,
)
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import ServerError
from flink_workspace_operator.core.facts.observed import SeenInstance, Unknown
from flink_workspace_operator.core.pace import SOON
from flink_workspace_operator.core.plan import MoveOrder, OpenOrder, PlaceOrder, Plan, WriteIntent
from tests.builders import (
    MARK,
    NOW,
    a_case,
    a_cloud,
    a_listing,
    a_quote,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)

SECOND = timedelta(seconds=1)
UNANSWERED = Unknown(ServerError("foasconsole.QueryCreateInstancePrice", "500"))
ELSEWHERE = a_workspace(region="cn-shanghai")


def moved(plan: Plan | None) -> MoveOrder:
    """The one step of the plan."""
    assert plan is not None
    [step] = plan.steps
    assert isinstance(step, MoveOrder)
    return step


def intent(plan: Plan | None) -> WriteIntent:
    """The one step of the plan."""
    assert plan is not None
    [step] = plan.steps
    assert isinstance(step, WriteIntent)
    return step


def message(plan: Plan | None) -> str:
    """What the resource says."""
    assert plan is not None
    assert plan.verdict is not None
    return plan.verdict.message


def without_date(order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrder:
    """The same, as if its announcement had no time."""
    return order.model_copy(
        update={"status": order.status.model_copy(update={"intent_time": None})}
    )


UNSENT = "Nothing was sent (CNY 1200.00 for 1 month), because"


class TestOpening:
    """A new order."""

    def test_a_resource_that_wishes_nothing_gets_none(self) -> None:
        """Its workspace is there."""
        assert (
            open_next_order(a_case(a_workspace(), cloud=a_cloud(a_listing(an_instance())))) is None
        )
        opened = open_next_order(a_case(a_workspace()))
        assert opened is not None
        assert isinstance(opened.steps[0], OpenOrder)


class TestAnnouncing:
    """The intent."""

    def test_without_an_order_nothing_is_announced(self) -> None:
        """The next pass reads everything again."""
        assert write_intent(a_case(a_workspace())) == Plan(requeue=SOON)

    def test_without_a_known_account_nothing_is_announced(self) -> None:
        """It may be another one that would pay."""
        case = a_case(a_workspace(), an_order(), cloud=a_cloud(account_id=UNANSWERED))
        assert write_intent(case) == Plan(requeue=SOON)

    def test_an_order_for_another_place_is_closed(self) -> None:
        """Also if what it describes is the same."""
        step = moved(write_intent(a_case(a_workspace(), an_order(workspace=ELSEWHERE))))
        assert (step.status.state, step.status.evidence) == ("Superseded", "SpecChanged")

    def test_an_order_without_a_price_gets_one_with_its_intent(self) -> None:
        """Nobody would know what was agreed to."""
        assert (
            intent(write_intent(a_case(a_workspace(), an_order(quote=None)))).status.quote
            == a_quote()
        )

    def test_without_any_price_nothing_is_announced(self) -> None:
        """Neither the order nor the cloud has one."""
        plan = write_intent(
            a_case(a_workspace(), an_order(quote=None), cloud=a_cloud(quote=UNANSWERED))
        )
        assert plan is not None
        assert (plan.steps, plan.retry) == ((), UNANSWERED.failure)

    def test_a_young_price_of_the_order_will_do_where_none_is_answered(self) -> None:
        """At most a quarter of an hour old."""
        known = a_quote(NOW - minutes(15))
        plan = write_intent(
            a_case(a_workspace(), an_order(quote=known), cloud=a_cloud(quote=UNANSWERED))
        )
        assert intent(plan).status.quote == known

    def test_an_old_price_that_is_not_answered_is_waited_for(self) -> None:
        """With back-off, and the old one is not used."""
        order = an_order(quote=a_quote(NOW - minutes(16)))
        plan = write_intent(a_case(a_workspace(), order, cloud=a_cloud(quote=UNANSWERED)))
        assert plan is not None
        assert (plan.steps, plan.retry) == ((), UNANSWERED.failure)


class TestSending:
    """The last look before the call."""

    placing = an_order("Placing", intent=NOW - SECOND)

    def why_not(self, *found: SeenInstance, **workspace: Any) -> str:  # noqa: ANN401 - any field of the resource
        """The message of the order that is taken back."""
        case = a_case(
            a_workspace(**workspace),
            self.placing,
            intent=self.placing,
            cloud=a_cloud(a_listing(*found)),
        )
        step = moved(decide(case))
        assert step.status.state == "Quoted"
        return str(step.status.message)

    def test_an_order_that_is_taken_back_says_why(self) -> None:
        """In the words of what was changed since."""
        assert self.why_not(suspend=True) == f"{UNSENT} the FlinkWorkspace was suspended."

    def test_an_order_whose_name_is_not_free_says_so(self) -> None:
        """Somebody else was faster."""
        said = self.why_not(an_instance(order=None, create_time=NOW - minutes(99)))
        assert said == f"{UNSENT} the last list before the call did not show that the name is free."

    def test_a_call_without_its_date_is_not_sent(self) -> None:
        """The gateway could not refuse it when it comes late."""
        undated = without_date(self.placing)
        step = moved(decide(a_case(a_workspace(), undated, intent=undated)))
        assert step.status.message == f"{UNSENT} the time to send it had passed."

    def test_an_order_that_another_process_moved_is_not_sent(self) -> None:
        """It has the mark of this process's intent still, and its outcome is open by now."""
        moved_on = an_order("Uncertain", intent=NOW - SECOND, intent_mark=MARK)
        plan = decide(a_case(a_workspace(), moved_on, intent=moved_on))
        assert not any(isinstance(step, PlaceOrder | MoveOrder) for step in plan.steps)


class TestWaiting:
    """An outcome that is open."""

    def waits(self, order: FlinkWorkspaceOrder, **read: Any) -> Plan:  # noqa: ANN401 - whatever `a_case` takes
        """The plan."""
        plan = wait_for_outcome(a_case(a_workspace(), order, **read))
        assert plan is not None
        assert plan.steps == ()
        return plan

    def test_the_wait_between_looks_rises_with_the_age_of_the_call(self) -> None:
        """A quarter of it: an answer that was lost long ago is not asked for every second."""
        assert self.waits(
            an_order("Uncertain", intent=NOW - minutes(2))
        ).requeue.after == timedelta(seconds=30)

    def test_a_call_of_unknown_age_is_asked_for_soon(self) -> None:
        """As one that was announced just now."""
        assert self.waits(without_date(an_order("Uncertain"))).requeue == SOON

    @pytest.mark.parametrize("said", ["The answer was lost.", None])
    def test_what_the_order_says_is_repeated(self, said: str | None) -> None:
        """An order that says nothing is told all the same to be open."""
        known = said or "It is not known whether this was bought (CNY 1200.00 for 1 month)."
        plan = self.waits(an_order("Uncertain", message=said))
        assert message(plan).startswith(f"order demo-1: {known} Nothing else is bought before ")

    def test_an_unexplained_refusal_is_no_work_for_a_person_while_its_outcome_is_open(self) -> None:
        """Nobody knows what to change. Any other that waits for somebody says so."""
        for answer, kind in (("Unexplained", "Progressing"), ("BalanceTooLow", "Suspended")):
            plan = self.waits(an_order("Uncertain", answer=answer))
            assert plan.verdict is not None
            assert plan.verdict.kind == kind

    def test_a_key_of_another_account_can_not_ask_about_a_former_name(self) -> None:
        """The way out is named: waiting alone would not help."""
        former = an_order(
            "Uncertain", workspace=a_workspace(workspace_name="former"), account_id="2"
        )
        plan = self.waits(former)
        assert plan.verdict is not None
        assert (plan.verdict.kind, plan.verdict.reason) == ("Stalled", "AccountChanged")
        assert "this order of 2" in plan.verdict.message
