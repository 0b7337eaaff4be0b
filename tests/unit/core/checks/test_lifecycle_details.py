"""How a bound workspace is followed: what is said, and when it is looked at again."""

from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.credentials import Credentials
from flink_workspace_operator.api.names import REPLACE_LOST
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.lifecycle import (
    LOST,
    follow_instance,
    judge_instance,
    may_order_more,
    runs,
    while_running,
)
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.key_failures import SecretMissing
from flink_workspace_operator.core.facts.observed import SeenInstance, Unknown
from flink_workspace_operator.core.facts.secret import Signer
from flink_workspace_operator.core.facts.snapshot import Remembered
from flink_workspace_operator.core.orders.actions import ACTIONS
from flink_workspace_operator.core.pace import OUTSIDE
from flink_workspace_operator.core.plan import AddFinalizer, MoveOrder, Plan, Verdict
from tests.builders import (
    ID,
    NOW,
    SETTINGS,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
)
from tests.simulation.grow import GROW, GROW_TO, Grow
from tests.unit.core.growing import a_growth

SOON = timedelta(seconds=SETTINGS.listing_max_age_seconds)
HALF_A_MINUTE = timedelta(seconds=30)
RUNNING = Verdict("Running", "Running", "it runs")
SEEN = FlinkWorkspaceStatus(instance=Instance(instance_id=ID, cluster_status="RUNNING"))
BOUGHT = an_order("Fulfilled", intent=NOW - minutes(99))


def following(case: Case) -> Plan:
    """The plan; there is one."""
    plan = follow_instance(case)
    assert plan is not None
    return plan


def listed(**said: Any) -> Case:  # noqa: ANN401 - any field of an instance
    """The bought instance as the list shows it."""
    return a_case(a_workspace(), BOUGHT, cloud=a_cloud(a_listing(an_instance(**said))))


class TestRequeue:
    """When the next pass comes by itself."""

    def test_a_running_workspace_is_looked_at_with_all_others(self) -> None:
        """Every ten minutes by default."""
        assert following(listed()).requeue.after == timedelta(seconds=SETTINGS.resync_seconds)

    def test_one_that_a_person_must_repair_is_looked_at_sooner(self) -> None:
        """What is changed in the cloud wakes nobody."""
        assert following(listed(order_state="CEASE")).requeue == OUTSIDE

    def test_one_that_is_being_created_is_looked_at_the_sooner_the_younger_it_is(self) -> None:
        """A quarter of its age, or of the resource's where the cloud does not tell."""
        new = {"cluster_status": "CREATING"}
        assert following(listed(**new, create_time=NOW - minutes(2))).requeue.after == HALF_A_MINUTE
        assert following(listed(**new, create_time=None)).requeue.after == timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("credentials", "after"), [(None, HALF_A_MINUTE), (Credentials(secret_name="s"), SOON)]
    )
    def test_one_that_was_bought_just_now_is_looked_at_in_half_a_minute(
        self, credentials: Credentials | None, after: timedelta
    ) -> None:
        """The watch of creations tells when it runs, but not of what is seen with other keys
        only."""
        new = an_instance(cluster_status="CREATING", create_time=NOW)
        workspace = a_workspace(credentials=credentials)
        case = a_case(workspace, BOUGHT, cloud=a_cloud(a_listing(new)))
        assert following(case).requeue.after == after

    def test_one_that_is_not_shown_yet_is_looked_for_the_sooner_the_younger_its_call_is(
        self,
    ) -> None:
        """It is bought, and no list has shown it."""
        plan = following(a_case(a_workspace(), an_order("Placed", intent=NOW - minutes(2))))
        assert plan.requeue.after == HALF_A_MINUTE
        assert plan.verdict is not None
        assert plan.verdict.reason == "Provisioning"

    def test_one_of_unknown_age_is_looked_for_soon(self) -> None:
        """As one that was bought just now: no sooner than a shared list may be old."""
        placed = an_order("Placed")
        undated = placed.model_copy(
            update={"status": placed.status.model_copy(update={"intent_time": None})}
        )
        assert following(a_case(a_workspace(), undated)).requeue.after == timedelta(seconds=5)


class TestVerdict:
    """What the cloud's words mean."""

    @pytest.mark.parametrize("said", [{"stage_status": "FAILED"}, {"create_timeout": True}])
    def test_a_creation_that_failed_or_took_too_long_stalls(self, said: dict[str, Any]) -> None:
        """With the cloud's message, if there is one."""
        failed = an_instance(cluster_status="CREATING", **said)
        begin = f"{ID} is bought, and the cloud could not create it"
        assert judge_instance(failed).message.startswith(f"{begin}. It may be billed: ")
        with_message = an_instance(cluster_status="CREATING", message="no capacity", **said)
        assert judge_instance(with_message).reason == "CreationFailed"
        assert judge_instance(with_message).message.startswith(
            f"{begin} (“no capacity”). It may be billed: "
        )

    def test_a_stage_is_told(self) -> None:
        """If there is one."""
        for stage, said in (("VPC", ": VPC"), (None, "")):
            verdict = judge_instance(an_instance(cluster_status="CREATING", stage=stage))
            assert verdict.message == f"{ID} is bought, and is being created{said}"

    def test_the_end_of_a_paid_time_is_told_with_the_day_on_which_the_data_go(self) -> None:
        """Where the cloud tells no end, how long they are kept."""
        ended = judge_instance(an_instance(order_state="CEASE", expire_time=NOW)).message
        assert f"the paid time of {ID} ended at 2026-11-23 09:00 UTC, so" in ended
        assert "keeps its data until 2026-12-08: " in ended
        undated = judge_instance(an_instance(order_state="CEASE", expire_time=None)).message
        assert f"the paid time of {ID} ended, so" in undated
        assert "keeps its data for 15 days: " in undated

    def test_a_list_that_does_not_say_how_it_is_changes_nothing(self) -> None:
        """What was reported before stays."""
        assert judge_instance(an_instance(cluster_status="")).keeps_previous


