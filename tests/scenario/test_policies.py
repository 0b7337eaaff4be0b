"""What whoever runs the cluster allows namespaces to buy, on the real API server. Each policy here
is about the namespace of its test alone: others share the cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.objects import Refused
from tests.scenario.kubernetes.tenants import EDITOR, Tenant
from tests.scenario.manifests import Manifest, subscription
from tests.scenario.test_approval import decision
from tests.scenario.world import World, conditions, has_reason

THREE_YEARS = {"initialTerm": {"count": 36, "unit": "Month"}, "renewal": {"mode": "Automatic"}}


@contextmanager
def in_force(world: World, **spec: Any) -> Iterator[Manifest]:  # noqa: ANN401 - any field
    """A policy about the namespace, by a label that every namespace has."""
    labels = {"kubernetes.io/metadata.name": world.namespace}
    manifest = {
        "apiVersion": "flink.alicloud.dev/v1alpha1",
        "kind": "FlinkPurchasePolicy",
        "metadata": {"name": world.namespace},
        "spec": {"match": {"namespaceSelector": {"matchLabels": labels}}, **spec},
    }
    world.objects.apply(manifest)
    try:
        yield manifest
    finally:
        world.objects.remove(manifest)


async def test_a_typo_is_not_bought_under_a_policy(world: World) -> None:
    """Two zeros too many, for three years: the team set no limit of its own."""
    with in_force(world, allow={"maximumPrice": [{"currency": "CNY", "amount": "20000.00"}]}):
        await world.apply(subscription(resources={"cu": 1000}, subscription=THREE_YEARS))
        told = await world.settle("w", until=has_reason("NotAllowed"))
        assert conditions(told)["Suspended"].message == (
            f"FlinkPurchasePolicy {world.namespace} allows at most CNY 20000.00 for an order, and the price is"
            " CNY 6969110.40 for 36 months: nothing is bought. Change the spec, or have"
            " spec.allow.maximumPrice of the policy changed"
        )
        assert (await world.orders("w"), world.account.control.purchases()) == ((), [])
        await world.apply(subscription())
        await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_a_freeze_stops_buying_and_not_what_runs(world: World) -> None:
    """It ends where somebody ends it."""
    await world.apply(subscription())
    await world.settle("w")
    with in_force(world, freeze={"enabled": True, "reason": "month end"}):
        await world.apply(subscription(name="other"))
        await world.settle("other", until=has_reason("Frozen"))
        assert await world.one_pass("w") is not None
        running = conditions(await world.workspace("w"))["Ready"]
        assert (running.status, running.reason) == ("True", "Running")
    await world.settle("other")
    assert len(world.account.control.purchases()) == 2


async def test_a_freeze_that_comes_on_the_way_stops_the_call(world: World) -> None:
    """Up to the moment at which the call is sent."""
    await world.apply(subscription())

    def is_placing(_: object) -> bool:
        orders = world.objects.list("flinkworkspaceorders")
        return any(each.get("status", {}).get("state") == "Placing" for each in orders)

    await world.settle("w", until=is_placing)
    with in_force(world, freeze={"enabled": True}):
        await world.settle("w", until=has_reason("Frozen"))
        (order,) = await world.orders("w")
        assert (order.state, order.status.evidence) == ("Quoted", "NothingSent")
        assert world.account.control.purchases() == []
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_above_an_amount_somebody_must_approve(world: World) -> None:
    """Below it nobody is asked; and the order says who asked."""
    above = {"required": "AboveAmount", "above": [{"currency": "CNY", "amount": "4000.00"}]}
    with in_force(world, approval=above):
        await world.apply(subscription())
        await world.settle("w")
        await world.apply(subscription(name="large", resources={"cu": 20}))
        await world.settle("large", until=has_reason("ApprovalPending"))
        (order,) = await world.orders("large")
        await world.apply(decision(order))
        await world.settle("large")
        (bought,) = await world.orders("large")
    assert bought.status.approval is not None
    assert bought.status.approval.by == f"FlinkPurchasePolicy {world.namespace}"
    assert len(world.account.control.purchases()) == 2


async def test_a_policy_about_others_limits_nothing(world: World) -> None:
    """By a label that the namespace does not have."""
    others = {"namespaceSelector": {"matchLabels": {"team": "others"}}}
    with in_force(world, match=others, freeze={"enabled": True}):
        await world.apply(subscription())
        await world.settle("w")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"approval": {"required": "AboveAmount"}}, "`above` must be set with required 'AboveAmount'"),
    (
        {"approval": {"required": "Always", "above": [{"currency": "CNY", "amount": "1.00"}]}},
        "left out with any other",
    ),
    ({"approval": {"required": "Always", "validFor": "3 days"}}, "must be a number of hours"),
    ({"approval": {"required": "Always", "validFor": "721h"}}, "must be at most `720h`"),
    (
        {"allow": {"maximumPrice": [{"currency": "CNY", "amount": "1,000"}]}},
        "must be an amount of money in quotes",
    ),
    (
        {"allow": {"maximumPrice": [{"currency": "CNY", "amount": each} for each in ("1", "2")]}},
        "duplicate",
    ),
    (
        {"match": {"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "In"}]}}},
        "`values` must be set with operator 'In'",
    ),
    ({"freeze": {"enabled": True, "reason": "month\nend"}}, "must not contain control characters"),
    ({"freeze": {"until": "2026-12-02T00:00:00Z"}}, "enabled"),
    ({"spendCap": {"monthly": []}}, "at least 1 items"),
    ({"budget": {"yearly": []}}, "field not declared in schema"),
]


@pytest.mark.parametrize(("spec", "said"), WRONG, ids=[said for _, said in WRONG])
async def test_wrong_policies_are_refused_in_words(
    world: World, spec: dict[str, Any], said: str
) -> None:
    """They name the field and what it takes."""
    with pytest.raises(Refused, match=said), in_force(world, **spec):
        pass


async def test_who_buys_sets_no_limits(world: World) -> None:
    """Not even whoever administers the namespace."""
    tenant = Tenant.of(world.local, world.namespace, "admin", EDITOR)
    for verb in ("create", "update", "delete", "get"):
        assert not tenant.objects.may(verb, "flinkpurchasepolicies")
