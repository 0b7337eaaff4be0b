"""What may be adopted, and what is said about it."""

import pytest

from flink_workspace_operator.api.names import CLUSTER_TAG
from flink_workspace_operator.api.workspace import Adoption
from flink_workspace_operator.core.checks.adoption import (
    ADOPTING,
    adopt,
    announced_after,
    marks_to_put_back,
    stop_what_may_not_be_adopted,
    stop_without_what_to_adopt,
)
from flink_workspace_operator.core.facts.identity import Key, Owner
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.plan import Verdict
from flink_workspace_operator.core.verdicts import SUSPENDED_BY_USER, suspended_by_user
from tests.builders import (
    ID,
    NOW,
    OWNER,
    SETTINGS,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    minutes,
)

BY_NAME, BY_ID = Adoption(policy="IfNameMatches"), Adoption(policy="ByInstanceId", instance_id=ID)
BARE = an_instance(order=None, create_time=NOW)
FORBIDDING = SETTINGS.model_copy(update={"adoption_namespaces": ()})
TELLING = Verdict("Progressing", ADOPTING, "soon")
TAKEN = an_instance(tags=Owner("cluster-1", Key("team", "other")).tags("x" * 32))


def test_a_suspended_resource_waits_for_no_tags() -> None:
    """It would adopt nothing afterwards: it says that it is suspended."""
    for suspend, verdict in ((True, SUSPENDED_BY_USER), (False, ADOPTING)):
        workspace = a_workspace(adoption=BY_NAME, suspend=suspend)
        plan = adopt(a_case(workspace, cloud=a_cloud(a_listing(BARE))))
        assert plan is not None
        assert plan.verdict is not None
        assert plan.verdict.reason == verdict


class TestAnnouncement:
    """What the status says about an adoption to come."""

    adopting = a_case(a_workspace(adoption=BY_ID), cloud=a_cloud(a_listing(BARE)))

    def test_it_is_made_by_the_verdict_that_says_so(self) -> None:
        """With the generation that it is for."""
        announced = announced_after(self.adopting, TELLING)
        assert announced is not None
        assert announced.announced_generation == 1

    def test_any_other_verdict_makes_it_void(self) -> None:
        """A person stopped it, or it differs: it is announced again before it happens."""
        assert announced_after(self.adopting, suspended_by_user(self.adopting.workspace)) is None

    def test_without_what_to_adopt_there_is_none(self) -> None:
        """Whatever was said."""
        assert announced_after(a_case(a_workspace(adoption=BY_ID)), TELLING) is None


class TestNamingAnInstance:
    """By its id, which may be anybody's."""

    @pytest.mark.parametrize("found", [(), (TAKEN,)], ids=["nothing there", "of others"])
    def test_it_is_for_namespaces_that_may(self, found: tuple[SeenInstance, ...]) -> None:
        """Nothing is taken over."""
        case = a_case(
            a_workspace(adoption=BY_ID), cloud=a_cloud(a_listing(*found)), settings=FORBIDDING
        )
        assert stop_what_may_not_be_adopted(case) is not None

    def test_adopting_by_name_needs_no_such_right(self) -> None:
        """Nobody marked what is adopted then."""
        case = a_case(a_workspace(adoption=BY_NAME), settings=FORBIDDING)
        assert stop_what_may_not_be_adopted(case) is None

    def test_what_is_ours_already_is_followed(self) -> None:
        """Also if it was adopted while that was allowed, and ledger and status were lost."""
        ours = a_cloud(a_listing(an_instance(order=9)))
        case = a_case(a_workspace(adoption=BY_ID), cloud=ours, settings=FORBIDDING)
        assert stop_what_may_not_be_adopted(case) is None

    def test_two_of_ours_are_another_trouble(self) -> None:
        """The right would not help."""
        twins = a_cloud(a_listing(an_instance("a"), an_instance("b")))
        case = a_case(a_workspace(adoption=BY_ID), cloud=twins, settings=FORBIDDING)
        assert stop_what_may_not_be_adopted(case) is None

    @pytest.mark.parametrize(
        ("found", "stops"), [((), True), ((BARE,), False)], ids=["not there", "there"]
    )
    def test_one_that_is_not_there_is_not_replaced_by_another(
        self, found: tuple[SeenInstance, ...], stops: bool
    ) -> None:
        """A person meant that one."""
        case = a_case(a_workspace(adoption=BY_ID), cloud=a_cloud(a_listing(*found)))
        assert (stop_without_what_to_adopt(case) is not None) is stops


def test_a_suspended_resource_puts_no_tags_back() -> None:
    """Nothing is written to the cloud."""
    untagged = an_instance(
        order=None, tags={CLUSTER_TAG: OWNER.cluster_id}, create_time=NOW - minutes(99)
    )
    for suspend, steps in ((True, 0), (False, 1)):
        case = a_case(
            a_workspace(suspend=suspend, adoption=BY_ID), cloud=a_cloud(a_listing(untagged))
        )
        assert len(marks_to_put_back(case, untagged)) == steps