class TestWithoutAList:
    """The pass could not look."""

    unasked, unanswered = (
        a_cloud(Unknown(failure)) for failure in (None, Unreachable("x.Y", "reset"))
    )

    def test_a_bound_workspace_is_not_looked_past(self) -> None:
        """No order follows from a list that nobody read."""
        assert following(a_case(a_workspace(status=SEEN), cloud=self.unasked)).verdict is not None
        failed = a_case(a_workspace(status=SEEN), an_order("Uncertain"), cloud=self.unanswered)
        assert following(failed).retry is not None

    def test_an_order_for_another_name_is_settled_first(self) -> None:
        """The list was asked for that name."""
        former = an_order("Uncertain", workspace=a_workspace(workspace_name="former"))
        assert follow_instance(a_case(a_workspace(status=SEEN), former)) is None


class TestLost:
    """It was seen, and two lists lack it."""

    before = Remembered(missing_since=NOW - minutes(9))

    def lost(self, *orders: Any, suspend: bool = False) -> Plan:  # noqa: ANN401 - orders
        """A person named it as one to replace, after the status had said that it is lost."""
        status = FlinkWorkspaceStatus(
            instance=Instance(instance_id=ID, cluster_status="RUNNING", lost_since=NOW)
        )
        workspace = a_workspace(status=status, annotations={REPLACE_LOST: ID}, suspend=suspend)
        return following(a_case(workspace, *orders, remembered=self.before))

    def test_a_suspended_resource_says_that_it_is_lost(self) -> None:
        """The person named it in time, and it follows when the suspension ends."""
        plan = self.lost(BOUGHT, suspend=True)
        assert plan.steps == ()
        assert plan.verdict is not None
        assert plan.verdict.reason == LOST

    def test_only_the_order_that_bought_it_is_given_up(self) -> None:
        """Not one that bought another, nor one that changed it."""
        other = an_order("Fulfilled", instance_id="sc-0", intent=NOW - minutes(999))
        bought, grown = an_order("Fulfilled", 2, intent=NOW - minutes(99)), a_growth("Fulfilled", 3)
        steps = self.lost(other, bought, grown).steps
        assert [step.order for step in steps if isinstance(step, MoveOrder)] == [bought]


class TestFurtherOrders:
    """A running workspace may be changed by another paid action."""

    @pytest.fixture(autouse=True)
    def _grow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(ACTIONS, GROW, Grow())

    def case_of(
        self,
        *orders: Any,  # noqa: ANN401 - any value
        wishes: bool = False,
        found: SeenInstance | None = None,
        **read: Any,  # noqa: ANN401 - any value
    ) -> Case:
        annotations = {GROW_TO: "20"} if wishes else {}
        cloud = a_cloud(a_listing(found or an_instance()))
        return a_case(a_workspace(annotations=annotations), BOUGHT, *orders, cloud=cloud, **read)

    def test_an_open_one_is_worked_on_without_a_wish(self) -> None:
        """The wish may have been taken back since."""
        assert may_order_more(self.case_of(a_growth()))
        assert not may_order_more(self.case_of())

    def test_an_order_that_would_make_another_instance_is_none(self) -> None:
        """This one runs: the other is closed elsewhere, and changes nothing here."""
        assert not may_order_more(self.case_of(an_order("Quoted", 3)))

    def test_a_wish_needs_somebody_to_pay(self) -> None:
        """Without, the workspace stays Ready and says nothing."""
        assert may_order_more(self.case_of(wishes=True))
        assert not may_order_more(
            self.case_of(wishes=True, signer=Signer(problem=SecretMissing("mine")))
        )

    def test_it_waits_until_the_workspace_runs(self) -> None:
        """What is being created is followed, whatever is open."""
        creating = an_instance(cluster_status="CREATING")
        assert follow_instance(self.case_of(a_growth(), found=creating)) is not None
        assert follow_instance(self.case_of(a_growth())) is None

    @pytest.mark.parametrize(
        ("plan", "is_so"),
        [
            (Plan(verdict=RUNNING), True),
            (Plan((AddFinalizer(),), RUNNING), False),
            (Plan(), False),
            (Plan(verdict=Verdict("Progressing", "Provisioning", "soon")), False),
        ],
    )
    def test_it_runs_if_nothing_is_left_to_do(self, plan: Plan, is_so: bool) -> None:
        """A step, or another verdict, comes first."""
        assert runs(plan) is is_so

    def test_a_plan_without_a_verdict_stays_as_it_is(self) -> None:
        """Nothing is reported by it."""
        assert while_running(self.case_of(), Plan()) == Plan()
        marked = while_running(self.case_of(), Plan(verdict=RUNNING)).verdict
        assert marked is not None
        assert marked.while_running == f"{ID} is running"
