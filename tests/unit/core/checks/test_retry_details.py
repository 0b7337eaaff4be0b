"""The waits between orders: which order counts, for how long, and what is said meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import STATES
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.backoff import due_if_fruitless
from flink_workspace_operator.core.checks.retry import (
    wait_for_change,
    wait_for_connection,
    wait_for_end_of_call,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.neighbours import Neighbour
from flink_workspace_operator.core.plan import Plan
from tests.builders import (
    ACCOUNT,
    ID,
    NOW,
    REGION,
    SETTINGS,
    WINDOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)

SECOND = timedelta(seconds=1)
INTENT = NOW - minutes(2)
UNTIL = NOW + minutes(10)
MISSING = (Neighbour(Key("team", "other"), ACCOUNT, REGION, "sc_flink-9"),)
OUTSTANDING = an_order(
    "Rejected", intent=INTENT, answer="Throttled", outstanding_until=UNTIL, message="Not bought."
)
NOT_PLACED = an_order("NotPlaced", intent=INTENT)


def at(
    moment: timedelta, *orders: FlinkWorkspaceOrder, neighbours: tuple[Neighbour, ...] = ()
) -> Case:
    """A list that shows nothing, so long after now."""
    return a_case(
        a_workspace(), *orders, cloud=a_cloud(a_listing(at=NOW + moment)), neighbours=neighbours
    )


def said(plan: Plan | None) -> str:
    """What the resource says; nothing is done meanwhile."""
    assert plan is not None
    assert plan.verdict is not None
    assert plan.steps == ()
    return plan.verdict.message


def undated(order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrder:
    """The same without the time of its announcement."""
    return order.model_copy(
        update={"status": order.status.model_copy(update={"intent_time": None})}
    )


class TestEndOfCall:
    """The last call, or one of which a copy may come."""

    def test_an_outstanding_order_counts_before_a_later_one(self) -> None:
        """Another order of the same name was closed since; the copy may come all the same."""
        later = an_order("Rejected", 2, answer="ParametersRefused", at=INTENT)
        assert "order demo-1" in said(wait_for_end_of_call(at(timedelta(0), OUTSTANDING, later)))

    def test_it_counts_also_where_nothing_is_wished_any_more(self) -> None:
        """The workspace is there; another is not bought over its copy."""
        there = a_cloud(a_listing(an_instance(ID, order=9)))
        told = said(wait_for_end_of_call(a_case(a_workspace(), OUTSTANDING, cloud=there)))
        assert "order demo-1" in told

    def test_a_request_is_told_from_when_it_counts(self) -> None:
        """And nobody is told of a request who made none."""
        asked = a_workspace(annotations={RECONCILE_REQUESTED_AT: "1"})
        for workspace, is_told in ((asked, True), (a_workspace(), False)):
            told = said(
                wait_for_end_of_call(
                    a_case(workspace, OUTSTANDING, cloud=a_cloud(a_listing(at=NOW)))
                )
            )
            assert (". The request counts from " in told) is is_told

    def test_the_back_off_counts_all_that_came_to_nothing_in_a_row(self) -> None:
        """With the one whose outcome is open: the third waits four times as long as the first."""
        tried = [an_order("NotPlaced", number, intent=INTENT) for number in (1, 2)]
        open_ = an_order("Uncertain", 3, intent=INTENT)
        first = timedelta(seconds=SETTINGS.refusal_backoff_seconds)
        assert due_if_fruitless(at(timedelta(0), open_), open_) == INTENT + first
        assert due_if_fruitless(at(timedelta(0), *tried, open_), open_) == INTENT + 4 * first

    def test_an_incomplete_list_matters_once_the_time_is_over(self) -> None:
        """Before that the order itself says until when."""
        early, late = (
            wait_for_end_of_call(at(moment, OUTSTANDING, neighbours=MISSING))
            for moment in (minutes(9), minutes(11))
        )
        assert "order demo-1" in said(early)
        assert "sc_flink-9" in said(late)

    def test_an_outstanding_order_blocks_until_the_ledger_says_that_its_call_is_over(self) -> None:
        """The time alone ends nothing: a list of a later time must have been read for it."""
        assert "order demo-1" in said(wait_for_end_of_call(at(minutes(11), OUTSTANDING)))

    def test_an_order_that_came_to_nothing_is_over_with_its_window(self) -> None:
        """Whatever a list lacks by then; another check asks for a complete one."""
        assert wait_for_end_of_call(at(WINDOW, NOT_PLACED, neighbours=MISSING)) is None

    def test_a_change_shortens_the_back_off_and_not_the_call(self) -> None:
        """The first order waits for its call alone; the second in a row for longer, and only that
        is shortened."""
        second = an_order("NotPlaced", 2, intent=INTENT)
        assert "on also with kubectl" not in said(
            wait_for_end_of_call(at(timedelta(0), NOT_PLACED))
        )
        told = said(wait_for_end_of_call(at(timedelta(0), NOT_PLACED, second)))
        assert (
            f"; from {INTENT + WINDOW:%Y-%m-%d %H:%M} UTC on also with kubectl annotate fws demo -n team "
            in told
        )

    def test_the_wait_between_looks_rises_with_the_age_of_the_call(self) -> None:
        """A quarter of it."""
        plan = wait_for_end_of_call(at(timedelta(0), NOT_PLACED))
        assert plan is not None
        assert plan.requeue.after == timedelta(seconds=30)

    def test_a_call_without_a_time_counts_from_the_creation_of_its_order(self) -> None:
        """It is waited for like any other."""
        order = undated(
            an_order("Rejected", created=INTENT, answer="Throttled", outstanding_until=UNTIL)
        )
        plan = wait_for_end_of_call(at(timedelta(0), order))
        assert plan is not None
        assert plan.requeue.after == timedelta(seconds=30)

    def test_orders_of_another_action_do_not_count(self) -> None:
        """What came to nothing of one says nothing of the other."""
        other = NOT_PLACED.model_copy(
            update={"spec": NOT_PLACED.spec.model_copy(update={"action": "Grow"})}
        )
        assert wait_for_end_of_call(at(timedelta(0), other)) is None
        assert wait_for_end_of_call(at(timedelta(0), NOT_PLACED)) is not None


class TestChange:
    """A state after which no order follows by itself."""

    @pytest.fixture(autouse=True)
    def _declined(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(STATES, "Canceled", replace(STATES["Canceled"], next_follows=False))

    def test_a_resource_that_wishes_nothing_waits_for_nothing(self) -> None:
        """Its workspace is there."""
        cloud = a_cloud(a_listing(an_instance(ID, order=9)))
        assert wait_for_change(a_case(a_workspace(), an_order("Canceled"), cloud=cloud)) is None
        assert wait_for_change(a_case(a_workspace(), an_order("Canceled"))) is not None

    def test_another_wish_is_not_the_one_that_ended(self) -> None:
        """Also where the generation tells nothing, for example after a restore."""
        assert (
            wait_for_change(a_case(a_workspace(resources={"cu": 20}), an_order("Canceled"))) is None
        )


class TestConnection:
    """A call that was never sent."""

    @pytest.mark.parametrize(("age", "wait"), [(10, 20), (29, 1), (30, None)])
    def test_it_is_announced_anew_half_a_minute_after_its_announcement(
        self, age: int, wait: int | None
    ) -> None:
        """Not at once: each announcement costs writes."""
        order = an_order("Quoted", intent=NOW - age * SECOND, answer="Unreachable")
        plan = wait_for_connection(at(timedelta(0), order))
        assert (None if plan is None else plan.requeue.after) == (
            None if wait is None else wait * SECOND
        )

    def test_an_order_that_was_taken_back_for_another_reason_does_not_wait(self) -> None:
        """Nothing is wrong with the connection."""
        assert (
            wait_for_connection(
                at(timedelta(0), an_order("Quoted", intent=NOW, evidence="NothingSent"))
            )
            is None
        )

    def test_an_order_whose_call_may_be_under_way_does_not_wait_for_that(self) -> None:
        """Its outcome is waited for, by another check."""
        assert (
            wait_for_connection(
                at(timedelta(0), an_order("Uncertain", intent=NOW, answer="Unreachable"))
            )
            is None
        )
