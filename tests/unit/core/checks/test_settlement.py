"""Orders find their end by evidence (design, section 3, steps 9 and 10), and a look says whose an
instance is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from flink_workspace_operator.api.order import FlinkWorkspaceOrderStatus
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import (
    BalanceTooLow,
    CloudFailure,
    Fate,
    Garbled,
    NameTaken,
    ParametersRefused,
    ServerError,
    SignatureReplayed,
    Throttled,
    Unreachable,
)
from flink_workspace_operator.core.facts.identity import Key, Owner
from flink_workspace_operator.core.facts.observed import (
    Answer,
    Bought,
    NotBought,
    SeenInstance,
    Unknown,
)
from flink_workspace_operator.core.facts.snapshot import Answered, Remembered
from flink_workspace_operator.core.orders import answers, ledger, unsent
from flink_workspace_operator.core.orders.windows import window_end
from flink_workspace_operator.core.plan import MoveOrder, OpenOrder, Plan, RecordAnswer
from flink_workspace_operator.core.questions import questions
from flink_workspace_operator.core.verdicts import verdict_of
from tests.builders import (
    ACCOUNT,
    COPY_WINDOW,
    ID,
    MARK,
    NOW,
    OWNER,
    REGION,
    SETTINGS,
    WINDOW,
    a_case,
    a_claim,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
    unmarked,
)

SECOND = timedelta(seconds=1)
INTENT = NOW - minutes(1)
VISIBLE = timedelta(seconds=SETTINGS.longest_visibility_seconds)
ELSEWHERE = Owner("cluster-2", Key("team", "demo"))
BOUGHT = Bought(ID, "order-1", "request-1")
BUY = "foasconsole.CreateInstance"
UNANSWERED_CALL = NotBought(Unreachable(BUY, "ConnectionReset"))
NEVER_SENT = NotBought(Unreachable(BUY, "ConnectFailed", fate="NothingSent"))


def moved(plan: Plan) -> FlinkWorkspaceOrderStatus:
    """The new status of the one order that the plan moves."""
    assert len(plan.steps) == 1, plan
    step = plan.steps[0]
    assert isinstance(step, MoveOrder), step
    return step.status


def settled(
    state: OrderState, *found: SeenInstance, at: timedelta = timedelta(0), answer: str | None = None
) -> Plan:
    """What becomes of an order announced a minute ago, `at` after now."""
    order = an_order(state, intent=INTENT, answer=answer)
    return decide(a_case(a_workspace(), order, cloud=a_cloud(a_listing(*found, at=NOW + at))))


class TestEvidence:
    """What a complete look shows of an order that was or may have been sent."""

    @pytest.mark.parametrize(
        "state", [s for s in get_args(OrderState) if s not in ("Placed", "Fulfilled")]
    )
    def test_its_token_on_an_instance_makes_any_order_placed(self, state: OrderState) -> None:
        """Counterexamples 7 and 8: evidence beats every state, and corrects what was believed
        before."""
        status = moved(settled(state, an_instance(order=1)))
        assert (status.state, status.instance_id, status.evidence) == ("Placed", ID, "Token")

    def test_a_placed_order_is_fulfilled_when_its_instance_runs(self) -> None:
        """And not before."""
        assert moved(settled("Placed", an_instance())).state == "Fulfilled"
        assert settled("Placed", an_instance(cluster_status="CREATING")).steps == ()

    def test_absence_proves_nothing_before_the_window_ends(self) -> None:
        """Counterexamples 1 and 14: a late commit; the window counts from the intent, by the
        cloud's clock."""
        early = settled("Uncertain", at=WINDOW - minutes(1))
        assert early.steps == ()
        assert early.verdict is not None
        assert early.verdict.reason == "PurchaseUncertain"
        status = moved(settled("Uncertain", at=WINDOW - minutes(1) + SECOND))
        assert (status.state, status.evidence) == ("NotPlaced", "AbsentAfterWindow")

    def test_the_machines_clock_does_not_end_the_window(self) -> None:
        """Counterexample 14: it may be ahead."""
        case = a_case(a_workspace(), an_order("Uncertain", intent=INTENT), now=NOW + 10 * WINDOW)
        assert decide(case).steps == ()

    def test_the_window_outlasts_signature_commit_visibility_and_nonce(self) -> None:
        """Counterexample 1: all of them, whichever is longer."""
        assert timedelta(seconds=900 + 300 + 300) <= WINDOW
        assert timedelta(seconds=1860) <= WINDOW
        forgetful = SETTINGS.model_copy(update={"nonce_memory_seconds": 5.0})
        assert forgetful.settle_window == timedelta(seconds=900 + 300 + 300)

    def test_an_intent_that_is_found_long_after_it_was_written_has_a_window_of_its_own(
        self,
    ) -> None:
        """A backup may bring back one that was taken back and announced anew since: that call may
        be under way. Found soon after, it adds nothing."""
        for age, end in ((minutes(5), NOW - minutes(5) + WINDOW), (minutes(20), NOW + WINDOW)):
            found = an_order("Uncertain", intent=NOW - age, at=NOW)
            assert window_end(found.status, SETTINGS) == end
            answered = an_order("Uncertain", intent=NOW - age, at=NOW, answer="Unreachable")
            assert window_end(answered.status, SETTINGS) == NOW - age + WINDOW

    def test_the_failed_look_of_a_window_that_ended_proves_nothing(self) -> None:
        """Unknown is not absent."""
        order = an_order("Uncertain", intent=NOW - 2 * WINDOW)
        plan = decide(
            a_case(a_workspace(), order, cloud=a_cloud(Unknown(Unreachable("x.Y", "reset"))))
        )
        assert plan.steps == ()

    def test_the_end_of_one_order_lets_the_next_be_opened_after_the_back_off(self) -> None:
        """With another token; the name never changes."""
        order = an_order("NotPlaced", intent=NOW - 3 * WINDOW, at=NOW - minutes(31))
        (step,) = decide(a_case(a_workspace(), order)).steps
        assert isinstance(step, OpenOrder)
        assert (step.number, step.spec.workspace_name) == (2, order.spec.workspace_name)
        assert step.spec.token != order.spec.token

    def test_placing_of_another_process_becomes_uncertain_after_its_call_must_have_ended(
        self,
    ) -> None:
        """Counterexample 2: the caller may have died, or may still be at it."""
        call = timedelta(seconds=SETTINGS.purchase_timeout_seconds)
        assert settled("Placing", at=2 * call - minutes(1)).steps == ()
        assert moved(settled("Placing", at=2 * call - minutes(1) + SECOND)).state == "Uncertain"

    @pytest.mark.parametrize(
        ("stranger", "answer"),
        [
            (
                an_instance(order=1, owner=ELSEWHERE, tags=ELSEWHERE.tags("x" * 32)),
                "OwnedElsewhere",
            ),
            (
                an_instance(tags=Owner("cluster-1", Key("team", "other")).tags("x" * 32)),
                "NameTaken",
            ),
            (an_instance(order=None, create_time=INTENT - SECOND), "NameTaken"),
            (an_instance(order=None, vpc_id="vpc-other"), "NameTaken"),
            (an_instance(order=None, bucket="other-bucket"), "NameTaken"),
        ],
        ids=["another cluster", "another resource", "older", "another VPC", "another bucket"],
    )
    def test_a_foreign_instance_of_the_name_rejects(
        self, stranger: SeenInstance, answer: str
    ) -> None:
        """But not before the window ends: names may repeat, and ours may show up beside it. The
        resource stalls."""
        early = settled("Uncertain", stranger, at=minutes(3))
        assert early.steps == ()
        assert early.verdict is not None
        assert (early.verdict.kind, early.verdict.reason) == ("Stalled", answer)
        status = moved(settled("Uncertain", stranger, at=WINDOW))
        assert (status.state, status.evidence, status.answer) == (
            "Rejected",
            "ForeignInstance",
            answer,
        )

    def test_a_foreign_instance_explains_the_answer_that_the_name_is_taken(self) -> None:
        """The call was answered, so nothing of ours is under way any more."""
        stranger = an_instance(order=None, create_time=INTENT - SECOND)
        assert moved(settled("Uncertain", stranger, answer="NameTaken")).state == "Rejected"

    def test_name_taken_is_evidence_and_not_an_outcome(self) -> None:
        """Counterexample 10: it may be taken by our own call. Only if nothing shows up, it was
        refused."""
        assert settled("Uncertain", answer="NameTaken").steps == ()
        assert moved(settled("Uncertain", an_instance(), answer="NameTaken")).state == "Placed"
        late = moved(settled("Uncertain", at=WINDOW, answer="NameTaken"))
        assert (late.state, late.answer) == ("Rejected", "NameTaken")

    def test_an_order_whose_workspace_another_order_bought_ends_when_its_window_does(self) -> None:
        """Else it would stay uncertain for ever, and hold the deletion up."""
        orders = an_order("Fulfilled", 1), an_order("Uncertain", 2, intent=INTENT)
        for at, states in ((timedelta(0), []), (WINDOW, ["NotPlaced"])):
            cloud = a_cloud(a_listing(an_instance(order=1), at=NOW + at))
            steps = decide(a_case(a_workspace(), *orders, cloud=cloud)).steps
            assert [step.status.state for step in steps if isinstance(step, MoveOrder)] == states

    def test_a_quoted_order_is_closed_when_the_workspace_was_bought(self) -> None:
        """By another order, seen or not, or by whoever carries our marks."""
        cloud = a_cloud(a_listing(an_instance(order=9)))
        for orders, sky in (
            ((an_order("Quoted"),), cloud),
            ((an_order("Placed"), an_order("Quoted", 2)), a_cloud()),
        ):
            assert moved(decide(a_case(a_workspace(), *orders, cloud=sky))).state == "Superseded"

    def test_an_order_without_status_is_closed_by_whoever_finds_it(self) -> None:
        """Its creator has ten seconds to quote it."""
        order = an_order(None, created=NOW)
        assert decide(a_case(a_workspace(), order)).steps == ()
        assert (
            moved(decide(a_case(a_workspace(), order, now=NOW + 11 * SECOND))).state == "Superseded"
        )

    def test_a_look_into_another_account_settles_nothing(self) -> None:
        """Not even past the window. The order only says that it waits."""
        order = an_order("Uncertain", intent=NOW - 2 * WINDOW, account_id="2")
        told = moved(decide(a_case(a_workspace(), order)))
        assert told.model_copy(update={"message": order.status.message}) == order.status

    def test_a_look_into_another_region_says_nothing(self) -> None:
        """Neither presence nor absence."""
        case = a_case(a_workspace(), cloud=a_cloud(a_listing(an_instance())))
        assert case.listing_for(ACCOUNT, REGION) == a_listing(an_instance())
        assert case.listing_for(ACCOUNT, "cn-beijing") == Unknown()

    def test_what_is_not_known_names_the_time_until_which_nothing_is_bought(self) -> None:
        """And does not say that a purchase is repeated."""
        lost = answers.after_answer(
            an_order("Placing", intent=INTENT), UNANSWERED_CALL, NOW, COPY_WINDOW
        )
        order = an_order("Uncertain", intent=INTENT).model_copy(update={"status": lost})
        verdict = decide(a_case(a_workspace(), order)).verdict
        assert verdict is not None
        assert verdict.reason == "PurchaseUncertain"
        assert (
            f"Nothing else is bought before {INTENT + WINDOW:%Y-%m-%d %H:%M} UTC" in verdict.message
        )
        assert "again" not in verdict.message

    def test_an_order_for_another_name_of_the_same_key_is_settled_first(self) -> None:
        """Counterexample 5: the ledger counts by namespace and name, and the look is for the
        order's name."""
        former = a_workspace(workspace_name="former")
        order = an_order("Uncertain", workspace=former, uid="uid-before", intent=INTENT)
        asked = questions(a_workspace(), (order,), OWNER)
        assert asked is not None
        assert (asked.workspace_name, asked.fresh, asked.price) == ("former", True, None)
        plan = decide(a_case(a_workspace(), order))
        assert plan.steps == ()
        assert plan.verdict is not None
        assert plan.verdict.reason == "PurchaseUncertain"
        late = a_cloud(a_listing(at=NOW + WINDOW))
        assert moved(decide(a_case(a_workspace(), order, cloud=late))).state == "NotPlaced"

    def test_an_order_of_another_uid_that_bought_is_bound(self) -> None:
        """Counterexample 5: a re-created resource buys nothing."""
        claim, cloud = a_claim(uid="uid-2"), a_cloud(a_listing(an_instance()))
        plan = decide(
            a_case(a_workspace(uid="uid-2"), an_order("Fulfilled"), claim=claim, cloud=cloud)
        )
        assert plan.verdict is not None
        assert (plan.verdict.kind, plan.steps) == ("Running", ())

    def test_what_another_uid_bought_is_not_bought_again_before_it_is_shown(self) -> None:
        """Counterexample 5: the ledger knows it before any look does."""
        plan = decide(
            a_case(a_workspace(uid="uid-2"), an_order("Placed"), claim=a_claim(uid="uid-2"))
        )
        assert plan.verdict is not None
        assert (plan.verdict.reason, plan.steps) == ("Provisioning", ())


