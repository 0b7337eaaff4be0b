"""Every row of the design's table of situations (section 4): the four conditions that programs wait
for."""

from datetime import datetime
from typing import Any, NamedTuple

import pytest

from flink_workspace_operator.api.names import SUSPEND
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.failures import (
    BalanceTooLow,
    CloudFailure,
    NameTaken,
    ParametersRefused,
    PermissionMissing,
    Throttled,
    Unreachable,
)
from flink_workspace_operator.core.facts.identity import Key, Owner
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Bucket,
    BucketElsewhere,
    OssNotActivated,
    SeenNetwork,
    Unknown,
)
from flink_workspace_operator.core.facts.snapshot import Remembered, SeenCloud
from flink_workspace_operator.core.plan import Verdict
from tests.builders import (
    BUCKET,
    NOW,
    SETTINGS,
    a_case,
    a_claim,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
    minutes,
    reported,
)


class Told(NamedTuple):
    """Ready as status/reason, and which of the other three is True, with its reason if that is not
    Ready's."""

    ready: str
    reconciling: str = "False"
    stalled: str = "False"
    suspended: str = "False"


def told(status: FlinkWorkspaceStatus) -> Told:
    of = {condition.type: condition for condition in status.conditions}
    ready = of["Ready"]

    def companion(type_: str) -> str:
        condition = of[type_]
        same = condition.status == "False" or condition.reason == ready.reason
        return condition.status if same else f"{condition.status}/{condition.reason}"

    return Told(
        f"{ready.status}/{ready.reason}", *map(companion, ("Reconciling", "Stalled", "Suspended"))
    )


def progressing(reason: str) -> Told:
    return Told(f"Unknown/{reason}", reconciling="True")


def stalled(reason: str) -> Told:
    return Told(f"False/{reason}", stalled="True")


def suspended(reason: str) -> Told:
    return Told(f"Unknown/{reason}", suspended="True")


RUNNING = Told("True/Running")
NOT_VISIBLE = Told("True/NotVisible")
DOWN = a_cloud(Unknown(Unreachable("foasconsole.DescribeInstances", "reset")))
THROTTLED = a_cloud(Unknown(Throttled("foasconsole.DescribeInstances", "Throttling")))
ALL_DOWN = SeenCloud(account_id=Unknown(Unreachable("sts.GetCallerIdentity", "reset")))


def refused(failure: CloudFailure) -> SeenCloud:
    return a_cloud(Unknown(failure))


def bought(**said: Any) -> SeenCloud:  # noqa: ANN401 - any field of an instance
    return a_cloud(a_listing(an_instance(**said)))


