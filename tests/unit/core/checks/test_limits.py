"""Policies: what one does not allow is neither opened nor announced nor sent, and the resource says
who does not, and what to change."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from flink_workspace_operator.api.approval import Agreement
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.approval import asked_by, decision_on
from flink_workspace_operator.core.checks.limits import verdict_on_limits
from flink_workspace_operator.core.decide import decide
from flink_workspace_operator.core.facts.boundary import Boundary, PoliciesUnread
from flink_workspace_operator.core.plan import (
    MoveOrder,
    OpenOrder,
    PlaceOrder,
    Plan,
    Requeue,
    Verdict,
    WriteIntent,
)
from flink_workspace_operator.core.questions import questions
from tests.builders import (
    ACCOUNT,
    NOW,
    OWNER,
    REGION,
    SETTINGS,
    a_case,
    a_cloud,
    a_listing,
    a_quote,
    a_workspace,
    an_order,
    minutes,
)
from tests.unit.core.checks.test_approval import asked, decided

YEARS = {"initialTerm": {"count": 2, "unit": "Year"}}
RENEWED = {"initialTerm": {"count": 1, "unit": "Month"}, "renewal": {"mode": "Automatic"}}
BY_USE = {"charge_type": "PayAsYouGo", "subscription": None, "resources": None}
HOURLY = Quote(basis="Hour", currency="CNY", trade_amount="0.5", quoted_at=NOW)


def a_policy(name: str = "data", **spec: Any) -> FlinkPurchasePolicy:  # noqa: ANN401 - any field
    """A policy as the API server sends it."""
    return FlinkPurchasePolicy.of({"metadata": {"name": name, "uid": f"uid-{name}"}, "spec": spec})


def cny(amount: str) -> list[dict[str, str]]:
    """The amounts of a policy: one, in CNY."""
    return [{"currency": "CNY", "amount": amount}]


def under(
    *policies: FlinkPurchasePolicy,
    labels: Mapping[str, str] | None = None,
    **spec: Any,  # noqa: ANN401 - any field
) -> Case:
    """A resource under these policies."""
    boundary = Boundary(policies, labels or {})
    case = a_case(a_workspace(**spec), boundary=boundary)
    assert isinstance(case, Case)
    return case


def verdict(case: Case, quote: Quote | None = None) -> Verdict | None:
    """The verdict on the resource's purchase."""
    return verdict_on_limits(case, quote or a_quote(), case.workspace.parameters)


def reason(case: Case, quote: Quote | None = None) -> str:
    """Its word; empty where it is within all limits."""
    found = verdict(case, quote)
    if found is None:
        return ""
    assert found.kind == "Suspended"
    return found.reason


class TestMatch:
    """A policy is about the purchases that all its parts fit."""

    @pytest.mark.parametrize(
        ("match", "is_about"),
        [
            ({}, True),
            ({"regions": [REGION]}, True),
            ({"regions": ["cn-beijing"]}, False),
            ({"regions": []}, False),
            ({"accountIds": [ACCOUNT]}, True),
            ({"accountIds": ["2"]}, False),
            ({"accountIds": [ACCOUNT], "regions": ["cn-beijing"]}, False),
            ({"namespaceSelector": {}}, True),
            ({"namespaceSelector": {"matchLabels": {"team": "data"}}}, True),
            ({"namespaceSelector": {"matchLabels": {"team": "web"}}}, False),
            ({"namespaceSelector": {"matchLabels": {"team": "data", "cost": "1"}}}, False),
        ],
    )
    def test_all_parts_must_fit(self, match: dict[str, Any], is_about: bool) -> None:
        """What is left out fits everything; an empty list fits nothing."""
        policy = a_policy(match=match, freeze={"enabled": True})
        case = under(policy, labels={"team": "data"})
        assert reason(case) == ("Frozen" if is_about else "")

    @pytest.mark.parametrize(
        ("operator", "values", "is_about"),
        [
            ("In", ["data", "web"], True),
            ("In", ["web"], False),
            ("NotIn", ["web"], True),
            ("NotIn", ["data"], False),
            ("Exists", None, True),
            ("DoesNotExist", None, False),
        ],
    )
    def test_labels_are_selected_as_kubernetes_does(
        self, operator: str, values: list[str] | None, is_about: bool
    ) -> None:
        """A missing label is in nothing."""
        wish = {"key": "team", "operator": operator, **({"values": values} if values else {})}
        policy = a_policy(
            match={"namespaceSelector": {"matchExpressions": [wish]}}, freeze={"enabled": True}
        )
        assert reason(under(policy, labels={"team": "data"})) == ("Frozen" if is_about else "")
        without = {"In": "", "NotIn": "Frozen", "Exists": "", "DoesNotExist": "Frozen"}
        assert reason(under(policy)) == without[operator]