class TestWithoutMarks:
    """Counterexample 11: it is not known when tags become visible."""

    bare = an_instance(order=None, create_time=INTENT + SECOND)

    def test_what_another_cluster_marked_does_not_make_ours_a_twin(self) -> None:
        """Names may repeat: only what nobody marked may be what the order bought."""
        theirs = an_instance("sc_flink-2", tags=ELSEWHERE.tags("x" * 32))
        ours = an_instance(order=None, create_time=INTENT + SECOND)
        assert moved(settled("Uncertain", theirs, ours, at=VISIBLE + minutes(2))).instance_id == ID

    def test_what_an_order_may_have_bought_is_nobody_elses(self) -> None:
        """It is neither bound nor taken for a stranger until tags must be visible."""
        assert settled("Uncertain", self.bare, at=VISIBLE - minutes(1)).steps == ()

    def test_the_only_one_as_described_is_ours_once_tags_must_be_visible(self) -> None:
        """Later than its creation and the longest visibility delay."""
        status = moved(settled("Uncertain", self.bare, at=VISIBLE))
        assert (status.state, status.instance_id, status.evidence) == ("Placed", ID, "Description")
        bound = decide(
            a_case(a_workspace(), an_order("Fulfilled"), cloud=a_cloud(a_listing(self.bare)))
        )
        assert bound.verdict is not None
        assert bound.verdict.kind == "Running"

    @pytest.mark.parametrize("hidden", [{"vpc_id": None}, {"bucket": None}])
    def test_what_does_not_show_where_it_lies_is_not_taken_for_ours(
        self, hidden: dict[str, Any]
    ) -> None:
        """Somebody else's may lie anywhere: it would be bound and tagged. Its VPC or bucket is
        waited for."""
        found = an_instance(order=None, create_time=INTENT + SECOND, **hidden)
        assert settled("Uncertain", found, at=3 * WINDOW).steps == ()

    def test_two_of_them_are_for_a_person(self) -> None:
        """Evidence contradicts itself: nothing is settled or bought, both are named."""
        plan = settled("Uncertain", self.bare, an_instance("sc_flink-2", order=None), at=3 * WINDOW)
        assert plan.steps == ()
        assert plan.verdict is not None
        assert (plan.verdict.kind, plan.verdict.reason) == ("Stalled", "DuplicateInstance")
        assert "sc_flink-1, sc_flink-2" in plan.verdict.message

    def test_an_order_that_sent_nothing_did_not_buy_it(self) -> None:
        """Taken back to Quoted: it is a stranger's, and the resource does not wait for it."""
        plan = settled("Quoted", self.bare)
        assert plan.verdict is not None
        assert (plan.verdict.kind, plan.verdict.reason) == ("Stalled", "NameTaken")

    def test_our_marks_without_the_order_are_this_orders_work_once_the_window_ends(self) -> None:
        """Somebody took the tag of the order off."""
        found = an_instance(tags=unmarked(an_instance()))
        assert settled("Uncertain", found).steps == ()
        assert moved(settled("Uncertain", found, at=WINDOW)).state == "Placed"

    def test_what_a_lost_ledger_bought_is_not_this_orders_work(self) -> None:
        """Its token is nobody's any more, and it is older than the intent: the order bought
        nothing, and says so."""
        former = an_instance(order=9, create_time=INTENT - SECOND)
        assert moved(settled("Uncertain", former, at=WINDOW)).state == "NotPlaced"
        later = an_instance(order=9, create_time=INTENT + SECOND)
        assert moved(settled("Uncertain", later, at=WINDOW)).state == "Placed"