BEFORE = {
    "prerequisite missing in the first 5 minutes": (
        a_case(a_workspace(), cloud=a_cloud(network=SeenNetwork(False, ()))),
        progressing("VpcNotFound"),
    ),
    "role missing, being made": (
        a_case(a_workspace(), cloud=a_cloud(role=Absent())),
        progressing("RoleMissing"),
    ),
    "bucket missing": (
        a_case(a_workspace(), cloud=a_cloud(storage=Absent())),
        progressing("BucketNotFound"),
    ),
    "bucket elsewhere": (
        a_case(a_workspace(), cloud=a_cloud(storage=BucketElsewhere("b", None))),
        progressing("BucketInOtherRegion"),
    ),
    "OSS not opened": (
        a_case(a_workspace(), cloud=a_cloud(storage=OssNotActivated())),
        progressing("OssNotActivated"),
    ),
    "permission missing": (
        a_case(a_workspace(), cloud=refused(PermissionMissing("a.B", "c"))),
        suspended("PermissionMissing"),
    ),
    "a prerequisite can't be read": (
        a_case(
            a_workspace(),
            cloud=a_cloud(role=Unknown(PermissionMissing("ram.GetRole", "NoPermission"))),
        ),
        suspended("PermissionMissing"),
    ),
    "refused for lack of money": (
        a_case(a_workspace(), an_order("NotPlaced", answer="BalanceTooLow", at=NOW)),
        suspended("BalanceTooLow"),
    ),
    "uncertain for lack of money": (
        a_case(a_workspace(), an_order("Uncertain", answer="BalanceTooLow")),
        suspended("BalanceTooLow"),
    ),
    "an unpaid order": (
        a_case(a_workspace(), an_order("Uncertain", answer="UnpaidOrder")),
        suspended("UnpaidOrder"),
    ),
    "order opened": (a_case(a_workspace()), progressing("Purchasing")),
    "order announced": (a_case(a_workspace(), an_order("Quoted")), progressing("Provisioning")),
    "placing": (a_case(a_workspace(), an_order("Placing")), progressing("Provisioning")),
    "placed, not seen yet": (
        a_case(a_workspace(), an_order("Placed")),
        progressing("Provisioning"),
    ),
    "being created": (
        a_case(a_workspace(), an_order("Placed"), cloud=bought(cluster_status="CREATING")),
        progressing("Provisioning"),
    ),
    "a state that we do not know": (
        a_case(a_workspace(), an_order("Placed"), cloud=bought(cluster_status="NEW")),
        progressing("Provisioning"),
    ),
    "uncertain": (a_case(a_workspace(), an_order("Uncertain")), progressing("PurchaseUncertain")),
    "uncertain, and the cloud is down": (
        a_case(a_workspace(), an_order("Uncertain"), cloud=DOWN),
        progressing("PurchaseUncertain"),
    ),
    "cloud down before the purchase": (
        a_case(a_workspace(), cloud=DOWN),
        progressing("CloudUnreachable"),
    ),
    "all of the cloud down": (
        a_case(a_workspace(), cloud=ALL_DOWN),
        progressing("CloudUnreachable"),
    ),
    "parameters refused": (
        a_case(a_workspace(), an_order("Rejected", answer="ParametersRefused", at=NOW)),
        stalled("ParametersRefused"),
    ),
    "no such offer": (
        a_case(a_workspace(), cloud=a_cloud(quote=Unknown(ParametersRefused("a.B", "c")))),
        stalled("ParametersRefused"),
    ),
    "region not sold": (
        a_case(a_workspace(), cloud=a_cloud(Unknown(), regions=frozenset({"cn-beijing"}))),
        stalled("RegionNotSupported"),
    ),
    "claimed by another resource": (
        a_case(a_workspace(), claim=a_claim(Key("team", "other"))),
        stalled("NameTaken"),
    ),
    "name taken in the cloud": (
        a_case(a_workspace(), cloud=bought(order=None)),
        stalled("NameTaken"),
    ),
    "owned elsewhere": (
        a_case(a_workspace(), cloud=bought(tags=Owner("cluster-2", Key("a", "b")).tags("x"))),
        stalled("OwnedElsewhere"),
    ),
    "name mismatch": (a_case(a_workspace(), cloud=bought(name="former")), stalled("NameMismatch")),
    "another account": (
        a_case(a_workspace(), an_order("Placed", account_id="2")),
        stalled("AccountChanged"),
    ),
    "creation failed": (
        a_case(
            a_workspace(),
            an_order("Placed"),
            cloud=bought(cluster_status="CREATING", stage_status="FAILED"),
        ),
        stalled("CreationFailed"),
    ),
    "suspended": (a_case(a_workspace(suspend=True)), suspended("SuspendedByUser")),
    "suspended by annotation": (
        a_case(a_workspace(annotations={SUSPEND: "true"})),
        suspended("SuspendedByUser"),
    ),
    "suspended with an order open": (
        a_case(a_workspace(suspend=True), an_order("Quoted")),
        suspended("SuspendedByUser"),
    ),
    "suspended while uncertain": (
        a_case(a_workspace(suspend=True), an_order("Uncertain")),
        suspended("SuspendedByUser"),
    ),
    "suspended and short of money": (
        a_case(a_workspace(suspend=True), an_order("Uncertain", answer="BalanceTooLow")),
        suspended("SuspendedByUser"),
    ),
    "suspended while being created": (
        a_case(
            a_workspace(suspend=True), an_order("Placed"), cloud=bought(cluster_status="CREATING")
        ),
        suspended("SuspendedByUser"),
    ),
    "suspended and the cloud is down": (
        a_case(a_workspace(suspend=True), cloud=DOWN),
        suspended("SuspendedByUser"),
    ),
    "suspended and the name is taken": (
        a_case(a_workspace(suspend=True), cloud=bought(order=None)),
        stalled("NameTaken"),
    ),
    "suspended and refused": (
        a_case(a_workspace(suspend=True), an_order("Rejected", answer="ParametersRefused", at=NOW)),
        stalled("ParametersRefused"),
    ),
    "deleted at once": (
        a_case(a_workspace(deleted=True), an_order("Uncertain")),
        progressing("Deleting"),
    ),
    "running": (a_case(a_workspace(), an_order("Fulfilled"), cloud=bought()), RUNNING),
    "running though a prerequisite is missing": (
        a_case(
            a_workspace(),
            an_order("Fulfilled"),
            cloud=a_cloud(a_listing(an_instance()), role=Absent(), network=SeenNetwork(False, ())),
        ),
        RUNNING,
    ),
    "running, suspended": (
        a_case(a_workspace(suspend=True), an_order("Fulfilled"), cloud=bought()),
        Told("True/Running", suspended="True/SuspendedByUser"),
    ),
}