class TestAllow:
    """Each part by itself; what is left out limits nothing."""

    @pytest.mark.parametrize(
        ("allow", "spec", "said"),
        [
            ({"chargeTypes": ["Subscription"]}, {}, ""),
            ({"chargeTypes": ["PayAsYouGo"]}, {}, "allows chargeType PayAsYouGo, and spec.chargeType is Subscription"),
            ({"chargeTypes": []}, {}, "allows no chargeType, and spec.chargeType is Subscription"),
            ({"regions": [REGION]}, {}, ""),
            ({"regions": ["cn-beijing"]}, {}, "allows region cn-beijing, and spec.region is cn-hangzhou"),
            ({"regions": []}, {}, "allows no region, and spec.region is cn-hangzhou"),
            ({"maximumCu": 10}, {}, ""),
            ({"maximumCu": 9}, {}, "allows at most 9 CU, and spec.resources.cu is 10"),
            ({"maximumCu": 9}, BY_USE, "allows at most 9 CU, and PayAsYouGo has no limit of CU"),
            ({"maximumTerm": {"count": 1, "unit": "Month"}}, {}, ""),
            ({"maximumTerm": {"count": 24, "unit": "Month"}}, {"subscription": YEARS}, ""),
            (
                {"maximumTerm": {"count": 23, "unit": "Month"}},
                {"subscription": YEARS},
                "allows at most 23 months in advance, and spec.subscription.initialTerm is 2 years",
            ),
            ({"maximumTerm": {"count": 1, "unit": "Month"}}, BY_USE, ""),
        ],
    )  # fmt: skip
    def test_what_is_not_allowed_is_named(
        self, allow: dict[str, Any], spec: dict[str, Any], said: str
    ) -> None:
        """The policy, its limit, the wish, and the field to change."""
        found = verdict(under(a_policy(allow=allow), **spec))
        if not said:
            assert found is None
            return
        assert found is not None
        assert (found.kind, found.reason) == ("Suspended", "NotAllowed")
        field = next(iter(allow))
        assert found.message == (
            f"FlinkPurchasePolicy data {said}: nothing is bought. Change that, or have"
            f" spec.allow.{field} of the policy changed"
        )

    @pytest.mark.parametrize(
        ("approval", "allow", "said"),
        [
            (None, {}, ""),
            ({"required": "Never"}, {}, ""),
            ({"required": "Always"}, {}, "NotAllowed"),
            ({"required": "AboveAmount", "above": cny("9999.00")}, {}, "NotAllowed"),
            ({"required": "Always"}, {"automaticRenewal": True}, ""),
        ],
    )
    def test_automatic_renewal_is_no_way_around_an_approval(
        self, approval: dict[str, Any] | None, allow: dict[str, Any], said: str
    ) -> None:
        """The cloud charges without asking."""
        policy = a_policy(approval=approval, allow=allow)
        assert reason(under(policy, subscription=RENEWED)) == said

    def test_every_policy_must_agree(self) -> None:
        """The first by name is the one that is told."""
        both = (a_policy("b", allow={"maximumCu": 1}), a_policy("a", allow={"maximumCu": 2}))
        found = verdict(under(*both))
        assert found is not None
        assert "FlinkPurchasePolicy a allows at most 2 CU" in found.message


