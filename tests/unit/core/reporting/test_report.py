"""What is told beside the summary: the eight aspects, the status around them, prerequisites and
events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.api.parameters import Subscription, Term
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, OrderSummary
from flink_workspace_operator.api.workspace import FlinkWorkspace, FlinkWorkspaceSpec
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    ParametersRefused,
    PermissionMissing,
    SignatureExpired,
    Throttled,
    Unexplained,
    Unreachable,
)
from flink_workspace_operator.core.facts.identity import Owner
from flink_workspace_operator.core.facts.key_failures import (
    CredentialsRefused,
    KeyRefused,
    KeyUnavailable,
    SecretMissing,
    SecretRefused,
)
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Bucket,
    Policy,
    Role,
    SeenNetwork,
    SeenVSwitch,
    Unknown,
)
from flink_workspace_operator.core.facts.snapshot import SeenCloud
from flink_workspace_operator.core.orders.price import price
from flink_workspace_operator.core.plan import AttachPolicy, CreateDirectory, CreateRole, Verdict
from flink_workspace_operator.core.prerequisites import judge_network, judge_role, judge_storage
from flink_workspace_operator.core.reporting.report import report
from tests.builders import (
    BUCKET,
    ID,
    NOW,
    OWNER,
    SETTINGS,
    V_SWITCH,
    VPC,
    WINDOW,
    a_case,
    a_cloud,
    a_listing,
    a_quote,
    a_workspace,
    an_instance,
    an_order,
    reported,
)

FULFILLED = an_order("Fulfilled")
SECOND = timedelta(seconds=1)
QUIET = Verdict("Progressing", "Purchasing", "")


def conditions(case: Case) -> dict[str, Condition]:
    return {condition.type: condition for condition in reported(case, decide(case)).conditions}


def running(**said: Any) -> Case:  # noqa: ANN401 - any field of an instance
    return a_case(a_workspace(), FULFILLED, cloud=a_cloud(a_listing(an_instance(**said))))


def asked_for(status: FlinkWorkspaceStatus | None = None) -> FlinkWorkspace:
    return a_workspace(annotations={RECONCILE_REQUESTED_AT: "now"}, status=status)


class TestAspects:
    """One thing each."""

    def test_all_is_well_with_a_running_workspace(self) -> None:
        """Each of the eight."""
        well = {
            type_
            for type_, condition in conditions(running()).items()
            if condition.status == "True"
        }
        assert well == {
            *("Ready", "RamRoleReady", "NetworkReady", "OssDirectoriesReady"),
            *("Purchased", "WorkspaceRunning", "InSync", "ExpiryHealthy", "CloudReachable"),
        }

    @pytest.mark.parametrize(
        "drift",
        [
            {"cu": 20},
            {"vpc_id": "vpc-2"},
            {"v_switch_ids": ("vsw-2",)},
            {"bucket": "b"},
            {"charge_type": "PayAsYouGo"},
        ],
    )
    def test_drift_is_told_with_both_values(self, drift: dict[str, object]) -> None:
        """And Ready stays."""
        of = conditions(running(**drift))
        assert (of["InSync"].status, of["InSync"].reason, of["Ready"].status) == (
            "False",
            "Drifted",
            "True",
        )
        assert "in the cloud" in of["InSync"].message

    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            (7.1, ("True", "Paid")),
            (7, ("False", "ExpiresSoon")),
            (0, ("False", "Expired")),
            (None, ("Unknown", "NotTold")),
        ],
    )
    def test_the_end_of_the_paid_time_is_told_a_week_before(
        self, days: float | None, expected: tuple[str, str]
    ) -> None:
        """In words that do not change from pass to pass."""
        end = None if days is None else NOW + timedelta(days=days)
        of = conditions(running(expire_time=end))["ExpiryHealthy"]
        assert (of.status, of.reason) == expected

    def test_the_end_of_the_paid_time_is_told_to_the_minute(self) -> None:
        """It is midnight UTC+8, which is another day in most of the world."""
        end = datetime(2026, 12, 24, 16, tzinfo=UTC)
        assert (
            conditions(running(expire_time=end))["ExpiryHealthy"].message
            == "paid until 2026-12-24 16:00 UTC"
        )

    def test_the_zone_is_that_of_the_network_where_the_list_leaves_it_out(self) -> None:
        """And what the list shows counts before it; where neither tells, the zone stays as it was
        known."""
        wanted: dict[str, Any] = {"v_switch_ids": (V_SWITCH,)}
        cases = [running(zone_id="cn-hangzhou-z", **wanted), running(zone_id=None, **wanted)]
        zones = [reported(case, decide(case)).instance for case in cases]
        assert [each and each.zone_id for each in zones] == ["cn-hangzhou-z", "cn-hangzhou-i"]
        known = reported(cases[1], decide(cases[1]))
        blind = a_cloud(
            a_listing(an_instance(zone_id=None, **wanted)), network=Unknown(Throttled("a.B", "c"))
        )
        later = a_case(a_workspace(status=known), FULFILLED, cloud=blind)
        seen = reported(later, decide(later)).instance
        assert seen is not None
        assert seen.zone_id == "cn-hangzhou-i"

    def test_a_prerequisite_that_cannot_be_checked_says_why(self) -> None:
        """Also if an earlier pass did not come so far; what was once known stays."""
        lacking = PermissionMissing("a.B", "c", action="vpc:DescribeVpcs")
        unread = a_cloud(network=Unknown(lacking))
        for cloud, reason in (
            (a_cloud(network=Unknown()), "PermissionMissing"),
            (a_cloud(), "Usable"),
        ):
            first = a_case(a_workspace(), cloud=cloud)
            workspace = a_workspace(status=reported(first, decide(first)))
            of = conditions(a_case(workspace, cloud=unread))
            assert of["NetworkReady"].reason == reason

    def test_what_is_billed_by_use_does_not_expire(self) -> None:
        """Not applicable counts as True."""
        workspace = a_workspace(charge_type="PayAsYouGo", subscription=None, resources=None)
        of = conditions(a_case(workspace, FULFILLED, cloud=a_cloud(a_listing(an_instance()))))
        assert (of["ExpiryHealthy"].status, of["ExpiryHealthy"].reason) == ("True", "NotApplicable")

    def test_an_emulator_that_answers_is_told(self) -> None:
        """Where an operator or a user looks who wonders what was paid: what runs there costs
        nothing."""
        of, emulated = (
            running(),
            SETTINGS.model_copy(update={"endpoint": "https://cloud", "emulator": True}),
        )
        assert conditions(of)["CloudReachable"].message == "the last calls were answered"
        told = conditions(replace(of, settings=emulated))["CloudReachable"]
        assert (told.status, told.reason) == ("True", "Answered")
        assert (
            told.message == "the last calls were answered by an emulator, so nothing here is real"
        )

    @pytest.mark.parametrize(
        ("failure", "status", "reason"),
        [
            (Throttled("a.B", "c"), "False", "Throttled"),
            (Unreachable("a.B", "c"), "False", "Unavailable"),
            (KeyUnavailable("a.B", "c"), "False", "KeyUnavailable"),
            (PermissionMissing("a.B", "c", action="stream:X"), "True", "Unauthorized"),
            (CredentialsRefused("a.B", "c"), "True", "Unauthorized"),
            (Unexplained("a.B", "c"), "True", "Refused"),
            (KeyRefused("a.B", "c"), "Unknown", "KeyRefused"),
            (
                CredentialsRefused("a.B", "c", fate="NothingSent", configured=False),
                "Unknown",
                "CredentialsRefused",
            ),
            (SecretMissing("s"), "Unknown", "SecretMissing"),
            (SecretRefused("s"), "Unknown", "SecretRefused"),
        ],
    )
    def test_a_look_that_showed_nothing_keeps_everything_but_reachable(
        self, failure: CloudFailure, status: str, reason: str
    ) -> None:
        """Reason, message and time of all others are as they were. Only silence of the cloud is no
        reaching it."""
        before = reported(running(), decide(running()))
        workspace = a_workspace(status=before)
        case = a_case(
            workspace,
            FULFILLED,
            cloud=SeenCloud(account_id=Unknown(failure)),
            now=NOW + timedelta(days=1),
        )
        after = conditions(case)
        assert (after["CloudReachable"].status, after["CloudReachable"].reason) == (status, reason)
        assert [c for c in after.values() if c not in before.conditions] == [
            after["CloudReachable"]
        ]

    def test_a_refused_price_is_an_answer(self) -> None:
        """The cloud is reached, and the message says what it refused."""
        refused = Unexplained("foasconsole.QueryCreateInstancePrice", "Some.Code")
        seen = conditions(a_case(a_workspace(), cloud=a_cloud(quote=Unknown(refused))))[
            "CloudReachable"
        ]
        assert (seen.status, seen.reason, seen.message) == ("True", "Refused", describe(refused))

    @pytest.mark.parametrize(
        "failure", [Throttled("a.B", "c"), Unreachable("a.B", "c"), KeyUnavailable("a.B", "c")]
    )
    def test_what_is_stalled_stays_so_while_the_cloud_does_not_answer(
        self, failure: CloudFailure
    ) -> None:
        """Silence is no hope. Another spec is: whether that helps is not known."""
        taken = a_case(a_workspace(), cloud=a_cloud(a_listing(an_instance(tags={}))))
        before = reported(taken, decide(taken))
        assert {each.type: each.status for each in before.conditions}["Stalled"] == "True"
        silent = SeenCloud(account_id=Unknown(failure))
        after = conditions(
            a_case(a_workspace(status=before), cloud=silent, now=NOW + timedelta(days=1))
        )
        assert [c.type for c in after.values() if c not in before.conditions] == ["CloudReachable"]
        edited = conditions(a_case(a_workspace(status=before, generation=2), cloud=silent))
        assert (edited["Stalled"].status, edited["Reconciling"].status) == ("False", "True")

    @pytest.mark.parametrize(
        ("failure", "condition", "reason"),
        [
            (
                KeyUnavailable("a.B", "HTTP502", why="STS gave no usable answer"),
                "Reconciling",
                "KeyUnavailable",
            ),
            (KeyRefused("a.B", "EntityNotExist.Role"), "Suspended", "KeyRefused"),
            (CredentialsRefused("a.B", "c", configured=False), "Suspended", "CredentialsRefused"),
        ],
    )
    def test_a_key_that_is_not_had_is_not_one_that_was_refused(
        self, failure: CloudFailure, condition: str, reason: str
    ) -> None:
        """One is tried again, for the others somebody is waited for; each says what to do."""
        of = conditions(a_case(a_workspace(), cloud=SeenCloud(account_id=Unknown(failure))))
        assert {
            type_ for type_ in ("Reconciling", "Stalled", "Suspended") if of[type_].status == "True"
        } == {condition}
        assert (of["Ready"].reason, of["Ready"].message) == (reason, describe(failure))
        assert of["CloudReachable"].message == describe(failure)

    def test_a_wrong_clock_is_named_where_people_look(self) -> None:
        """Else a node with a wrong clock would look like a cloud that does not answer."""
        failure = SignatureExpired("a.B", "InvalidTimeStamp.Expired", ahead=-1200.0)
        of = conditions(a_case(a_workspace(), cloud=SeenCloud(account_id=Unknown(failure))))
        for condition in (of["Ready"], of["CloudReachable"]):
            assert condition.message.endswith(
                "this node's clock is 20 minutes behind the cloud's: correct it"
            )

    def test_a_pass_that_did_not_ask_says_nothing_new_about_the_cloud(self) -> None:
        """Deletion needs no cloud; only Reconciling tells of it."""
        before = reported(running(), decide(running()))
        workspace = a_workspace(deleted=True, finalizers=("other",), status=before)
        after = conditions(a_case(workspace, FULFILLED, cloud=SeenCloud()))
        assert [c.type for c in after.values() if c not in before.conditions] == ["Reconciling"]

    def test_a_look_into_another_account_moves_nothing_of_ours(self) -> None:
        """What is found there is not this resource's."""
        before = reported(running(), decide(running()))
        cloud = a_cloud(a_listing(an_instance("theirs")), account_id="2")
        case = a_case(a_workspace(status=before), FULFILLED, cloud=cloud)
        after = reported(case, decide(case))
        assert after.instance == before.instance
        assert {c.type for c in after.conditions if c not in before.conditions} == {
            "Ready",
            "Stalled",
        }

    @pytest.mark.parametrize(
        ("order", "reason"),
        [
            (an_order("Placing"), "Placing"),
            (an_order("Uncertain"), "PurchaseUncertain"),
            (an_order("Rejected", outstanding_until=NOW), "Outstanding"),
            (an_order("Rejected", evidence="ForeignInstance", answer="NameTaken"), "Outstanding"),
            (an_order("Superseded", intent=NOW, evidence="Answer"), "Outstanding"),
            (an_order("Superseded", uid="uid-0", quote=None, at=NOW), "Outstanding"),
        ],
        ids=[
            "announced",
            "uncertain",
            "a copy may be executed",
            "a stranger's",
            "closed by a hand",
            "restored bare",
        ],
    )
    def test_what_may_have_been_bought_is_not_said_not_to_be(
        self, order: FlinkWorkspaceOrder, reason: str
    ) -> None:
        """False is said only when nothing can come of any call any more."""
        of = conditions(a_case(a_workspace(), order))["Purchased"]
        assert (of.status, of.reason) == ("Unknown", reason)

    def test_an_order_that_left_the_ledger_may_have_bought_something(self) -> None:
        """The resource still names it."""
        last = OrderSummary(name="demo-1", state="Uncertain", intent_time=NOW)
        of = conditions(a_case(a_workspace(status=FlinkWorkspaceStatus(order=last))))["Purchased"]
        assert (of.status, of.reason) == ("Unknown", "Outstanding")

    @pytest.mark.parametrize(
        "order",
        [
            an_order("Quoted"),
            an_order("Rejected"),
            an_order("NotPlaced", at=NOW - SECOND),
            an_order("Superseded", evidence="NothingSent"),
        ],
        ids=lambda order: order.state,
    )
    def test_nothing_was_bought_by_an_order_that_is_over(self, order: FlinkWorkspaceOrder) -> None:
        """Nothing was sent, or nothing can come of it."""
        of = conditions(a_case(a_workspace(), order))["Purchased"]
        assert (of.status, of.reason) == ("False", "NotPurchased")

    def test_the_pass_that_announces_says_so(self) -> None:
        """It reports what it wrote, and not what it read: the call may take long."""
        before, after = (
            a_case(a_workspace(), order) for order in (an_order("Quoted"), an_order("Placing"))
        )
        told = {each.type: each for each in reported(after, decide(before)).conditions}
        assert (told["Purchased"].status, told["Purchased"].reason) == ("Unknown", "Placing")

    def test_an_offer_that_does_not_exist_is_an_answer(self) -> None:
        """The cloud was reached."""
        of = conditions(
            a_case(a_workspace(), cloud=a_cloud(quote=Unknown(ParametersRefused("a.B", "c"))))
        )
        assert of["CloudReachable"].status == "True"

    def test_what_is_not_shown_is_not_said_to_agree(self) -> None:
        """Neither running nor in sync, from the first look that misses it."""
        before = reported(running(), decide(running()))
        of = conditions(a_case(a_workspace(status=before), FULFILLED))
        assert {of[type_].status for type_ in ("WorkspaceRunning", "InSync", "ExpiryHealthy")} == {
            "Unknown"
        }
        assert of["Purchased"].status == "True"


