"""Whose key signs where several orders, or no resource, are there."""

from dataclasses import replace

import pytest

from flink_workspace_operator.api.credentials import Credentials
from flink_workspace_operator.api.status import FlinkWorkspaceStatus, Instance, OrderSummary
from flink_workspace_operator.api.workspace import Adoption
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.credentials import (
    Secrets,
    signer,
    stop_without_who_may_buy,
    usable_key,
    who_is_missing,
)
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.key_failures import SecretMissing
from flink_workspace_operator.core.facts.observed import Absent
from flink_workspace_operator.core.facts.secret import AccessKey, Secret, Signer
from flink_workspace_operator.core.plan import HoldSecret, OpenOrder
from tests.builders import (
    ACCOUNT,
    ID,
    KEY,
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

MINE = Credentials(secret_name="mine")
ACCESS_KEY = AccessKey("id", "canary", "canary")
SECRET = Secret("mine", "5", (), deleting=False, access_key=ACCESS_KEY)
THERE: Secrets = {"mine": SECRET}
GONE: Secrets = {"mine": Absent()}
FORBIDDING = SETTINGS.model_copy(update={"identity_namespaces": ("others",)})
PAID = a_workspace(credentials=MINE)
REFUSED = an_order(
    "Rejected", answer="Throttled", outstanding_until=NOW + minutes(9), workspace=PAID
)
NOBODY = Signer(problem=SecretMissing("mine"))
BOUND = FlinkWorkspaceStatus(account_id=ACCOUNT, instance=Instance(instance_id="sc-0"))


class TestSigner:
    """The identity of a pass."""

    def test_without_the_resource_the_operator_stands_in_for_what_may_have_bought(self) -> None:
        """Else nobody would settle it. A resource that is there waits for its Secret, and buys
        nothing meanwhile."""
        assert signer(KEY, None, (REFUSED,), GONE, SETTINGS).stands_in_for == ACCOUNT
        assert signer(KEY, PAID, (REFUSED,), GONE, SETTINGS).stands_in_for is None

    def test_without_the_resource_what_may_have_bought_says_whose_key_it_was(self) -> None:
        """Before an order that was not sent."""
        quoted = an_order("Quoted", 2)
        assert signer(KEY, None, (REFUSED, quoted), THERE, SETTINGS) == Signer(ACCESS_KEY)
        assert signer(KEY, None, (quoted,), THERE, SETTINGS) == Signer()

    def test_without_the_resource_an_order_that_was_not_sent_says_whose_key_it_is(self) -> None:
        """There is no other word about it."""
        assert signer(KEY, None, (an_order("Quoted", workspace=PAID),), THERE, SETTINGS) == Signer(
            ACCESS_KEY
        )

    def test_the_resource_decides_whatever_signed_its_call(self) -> None:
        """It was switched to the operator's own identity since, which is allowed here."""
        assert (
            signer(KEY, a_workspace(), (an_order("Uncertain", workspace=PAID),), THERE, SETTINGS)
            == Signer()
        )

    def test_without_the_resource_and_a_call_nothing_is_watched(self) -> None:
        """There is nothing that the operator's own identity bought."""
        assert not signer(KEY, None, (an_order("Quoted"),), {}, FORBIDDING).keeps_watch

    @pytest.mark.parametrize(("named", "watches"), [("demo-1", False), ("demo-2", True)])
    def test_an_order_that_the_ledger_lacks_may_have_been_signed_by_the_operator(
        self, named: str, watches: bool
    ) -> None:
        """One that it has was, or was not."""
        status = FlinkWorkspaceStatus(order=OrderSummary(name=named, state="NotPlaced"))
        asking = signer(KEY, a_workspace(status=status), (an_order("NotPlaced"),), {}, FORBIDDING)
        assert asking.keeps_watch is watches


class TestWithoutWhoMayBuy:
    """Nobody may sign."""

    def case_of(self, *found: object, **workspace: object) -> Case:
        cloud = a_cloud(a_listing(*found))  # type: ignore[arg-type]  # instances
        return a_case(a_workspace(**workspace), cloud=cloud, signer=NOBODY)  # type: ignore[arg-type]  # its fields

    def test_what_is_ours_stays_managed(self) -> None:
        """By its tags alone, or bound and not listed."""
        assert stop_without_who_may_buy(self.case_of(an_instance(order=9))) is None
        assert stop_without_who_may_buy(self.case_of(status=BOUND)) is None

    def test_nothing_is_bought_or_adopted(self) -> None:
        """Also in the place of an instance that was bound."""
        assert stop_without_who_may_buy(self.case_of()) is not None
        by_id = Adoption(policy="ByInstanceId", instance_id=ID)
        bare = an_instance(order=None)
        assert (
            stop_without_who_may_buy(self.case_of(bare, adoption=by_id, status=BOUND)) is not None
        )


@pytest.mark.parametrize(
    ("credentials", "held"), [(MINE, ["mine"]), (None, [])], ids=["by a Secret", "by the operator"]
)
def test_only_the_secret_that_signs_is_held(
    credentials: Credentials | None, held: list[str]
) -> None:
    """Others may belong to former orders."""
    secrets = (SECRET, replace(SECRET, name="former"))
    plan = decide(a_case(a_workspace(credentials=credentials), secrets=secrets))
    assert [step.secret.name for step in plan.steps if isinstance(step, HoldSecret)] == held
    assert any(isinstance(step, OpenOrder) for step in plan.steps)


def test_without_an_order_nobody_is_missed() -> None:
    """There is nothing to settle."""
    assert who_is_missing(a_case(a_workspace())) is None


def test_a_secret_that_a_survey_reads_has_a_key_or_a_reason() -> None:
    """Also one that is being deleted: it only reads."""
    assert usable_key(Key("team", "mine"), replace(SECRET, deleting=True)) == ACCESS_KEY
    with pytest.raises(SecretMissing, match="team/mine"):
        usable_key(Key("team", "mine"), Absent())