@pytest.mark.parametrize(("case", "expected"), BEFORE.values(), ids=BEFORE.keys())
def test_on_the_first_pass(case: Case, expected: Told) -> None:
    """The situation decides, also where nothing was said before."""
    assert told(reported(case, decide(case))) == expected


def once_running(**changes: object) -> FlinkWorkspace:
    """A workspace that was reported as running half an hour ago."""
    case = a_case(a_workspace(), an_order("Fulfilled"), cloud=bought(), now=NOW - minutes(30))
    return a_workspace(status=reported(case, decide(case)), **changes)  # type: ignore[arg-type]  # fields of a workspace


FULFILLED = an_order("Fulfilled", intent=NOW - minutes(99))
AFTER = {
    "running": (a_case(once_running(), FULFILLED, cloud=bought()), RUNNING),
    "cloud down": (a_case(once_running(), FULFILLED, cloud=DOWN), RUNNING),
    "all of the cloud down": (a_case(once_running(), FULFILLED, cloud=ALL_DOWN), RUNNING),
    "throttled": (a_case(once_running(), FULFILLED, cloud=THROTTLED), RUNNING),
    "permission taken away": (
        a_case(once_running(), FULFILLED, cloud=refused(PermissionMissing("a.B", "c"))),
        RUNNING,
    ),
    "suspended": (
        a_case(once_running(suspend=True), FULFILLED, cloud=bought()),
        Told("True/Running", suspended="True/SuspendedByUser"),
    ),
    "suspended and the cloud is down": (
        a_case(once_running(suspend=True), FULFILLED, cloud=DOWN),
        Told("True/Running", suspended="True/SuspendedByUser"),
    ),
    "not shown for the first time": (a_case(once_running(), FULFILLED), NOT_VISIBLE),
    "changing": (
        a_case(once_running(), FULFILLED, cloud=bought(cluster_status="UPDATING")),
        Told("False/Provisioning", reconciling="True"),
    ),
    "expired": (
        a_case(once_running(), FULFILLED, cloud=bought(order_state="CEASE")),
        stalled("Expired"),
    ),
    "overdue": (
        a_case(once_running(), FULFILLED, cloud=bought(order_state="RELEASE")),
        stalled("Overdue"),
    ),
    "released": (
        a_case(once_running(), FULFILLED, cloud=bought(cluster_status="DELETING")),
        stalled("Released"),
    ),
    "disabled": (
        a_case(once_running(), FULFILLED, cloud=bought(cluster_status="DISABLE")),
        stalled("Disabled"),
    ),
    "twins": (
        a_case(
            once_running(),
            FULFILLED,
            cloud=a_cloud(a_listing(an_instance(), an_instance("sc_flink-2"))),
        ),
        stalled("DuplicateInstance"),
    ),
    "being deleted": (
        a_case(once_running(deleted=True), an_order("Uncertain"), cloud=bought(order=9)),
        Told("True/Running", reconciling="True/Deleting"),
    ),
    "being deleted, offline": (
        a_case(once_running(deleted=True, finalizers=("other",)), FULFILLED, cloud=SeenCloud()),
        Told("True/Running", reconciling="True/Deleting"),
    ),
}


@pytest.mark.parametrize(("case", "expected"), AFTER.values(), ids=AFTER.keys())
def test_after_it_once_ran(case: Case, expected: Told) -> None:
    """What was Ready stays so until something else is known."""
    assert told(reported(case, decide(case))) == expected


@pytest.mark.parametrize(
    ("minutes_later", "expected"),
    [
        (0, progressing("VpcNotFound")),
        (4.9, progressing("VpcNotFound")),
        (5, stalled("VpcNotFound")),
    ],
)
def test_a_prerequisite_that_stays_missing_stalls_after_five_minutes(
    minutes_later: float, expected: Told
) -> None:
    """Counted from when its condition turned False."""
    missing = a_cloud(network=SeenNetwork(False, ()))

    def after(at: datetime, before: FlinkWorkspaceStatus | None) -> FlinkWorkspaceStatus:
        case = a_case(a_workspace(status=before), cloud=missing, now=at)
        return reported(case, decide(case))

    assert told(after(NOW + minutes(minutes_later), after(NOW, None))) == expected