class TestPrices:
    """Of one order, in its currency."""

    @pytest.mark.parametrize(
        ("price", "quote", "said"),
        [
            ("1200.00", a_quote(), ""),
            ("1199.99", a_quote(), "NotAllowed"),
            ("9.00", a_quote(amount="10.00"), "NotAllowed"),
            ("9999.00", HOURLY, "PriceUnknown"),
            ("9999.00", a_quote(amount="free"), "PriceUnknown"),
            ("9999.00", a_quote().model_copy(update={"currency": None}), "PriceUnknown"),
            ("9999.00", a_quote().model_copy(update={"currency": "USD"}), "CurrencyNotAllowed"),
        ],
    )
    def test_a_price_is_within_it_or_not(self, price: str, quote: Quote, said: str) -> None:
        """An hour is not the whole, and no currency pays for another."""
        assert reason(under(a_policy(allow={"maximumPrice": cny(price)})), quote) == said

    def test_the_limit_and_the_price_are_told(self) -> None:
        """With all currencies that the policy knows."""
        prices = [*cny("1000.00"), {"currency": "USD", "amount": "200.00"}]
        found = verdict(under(a_policy(allow={"maximumPrice": prices})))
        assert found is not None
        assert found.message == (
            "FlinkPurchasePolicy data allows at most CNY 1000.00 or USD 200.00 for an order, and the price is"
            " CNY 1200.00 for 1 month: nothing is bought. Change the spec, or have spec.allow.maximumPrice of the"
            " policy changed"
        )

    def test_the_own_maximum_is_told_first(self) -> None:
        """Whoever reads it can change it."""
        own: dict[str, Any] = {"purchase": {"maximum_price": {"amount": "1.00", "currency": "CNY"}}}
        policy = a_policy(allow={"maximumPrice": cny("2.00")})
        assert reason(under(policy, **own)) == "PriceAboveLimit"


class TestFreeze:
    """Nothing is bought, for a time or until somebody ends it."""

    def test_it_is_told_with_its_reason_and_its_end(self) -> None:
        """In one line."""
        until = {"until": "2026-12-02T00:00:00+08:00", "reason": "month\nend"}
        found = verdict(under(a_policy(freeze={"enabled": True, **until})))
        assert found is not None
        assert found.message == (
            "FlinkPurchasePolicy data freezes purchases until 2026-12-01 16:00 UTC (“month end”): nothing is bought,"
            " and what runs keeps running"
        )
        assert reason(under(a_policy(freeze={"enabled": False, **until}))) == ""

    def test_it_ends_by_the_clouds_clock(self) -> None:
        """A node's may be wrong."""
        for passed, said in ((timedelta(0), ""), (minutes(-1), "Frozen")):
            end = (NOW + minutes(3)).isoformat()
            policy = a_policy(freeze={"enabled": True, "until": end})
            at = NOW + minutes(3) + passed
            case = a_case(
                a_workspace(), boundary=Boundary((policy,)), cloud=a_cloud(a_listing(at=at))
            )
            assert isinstance(case, Case)
            assert reason(case) == said


class TestUnknown:
    """Unknown limits are never the same as none."""

    def test_unread_policies_stop_everything(self) -> None:
        """Also if it was forgotten to read them."""
        for boundary in (PoliciesUnread("the API server answered 403"), PoliciesUnread()):
            case = a_case(a_workspace(), boundary=boundary)
            assert isinstance(case, Case)
            found = verdict(case)
            assert found is not None
            assert found.reason == "PolicyUnreadable"
            assert f"because {boundary.why}: nothing is bought" in found.message

    def test_fields_of_a_newer_version_stop_everything(self) -> None:
        """They may be a limit."""
        found = verdict(under(a_policy(budget={"yearly": []}, allow={"hours": 3})))
        assert found is not None
        assert found.reason == "PolicyInvalid"
        assert "has spec.budget, spec.allow.hours, which this version" in found.message

    def test_a_policy_may_be_demanded(self) -> None:
        """One that is about something else does not count."""
        elsewhere = a_policy(match={"regions": ["cn-beijing"]})
        for policies, demanded, said in (
            ((), False, ""),
            ((elsewhere,), True, "NotAllowed"),
            ((elsewhere, a_policy("all")), True, ""),
        ):
            settings = SETTINGS.model_copy(update={"require_policy": demanded})
            case = a_case(a_workspace(), settings=settings, boundary=Boundary(policies))
            assert isinstance(case, Case)
            assert reason(case) == said


