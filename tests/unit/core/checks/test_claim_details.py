"""The claim on a name: who takes it, and whom it stops."""

import pytest

from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance
from flink_workspace_operator.api.workspace import Adoption
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.blockers import stop_while_suspended
from flink_workspace_operator.core.checks.claim import secure_claim, secure_claim_of_what_exists
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.plan import GiveBackClaim, Plan, TakeClaim
from tests.builders import (
    ID,
    TARGET,
    a_case,
    a_claim,
    a_cloud,
    a_listing,
    a_workspace,
    an_instance,
    an_order,
)

OTHERS = a_claim(Key("team", "other"))
TAKES = Plan((TakeClaim(TARGET, None, "uid-1"),))
OURS = a_cloud(a_listing(an_instance(order=9)))
BOUND = FlinkWorkspaceStatus(instance=Instance(instance_id=ID))


def test_what_is_ours_by_its_tags_is_claimed_again() -> None:
    """Ledger and status were lost, and the claim with them."""
    assert secure_claim_of_what_exists(a_case(a_workspace(), claim=None, cloud=OURS)) == TAKES


def test_what_does_not_exist_is_not_claimed_here() -> None:
    """A later check does, after everything that speaks against a purchase."""
    assert secure_claim_of_what_exists(a_case(a_workspace(), claim=None)) is None


def test_no_name_is_claimed_in_an_unknown_account() -> None:
    """Names are claimed for each account."""
    assert (
        secure_claim(a_case(a_workspace(), claim=None, cloud=a_cloud(account_id=Unknown()))) is None
    )


def test_a_claim_that_names_nobody_stops_without_a_name() -> None:
    """It was edited by hand."""
    plan = secure_claim(a_case(a_workspace(), claim=a_claim(None)))
    assert plan is not None
    assert plan.verdict is not None
    assert plan.verdict.message.startswith(
        "a resource of another namespace in this cluster claims "
    )


@pytest.mark.parametrize(
    "case",
    [
        a_case(a_workspace(), claim=OTHERS, cloud=OURS),
        a_case(a_workspace(status=BOUND), claim=OTHERS),
        a_case(a_workspace(), an_order("Placed"), claim=OTHERS),
    ],
    ids=["listed", "in the status", "in the ledger"],
)
def test_a_claim_of_others_does_not_stop_what_exists(case: Case) -> None:
    """It is ours, whoever claims its name."""
    assert secure_claim(case) is None


@pytest.mark.parametrize("status", [None, BOUND], ids=["nothing bound", "another one bound"])
def test_a_claim_of_others_stops_an_adoption(status: FlinkWorkspaceStatus | None) -> None:
    """What is adopted is not ours yet, also if another instance was bound before."""
    adopting = a_workspace(
        adoption=Adoption(policy="ByInstanceId", instance_id="sc-2"), status=status
    )
    found = an_instance("sc-2", order=None)
    plan = secure_claim(a_case(adopting, claim=OTHERS, cloud=a_cloud(a_listing(found))))
    assert plan is not None
    assert plan.verdict is not None
    assert plan.verdict.reason == "NameTaken"


def test_a_suspended_resource_gives_back_its_own_claim_only() -> None:
    """Another resource holds that one, and is about to buy by it."""
    for claim, given_back in ((a_claim(), (GiveBackClaim(a_claim()),)), (OTHERS, ())):
        plan = stop_while_suspended(a_case(a_workspace(suspend=True), claim=claim))
        assert plan is not None
        assert plan.steps == given_back
