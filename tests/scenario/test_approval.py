"""A purchase that somebody must approve, on the real API server: what it refuses, and what is
bought."""

from typing import Any

import pytest

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from tests.objects import Refused
from tests.scenario.kubernetes.tenants import APPROVER, EDITOR, Tenant
from tests.scenario.manifests import Manifest, subscription
from tests.scenario.world import World, has_reason

MANUAL: Manifest = {"purchase": {"approval": "Manual"}}


def decision(order: FlinkWorkspaceOrder, word: str = "Approved", name: str = "yes") -> Manifest:
    """A decision on an order at the price that is asked."""
    about = {"name": order.metadata.name, "digest": order.status.digest}
    return {
        "apiVersion": "flink.alicloud.dev/v1alpha1",
        "kind": "FlinkPurchaseApproval",
        "metadata": {"name": name},
        "spec": {"order": about, "decision": word},
    }


async def waiting(world: World, **spec: Any) -> FlinkWorkspaceOrder:  # noqa: ANN401 - any field
    """The order of a resource that waits for an approval."""
    await world.apply(subscription(**MANUAL, **spec))
    await world.settle("w", until=has_reason("ApprovalPending"))
    return (await world.orders("w"))[-1]


async def test_nothing_is_bought_before_it_is_approved_and_one_after(world: World) -> None:
    """However often it is looked at; and the order keeps the decision."""
    order = await waiting(world)
    for _ in range(3):
        await world.one_pass("w")
    assert (order.state, world.account.control.purchases()) == ("AwaitingApproval", [])
    await world.apply(decision(order))
    await world.settle("w")
    (bought,) = await world.orders("w")
    assert bought.status.approval is not None
    assert (bought.status.approval.decision, bought.status.approval.name) == ("Approved", "yes")
    assert bought.status.digest == order.status.digest
    assert len(world.account.control.purchases()) == 1


async def test_what_is_denied_is_closed_and_asked_for_again_after_a_change(world: World) -> None:
    """Denied wins over an approval of the same price."""
    order = await waiting(world)
    await world.apply(decision(order, "Denied", "no"))
    await world.apply(decision(order))
    await world.settle("w", until=has_reason("WaitingForChange"))
    again = await waiting(world, resources={"cu": 20})
    assert [each.state for each in await world.orders("w")] == ["Declined", "AwaitingApproval"]
    assert again.status.digest != order.status.digest
    assert world.account.control.purchases() == []


async def test_a_higher_price_is_another_question(world: World) -> None:
    """An approval of the lower one buys nothing; a lower price is bought with the approval of a
    higher one."""
    order = await waiting(world)
    world.account.control.settings(priceFactor=1.5)
    await world.apply(decision(order))
    await world.settle("w", until=has_reason("ApprovalPending"))
    (asked_again,) = await world.orders("w")
    assert asked_again.status.asked is not None
    assert asked_again.status.asked.amount == "4968.00"
    assert world.account.control.purchases() == []
    world.account.control.settings(priceFactor=1)
    await world.apply(decision(asked_again, name="higher"))
    await world.settle("w")
    assert [each["amount"] for each in world.account.control.purchases()] == [3312.0]


async def test_an_approval_serves_no_resource_that_was_recreated(world: World) -> None:
    """One in Git stays there for ever."""
    order = await waiting(world)
    await world.apply(decision(order))
    world.objects.delete("flinkworkspaces/w")
    await world.one_pass("w")
    await world.one_pass("w")
    again = await waiting(world)
    assert again.metadata.uid != order.metadata.uid
    await world.settle("w", until=has_reason("ApprovalPending"))
    assert world.account.control.purchases() == []


async def test_decisions_are_made_by_approvers_and_never_changed(world: World) -> None:
    """Whoever buys cannot approve; and nobody turns a no into a yes."""
    order = await waiting(world)
    buyer = Tenant.of(world.local, world.namespace, "edit", EDITOR)
    assert 'cannot create resource "flinkpurchaseapprovals"' in buyer.refusal(decision(order))
    approver = Tenant.of(world.local, world.namespace, APPROVER)
    approver.objects.create(decision(order, "Denied"))
    with pytest.raises(Refused, match="a decision is a record"):
        world.objects.apply(decision(order))
    short = decision(order, name="short")
    short["spec"]["order"]["digest"] = "sha256:9f2c"
    with pytest.raises(Refused, match=r"`digest` is 'sha256:9f2c', but must be"):
        world.objects.apply(short)


async def test_the_api_server_lets_nothing_be_announced_without_a_word_on_approvals(
    world: World,
) -> None:
    """So an operator from before approvals cannot buy what needs one."""
    order = await waiting(world)
    placing = {
        "state": "Placing",
        "intentTime": "2026-12-01T00:00:00Z",
        "nonce": "n" * 32,
    }
    for approval, said in (
        (None, "does not know approvals must not buy"),
        ({"required": True}, "`status.approval` must be 'Approved' in state 'Placing'"),
        ({"required": True, "decision": "Denied"}, "must be 'Approved' in state 'Placing'"),
    ):
        with pytest.raises(Refused, match=said):
            world.objects.patch(
                f"flinkworkspaceorders/{order.metadata.name}/status",
                {"status": {**placing, "approval": approval}},
            )


async def test_a_price_above_the_approved_one_is_not_announced(world: World) -> None:
    """Whatever writes it."""
    order = await waiting(world)
    assert order.status.quote is not None
    dearer = order.status.quote.model_copy(update={"trade_amount": "9999.00"}).as_wire()
    announced = {
        "state": "Placing",
        "intentTime": "2026-12-01T00:00:00Z",
        "nonce": "n" * 32,
        "approval": {"required": True, "decision": "Approved"},
        "quote": dearer,
    }
    with pytest.raises(Refused, match=r"not above `status\.asked`"):
        world.objects.patch(
            f"flinkworkspaceorders/{order.metadata.name}/status", {"status": announced}
        )


async def test_automatic_renewal_does_not_go_with_an_approval(world: World) -> None:
    """The cloud would renew and charge without asking."""
    renewing = {"initialTerm": {"count": 1, "unit": "Month"}, "renewal": {"mode": "Automatic"}}
    with pytest.raises(Refused, match=r"does not go with `subscription\.renewal\.mode`"):
        await world.apply(subscription(subscription=renewing, **MANUAL))
    with pytest.raises(Refused, match="must set `maximumPrice` or `approval`"):
        await world.apply(subscription(purchase={}))
