"""The purchase, check by check (design, section 3): what must be the case before the one call, and
what stops it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT, SUSPEND
from flink_workspace_operator.api.order_states import Evidence, OrderState
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, OrderSummary
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import case_of
from flink_workspace_operator.core.checks.purchase import write_intent
from flink_workspace_operator.core.checks.retry import wait_for_next_try
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import ServerError, Throttled
from flink_workspace_operator.core.facts.identity import Claim, Key, Owner, signature_nonce
from flink_workspace_operator.core.facts.observed import Absent, Unknown
from flink_workspace_operator.core.facts.snapshot import Intent
from flink_workspace_operator.core.orders.unsent import number_of
from flink_workspace_operator.core.pace import SOON
from flink_workspace_operator.core.plan import (
    AddFinalizer,
    CreateRole,
    GiveBackClaim,
    MoveOrder,
    OpenOrder,
    PlaceOrder,
    Plan,
    TakeClaim,
    WriteIntent,
)
from flink_workspace_operator.core.questions import questions
from flink_workspace_operator.core.verdicts import SUSPENDED_BY_USER
from flink_workspace_operator.settings import Settings
from tests.allowed import ALLOWED
from tests.builders import (
    ACCOUNT,
    ID,
    MARK,
    NOW,
    OWNER,
    SETTINGS,
    TARGET,
    WINDOW,
    a_case,
    a_claim,
    a_cloud,
    a_listing,
    a_quote,
    a_workspace,
    an_instance,
    an_order,
    minutes,
    seen,
    token,
)

UNANSWERED = Unknown(ServerError("foasconsole.DescribeInstances", "500"))
OTHER = Key("team", "other")
SECOND = timedelta(seconds=1)
LONGER = Settings(**ALLOWED, longest_commit_seconds=1200)
REQUESTED = {RECONCILE_REQUESTED_AT: "now"}
BRAKES = ("true", "True", "TRUE", "yes", "1", "on", " true", "", "False")


def only_step(plan: Plan) -> object:
    assert len(plan.steps) == 1, plan
    return plan.steps[0]


def verdict(plan: Plan) -> tuple[str, str]:
    assert plan.verdict is not None, plan
    assert plan.steps == ()
    return plan.verdict.kind, plan.verdict.reason


class TestBeforeAnOrder:
    """Steps 1 to 5."""

    def test_all_in_order_and_nothing_bought_opens_order_1(self) -> None:
        """With finalizer, claim, prerequisites, price and a complete look that shows nothing."""
        step = only_step(decide(a_case(a_workspace())))
        assert isinstance(step, OpenOrder)
        assert (step.number, step.spec.token, step.status.state) == (1, "f" * 32, "Quoted")
        assert step.status.quote == a_quote()
        assert step.status.digest is not None

    def test_a_missing_prerequisite_comes_before_any_order(self) -> None:
        """Step 1."""
        plan = decide(a_case(a_workspace(), cloud=a_cloud(role=Absent())))
        assert isinstance(plan.steps[0], CreateRole)
        assert not any(isinstance(step, OpenOrder) for step in plan.steps)

    def test_the_finalizer_comes_before_the_order(self) -> None:
        """Step 1: without it the resource could go while something is bought for it."""
        first, opened = decide(a_case(a_workspace(finalizers=()))).steps
        assert first == AddFinalizer()
        assert isinstance(opened, OpenOrder)

    def test_the_claim_comes_before_the_order(self) -> None:
        """Step 2."""
        first, opened = decide(a_case(a_workspace(), claim=None)).steps
        assert first == TakeClaim(TARGET, None, "uid-1")
        assert isinstance(opened, OpenOrder)

    def test_nothing_is_announced_in_the_pass_that_claims(self) -> None:
        """The next pass reads finalizer and claim before it announces."""
        quoted = an_order("Quoted", quote=a_quote())
        assert decide(a_case(a_workspace(), quoted, claim=None)) == Plan(
            (TakeClaim(TARGET, None, "uid-1"),)
        )
        assert decide(a_case(a_workspace(finalizers=()), quoted)) == Plan((AddFinalizer(),))

    def test_what_waits_is_claimed_meanwhile(self) -> None:
        """Nobody else may buy the name while the outcome of a refused call is open."""
        refused = an_order("Rejected", intent=NOW, outstanding_until=NOW + minutes(12))
        plan = decide(a_case(a_workspace(), refused, claim=None))
        assert plan.steps == (TakeClaim(TARGET, None, "uid-1"),)
        assert plan.verdict is not None

    def test_the_loser_of_two_resources_with_one_name_stalls(self) -> None:
        """Step 2."""
        assert verdict(decide(a_case(a_workspace(), claim=a_claim(OTHER)))) == (
            "Stalled",
            "NameTaken",
        )

    def test_a_dead_claim_is_taken_over(self) -> None:
        """Step 2: by a write that is conditional on the claim as it was read."""
        dead = a_claim(OTHER, alive=False)
        assert decide(a_case(a_workspace(), claim=dead)).steps[0] == TakeClaim(
            TARGET, dead, "uid-1"
        )

    def test_the_claim_of_a_former_resource_is_written_anew(self) -> None:
        """Whoever still works for that one may be about to give it back, conditionally on the claim
        as it was."""
        former = a_claim(uid="uid-0")
        assert decide(a_case(a_workspace(), claim=former)).steps[0] == TakeClaim(
            TARGET, former, "uid-1"
        )
        placing = an_order("Placing", intent=NOW)
        [taken_back] = decide(a_case(a_workspace(), placing, intent=placing, claim=former)).steps
        assert isinstance(taken_back, MoveOrder)
        assert taken_back.status.state == "Quoted"

    @pytest.mark.parametrize("state", ["Quoted", "Placing", "Uncertain", None])
    def test_no_order_is_opened_while_one_is_open(self, state: str | None) -> None:
        """Step 3: whatever uid it was opened for."""
        for uid in ("uid-1", "uid-before"):
            order = an_order(state, uid=uid, created=NOW)  # type: ignore[arg-type]  # words of a parametrised test
            plan = decide(a_case(a_workspace(), order))
            assert not any(isinstance(step, OpenOrder) for step in plan.steps)

    def test_an_unanswered_look_is_not_absence(self) -> None:
        """Step 4: unknown is never absent; no order is touched."""
        plan = decide(a_case(a_workspace(), cloud=a_cloud(UNANSWERED)))
        assert verdict(plan) == ("Progressing", "CloudUnreachable")
        assert plan.retry is UNANSWERED.failure

    def test_an_unknown_account_is_waited_for_with_back_off(self) -> None:
        """Step 4: the account that the look was made in must be known; also where a workspace is
        bound."""
        unknown = Unknown(Throttled("sts.GetCallerIdentity", "Throttling"))
        for orders in ((), (an_order("Fulfilled"),)):
            assert (
                decide(a_case(a_workspace(), *orders, cloud=a_cloud(account_id=unknown))).retry
                is unknown.failure
            )

    def test_what_exists_is_bound_and_not_bought(self) -> None:
        """Step 4: by ownership tags alone, for example after the ledger was lost."""
        plan = decide(a_case(a_workspace(), cloud=a_cloud(a_listing(an_instance(order=9)))))
        assert verdict(plan) == ("Running", "Running")

    @pytest.mark.parametrize("state", ["Placing", "Uncertain", "Placed", "Fulfilled", "NotPlaced"])
    def test_what_may_have_been_sent_ties_the_resource_to_its_account(
        self, state: OrderState
    ) -> None:
        """Whatever key is in the Secret by now."""
        assert a_case(a_workspace(), an_order(state, account_id="2")).recorded_account == "2"

    def test_a_refusal_before_the_product_ties_it_only_until_its_call_is_over(self) -> None:
        """The key may have been a wrong one. Meanwhile the resource says until when."""
        of_the_moment = an_order(
            "Rejected", account_id="2", answer="PermissionMissing", outstanding_until=NOW + SECOND
        )
        assert verdict(decide(a_case(a_workspace(), of_the_moment))) == (
            "Progressing",
            "WaitingToRetry",
        )
        told = FlinkWorkspaceStatus(
            account_id="2", order=OrderSummary(name="demo-1", state="Rejected")
        )
        over = an_order(
            "Rejected", account_id="2", answer="PermissionMissing", at=NOW - minutes(31)
        )
        step = only_step(decide(a_case(a_workspace(status=told), over)))
        assert isinstance(step, OpenOrder)
        assert step.spec.account_id == ACCOUNT

    def test_a_refusal_of_the_content_ties_it_to_no_account(self) -> None:
        """Nothing can come of any copy of it."""
        told = FlinkWorkspaceStatus(
            account_id="2", order=OrderSummary(name="demo-1", state="Rejected")
        )
        order = an_order("Rejected", account_id="2", answer="ParametersRefused")
        assert a_case(a_workspace(status=told), order).recorded_account is None

    def test_the_account_in_the_status_counts_where_the_ledger_lacks_its_order(self) -> None:
        """It may have bought something there."""
        told = FlinkWorkspaceStatus(
            account_id="2", order=OrderSummary(name="demo-2", state="Rejected")
        )
        order = an_order("Rejected", account_id="2", answer="ParametersRefused")
        assert verdict(decide(a_case(a_workspace(status=told), order))) == (
            "Stalled",
            "AccountChanged",
        )

    @pytest.mark.parametrize("state", ["Placing", "Placed", "Fulfilled", "NotPlaced"])
    def test_another_account_stops_everything_once_something_may_have_been_sent(
        self, state: str
    ) -> None:
        """Step 4: a look into another account says nothing about ours."""
        order = an_order(state, account_id="2")  # type: ignore[arg-type]  # words of a parametrised test
        assert verdict(decide(a_case(a_workspace(), order))) == ("Stalled", "AccountChanged")

    def test_the_account_in_the_status_counts_too(self) -> None:
        """Step 4: where the workspace is bound without an order."""
        workspace = a_workspace(status=FlinkWorkspaceStatus(account_id="2"))
        assert verdict(decide(a_case(workspace))) == ("Stalled", "AccountChanged")

    def test_an_order_that_was_never_sent_does_not_tie_the_resource_to_its_account(self) -> None:
        """Else credentials could not be corrected before the first purchase."""
        step = only_step(decide(a_case(a_workspace(), an_order("Quoted", account_id="2"))))
        assert isinstance(step, MoveOrder)
        assert step.status.state == "Superseded"
        reopened = only_step(decide(a_case(a_workspace(), an_order("Superseded", account_id="2"))))
        assert isinstance(reopened, OpenOrder)
        assert reopened.number == 2

    def test_the_price_of_the_announcing_pass_is_announced(self) -> None:
        """Step 5: the digest follows the price."""
        order = an_order(quote=a_quote(NOW - minutes(1)), digest="sha256:old")
        step = only_step(
            decide(a_case(a_workspace(), order, cloud=a_cloud(quote=a_quote(amount="1300.00"))))
        )
        assert isinstance(step, WriteIntent)
        assert step.status.state == "Placing"
        assert step.status.quote == a_quote(amount="1300.00")
        assert step.status.digest not in (None, "sha256:old")

    def test_an_order_for_another_description_is_closed(self) -> None:
        """The spec was edited after the order was opened."""
        step = only_step(decide(a_case(a_workspace(resources={"cu": 20}), an_order())))
        assert isinstance(step, MoveOrder)
        assert (step.status.state, step.status.evidence) == ("Superseded", "SpecChanged")

    def test_numbers_go_on_after_orders_were_deleted_by_force(self) -> None:
        """The status keeps a floor: a name is never used for two orders."""
        workspace = a_workspace(
            status=FlinkWorkspaceStatus(order=OrderSummary(name="demo-4", state="NotPlaced"))
        )
        step = only_step(decide(a_case(workspace)))
        assert isinstance(step, OpenOrder)
        assert step.number == 5

    def test_an_order_that_a_person_named_does_not_upset_the_numbers(self) -> None:
        """It counts as 0."""
        assert (number_of("demo-12"), number_of("by-hand")) == (12, 0)

    def test_suspended_before_an_order_opens_none(self) -> None:
        """By the spec or by the annotation. The name is given back, which others may want
        meanwhile."""
        for workspace in (a_workspace(suspend=True), a_workspace(annotations={SUSPEND: "true"})):
            for orders in ((), (an_order(),)):
                plan = decide(a_case(workspace, *orders))
                assert isinstance(only_step(plan), GiveBackClaim)
                assert plan.verdict is not None
                assert plan.verdict.reason == SUSPENDED_BY_USER

    def test_suspended_takes_no_name(self) -> None:
        """It would keep others from buying under it, and cost nothing."""
        free = decide(a_case(a_workspace(suspend=True, finalizers=()), claim=None))
        assert (free.steps, free.verdict and free.verdict.reason) == ((), SUSPENDED_BY_USER)

    @pytest.mark.parametrize("state", ["Rejected", "NotPlaced", "Lost"])
    def test_suspended_after_a_call_keeps_the_name(self, state: OrderState) -> None:
        """A copy of the call may show up, or what was lost."""
        plan = decide(a_case(a_workspace(suspend=True), an_order(state, at=NOW)))
        assert not any(isinstance(step, GiveBackClaim) for step in plan.steps)

    def test_who_has_the_name_is_told_in_the_same_namespace_only(self) -> None:
        """Others learn no more than that it is taken."""
        for holder, named in ((Key("team", "other"), True), (Key("team-b", "other"), False)):
            taken = decide(a_case(a_workspace(), claim=a_claim(holder)))
            assert taken.verdict is not None
            assert (str(holder) in taken.verdict.message) == named

    @pytest.mark.parametrize("word", BRAKES)
    def test_every_word_but_false_suspends(self, word: str) -> None:
        """A brake that is spelled in another way brakes all the same, before an order and before
        its intent."""
        for orders in ((), (an_order(),)):
            suspended = a_case(a_workspace(annotations={SUSPEND: word}), *orders)
            told = decide(suspended).verdict
            assert told is not None
            assert told.reason == SUSPENDED_BY_USER

    def test_the_word_false_does_not_suspend(self) -> None:
        """Nor does an annotation of another name."""
        for annotations in ({SUSPEND: "false"}, {"suspend": "true"}):
            assert isinstance(
                only_step(decide(a_case(a_workspace(annotations=annotations)))), OpenOrder
            )

    def test_suspended_writes_no_prerequisite_and_still_tells_what_is_missing(self) -> None:
        """What has to be changed by hand is told first."""
        plan = decide(
            a_case(a_workspace(suspend=True), cloud=a_cloud(role=Absent(), storage=Absent()))
        )
        assert verdict(plan) == ("Missing", "BucketNotFound")


class TestIntent:
    """Step 6."""

    def test_the_intent_is_dated_by_the_clouds_clock(self) -> None:
        """Not by the machine's: the gateway compares it with its own."""
        ahead = NOW + minutes(3)
        step = only_step(
            decide(a_case(a_workspace(), an_order(), cloud=a_cloud(a_listing(at=ahead))))
        )
        assert isinstance(step, WriteIntent)
        assert (step.status.state, step.status.intent_time) == ("Placing", ahead)
        assert step.generation == 1

    def test_the_nonce_is_the_same_in_every_copy_and_changes_with_an_order_that_is_over(
        self,
    ) -> None:
        """So that the gateway refuses a second copy, and a corrected resource need not wait."""
        again = an_order("Quoted", 3, generation=2)
        before = (
            an_order("NotPlaced", 1, at=NOW - minutes(99)),
            an_order("Rejected", 2, answer="ParametersRefused"),
        )
        for orders, refusals in (((an_order(),), 0), ((*before, again), 2)):
            step = only_step(decide(a_case(a_workspace(generation=2), *orders)))
            assert isinstance(step, WriteIntent)
            assert step.status.nonce == signature_nonce(TARGET, refusals)

    def test_the_intent_says_until_when_its_call_may_be_executed(self) -> None:
        """By the settings of the process that sends it; and by what it is known again."""
        step = only_step(decide(a_case(a_workspace(), an_order(), settings=LONGER)))
        assert isinstance(step, WriteIntent)
        assert step.status.settled_not_before == NOW + LONGER.settle_window
        assert (step.status.intent_mark, step.mark) == ("f" * 32, "f" * 32)

    @pytest.mark.parametrize("state", [None, "Placing", "Uncertain"])
    def test_only_a_quoted_order_is_announced(self, state: OrderState | None) -> None:
        """Any other is left alone, whatever the checks before let through."""
        assert write_intent(a_case(a_workspace(), an_order(state))) == Plan(requeue=SOON)

    def test_the_intent_is_the_only_step_of_its_pass(self) -> None:
        """Everything is read again between the intent and the call."""
        assert isinstance(only_step(decide(a_case(a_workspace(), an_order()))), WriteIntent)


