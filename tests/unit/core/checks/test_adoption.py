"""A workspace that exists becomes a resource's on purpose only; what is ours keeps our marks."""

from typing import Any

import pytest

from flink_workspace_operator.api.names import (
    CLUSTER_TAG,
    ORDER_TAG,
    PURCHASE_FINALIZER,
    WORKSPACE_TAG,
)
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.api.workspace import Adoption, FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.identity import Key, Owner
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.plan import AdoptInstance, Plan, RestoreTags
from flink_workspace_operator.settings import Settings
from tests.builders import (
    ID,
    NOW,
    OWNER,
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

BY_NAME = Adoption(policy="IfNameMatches")
BY_ID = Adoption(policy="ByInstanceId", instance_id=ID)
ELSEWHERE = Owner("cluster-2", Key("team", "demo")).tags("x")
NEIGHBOUR = Owner("cluster-1", Key("team", "other")).tags("x")
OLD = NOW - minutes(99)


def case_of(*found: SeenInstance, workspace: FlinkWorkspace, **read: Any) -> Case:  # noqa: ANN401 - whatever `a_case` takes
    return a_case(workspace, cloud=a_cloud(a_listing(*found)), **read)


def verdict_of(case: Case) -> tuple[str, str]:
    verdict = decide(case).verdict
    assert verdict is not None
    return verdict.kind, verdict.reason


def told(workspace_case: Case, **spec: Any) -> FlinkWorkspace:  # noqa: ANN401 - any field of a spec
    """The resource after it said what it is about to do."""
    return a_workspace(status=reported(workspace_case, decide(workspace_case)), **spec)


def marks(plan: Plan) -> dict[str, str]:
    """The tags that the one step of a plan puts on."""
    [step] = plan.steps
    assert isinstance(step, AdoptInstance | RestoreTags)
    return dict(step.tags)


class TestAdoption:
    """`spec.adoption`."""

    @pytest.mark.parametrize(
        ("adoption", "found", "adopted"),
        [
            (None, an_instance(order=None), False),
            (Adoption(), an_instance(order=None), False),
            (BY_NAME, an_instance(order=None), True),
            (BY_NAME, an_instance(tags=ELSEWHERE), False),
            (BY_NAME, an_instance(tags=NEIGHBOUR), False),
            (BY_ID, an_instance(order=None), True),
            (BY_ID, an_instance(tags=ELSEWHERE), True),
            (BY_ID, an_instance(tags=NEIGHBOUR), True),
            (BY_ID, an_instance("sc_flink-2", order=None), False),
        ],
    )
    def test_what_may_be_adopted(
        self, adoption: Adoption | None, found: SeenInstance, adopted: bool
    ) -> None:
        """By name only what nobody marked; by id whatever a person names."""
        kind, reason = verdict_of(case_of(found, workspace=a_workspace(adoption=adoption)))
        assert (reason == "Adopting") == adopted
        assert kind == ("Progressing" if adopted else "Stalled")

    def test_two_of_a_name_are_a_persons_choice(self) -> None:
        """A name that two instances have says nothing about which of them is meant."""
        twins = (an_instance(order=None), an_instance("sc_flink-2", order=None))
        assert verdict_of(case_of(*twins, workspace=a_workspace(adoption=BY_NAME))) == (
            "Stalled",
            "NameTaken",
        )

    def test_it_is_told_before_anything_is_marked(self) -> None:
        """The first pass says what will be adopted; the next one marks it."""
        found = an_instance(order=None, create_time=OLD)
        before = case_of(found, workspace=a_workspace(adoption=BY_NAME))
        assert decide(before).steps == ()
        after = case_of(found, workspace=told(before, adoption=BY_NAME))
        assert marks(decide(after)) == OWNER.marks

    @pytest.mark.parametrize(("adoption", "marked"), [(BY_NAME, False), (BY_ID, True)])
    def test_what_is_new_may_have_marks_that_are_not_shown_yet(
        self, adoption: Adoption, marked: bool
    ) -> None:
        """By name only what nobody marked; by id whatever a person names."""
        new = an_instance(order=None, create_time=NOW - minutes(1))
        workspace = told(case_of(new, workspace=a_workspace(adoption=adoption)), adoption=adoption)
        assert bool(decide(case_of(new, workspace=workspace)).steps) == marked

    def test_by_name_nothing_beside_what_is_bound(self) -> None:
        """What is bound may show up yet; whoever wants another one in its place names it."""
        found = an_instance("sc_flink-2", order=None, create_time=OLD)
        case = a_case(
            a_workspace(adoption=BY_NAME), an_order("Placed"), cloud=a_cloud(a_listing(found))
        )
        assert verdict_of(case) == ("Stalled", "NameTaken")

    def test_a_purchase_under_way_is_settled_first(self) -> None:
        """What it may still buy would stand beside what was adopted."""
        found = an_instance(order=None, create_time=OLD)
        workspace = told(case_of(found, workspace=a_workspace(adoption=BY_NAME)), adoption=BY_NAME)
        case = a_case(workspace, an_order("Uncertain"), cloud=a_cloud(a_listing(found)))
        assert decide(case).steps == ()
        assert verdict_of(case) == ("Progressing", "PurchaseUncertain")

    def test_what_was_told_of_an_earlier_spec_does_not_count(self) -> None:
        """An edit is told anew."""
        before = case_of(
            an_instance(order=None, create_time=OLD), workspace=a_workspace(adoption=BY_NAME)
        )
        edited = told(before, adoption=BY_NAME, generation=2)
        assert (
            decide(case_of(an_instance(order=None, create_time=OLD), workspace=edited)).steps == ()
        )

    @pytest.mark.parametrize(
        "differs", [{"cu": 20}, {"vpc_id": "vpc-2"}, {"bucket": "b"}, {"charge_type": "PayAsYouGo"}]
    )
    def test_nothing_is_marked_while_the_spec_differs(self, differs: dict[str, Any]) -> None:
        """From then on the spec can't be changed any more. Each difference is told, in InSync
        too."""
        before = case_of(
            an_instance(order=None, **differs), workspace=a_workspace(adoption=BY_NAME)
        )
        plan = decide(before)
        assert plan.steps == ()
        assert plan.verdict is not None
        assert (plan.verdict.kind, plan.verdict.reason) == ("Stalled", "AdoptionDiffers")
        assert str(next(iter(differs.values()))) in plan.verdict.message
        in_sync = next(each for each in reported(before, plan).conditions if each.type == "InSync")
        assert (in_sync.status, in_sync.reason) == ("False", "Drifted")

    @pytest.mark.parametrize(
        ("is_alive", "way"), [(True, "or delete team/other"), (False, ", or adopt it with")]
    )
    def test_what_a_living_resource_of_this_cluster_owns_is_not_offered(
        self, is_alive: bool, way: str
    ) -> None:
        """Its claim would stop the adoption: it is named, and must be deleted first."""
        other = Key("team", "other")
        theirs = an_instance(owner=Owner(OWNER.cluster_id, other))
        plan = decide(
            case_of(theirs, workspace=a_workspace(), claim=a_claim(other, alive=is_alive))
        )
        assert plan.verdict is not None
        assert plan.verdict.reason == "NameTaken"
        assert "belongs to" in plan.verdict.message
        assert "team/other" in plan.verdict.message
        assert way in plan.verdict.message

    def test_finalizer_and_claim_come_first(self) -> None:
        """Who holds the name is who may adopt it."""
        case = case_of(
            an_instance(order=None),
            workspace=a_workspace(adoption=BY_ID),
            claim=a_claim(Key("team", "o")),
        )
        assert verdict_of(case) == ("Stalled", "NameTaken")
        bare = case_of(
            an_instance(order=None), workspace=a_workspace(adoption=BY_ID, finalizers=())
        )
        assert PURCHASE_FINALIZER not in bare.workspace.metadata.finalizers
        assert not any(isinstance(step, AdoptInstance) for step in decide(bare).steps)

    def test_a_name_that_differs_is_told(self) -> None:
        """A workspace can't be renamed."""
        case = case_of(an_instance(order=None, name="other"), workspace=a_workspace(adoption=BY_ID))
        assert verdict_of(case) == ("Stalled", "NameMismatch")

    def test_by_id_never_buys(self) -> None:
        """Who names an instance that is not there made a mistake, and does not want another one."""
        assert verdict_of(case_of(workspace=a_workspace(adoption=BY_ID))) == (
            "Stalled",
            "NothingToAdopt",
        )
        quoted = a_case(a_workspace(adoption=BY_ID), an_order("Quoted"))
        assert decide(quoted).steps == ()

    def test_by_name_buys_where_there_is_none(self) -> None:
        """The same manifest serves a new account and an old one."""
        assert verdict_of(case_of(workspace=a_workspace(adoption=BY_NAME))) == (
            "Progressing",
            "Purchasing",
        )

    def test_suspended_marks_nothing(self) -> None:
        """Tags are writes to the cloud."""
        before = case_of(
            an_instance(order=None, create_time=OLD), workspace=a_workspace(adoption=BY_NAME)
        )
        case = case_of(
            an_instance(order=None, create_time=OLD),
            workspace=told(before, adoption=BY_NAME, suspend=True),
        )
        assert decide(case).steps == ()
        assert verdict_of(case) == ("Suspended", "SuspendedByUser")

    def test_what_another_resource_claims_is_not_described(self) -> None:
        """Whoever names somebody else's workspace learns nothing of its network, bucket or size."""
        for suspend in (False, True):
            case = case_of(
                an_instance(order=None, cu=20),
                workspace=a_workspace(adoption=BY_ID, suspend=suspend),
                claim=a_claim(Key("team-b", "theirs")),
            )
            assert verdict_of(case) == ("Stalled", "NameTaken")

    def test_an_open_purchase_is_settled_first(self) -> None:
        """What shows up may be what the order bought."""
        case = a_case(
            a_workspace(adoption=BY_ID),
            an_order("Uncertain"),
            cloud=a_cloud(a_listing(an_instance(order=None, create_time=OLD))),
        )
        assert not any(isinstance(step, AdoptInstance) for step in decide(case).steps)


FORBIDDING = SETTINGS.model_copy(update={"adoption_namespaces": ("others",)})
HIDDEN: dict[str, Any] = {"name": "a-canary", "cu": 77, "vpc_id": "vpc-canary", "bucket": "canary"}


class TestWhoMayAdopt:
    """Any instance of the account can be named by its id: so that is for listed namespaces only."""

    @pytest.mark.parametrize(
        "settings", [FORBIDDING, Settings(identity_namespaces=("*",))], ids=["others", "default"]
    )
    @pytest.mark.parametrize(
        "found",
        [
            (),
            (an_instance(order=None),),
            (an_instance(tags=ELSEWHERE),),
            (an_instance(tags=NEIGHBOUR),),
            (an_instance(order=None, **HIDDEN),),
            (an_instance(order=None, **{**HIDDEN, "name": "demo"}),),
        ],
        ids=[
            "nothing",
            "as described",
            "of another cluster",
            "of a neighbour",
            "of another name",
            "differing",
        ],
    )
    def test_nothing_is_adopted_told_or_bought_elsewhere(
        self, found: tuple[SeenInstance, ...], settings: Settings
    ) -> None:
        """The same words, whatever there is: nobody learns how somebody else's workspace is."""
        case = case_of(*found, workspace=a_workspace(adoption=BY_ID), settings=settings)
        plan = decide(case)
        assert (plan.steps, verdict_of(case)) == ((), ("Stalled", "AdoptionNotAllowed"))
        told = " ".join(each.message for each in reported(case, plan).conditions)
        assert "FLINK_OPERATOR_ADOPTION_NAMESPACES" in told
        assert "canary" not in told
        assert "77" not in told

    def test_what_was_adopted_stays(self) -> None:
        """It is the resource's, whatever the list says by now, shown or not."""
        ours, shown = (
            an_instance(tags=OWNER.marks),
            FlinkWorkspaceStatus(instance=Instance(instance_id=ID)),
        )
        case = case_of(
            ours, workspace=a_workspace(adoption=BY_ID, status=shown), settings=FORBIDDING
        )
        assert verdict_of(case) == ("Running", "Running")
        gone = case_of(workspace=a_workspace(adoption=BY_ID, status=shown), settings=FORBIDDING)
        assert verdict_of(gone)[1] != "AdoptionNotAllowed"

    def test_an_order_under_way_is_settled_first(self) -> None:
        """What may be bought is not lost sight of."""
        case = a_case(a_workspace(adoption=BY_ID), an_order("Uncertain"), settings=FORBIDDING)
        assert verdict_of(case) == ("Progressing", "PurchaseUncertain")

    def test_by_name_is_for_everybody(self) -> None:
        """It takes nothing that anybody marked, and only what has the resource's own name."""
        case = case_of(
            an_instance(order=None), workspace=a_workspace(adoption=BY_NAME), settings=FORBIDDING
        )
        assert verdict_of(case) == ("Progressing", "Adopting")


class TestMarks:
    """After a restore the tags may be all there is to know an instance by."""

    @pytest.mark.parametrize("lost", [CLUSTER_TAG, WORKSPACE_TAG, ORDER_TAG])
    def test_a_lost_mark_is_put_back(self, lost: str) -> None:
        """And told meanwhile; the workspace runs all the same."""
        tags = {key: value for key, value in an_instance().tags.items() if key != lost}
        case = a_case(
            a_workspace(),
            an_order("Fulfilled", instance_id=ID),
            cloud=a_cloud(a_listing(an_instance(tags=tags, create_time=OLD))),
        )
        plan = decide(case)
        assert marks(plan) == {lost: an_instance().tags[lost]}
        assert verdict_of(case) == ("Running", "Running")
        in_sync = next(each for each in reported(case, plan).conditions if each.type == "InSync")
        assert in_sync.reason == "MarksMissing"

    def test_a_token_that_was_edited_is_put_right(self) -> None:
        """The ledger knows which order bought it."""
        tags = {**an_instance().tags, ORDER_TAG: "edited"}
        found = an_instance(tags=tags, create_time=OLD)
        case = a_case(
            a_workspace(), an_order("Fulfilled", instance_id=ID), cloud=a_cloud(a_listing(found))
        )
        assert marks(decide(case)) == {ORDER_TAG: an_instance().tags[ORDER_TAG]}

    def test_tags_may_be_shown_later_than_the_instance(self) -> None:
        """Nothing is missing before the cloud must show it."""
        found = an_instance(order=None, create_time=NOW - minutes(1))
        case = a_case(
            a_workspace(), an_order("Fulfilled", instance_id=ID), cloud=a_cloud(a_listing(found))
        )
        assert decide(case).steps == ()

    def test_a_status_alone_marks_nothing(self) -> None:
        """It can be edited by hand, to anybody's instance."""
        found = an_instance("sc-of-somebody", order=None, create_time=OLD)
        status = FlinkWorkspaceStatus(
            instance=Instance(instance_id="sc-of-somebody", cluster_status="RUNNING")
        )
        assert decide(case_of(found, workspace=a_workspace(status=status))).steps == ()

    @pytest.mark.parametrize(
        ("tags", "reason"), [(ELSEWHERE, "OwnedElsewhere"), (NEIGHBOUR, "NameTaken")]
    )
    def test_the_marks_of_another_owner_beat_the_ledger(
        self, tags: dict[str, str], reason: str
    ) -> None:
        """It was moved there on purpose, or edited by hand: nobody else's tags are written over,
        nothing is bought."""
        found = an_instance(tags=tags, create_time=OLD)
        case = a_case(
            a_workspace(), an_order("Fulfilled", instance_id=ID), cloud=a_cloud(a_listing(found))
        )
        assert verdict_of(case) == ("Stalled", reason)
        assert decide(case).steps == ()