class TestStatus:
    """The fields around the conditions."""

    def test_what_others_have_by_now_is_not_said_to_be_missing(self) -> None:
        """The cloud shows it: its tags name another cluster, or it is not the only one of ours."""
        taken = an_instance(tags=Owner("cluster-2", OWNER.key).tags("x" * 32))
        for shown in ((taken,), (an_instance(), an_instance("sc_flink-2"))):
            told = conditions(a_case(a_workspace(), FULFILLED, cloud=a_cloud(a_listing(*shown))))
            for type_ in ("InSync", "ExpiryHealthy"):
                assert (told[type_].status, told[type_].reason) == ("Unknown", "NotOurs")
                assert told[type_].message.startswith(f"the cloud shows {ID}, but not as ")

    def test_conditions_of_other_controllers_stay_as_they_are(self) -> None:
        """The list is a map by type, and their types are not ours to write."""
        audited = Condition(
            type="Audited",
            status="True",
            reason="Checked",
            message="",
            last_transition_time=NOW,
            observed_generation=1,
        )
        workspace = a_workspace(status=FlinkWorkspaceStatus(conditions=(audited,)))
        after = reported(a_case(workspace, FULFILLED), Verdict("Running", "Running", "it runs"))
        assert audited in after.conditions
        assert (
            len({condition.type for condition in after.conditions}) == len(after.conditions) == 13
        )

    def test_a_request_waits_for_its_try(self) -> None:
        """While the cloud is down or a prerequisite is missing, a refused order can't be tried
        again."""
        refused = an_order("Rejected", answer="ParametersRefused", at=NOW)
        for cloud in (
            a_cloud(Unknown(Unreachable("a.B", "c"))),
            a_cloud(network=SeenNetwork(False, ())),
        ):
            case = a_case(asked_for(), refused, cloud=cloud)
            assert reported(case, decide(case)).last_handled_reconcile_at is None
        case = a_case(asked_for(), refused, an_order("Quoted", 2))
        told = report(case, Verdict("Progressing", "Purchasing", ""))
        assert told.last_handled_reconcile_at == "now"

    def test_any_other_request_is_handled_by_the_pass(self) -> None:
        """A look was taken."""
        for orders in ((), (FULFILLED,), (an_order("Uncertain"),)):
            case = a_case(asked_for(), *orders)
            assert reported(case, decide(case)).last_handled_reconcile_at == "now"

    def test_the_account_is_told_once_something_may_have_been_sent(self) -> None:
        """Until then it may change."""
        for order, account in (
            (an_order("Quoted"), None),
            (an_order("Uncertain"), an_order().spec.account_id),
        ):
            case = a_case(a_workspace(), order)
            assert reported(case, decide(case)).account_id == account

    @pytest.mark.parametrize(
        ("order", "until"),
        [
            (an_order("Uncertain", intent=NOW), NOW + WINDOW),
            (an_order("Rejected", outstanding_until=NOW + SECOND), NOW + SECOND),
            (an_order("Rejected"), None),
            (an_order("NotPlaced"), None),
        ],
    )
    def test_the_resource_knows_until_when_something_may_come_of_its_order(
        self, order: FlinkWorkspaceOrder, until: datetime | None
    ) -> None:
        """Should the order leave the ledger."""
        case = a_case(a_workspace(), order)
        told = (
            reported(case, decide(case)).order
            if order.state != "NotPlaced"
            else report(case, QUIET).order
        )
        assert told is not None
        assert told.settled_not_before == until

    def test_v_switches_are_told_in_one_order_and_by_band(self) -> None:
        """Neither the cloud's order nor a number of addresses moves the status."""
        switches = [
            SeenVSwitch(f"vsw-{n}", VPC, "cn-hangzhou-i", free)
            for n, free in ((1, 200), (2, 9), (3, 0))
        ]
        told = []
        for listed in (switches, switches[::-1]):
            case = a_case(a_workspace(), cloud=a_cloud(network=SeenNetwork(True, tuple(listed))))
            told.append(reported(case, decide(case)).network)
        assert told[0] == told[1]
        assert told[0] is not None
        assert [each.capacity for each in told[0].v_switches] == ["Enough", "Low", "Exhausted"]

    def test_a_price_is_a_line_to_read(self) -> None:
        """For the term, per hour, or pay-as-you-go."""
        hour = Quote(basis="Hour", quoted_at=NOW)
        month = a_workspace().parameters
        years = month.model_copy(
            update={"subscription": Subscription(initial_term=Term(count=2, unit="Year"))}
        )
        use = month.model_copy(
            update={"charge_type": "PayAsYouGo", "subscription": None, "resources": None}
        )
        assert price(a_quote(), month) == "CNY 1200.00 for 1 month"
        assert price(a_quote(), years) == "CNY 1200.00 for 2 years"
        assert price(hour, use) == "pay-as-you-go"
        assert (
            price(hour.model_copy(update={"currency": "CNY", "trade_amount": "1"}), use)
            == "CNY 1 per hour"
        )
        assert price(hour.model_copy(update={"trade_amount": "1"}), use) == "1 per hour"
        assert price(hour, month) == "pay-as-you-go"

    def test_a_price_beside_another_size_says_what_it_was_for(self) -> None:
        """After a resize in the console, the order's price is not that of the CU shown."""
        order = an_order("Fulfilled", quote=a_quote(), instance_id=ID)
        told = {}
        for cu in (10, 20, None):
            case = a_case(a_workspace(), order, cloud=a_cloud(a_listing(an_instance(cu=cu))))
            summary = reported(case, decide(case)).order
            told[cu] = summary and summary.price
        paid = "CNY 1200.00 for 1 month"
        assert told == {10: paid, 20: f"{paid} (bought with 10 CU)", None: paid}