def test_what_the_operator_is_only_now_putting_right_has_not_stalled() -> None:
    """A person made the bucket after an hour: the directories in it are made by this pass, and
    nothing is given up."""
    missing = a_case(a_workspace(), cloud=a_cloud(storage=Absent()))
    before = reported(missing, decide(missing))
    empty = a_cloud(storage=Bucket(BUCKET, frozenset()))

    def after(later: float, status: FlinkWorkspaceStatus) -> FlinkWorkspaceStatus:
        case = a_case(a_workspace(status=status), cloud=empty, now=NOW + minutes(later))
        return reported(case, decide(case))

    assert told(after(60, before)) == progressing("DirectoriesMissing")
    assert told(after(61, after(60, before))) == stalled("DirectoriesMissing")


def test_another_spec_is_looked_at_before_it_stalls() -> None:
    """`ramRole.management` was Require, and is Ensure now: the role is being made."""
    required = a_case(a_workspace(ram_role={"management": "Require"}), cloud=a_cloud(role=Absent()))
    before = reported(required, decide(required))
    ensured = a_workspace(status=before, generation=2)
    case = a_case(ensured, cloud=a_cloud(role=Absent()), now=NOW + minutes(60))
    assert told(reported(case, decide(case))) == progressing("RoleMissing")


def test_what_a_person_must_do_is_told_before_what_the_operator_does() -> None:
    """Else it would be known only after minutes."""
    case = a_case(a_workspace(), cloud=a_cloud(role=Absent(), storage=Absent()))
    assert told(reported(case, decide(case))) == progressing("BucketNotFound")


def test_an_expired_workspace_stays_stalled_while_the_cloud_is_down() -> None:
    """Nothing new is known."""
    expired = a_case(once_running(), FULFILLED, cloud=bought(order_state="CEASE"))
    status = reported(expired, decide(expired))
    down = a_case(a_workspace(status=status), FULFILLED, cloud=DOWN)
    assert told(reported(down, decide(down))) == stalled("Expired")


@pytest.mark.parametrize("state", ["Placed", "Fulfilled"])
@pytest.mark.parametrize("failure", [Unreachable, ParametersRefused, NameTaken])
def test_a_failed_look_says_nothing_about_what_was_bought(
    state: OrderState, failure: type[CloudFailure]
) -> None:
    """Before it is first told to be ready: neither that it is not, nor that its spec must be
    changed."""
    down = a_cloud(Unknown(failure("foasconsole.DescribeInstances", "Some.Code")))
    case = a_case(a_workspace(), an_order(state), cloud=down)
    assert told(reported(case, decide(case))) == progressing("CloudUnreachable")


OTHERS = a_claim(Key("team", "other"))
NO_ANSWER = Unknown(Unreachable("a.Question", "ServiceUnavailable"))
NO_PRICE = {"quote": NO_ANSWER}
UNREACHED = progressing("CloudUnreachable")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"claim": OTHERS}, {}, UNREACHED),
        ({"cloud": bought(order=None)}, {}, UNREACHED),
        ({"cloud": a_cloud(storage=Absent())}, {}, UNREACHED),
        ({"claim": OTHERS}, {"cloud": DOWN}, stalled("NameTaken")),
        ({"claim": OTHERS}, {"claim": OTHERS}, stalled("NameTaken")),
        (
            {"cloud": a_cloud(storage=Absent())},
            {"cloud": a_cloud(storage=NO_ANSWER)},
            stalled("BucketNotFound"),
        ),
    ],
    ids=[
        "claim is ours",
        "instance is gone",
        "bucket is there",
        "no look",
        "claim is theirs",
        "no look at the bucket",
    ],
)
def test_a_stall_ends_with_its_cause(
    before: dict[str, Any], after: dict[str, Any], expected: Told
) -> None:
    """Although no price is known: all else was read, and shows that it is over. Without that it
    stays."""
    status = FlinkWorkspaceStatus()
    for now in (NOW, NOW + minutes(60)):
        case = a_case(a_workspace(status=status), **{"now": now, **before})
        status = reported(case, decide(case))
    assert told(status).stalled == "True"
    later = {"now": NOW + minutes(61), "cloud": a_cloud(**NO_PRICE), **after}
    case = a_case(a_workspace(status=status), **later)
    assert told(reported(case, decide(case))) == expected


def test_resuming_while_the_cloud_is_down_is_seen_at_once() -> None:
    """It is not the cloud's to tell."""
    case = a_case(once_running(suspend=True), FULFILLED, cloud=bought())
    status = reported(case, decide(case))
    resumed = a_case(a_workspace(status=status), FULFILLED, cloud=DOWN)
    assert told(reported(resumed, decide(resumed))) == RUNNING


