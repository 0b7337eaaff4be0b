"""When prerequisites are judged, and when they are looked at again."""

from typing import Any

from flink_workspace_operator.core.checks.preparation import ensure_prerequisites
from flink_workspace_operator.core.facts.failures import PermissionMissing
from flink_workspace_operator.core.facts.identity import SignedBy
from flink_workspace_operator.core.facts.observed import Absent, SeenNetwork, Unknown
from flink_workspace_operator.core.pace import OUTSIDE, SOON
from tests.builders import (
    ACCOUNT,
    BUCKET,
    REGION,
    VPC,
    a_case,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
)


def test_a_workspace_that_exists_needs_none() -> None:
    """They were needed for its creation."""
    found = a_listing(an_instance(order=9))
    assert ensure_prerequisites(a_case(a_workspace(), cloud=a_cloud(found, role=Absent()))) is None


def test_what_is_being_made_is_looked_at_soon() -> None:
    """What a person must do takes longer."""
    for cloud, requeue in ((a_cloud(role=Absent()), SOON), (a_cloud(storage=Absent()), OUTSIDE)):
        plan = ensure_prerequisites(a_case(a_workspace(), cloud=cloud))
        assert plan is not None
        assert (bool(plan.steps), plan.requeue) == (requeue is SOON, requeue)


def test_while_suspended_only_what_a_person_must_do_is_missing() -> None:
    """What the operator creates itself does not stall a resource in which nobody lets it."""
    suspended = a_workspace(suspend=True)
    assert ensure_prerequisites(a_case(suspended, cloud=a_cloud(role=Absent()))) is None
    plan = ensure_prerequisites(a_case(suspended, cloud=a_cloud(role=Absent(), storage=Absent())))
    assert plan is not None
    assert plan.verdict is not None
    assert (plan.steps, plan.verdict.reason) == ((), "BucketNotFound")


def test_all_that_a_person_must_do_is_reported_at_once() -> None:
    """One after the other, each would cost a wait of its own; rights among them."""
    missing = {"network": SeenNetwork(vpc_exists=False, v_switches=()), "storage": Absent()}
    assert message_of(**missing) == (
        f"2 things are missing: VPC {VPC} does not exist in {REGION} of account {ACCOUNT} (create it or correct vpcId);"
        f" no bucket '{BUCKET}' in {REGION} of account {ACCOUNT} (create it, or correct storage.oss.bucket)"
    )
    told = message_of(role=may_not("ram:GetRole"), storage=Absent())
    assert told.startswith(f"2 things are missing: no bucket '{BUCKET}' in ")
    assert "; acs:ram::1:user/team-b (Secret team/second) may not ram:GetRole (" in told


def test_all_missing_rights_are_reported_at_once() -> None:
    """With the identity that lacks them: it may be that of another account than the operator's."""
    lacking = {
        "role": may_not("ram:GetRole"),
        "network": may_not("vpc:DescribeVpcs"),
        "quote": may_not("stream:Quote"),
    }
    assert message_of(**lacking) == (
        "acs:ram::1:user/team-b (Secret team/second) may not ram:GetRole, vpc:DescribeVpcs, stream:Quote"
        " (x.Call, code NoPermission): grant that, as deploy/ram/policy.json does"
    )


def may_not(action: str) -> Unknown:
    failure = PermissionMissing("x.Call", "NoPermission", action=action)
    failure.signed_by = SignedBy("Secret team/second", "LTAI5tAb", "1", "acs:ram::1:user/team-b")
    return Unknown(failure)


def message_of(**lacking: Any) -> str:  # noqa: ANN401 - any answer of the cloud
    plan = ensure_prerequisites(a_case(a_workspace(), cloud=a_cloud(**lacking)))
    assert plan is not None
    assert plan.verdict is not None
    return plan.verdict.message


def test_what_the_operator_makes_itself_is_no_thing_for_a_person() -> None:
    """A single thing that is left to do stands for itself."""
    told = message_of(role=Absent(), storage=Absent())
    assert told.startswith(f"no bucket '{BUCKET}' in ")
