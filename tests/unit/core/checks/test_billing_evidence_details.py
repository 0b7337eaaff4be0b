"""Which billing orders may be a purchase whose outcome is open."""

from flink_workspace_operator.core.checks.billing_evidence import left_open_by_bill, unexplained
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.observed import BillingOrder, Unknown
from tests.builders import ID, NOW, a_case, a_cloud, a_listing, a_workspace, an_instance, an_order

OPEN = an_order("Uncertain")
PAID = BillingOrder("b-1", NOW, paid=True, instance_ids=(ID,))
UNPAID = BillingOrder("b-2", NOW, paid=False, instance_ids=(ID,))


def test_without_a_list_the_bill_says_nothing() -> None:
    """What it names may be shown already."""
    case = a_case(
        a_workspace(), OPEN, cloud=a_cloud(Unknown(Unreachable("x.Y", "reset")), bill=(PAID,))
    )
    assert unexplained(case, OPEN) == ()


def test_what_another_order_paid_for_explains_nothing_of_this_one() -> None:
    """Only other orders do: this one's own billing order is what is looked for."""
    bill = (BillingOrder("b-3", NOW, paid=False), BillingOrder("b-4", NOW, paid=False))
    own, other = an_order("Uncertain", order_id="b-3"), an_order("Lost", 2, order_id="b-4")
    case = a_case(a_workspace(), own, other, cloud=a_cloud(bill=bill))
    assert [each.order_id for each in unexplained(case, own)] == ["b-3"]


def test_an_instance_explains_only_what_is_paid() -> None:
    """An unpaid order may be paid later, and buy another one."""
    case = a_case(a_workspace(), OPEN, cloud=a_cloud(a_listing(an_instance()), bill=(PAID, UNPAID)))
    assert unexplained(case, OPEN) == (UNPAID,)


def test_only_a_resource_can_be_annotated() -> None:
    """Once it is gone, no command is named that would fail."""
    for workspace, names_a_command in ((a_workspace(), True), (None, False)):
        open_ = left_open_by_bill(a_case(workspace, OPEN, cloud=a_cloud(bill=(UNPAID,))), OPEN)
        assert open_ is not None
        assert "billing order b-2" in open_.message
        assert ("kubectl annotate" in open_.message) is names_a_command