class TestCall:
    """Steps 7 and 8. The order is in Placing, and this process remembers that it sent nothing."""

    placing = an_order("Placing", intent=NOW - timedelta(seconds=1))

    def back(self, plan: Plan) -> str | None:
        """The state that the order is taken back to."""
        step = only_step(plan)
        assert isinstance(step, MoveOrder), step
        assert step.status.evidence == "NothingSent"
        return step.status.state

    def test_fine_and_absent_sends_the_call_once_with_date_and_nonce_of_the_order(self) -> None:
        """The only plan with that step, and nothing else is in it."""
        step = only_step(decide(a_case(a_workspace(), self.placing, intent=self.placing)))
        assert isinstance(step, PlaceOrder)
        assert step.call.signed_at == self.placing.status.intent_time
        assert step.call.nonce == self.placing.status.nonce
        assert step.call.block == a_workspace().parameters
        assert token(1) in step.call.ownership.values()

    def test_after_a_restart_nothing_is_sent(self) -> None:
        """Without the memory of having sent nothing, the order may have been sent, and is not said
        to be."""
        plan = decide(a_case(a_workspace(), self.placing))
        assert verdict(plan) == ("Progressing", "Provisioning")
        assert "It is not known whether the call was sent" in str(plan.verdict)

    def test_the_pass_that_sends_asks_only_what_the_call_depends_on(self) -> None:
        """So that a brake holds until right before it. All others ask for everything."""
        known = Intent(self.placing.metadata.uid, MARK, 1)
        asked = questions(a_workspace(), (self.placing,), OWNER, known)
        assert asked is not None
        assert (asked.final_check, asked.fresh) == (True, True)
        assert (asked.prerequisites, asked.price, asked.bill_since) == (False, None, None)
        for other in (None, replace(known, mark="o" * 32), replace(known, order_uid="order-uid-2")):
            asked = questions(a_workspace(), (self.placing,), OWNER, other)
            assert asked is not None
            assert (asked.final_check, asked.prerequisites) == (False, True)

    @pytest.mark.parametrize("word", BRAKES)
    def test_every_word_but_false_holds_the_call_back(self, word: str) -> None:
        """It was acknowledged before the last look."""
        suspended = a_case(
            a_workspace(annotations={SUSPEND: word}), self.placing, intent=self.placing
        )
        assert self.back(decide(suspended)) == "Quoted"

    def test_a_look_that_fails_sends_nothing_and_takes_the_intent_back(self) -> None:
        """Counterexample 9: during an outage no order is used up."""
        case = a_case(a_workspace(), self.placing, intent=self.placing, cloud=a_cloud(UNANSWERED))
        assert self.back(decide(case)) == "Quoted"

    @pytest.mark.parametrize(
        "workspace",
        [
            None,
            a_workspace(uid="uid-2"),
            a_workspace(deleted=True),
            a_workspace(resources={"cu": 20}),
            a_workspace(suspend=True),
            a_workspace(annotations={SUSPEND: "true"}),
        ],
        ids=[
            "gone",
            "another uid",
            "being deleted",
            "edited",
            "suspended",
            "suspended by annotation",
        ],
    )
    def test_a_workspace_that_is_not_what_it_was_sends_nothing(
        self, workspace: FlinkWorkspace | None
    ) -> None:
        """Counterexample 6: nobody may be left with a purchase that was taken back."""
        read = seen(workspace, self.placing, intent=self.placing)
        assert self.back(decide(case_of(read, SETTINGS))) == "Quoted"

    def test_another_uid_sends_nothing_though_it_holds_the_claim(self) -> None:
        """Created anew since the order was opened, with the same spec, and the claim is its own
        already."""
        anew = a_case(
            a_workspace(uid="uid-2"), self.placing, intent=self.placing, claim=a_claim(uid="uid-2")
        )
        assert self.back(decide(anew)) == "Quoted"

    def test_another_generation_sends_nothing(self) -> None:
        """Even if what describes the workspace is as it was."""
        case = a_case(a_workspace(generation=1), self.placing, intent=self.placing)
        edited = a_case(a_workspace(generation=2), self.placing, remembered=case.seen.remembered)
        assert self.back(decide(edited)) == "Quoted"

    def test_an_order_with_another_mark_is_left_to_evidence(self) -> None:
        """It may have been taken back, announced anew and sent by another process: nothing is known
        of it here. After a restore of etcd even its resource version may be the same."""
        announced_anew = an_order(
            "Placing", intent=self.placing.status.intent_time, intent_mark="o" * 32
        )
        assert decide(a_case(a_workspace(), announced_anew, intent=self.placing)).steps == ()

    def test_an_order_of_an_older_version_without_a_mark_is_left_to_evidence(self) -> None:
        """This process has not written it."""
        without = an_order("Placing", intent=self.placing.status.intent_time, intent_mark=None)
        assert decide(a_case(a_workspace(), without, intent=without)).steps == ()

    @pytest.mark.parametrize("claim", [None, a_claim(OTHER), a_claim(None, alive=False)])
    def test_without_the_claim_nothing_is_sent(self, claim: Claim | None) -> None:
        """Step 2: it may have been deleted by hand, and be somebody else's by now."""
        case = a_case(a_workspace(), self.placing, intent=self.placing, claim=claim)
        assert self.back(decide(case)) == "Quoted"

    def test_an_intent_that_is_too_old_sends_nothing(self) -> None:
        """Counterexample 2: by the cloud's clock. The gateway would refuse it too."""
        old = an_order("Placing", intent=NOW - minutes(15))
        assert self.back(decide(a_case(a_workspace(), old, intent=old))) == "Quoted"

    def test_another_account_sends_nothing(self) -> None:
        """A look into another account is unknown."""
        case = a_case(
            a_workspace(), self.placing, intent=self.placing, cloud=a_cloud(account_id="2")
        )
        assert self.back(decide(case)) == "Quoted"

    def test_found_twins_belong_to_the_order_whose_token_they_carry(self) -> None:
        """Counterexample 7: order 1 was given up too early. It is Placed, order 2 is closed, and
        nothing is sent."""
        first, second = an_order("NotPlaced", 1), an_order("Placing", 2, intent=NOW)
        cloud = a_cloud(a_listing(an_instance(order=1)))
        step = only_step(decide(a_case(a_workspace(), first, second, intent=second, cloud=cloud)))
        assert isinstance(step, MoveOrder)
        assert (step.order, step.status.state, step.status.instance_id) == (first, "Placed", ID)
        then = only_step(
            decide(a_case(a_workspace(), an_order("Fulfilled"), second, intent=second, cloud=cloud))
        )
        assert isinstance(then, MoveOrder)
        assert (then.order, then.status.state) == (second, "Superseded")

    def test_a_late_answer_for_an_earlier_order_sends_nothing(self) -> None:
        """Counterexample 8: the ledger says that it was bought before the look shows it."""
        second = an_order("Placing", 2, intent=NOW)
        assert (
            self.back(decide(a_case(a_workspace(), an_order("Placed"), second, intent=second)))
            == "Superseded"
        )

    def test_somebody_elses_instance_of_this_name_sends_nothing(self) -> None:
        """By hand, or of another cluster, between the intent and the call."""
        for tags in ({}, Owner("cluster-2", OTHER).tags("x" * 32)):
            cloud = a_cloud(a_listing(an_instance(order=None, tags=tags)))
            assert (
                self.back(
                    decide(a_case(a_workspace(), self.placing, intent=self.placing, cloud=cloud))
                )
                == "Quoted"
            )


