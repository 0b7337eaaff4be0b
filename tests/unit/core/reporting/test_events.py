"""Events: only what happened, once each, whatever a process forgets between two passes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.parameters import Renewal, Subscription, Term
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.observed import Absent, SeenNetwork
from flink_workspace_operator.core.plan import Event, RemoveFinalizer, Verdict
from flink_workspace_operator.core.reporting.events import events_of_orders, events_of_steps
from flink_workspace_operator.core.reporting.report import report
from flink_workspace_operator.core.reporting.turning_points import turning_points
from tests.builders import (
    ID,
    NOW,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    reported,
)

FULFILLED = an_order("Fulfilled")
NOTHING = FlinkWorkspaceStatus()
NO_VPC = a_cloud(network=SeenNetwork(False, ()))
BY_ITSELF = Subscription(
    initial_term=Term(count=1, unit="Month"), renewal=Renewal(mode="Automatic")
)


def running(
    status: FlinkWorkspaceStatus | None = None,
    said: dict[str, Any] | None = None,
    **spec: Any,  # noqa: ANN401 - any value
) -> Case:
    """A workspace that runs, in a list of which an instance says `said`."""
    cloud = a_cloud(a_listing(an_instance(**(said or {}))))
    return a_case(a_workspace(status=status, **spec), FULFILLED, cloud=cloud)


def told(case: Case) -> tuple[FlinkWorkspaceStatus, tuple[Event, ...]]:
    """The status after a pass by a process that remembers nothing, and its events."""
    after = reported(case, decide(case))
    return after, turning_points(case, case.workspace.status, after)


def days_before_the_end(days: float, status: FlinkWorkspaceStatus, **spec: Any) -> Case:  # noqa: ANN401 - any field
    """A workspace that runs, so many days before its paid time ends."""
    return running(status, {"expire_time": NOW + timedelta(days=days)}, **spec)


def test_a_quiet_pass_has_none() -> None:
    """The same status and ledger before and after."""
    status, _ = told(running())
    assert told(running(status)) == (status, ())
    assert events_of_orders((FULFILLED,), (FULFILLED,)) == ()


def test_becoming_ready_and_stalling_are_told() -> None:
    """Each turn once; another reason is another turn."""
    ready, events = told(running())
    assert [event.reason for event in events] == ["WorkspaceReady"]
    lost = running(ready)
    stalled = report(lost, Verdict("Stalled", "Lost", "gone"))
    assert [event.reason for event in turning_points(lost, ready, stalled)] == ["Lost"]


def test_an_order_that_came_into_a_state_is_told() -> None:
    """With its name and message."""
    before, after = an_order("Placing"), an_order("Placed", message=f"Bought: {ID}.")
    [(order, event)] = events_of_orders((before,), (after,))
    assert order is after
    assert (event.type, event.reason, event.message) == (
        "Normal",
        "OrderPlaced",
        f"demo-1: Bought: {ID}.",
    )


def test_what_a_deletion_leaves_is_told() -> None:
    """As the step says it."""
    [event] = events_of_steps((RemoveFinalizer("sc_1 stays"),))
    assert event == Event("Warning", "WorkspaceKept", "sc_1 stays")


class TestDrift:
    """Once for each change."""

    def test_each_change_is_told_once(self) -> None:
        """And the end of it not at all."""
        status, _ = told(running())
        for said, count in (
            ({"cu": 20}, 1),
            ({"cu": 20}, 0),
            ({"cu": 30}, 1),
            ({}, 0),
            ({"cu": 30}, 1),
        ):
            status, events = told(running(status, said))
            assert [event.reason for event in events] == ["Drifted"] * count
            assert all(
                f"resources.cu is {said['cu']} in the cloud" in event.message for event in events
            )

    def test_what_is_not_adopted_yet_stalls_instead(self) -> None:
        """One event says it."""
        case = a_case(
            a_workspace(adoption={"policy": "IfNameMatches"}),
            cloud=a_cloud(a_listing(an_instance(order=None, cu=20))),
        )
        assert [event.reason for event in told(case)[1]] == ["AdoptionDiffers"]


class TestMissing:
    """A prerequisite that is missing."""

    def test_it_is_told_at_first_sight_and_not_again(self) -> None:
        """Not when it has been missing for so long that it stalls, either."""
        status, [event] = told(a_case(a_workspace(), cloud=NO_VPC))
        assert (event.type, event.reason) == ("Warning", "VpcNotFound")
        assert told(a_case(a_workspace(status=status), cloud=NO_VPC))[1] == ()
        much_later = NOW + timedelta(hours=1)
        stalled, events = told(a_case(a_workspace(status=status), cloud=NO_VPC, now=much_later))
        assert {each.type: each.status for each in stalled.conditions}["Stalled"] == "True"
        assert events == ()

    def test_two_are_told_as_two(self) -> None:
        """Whoever mends one sees the other."""
        cloud = replace(NO_VPC, storage=Absent())
        _, events = told(a_case(a_workspace(), cloud=cloud))
        assert [event.reason for event in events] == ["VpcNotFound", "BucketNotFound"]

    def test_what_the_operator_makes_itself_is_not_told(self) -> None:
        """That it was made is."""
        assert told(a_case(a_workspace(), cloud=a_cloud(role=Absent())))[1] == ()
        required = a_workspace(ram_role={"management": "Require"})
        assert [
            each.reason for each in told(a_case(required, cloud=a_cloud(role=Absent())))[1]
        ] == ["RoleMissing"]

    def test_it_is_told_of_a_workspace_that_runs(self) -> None:
        """Its jobs lose their bucket."""
        ready, _ = told(running())
        case = running(ready)
        gone = replace(
            case, seen=case.seen.updated(cloud=replace(case.seen.cloud, storage=Absent()))
        )
        assert [event.reason for event in told(gone)[1]] == ["BucketNotFound"]


class TestCountdown:
    """30, 14, 7, 3 days and 1 day before the end, and at the end."""

    def test_each_rung_is_told_once(self) -> None:
        """Whatever restarts in between, and however often a pass looks."""
        status, days_told = told(days_before_the_end(31, NOTHING))[0], []
        for quarter in range(30 * 4 + 3, -5, -1):
            status, events = told(days_before_the_end(quarter / 4, status))
            days_told += [
                (quarter / 4, event.type)
                for event in events
                if event.reason in ("ExpiresSoon", "Expired")
            ]
        assert days_told == [
            *((30, "Normal"), (14, "Normal")),
            *((7, "Warning"), (3, "Warning"), (1, "Warning"), (0, "Warning")),
        ]

    def test_it_says_what_to_do_and_until_when(self) -> None:
        """And at the end, on which day the data go."""
        status, _ = told(days_before_the_end(8, NOTHING))
        [event] = told(days_before_the_end(6.5, status))[1]
        assert (
            event.message
            == f"{ID} is paid for another 7 days, until 2026-11-29 21:00 UTC; renew it in the console"
        )
        [event] = told(days_before_the_end(0, status))[1]
        assert event.message == (
            f"the paid time of {ID} ended at 2026-11-23 09:00 UTC; renew it in the console before"
            " 2026-12-08 09:00 UTC, when its data are deleted"
        )

    def test_of_several_rungs_the_nearest_to_the_end_is_told(self) -> None:
        """The operator was away."""
        status, _ = told(days_before_the_end(31, NOTHING))
        assert [
            "another 2 days" in event.message for event in told(days_before_the_end(2, status))[1]
        ] == [True]

    @pytest.mark.parametrize(
        ("days", "reasons"), [(30, []), (14, []), (7, ["ExpiresSoon"]), (0, ["Expired"])]
    )
    def test_at_first_sight_only_a_near_end_is_news(self, days: float, reasons: list[str]) -> None:
        """A month that was just bought is none."""
        _, events = told(days_before_the_end(days, NOTHING))
        assert [event.reason for event in events if event.reason != "WorkspaceReady"] == reasons

    def test_a_renewal_begins_it_anew(self) -> None:
        """And is not told."""
        status, _ = told(days_before_the_end(2, NOTHING))
        renewed, events = told(days_before_the_end(32, status))
        assert events == ()
        assert [event.reason for event in told(days_before_the_end(30, renewed))[1]] == [
            "ExpiresSoon"
        ]

    def test_automatic_renewal_is_news_only_when_it_failed(self) -> None:
        """The cloud renews nine days before the end."""
        status, _ = told(days_before_the_end(31, NOTHING))
        status, events = told(days_before_the_end(12, status, subscription=BY_ITSELF))
        assert events == ()
        [event] = told(days_before_the_end(7, status, subscription=BY_ITSELF))[1]
        assert "its automatic renewal was due 9 days before the end" in event.message

    def test_what_is_billed_by_use_has_no_end(self) -> None:
        """Whatever the cloud shows as one."""
        case = running(None, {"charge_type": "PayAsYouGo", "expire_time": NOW})
        status, events = told(case)
        assert status.instance is not None
        assert status.instance.expires_in is None
        assert "Expired" not in [event.reason for event in events]


def test_an_event_of_the_end_and_the_stall_for_it_are_one() -> None:
    """The first of them names the day."""
    status, _ = told(running())
    case = running(status, {"order_state": "CEASE", "expire_time": NOW})
    events = told(case)[1]
    assert [event.reason for event in events] == ["Expired"]
    assert "its data are deleted" in events[0].message
