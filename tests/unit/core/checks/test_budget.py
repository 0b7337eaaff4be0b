"""Caps on the sum of a month: room is reserved before the announcement, once for each order, and
what was spent is counted from the ledger."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from flink_workspace_operator.adapters.kubernetes.reading import commitment_in
from flink_workspace_operator.api.approval import Agreement
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote, ReservedRoom
from flink_workspace_operator.api.order_states import OrderState
from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.budget import month_of, verdict_on_caps
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.boundary import Boundary, Commitment
from flink_workspace_operator.core.plan import (
    MoveOrder,
    OpenOrder,
    PlaceOrder,
    Plan,
    ReserveRoom,
    WriteIntent,
)
from tests.builders import NOW, a_case, a_quote, a_workspace, an_order
from tests.unit.core.checks.test_limits import HOURLY, RENEWED, cny, reason, under

MONTH = month_of(NOW)
PLACING: dict[str, Any] = {"approval": Agreement(required=False)}


def capped(
    amount: str = "3000.00",
    *reserved: dict[str, str],
    name: str = "data",
    **spec: Any,  # noqa: ANN401 - any field
) -> FlinkPurchasePolicy:
    """A policy with a cap, and with room that is taken already."""
    wire = {
        "metadata": {"name": name, "uid": f"uid-{name}", "resourceVersion": "7"},
        "spec": {"spendCap": {"monthly": cny(amount)}, **spec},
        "status": {"month": MONTH, "reservations": reserved},
    }
    return FlinkPurchasePolicy.of(wire)


def reserved(amount: str, uid: str = "other", month: str = MONTH) -> dict[str, str]:
    """Room that an order holds."""
    about = {"orderUid": uid, "order": "team/other-1", "month": month}
    return {**about, "currency": "CNY", "amount": amount}


def spent(
    amount: str,
    uid: str = "spent",
    *,
    counts: bool = True,
    preparing: bool = False,
    room: str = MONTH,
) -> Commitment:
    """An order of the ledger."""
    rooms = frozenset({("data", room)}) if room else frozenset()
    return Commitment(uid, "CNY", Decimal(amount), rooms, preparing, counts)


def case_of(
    *policies: FlinkPurchasePolicy,
    ledger: tuple[Commitment, ...] = (),
    orders: tuple[FlinkWorkspaceOrder, ...] = (),
    **read: Any,  # noqa: ANN401 - whatever `seen` takes
) -> Case:
    """A resource of CNY 1200.00 under these policies."""
    case = a_case(a_workspace(), *orders, boundary=Boundary(policies, {}, ledger), **read)
    assert isinstance(case, Case)
    return case


def word(case: Case, quote: Quote | None = None) -> str:
    """The reason that there is no room; empty: there is."""
    found = verdict_on_caps(case, case.order, quote or a_quote())
    return "" if found is None else found.reason


def only(plan: Plan) -> Any:  # noqa: ANN401 - any step
    """The one step of a plan."""
    (step,) = plan.steps
    return step


BACK = spent("1200.00", "one", counts=False, preparing=True)
"""An order that was taken back."""


class TestRoom:
    """Spent, or reserved and about to be."""

    @pytest.mark.parametrize(
        ("cap", "taken", "ledger", "said"),
        [
            ("1200.00", (), (), ""),
            ("1199.99", (), (), "SpendCapReached"),
            ("2400.00", (reserved("1200.00"),), (), ""),
            ("2399.99", (reserved("1200.00"),), (), "SpendCapReached"),
            ("2400.00", (), (spent("1200.00"),), ""),
            ("2399.99", (), (spent("1200.00"),), "SpendCapReached"),
            ("3599.99", (reserved("1200.00"),), (spent("1200.00"),), "SpendCapReached"),
            # The same order is not counted twice.
            ("2400.00", (reserved("1200.00", "one"),), (spent("1200.00", "one"),), ""),
            ("2399.99", (reserved("1200.00", "one"),), (spent("1200.00", "one"),), "SpendCapReached"),
            # It is taken back, and will be announced again.
            ("2399.99", (reserved("1200.00", "one"),), (BACK,), "SpendCapReached"),
            # It was closed, or nothing came of it.
            ("1200.00", (reserved("1200.00", "one"),), (spent("1200.00", "one", counts=False),), ""),
            # Of another month, or under another cap.
            ("1200.00", (reserved("1200.00", month="2020-01"),), (), ""),
            ("1200.00", (), (spent("1200.00", room="2020-01"),), ""),
            ("1200.00", (), (spent("1200.00", room=""),), ""),
            # What can't be read leaves no room.
            ("99999999.00", (), (spent("Infinity"),), "SpendCapReached"),
        ],
    )  # fmt: skip
    def test_each_order_counts_once(
        self, cap: str, taken: tuple[dict[str, str], ...], ledger: tuple[Commitment, ...], said: str
    ) -> None:
        """And where it must: never more than the cap is spent."""
        assert word(case_of(capped(cap, *taken), ledger=ledger)) == said

    def test_what_it_holds_itself_is_not_in_its_way(self) -> None:
        """By its uid."""
        order = an_order()
        own = reserved("1200.00", order.metadata.uid)
        assert word(case_of(capped("1200.00", own), orders=(order,))) == ""

    @pytest.mark.parametrize(
        ("quote", "said"),
        [
            (HOURLY, "PriceUnknown"),
            (a_quote(amount="free"), "PriceUnknown"),
            (a_quote().model_copy(update={"currency": "USD"}), "CurrencyNotAllowed"),
        ],
    )
    def test_no_price_no_capped_purchase(self, quote: Quote, said: str) -> None:
        """And no currency pays for another."""
        assert word(case_of(capped("9999.00")), quote) == said

    def test_automatic_renewal_is_in_no_sum(self) -> None:
        """So a cap refuses it, unless the policy allows it by name."""
        assert reason(under(capped("9999.00"), subscription=RENEWED)) == "NotAllowed"
        allowed = capped("9999.00", allow={"automaticRenewal": True})
        assert reason(under(allowed, subscription=RENEWED)) == ""

    def test_whoever_waits_reads_what_is_left(self) -> None:
        """And until when."""
        plan = decide(case_of(capped("2000.00"), ledger=(spent("1500.00"),)))
        assert plan.verdict is not None
        assert (plan.steps, plan.verdict.kind) == ((), "Suspended")
        assert plan.verdict.message == (
            f"FlinkPurchasePolicy data caps a month at CNY 2000.00, of which CNY 500.00 is left in {MONTH}, and the"
            " price is CNY 1200.00: nothing is bought. Wait for the next month, which begins at 00:00 UTC+8, or have"
            " spec.spendCap.monthly of the policy raised"
        )

    def test_months_are_those_of_the_bill(self) -> None:
        """UTC+8."""
        assert month_of(datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)) == "2026-11"
        assert month_of(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == "2026-12"


class TestReserving:
    """One conditional write, before the announcement."""

    def test_an_order_is_opened_reserved_and_announced(self) -> None:
        """In three passes; the announcement says under which caps it counts."""
        order, policy = an_order(), capped("1200.00")
        assert isinstance(only(decide(case_of(policy))), OpenOrder)
        step = only(decide(case_of(policy, orders=(order,))))
        assert isinstance(step, ReserveRoom)
        assert step.policy == policy
        (entry,) = step.status.reservations
        assert (entry.order_uid, entry.month, entry.amount) == (
            order.metadata.uid,
            MONTH,
            "1200.00",
        )
        (total,) = step.status.spent
        assert (total.amount, total.room) == ("1200.00", "0.00")
        held = policy.model_copy(update={"status": step.status})
        intent = only(decide(case_of(held, orders=(order,))))
        assert isinstance(intent, WriteIntent)
        assert intent.status.reservations == (ReservedRoom(policy="data", month=MONTH),)

    def test_under_each_policy(self) -> None:
        """One after the other; without room under one, none is reserved."""
        order = an_order()
        step = only(decide(case_of(capped(name="b"), capped(name="a"), orders=(order,))))
        assert step.policy.metadata.name == "a"
        plan = decide(case_of(capped(name="a"), capped("1.00", name="b"), orders=(order,)))
        assert plan.steps == ()

    def test_a_reservation_is_made_anew_for_a_higher_price_and_another_month(self) -> None:
        """One order has one."""
        order = an_order()
        for old in (
            reserved("1100.00", order.metadata.uid),
            reserved("1200.00", order.metadata.uid, "2020-01"),
        ):
            step = only(decide(case_of(capped("9999.00", old), orders=(order,))))
            assert isinstance(step, ReserveRoom)
            (entry,) = step.status.reservations
            assert (entry.month, entry.amount) == (MONTH, "1200.00")
        higher = reserved("1300.00", order.metadata.uid)
        assert isinstance(
            only(decide(case_of(capped("9999.00", higher), orders=(order,)))), WriteIntent
        )

    def test_what_holds_nothing_is_left_out_of_the_next_write(self) -> None:
        """Of former months, of orders that count in the ledger, and of what came to nothing."""
        old = (
            reserved("1.00", "former", "2020-01"),
            reserved("2.00", "counted"),
            reserved("3.00", "over"),
            reserved("4.00", "preparing"),
            reserved("5.00", "deleted by force"),
        )
        ledger = (
            spent("2.00", "counted"),
            spent("3.00", "over", counts=False),
            spent("4.00", "preparing", counts=False, preparing=True),
        )
        step = only(decide(case_of(capped("9999.00", *old), ledger=ledger, orders=(an_order(),))))
        kept = [each.order_uid for each in step.status.reservations]
        assert kept == ["preparing", "deleted by force", an_order().metadata.uid]
        assert step.status.spent[0].amount == "1211.00"

    def test_a_policy_holds_so_many_at_a_time(self) -> None:
        """Its status stays small."""
        many = [reserved("0.01", f"uid-{number}") for number in range(200)]
        assert word(case_of(capped("9999.00", *many))) == "PolicyBusy"


class TestCall:
    """The caps are read again in the pass that sends."""

    def sent(self, policy: FlinkPurchasePolicy, *rooms: str) -> bool:
        """An announced order that counts under these caps is sent, and not taken back."""
        counted = tuple(ReservedRoom(policy=each, month=MONTH) for each in rooms)
        placing = an_order("Placing", intent=NOW, reservations=counted, **PLACING)
        step = only(decide(case_of(policy, orders=(placing,), intent=placing)))
        if isinstance(step, MoveOrder):
            assert "because a cap on the sum of a month has no room for it" in str(
                step.status.message
            )
        return isinstance(step, PlaceOrder)

    def test_it_is_sent_under_each_cap_that_it_counts_under(self) -> None:
        """And with room in it."""
        assert self.sent(capped("1200.00"), "data")
        assert not self.sent(capped("1199.99"), "data")
        assert not self.sent(capped("1200.00"))


@pytest.mark.parametrize(
    ("state", "outstanding", "expected"),
    [
        (None, False, (True, False)),
        ("Quoted", False, (True, False)),
        ("AwaitingApproval", False, (True, False)),
        ("Placing", False, (False, True)),
        ("Uncertain", False, (False, True)),
        ("Placed", False, (False, True)),
        ("Fulfilled", False, (False, True)),
        ("Lost", False, (False, True)),
        ("Rejected", False, (False, False)),
        ("Rejected", True, (False, True)),
        ("NotPlaced", True, (False, True)),
        ("NotPlaced", False, (False, False)),
        ("Superseded", False, (False, False)),
        ("Declined", False, (False, False)),
        ("OfANewerVersion", False, (False, True)),
    ],
)
def test_what_may_have_been_spent_counts(
    state: OrderState | None, outstanding: bool, expected: tuple[bool, bool]
) -> None:
    """Until it is known that nothing came of it."""
    status = {"state": state, "quote": {"tradeAmount": "5.00", "currency": "CNY"}}
    late = {"outstandingUntil": "2026-12-01T00:00:00Z"} if outstanding else {}
    rooms = [{"policy": "data", "month": MONTH}]
    wire = {"metadata": {"uid": "u"}, "status": {**status, **late, "reservations": rooms}}
    found = commitment_in(wire)
    assert (found.is_preparing, found.counts) == expected
    assert (found.amount, found.rooms) == (Decimal("5.00"), frozenset({("data", MONTH)}))


def test_an_amount_that_is_none_leaves_no_room() -> None:
    """Of an order that was edited manually."""
    for amount in (None, "much", "NaN"):
        found = commitment_in(
            {"metadata": {"uid": "u"}, "status": {"quote": {"tradeAmount": amount}}}
        )
        assert found.amount == Decimal("Infinity")