class TestWhoseItIs:
    """Counterexample 12 and the ownership rules."""

    @pytest.mark.parametrize(
        ("instance", "reason"),
        [
            (an_instance(name="w1", order=9), "NameMismatch"),
            (
                an_instance(tags=Owner("cluster-1", Key("team", "other")).tags("x" * 32)),
                "NameTaken",
            ),
            (an_instance(order=None), "NameTaken"),
            (an_instance(tags=ELSEWHERE.tags("x" * 32)), "OwnedElsewhere"),
        ],
    )
    def test_a_stranger_stalls_the_resource(self, instance: SeenInstance, reason: str) -> None:
        """Nothing is bought or bound; the message says what to do."""
        plan = decide(a_case(a_workspace(), cloud=a_cloud(a_listing(instance))))
        assert plan.steps == ()
        assert plan.verdict is not None
        assert (plan.verdict.kind, plan.verdict.reason) == ("Stalled", reason)

    def test_twins_stall_with_both_ids_in_the_same_words(self) -> None:
        """Whatever order the cloud lists them in."""
        twins = an_instance("b"), an_instance("a", order=2)
        said = set()
        for listed in (twins, twins[::-1]):
            plan = decide(
                a_case(a_workspace(), an_order("Fulfilled"), cloud=a_cloud(a_listing(*listed)))
            )
            assert plan.verdict is not None
            assert plan.verdict.reason == "DuplicateInstance"
            said.add(plan.verdict.message)
        assert len(said) == 1
        assert "a (no order" in said.pop()

    def test_an_instance_of_another_name_is_nobodys_business(self) -> None:
        """The account has other workspaces."""
        other = an_instance("other", name="other", order=None)
        assert isinstance(
            decide(a_case(a_workspace(), cloud=a_cloud(a_listing(other)))).steps[0], OpenOrder
        )

    def test_a_name_too_long_for_a_tag_is_hashed(self) -> None:
        """And still tells one resource from another."""
        one, two = (Owner("c", Key("n" * 60, name)) for name in ("a" * 10, "b" * 10))
        assert len(one.workspace_tag) <= 64
        assert one.workspace_tag != two.workspace_tag