class TestPrerequisites:
    """Each finding, and what puts it in order."""

    spec: FlinkWorkspaceSpec = a_workspace().spec
    require: FlinkWorkspaceSpec = a_workspace(ram_role={"management": "Require"}).spec

    def test_a_missing_role_is_made_with_its_policies_unless_only_required(self) -> None:
        """Require says how to authorise."""
        steps = judge_role(Absent(), self.spec, SETTINGS, "").steps
        assert [type(step) for step in steps] == [CreateRole, AttachPolicy, AttachPolicy]
        required = judge_role(Absent(), self.require, SETTINGS, "")
        assert (required.reason, required.steps) == ("RoleMissing", ())

    def test_only_the_missing_policies_are_attached(self) -> None:
        """By name and type: a custom policy of the same name is another one."""
        first, second = SETTINGS.role_policies
        role = Role("r", "arn", frozenset({Policy(first), Policy(second, "Custom")}))
        assert judge_role(role, self.spec, SETTINGS, "").steps == (
            AttachPolicy(SETTINGS.role_name, Policy(second)),
        )

    def test_only_the_missing_directories_are_made(self) -> None:
        """Never over existing ones."""
        found = judge_storage(
            Bucket(BUCKET, frozenset({"artifacts/", "logs/", "flink-jobs/"})), self.spec, ""
        )
        assert found.steps == (CreateDirectory(self.spec.region, BUCKET, "flink-savepoints/"),)

    @pytest.mark.parametrize(
        ("network", "reason"),
        [
            (SeenNetwork(False, ()), "VpcNotFound"),
            (SeenNetwork(True, ()), "VSwitchNotFound"),
            (
                SeenNetwork(True, (SeenVSwitch("vsw-1", "vpc-2", "cn-hangzhou-i", 9),)),
                "VSwitchInOtherVpc",
            ),
            (
                SeenNetwork(True, (SeenVSwitch("vsw-1", VPC, "cn-hangzhou-x", 9),)),
                "ZoneNotSupported",
            ),
            (
                SeenNetwork(True, (SeenVSwitch("vsw-1", VPC, "cn-hangzhou-i", 0),)),
                "AddressesExhausted",
            ),
            (
                SeenNetwork(
                    True,
                    tuple(
                        SeenVSwitch(f"vsw-{n}", VPC, f"cn-hangzhou-{z}", 9)
                        for n, z in ((1, "i"), (2, "j"))
                    ),
                ),
                "ZonesDiffer",
            ),
        ],
    )
    def test_a_network_that_can_not_be_used(self, network: SeenNetwork, reason: str) -> None:
        """Told before anything is bought into it."""
        found = judge_network(network, frozenset({"cn-hangzhou-i"}), self.spec, SETTINGS, "")
        assert (found.status, found.reason, found.steps) == ("False", reason, ())

    def test_another_zone_than_wanted(self) -> None:
        """The vSwitches decide the zone; zoneId only checks it."""
        network = SeenNetwork(True, (SeenVSwitch("vsw-1", VPC, "cn-hangzhou-i", 9),))
        spec = a_workspace(zone_id="cn-hangzhou-j").spec
        assert (
            judge_network(network, frozenset({"cn-hangzhou-i"}), spec, SETTINGS, "").reason
            == "ZoneMismatch"
        )