class TestAfterARefusal:
    """Step 12."""

    refused = an_order(
        "Rejected",
        answer="ParametersRefused",
        evidence="Answer",
        intent=NOW - minutes(10),
        at=NOW - minutes(10),
    )

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ("ParametersRefused", ("Stalled", "ParametersRefused")),
            ("NameTaken", ("Stalled", "NameTaken")),
            ("BalanceTooLow", ("Suspended", "BalanceTooLow")),
            ("PermissionMissing", ("Suspended", "PermissionMissing")),
            ("Unexplained", ("Suspended", "Unexplained")),
            ("SignatureExpired", ("Progressing", "WaitingToRetry")),
        ],
    )
    def test_the_next_order_waits_and_the_verdict_names_the_code(
        self, answer: str, expected: tuple[str, str]
    ) -> None:
        """Whose turn it is depends on the refusal."""
        order = an_order("Rejected", answer=answer, at=NOW)
        assert verdict(decide(a_case(a_workspace(), order))) == expected

    def test_a_new_generation_a_new_uid_or_a_request_ends_the_wait(self) -> None:
        """A person did something about it."""
        requested = {RECONCILE_REQUESTED_AT: "now"}
        for workspace in (
            a_workspace(generation=2),
            a_workspace(uid="uid-2"),
            a_workspace(annotations=requested),
        ):
            claim = a_claim(uid=workspace.metadata.uid)
            assert isinstance(
                only_step(decide(a_case(workspace, self.refused, claim=claim))), OpenOrder
            )

    def test_a_request_that_was_acted_upon_does_not_end_the_wait(self) -> None:
        """One try for each request."""
        workspace = a_workspace(
            annotations={RECONCILE_REQUESTED_AT: "now"},
            status=FlinkWorkspaceStatus(last_handled_reconcile_at="now"),
        )
        assert verdict(decide(a_case(workspace, self.refused)))[0] == "Stalled"

    @pytest.mark.parametrize(
        ("answer", "tries", "wait"),
        [
            ("BalanceTooLow", 1, 30),
            ("BalanceTooLow", 2, 60),
            ("BalanceTooLow", 9, 1440),
            ("Throttled", 1, 2),
        ],
    )
    def test_the_wait_doubles_up_to_a_day(self, answer: str, tries: int, wait: float) -> None:
        """Counted from the intent, from 30 minutes on; where the purchase was throttled, from 2."""
        for late, opened in ((-0.1, False), (0.1, True)):
            at = NOW - minutes(wait + late)
            orders = [
                an_order("Rejected", number, answer=answer, at=at) for number in range(1, tries + 1)
            ]
            plan = decide(a_case(a_workspace(), *orders))
            assert any(isinstance(step, OpenOrder) for step in plan.steps) is opened

    def test_a_first_lost_call_adds_nothing_to_its_window(self) -> None:
        """The wait is counted from the intent, so it is over when the window is."""
        for late, opened in ((timedelta(0), False), (SECOND, True)):
            lost = an_order("NotPlaced", intent=NOW - WINDOW - late)
            assert bool(decide(a_case(a_workspace(), lost)).steps) is opened

    @pytest.mark.parametrize(
        ("between", "doubled"),
        [
            ("Placed", False),
            ("Fulfilled", False),
            ("Lost", False),
            ("Superseded", True),
            ("Canceled", True),
        ],
    )
    def test_only_tries_in_a_row_are_counted(self, between: OrderState, doubled: bool) -> None:
        """What was bought between them starts anew; what was never sent does not count."""
        evidence: Evidence = "NothingSent" if doubled else "GivenUp"
        tried = (
            an_order("Rejected", 1, answer="BalanceTooLow", at=NOW - minutes(99)),
            an_order(
                between,
                2,
                intent=NOW - minutes(70),
                instance_id=None if doubled else ID,
                evidence=evidence,
            ),
            an_order("Rejected", 3, answer="BalanceTooLow", at=NOW - minutes(31)),
        )
        due = wait_for_next_try(a_case(a_workspace(), *tried)) is None
        assert due is not doubled

    @pytest.mark.parametrize(
        "workspace", [a_workspace(generation=2), a_workspace(annotations=REQUESTED)]
    )
    def test_nothing_that_a_person_does_shortens_the_window(
        self, workspace: FlinkWorkspace
    ) -> None:
        """It is not the operator that is waited for. Afterwards the back-off is skipped."""
        tries = [an_order("NotPlaced", number, intent=NOW - WINDOW) for number in (1, 2, 3)]
        early = decide(a_case(workspace, *tries))
        assert (early.steps, early.verdict is None) == ((), False)
        [step] = decide(a_case(workspace, *tries, cloud=a_cloud(a_listing(at=NOW + SECOND)))).steps
        assert isinstance(step, OpenOrder)

    @pytest.mark.parametrize("settings", [SETTINGS, LONGER], ids=["recorded", "present"])
    def test_the_longer_of_two_windows_counts(self, settings: Settings) -> None:
        """Of the process that sent it, which stands on the order, and of this one."""
        recorded = WINDOW + minutes(9) if settings is SETTINGS else WINDOW
        end = NOW + max(recorded, settings.settle_window)
        closed = an_order("NotPlaced", intent=NOW, settled_not_before=NOW + recorded)
        quoted = an_order("Quoted", 2, generation=2, quote=a_quote(end))
        sent = an_order("Uncertain", intent=NOW, settled_not_before=NOW + recorded)
        last = OrderSummary(
            name="demo-1", state="Uncertain", intent_time=NOW, settled_not_before=NOW + recorded
        )
        left = a_workspace(status=FlinkWorkspaceStatus(order=last))
        for at, over in ((end, False), (end + SECOND, True)):
            cloud = a_cloud(a_listing(at=at))
            followed = decide(
                a_case(a_workspace(generation=2), closed, cloud=cloud, settings=settings)
            ).steps
            announced = decide(
                a_case(a_workspace(generation=2), closed, quoted, cloud=cloud, settings=settings)
            ).steps
            settled = decide(a_case(a_workspace(), sent, cloud=cloud, settings=settings)).steps
            opened = decide(a_case(left, cloud=cloud, settings=settings)).steps
            assert [bool(steps) for steps in (followed, announced, settled, opened)] == [over] * 4

    @pytest.mark.parametrize("evidence", ["ForeignInstance", None])
    def test_an_order_that_no_answer_ended_is_followed_by_none_before_its_window_ends(
        self, evidence: Evidence | None
    ) -> None:
        """A stranger's instance may be gone again, or a hand was in the ledger, while our own call
        is under way."""
        foreign = an_order(
            "Rejected",
            answer="NameTaken",
            evidence=evidence,
            intent=NOW - minutes(5),
            at=NOW - minutes(4),
        )
        assert verdict(decide(a_case(a_workspace(generation=2), foreign))) == (
            "Stalled",
            "NameTaken",
        )
        cloud = a_cloud(a_listing(at=NOW - minutes(4) + WINDOW))
        assert isinstance(
            only_step(decide(a_case(a_workspace(generation=2), foreign, cloud=cloud))), OpenOrder
        )