class TestAnswer:
    """Step 9: what the answer to the call makes of the order, whatever came between."""

    @pytest.mark.parametrize(
        "state", [None, *(s for s in get_args(OrderState) if s not in ("Placed", "Fulfilled"))]
    )
    def test_an_id_is_never_dropped(self, state: OrderState | None) -> None:
        """Counterexample 8."""
        status = answers.after_answer(an_order(state), BOUGHT, NOW, COPY_WINDOW)
        assert status is not None
        assert (status.state, status.instance_id, status.order_id, status.evidence) == (
            "Placed",
            ID,
            "order-1",
            "Answer",
        )
        assert status.request_ids == ("request-1",)

    def test_a_purchase_is_dated_by_its_call(self) -> None:
        """Not by the moment at which its answer had surely arrived, which may be yet to come."""
        order = an_order("Placing")
        status = answers.after_answer(order, BOUGHT, NOW + WINDOW, COPY_WINDOW)
        assert status is not None
        assert (
            ledger.entered(order.model_copy(update={"status": status})) == order.status.intent_time
        )

    @pytest.mark.parametrize("state", ["Placed", "Fulfilled"])
    @pytest.mark.parametrize(
        "answer", [Bought("other", "order-1", None), NotBought(Unreachable("x.Y", "reset"))]
    )
    def test_what_is_placed_stays_as_it_is(self, state: OrderState, answer: Answer) -> None:
        """The id is set once."""
        assert answers.after_answer(an_order(state), answer, NOW, COPY_WINDOW) is None

    @pytest.mark.parametrize("state", ["Placed", "Fulfilled"])
    def test_a_late_answer_adds_the_billing_order(self, state: OrderState) -> None:
        """Counterexample 8: evidence was faster, but only the answer names order and request."""
        status = answers.after_answer(an_order(state), BOUGHT, NOW, COPY_WINDOW)
        assert status is not None
        assert (status.state, status.order_id, status.request_ids) == (
            state,
            "order-1",
            ("request-1",),
        )
        again = an_order(state).model_copy(update={"status": status})
        assert answers.after_answer(again, BOUGHT, NOW, COPY_WINDOW) is None

    @pytest.mark.parametrize("state", ["Placing", "Uncertain"])
    def test_a_certain_refusal_rejects(self, state: OrderState) -> None:
        """Only codes of the gateway that come before anything is booked are certain."""
        refused = NotBought(ParametersRefused("x.Y", "InvalidParameter", fate="CallRefused"))
        status = answers.after_answer(an_order(state), refused, NOW, COPY_WINDOW)
        assert status is not None
        assert (status.state, status.answer) == ("Rejected", "ParametersRefused")

    @pytest.mark.parametrize(
        "failure", [Unreachable, NameTaken, SignatureReplayed, BalanceTooLow, Throttled]
    )
    def test_anything_else_is_uncertain(self, failure: type[CloudFailure]) -> None:
        """Counterexample 10; the answer is kept to be shown."""
        status = answers.after_answer(
            an_order("Placing"), NotBought(failure("x.Y", "code")), NOW, COPY_WINDOW
        )
        assert status is not None
        assert (status.state, status.answer) == ("Uncertain", failure.__name__)

    def test_a_call_that_was_never_sent_takes_the_order_back(self) -> None:
        """The cloud has never heard of it. It is announced anew, and no call is repeated."""
        status = answers.after_answer(an_order("Placing"), NEVER_SENT, NOW, COPY_WINDOW)
        assert status is not None
        assert (status.state, status.evidence) == ("Quoted", "NothingSent")
        assert "again" not in str(status.message)
        said = verdict_of(NEVER_SENT.failure).message
        assert (said.startswith("nothing was sent, because "), "again" in said) == (True, False)

    @pytest.mark.parametrize(
        "state", [each for each in (None, *get_args(OrderState)) if each != "Placing"]
    )
    def test_a_call_that_was_never_sent_changes_no_other_state(
        self, state: OrderState | None
    ) -> None:
        """Somebody else wrote, who knows something else."""
        assert answers.after_answer(an_order(state), NEVER_SENT, NOW, COPY_WINDOW) is None

    @pytest.mark.parametrize("failure", [Unreachable, Garbled, ServerError, Throttled])
    @pytest.mark.parametrize("fate", get_args(Fate))
    def test_nothing_that_is_said_of_a_purchase_reads_as_if_it_was_repeated(
        self, failure: type[CloudFailure], fate: Fate
    ) -> None:
        """It is sent once."""
        answer = NotBought(failure(BUY, "code", fate=fate))
        status = answers.after_answer(an_order("Placing"), answer, NOW, COPY_WINDOW)
        assert status is not None
        assert "again" not in str(status.message)

    @pytest.mark.parametrize("state", ["NotPlaced", "Rejected", "Superseded", "Canceled", "Quoted"])
    def test_a_late_refusal_changes_nothing(self, state: OrderState) -> None:
        """Evidence was written since."""
        refused = NotBought(ParametersRefused("x.Y", "InvalidParameter", fate="CallRefused"))
        assert answers.after_answer(an_order(state), refused, NOW, COPY_WINDOW) is None

    @pytest.mark.parametrize("answer", [NEVER_SENT, UNANSWERED_CALL])
    def test_an_answer_to_an_earlier_call_says_nothing_of_a_later_one(
        self, answer: NotBought
    ) -> None:
        """Another process announced the order anew since, and its call may be under way."""
        late = Answered("order-uid-1", "o" * 32, answer, NOW)
        assert answers.recorded(an_order("Placing"), late, COPY_WINDOW) is None
        of_this_call = replace(late, mark=MARK)
        assert answers.recorded(an_order("Placing"), of_this_call, COPY_WINDOW) is not None

    def test_an_id_counts_whichever_call_brought_it(self) -> None:
        """It is never dropped."""
        status = answers.recorded(
            an_order("Placing"), Answered("order-uid-1", "o" * 32, BOUGHT, NOW), COPY_WINDOW
        )
        assert status is not None
        assert (status.state, status.instance_id) == ("Placed", ID)

    def test_an_answer_that_could_not_be_recorded_comes_first(self) -> None:
        """Before anything that the same look might say."""
        order = an_order("Placing")
        answered = Answered(order.metadata.uid, MARK, BOUGHT, NOW)
        remembered = Remembered(answers=(answered, replace(answered, order_uid="gone")))
        cloud = a_cloud(a_listing(an_instance()))
        assert decide(a_case(a_workspace(), order, remembered=remembered, cloud=cloud)).steps == (
            RecordAnswer(order, answered),
        )

    def test_a_message_fits_the_api_server_whatever_the_cloud_says(self) -> None:
        """One line of at most 1024 characters: what is refused could never be recorded."""
        status = answers.after_answer(
            an_order("Placing"), NotBought(Unreachable("x.Y", "a\nb" * 900)), NOW, COPY_WINDOW
        )
        assert status is not None
        assert status.message is not None
        assert len(status.message) <= 1024
        assert "\n" not in status.message

    def test_the_digest_binds_price_parameters_number_and_resource(self) -> None:
        """But not the moment of the quote."""
        order = an_order("Quoted")
        quote = order.status.quote
        assert quote is not None
        asked = unsent.asked_price(quote)
        assert asked == unsent.asked_price(quote.model_copy(update={"quoted_at": NOW + WINDOW}))
        first = unsent.digest(order.spec, 1, asked)
        resized = an_order(workspace=a_workspace(resources={"cu": 20})).spec
        others = (
            unsent.digest(order.spec, 2, asked),
            unsent.digest(order.spec, 1, asked.model_copy(update={"amount": "1"})),
            unsent.digest(order.spec, 1, asked.model_copy(update={"currency": "USD"})),
            unsent.digest(order.spec, 1, asked.model_copy(update={"basis": "Hour"})),
            unsent.digest(an_order(uid="uid-2").spec, 1, asked),
            unsent.digest(order.spec.model_copy(update={"action": "Renew"}), 1, asked),
            unsent.digest(resized, 1, asked),
        )
        assert len({first, *others}) == 1 + len(others)