def test_a_wish_to_suspend_is_told_also_where_a_stall_comes_first() -> None:
    """Whoever set it reads that it counts; also while the cloud is down, and no longer than it is
    set."""
    taken = bought(order=None)
    case = a_case(a_workspace(suspend=True), cloud=taken)
    status = reported(case, decide(case))
    wish = "what Ready says comes first; nothing is written to the cloud until a person ends that"
    assert words_of_suspended(status).startswith(wish)
    down = a_case(a_workspace(suspend=True, status=status), cloud=DOWN)
    assert words_of_suspended(reported(down, decide(down))).startswith(wish)
    for cloud in (taken, DOWN):
        over = a_case(a_workspace(status=status), cloud=cloud)
        assert words_of_suspended(reported(over, decide(over))) == "nothing suspends it"


def test_a_wish_to_suspend_is_told_also_beside_a_fault_of_the_operators_own_side() -> None:
    """The pass failed; what a person asked for is known all the same."""
    fault = Verdict("Progressing", "ClusterUnavailable", "no answer", beside=True)
    case = a_case(a_workspace(suspend=True))
    assert words_of_suspended(reported(case, fault)).startswith("what Ready says comes first; ")


def words_of_suspended(status: FlinkWorkspaceStatus) -> str:
    [suspended] = [each for each in status.conditions if each.type == "Suspended"]
    assert suspended.status == "False"
    return suspended.message


def test_not_ready_is_not_forgotten_to_have_run() -> None:
    """A restored workspace has no order that says so."""
    case = a_case(once_running(), cloud=bought(cluster_status="UPDATING"))
    for _ in range(2):
        status = reported(case, decide(case))
        assert told(status) == Told("False/Provisioning", reconciling="True")
        case = a_case(a_workspace(status=status), cloud=bought(cluster_status="UPDATING"))


class TestGoneBehindOurBack:
    """Lost: absent in two complete look-ups that lie the visibility delay apart."""

    def test_lost_after_two_looks_also_for_a_new_uid(self) -> None:
        """And nothing is bought in its place."""
        for workspace in (once_running(), a_workspace(uid="uid-2")):
            claim = a_claim(uid=workspace.metadata.uid)
            first = decide(a_case(workspace, FULFILLED, claim=claim))
            assert (first.steps, first.missing_since) == ((), NOW)
            remembered = Remembered(missing_since=NOW)
            later = NOW + minutes(SETTINGS.longest_visibility_seconds / 60)
            look = a_cloud(a_listing(at=later))
            case = a_case(workspace, FULFILLED, claim=claim, remembered=remembered, cloud=look)
            assert told(reported(case, decide(case))) == stalled("Lost")
            assert decide(case).missing_since == NOW

    def test_the_same_look_twice_is_one_look(self) -> None:
        """Looks are shared: their own date counts, not the machine's clock."""
        remembered = Remembered(missing_since=NOW)
        case = a_case(once_running(), FULFILLED, remembered=remembered, now=NOW + minutes(60))
        assert told(reported(case, decide(case))) == NOT_VISIBLE

    def test_a_look_that_fails_in_between_forgets_nothing(self) -> None:
        """Else a shaky cloud would put it off for ever."""
        remembered = Remembered(missing_since=NOW)
        assert (
            decide(
                a_case(once_running(), FULFILLED, remembered=remembered, cloud=DOWN)
            ).missing_since
            == NOW
        )

    def test_being_seen_again_starts_anew(self) -> None:
        """It was only late."""
        remembered = Remembered(missing_since=NOW)
        assert (
            decide(
                a_case(once_running(), FULFILLED, remembered=remembered, cloud=bought())
            ).missing_since
            is None
        )

    def test_bought_and_never_seen_stays_provisioning(self) -> None:
        """Whatever the time."""
        case = a_case(a_workspace(), an_order("Placed", intent=NOW - minutes(999)))
        assert told(reported(case, decide(case))) == progressing("Provisioning")


def test_ready_says_what_decides() -> None:
    """Reason and message of the deciding condition are repeated."""
    verdict = Verdict("Suspended", "BalanceTooLow", "top up")
    case = a_case(a_workspace(), an_order("NotPlaced", answer=BalanceTooLow.__name__, at=NOW))
    of = {condition.type: condition for condition in reported(case, verdict).conditions}
    assert (of["Ready"].reason, of["Ready"].message) == (
        of["Suspended"].reason,
        of["Suspended"].message,
    )