class TestOnTheWay:
    """At the three moments, and read for each."""

    frozen = Boundary((a_policy(freeze={"enabled": True}),))

    def stopped(self, plan: Plan) -> str:
        """The reason of a plan that writes nothing, and looks again in the next round."""
        assert (plan.steps, plan.requeue) == ((), Requeue(SETTINGS.resync))
        assert plan.verdict is not None
        return plan.verdict.reason

    def test_no_order_is_opened_and_none_announced(self) -> None:
        """And both are without it."""
        for orders, step in (((), OpenOrder), ((an_order(),), WriteIntent)):
            assert (
                self.stopped(decide(a_case(a_workspace(), *orders, boundary=self.frozen)))
                == "Frozen"
            )
            assert isinstance(decide(a_case(a_workspace(), *orders)).steps[0], step)

    def test_nothing_is_sent(self) -> None:
        """The policies are read again after the list."""
        placing = an_order("Placing", intent=NOW, approval=Agreement(required=False))
        (sent,) = decide(a_case(a_workspace(), placing, intent=placing)).steps
        assert isinstance(sent, PlaceOrder)
        for boundary, said in ((self.frozen, "Frozen"), (PoliciesUnread(), "PolicyUnreadable")):
            (back,) = decide(
                a_case(a_workspace(), placing, intent=placing, boundary=boundary)
            ).steps
            assert isinstance(back, MoveOrder)
            assert (back.status.state, back.status.evidence) == ("Quoted", "NothingSent")
            assert f"because a limit stops it ({said})" in str(back.status.message)

    def test_they_are_read_where_a_purchase_may_be_decided_on(self) -> None:
        """Not for what rests, and not for what is bought."""
        bought = an_order("Fulfilled", instance_id="sc_flink-1")
        for workspace, orders, wanted in (
            (a_workspace(), (), True),
            (a_workspace(), (an_order(),), True),
            (a_workspace(suspend=True), (), False),
            (a_workspace(), (bought,), False),
        ):
            about = questions(workspace, orders, OWNER)
            assert about is not None
            assert about.boundary == wanted


class TestApproval:
    """A policy may ask for one."""

    @pytest.mark.parametrize(
        ("approval", "quote", "asks"),
        [
            (None, a_quote(), False),
            ({"required": "Never"}, a_quote(), False),
            ({"required": "Always"}, a_quote(), True),
            ({"required": "AboveAmount", "above": cny("1200.00")}, a_quote(), False),
            ({"required": "AboveAmount", "above": cny("1199.99")}, a_quote(), True),
            ({"required": "AboveAmount", "above": cny("1200.00")}, HOURLY, True),
            (
                {"required": "AboveAmount", "above": [{"currency": "USD", "amount": "9999"}]},
                a_quote(),
                True,
            ),
        ],
    )
    def test_always_or_above_an_amount(
        self, approval: dict[str, Any] | None, quote: Quote, asks: bool
    ) -> None:
        """An unknown price is above any, and so is one in another currency."""
        case = under(a_policy(approval=approval))
        assert asked_by(case, quote) == ("FlinkPurchasePolicy data" if asks else None)

    def test_who_asks_is_told(self) -> None:
        """The field, and each policy."""
        always = {"required": "Always"}
        both = (a_policy("b", approval=always), a_policy("a", approval=always))
        case = under(*both, purchase={"approval": "Manual"})
        assert asked_by(case, a_quote()) == (
            "spec.purchase.approval and FlinkPurchasePolicy a and FlinkPurchasePolicy b"
        )

    @pytest.mark.parametrize(("hours", "counts"), [(72, True), (71, False)])
    def test_an_approval_may_grow_too_old(self, hours: int, counts: bool) -> None:
        """A younger one of the same digest counts again; a denial never grows old."""
        old, order = NOW - timedelta(hours=72), asked()
        policy = a_policy(approval={"required": "Always", "validFor": f"{hours}h"})
        read: dict[str, Any] = {"boundary": Boundary((policy,))}
        case = a_case(a_workspace(), order, approvals=(decided(order, at=old),), **read)
        assert isinstance(case, Case)
        assert (decision_on(case, order) is not None) == counts
        if not counts:
            assert self.reason_of(case) == "ApprovalExpired"
        renewed = (decided(order, at=old), decided(order, called="again"))
        again = a_case(a_workspace(), order, approvals=renewed, **read)
        assert isinstance(decide(again).steps[0], WriteIntent)
        no = a_case(a_workspace(), order, approvals=(decided(order, "Denied", at=old),), **read)
        (step,) = decide(no).steps
        assert isinstance(step, MoveOrder)
        assert step.status.state == "Declined"

    def reason_of(self, case: Case) -> str:
        """What the resource says."""
        plan = decide(case)
        assert plan.verdict is not None
        assert plan.steps == ()
        return plan.verdict.reason

    def test_a_policy_that_comes_after_the_announcement_stops_the_call(self) -> None:
        """Nobody approved it."""
        placing = an_order("Placing", intent=NOW, approval=Agreement(required=False))
        policy = a_policy(approval={"required": "Always"})
        case = a_case(a_workspace(), placing, intent=placing, boundary=Boundary((policy,)))
        (back,) = decide(case).steps
        assert isinstance(back, MoveOrder)
        assert back.status.state == "Quoted"
