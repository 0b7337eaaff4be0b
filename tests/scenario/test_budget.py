"""A cap on the sum of a month, on the real API server: never more is bought than it allows, whoever
races for its room."""

import asyncio
from decimal import Decimal

from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.checks.budget import month_of
from tests.scenario.manifests import subscription
from tests.scenario.test_policies import in_force
from tests.scenario.world import World, conditions, has_reason

WORKSPACES, ROOM_FOR, ROUNDS = 8, 3, 80
PRICE = Decimal("3312.00")
"""Of each of them, in the emulator."""


def cap(amount: Decimal) -> dict[str, object]:
    """The part of a policy."""
    return {"spendCap": {"monthly": [{"currency": "CNY", "amount": str(amount)}]}}


def spent(world: World) -> Decimal:
    """What the cloud charged."""
    return sum(
        (Decimal(str(each["amount"])) for each in world.account.control.purchases()), Decimal(0)
    )


def order_state(workspace: FlinkWorkspace) -> str | None:
    """As the resource shows it."""
    order = workspace.status.order
    return None if order is None else order.state


async def test_whoever_races_for_room_no_more_is_bought_than_fits(world: World) -> None:
    """Two operators at once, each with half of the workspaces: as many are bought as there is room
    for, and the others say how much is left."""
    names = [f"w{number}" for number in range(WORKSPACES)]
    rivals = (world.reconciler, world.another_operator())
    with in_force(world, **cap(ROOM_FOR * PRICE + 1)):
        for name in names:
            await world.apply(subscription(name))
        for _ in range(ROUNDS):
            halves = zip(names, rivals * WORKSPACES, strict=False)
            await asyncio.gather(*(world.one_pass(name, by=rival) for name, rival in halves))
            world.account.control.advance(2)
            assert spent(world) <= ROOM_FOR * PRICE + 1
            told = [conditions(await world.workspace(name))["Suspended"] for name in names]
            waiting = [each.message for each in told if each.reason == "SpendCapReached"]
            if len(waiting) == WORKSPACES - ROOM_FOR and spent(world) == ROOM_FOR * PRICE:
                break
    bought = {each["name"] for each in world.account.control.purchases()}
    assert len(bought) == ROOM_FOR
    assert len([each for each in waiting if "of which CNY 1.00 is left" in each]) == (
        WORKSPACES - ROOM_FOR
    )


async def test_what_came_to_nothing_gives_its_room_back(world: World) -> None:
    """Once it is known that nothing came of it; until then it holds its room."""
    with in_force(world, **cap(PRICE)):
        world.account.control.settings(balance=0)
        await world.apply(subscription())
        await world.settle("w", until=has_reason("BalanceTooLow"))
        await world.apply(subscription("other"))
        await world.settle("other", until=has_reason("SpendCapReached"))
        await world.apply(subscription(suspend=True))
        await world.settle("w", until=lambda found: order_state(found) == "NotPlaced")
        world.account.control.settings(balance=1_000_000)
        await world.settle("other")
    assert spent(world) == PRICE


async def test_a_policy_that_was_made_anew_forgets_nothing(world: World) -> None:
    """As after a restore: the ledger has what was spent."""
    with in_force(world, **cap(PRICE)) as policy:
        await world.apply(subscription())
        await world.settle("w")
        (order,) = await world.orders("w")
        (room,) = order.status.reservations or ()
        assert (room.policy, room.month) == (
            policy["metadata"]["name"],
            month_of(order.status.intent_time or order.metadata.creation_timestamp),
        )
        world.objects.remove(policy)
        world.objects.apply(policy)
        await world.apply(subscription("other"))
        told = await world.settle("other", until=has_reason("SpendCapReached"))
        assert "of which CNY 0.00 is left" in conditions(told)["Suspended"].message
    assert spent(world) == PRICE


async def test_the_policy_shows_what_is_left(world: World) -> None:
    """As of the last reservation."""
    with in_force(world, **cap(PRICE * 2)) as policy:
        await world.apply(subscription())
        await world.settle("w")
        stored = world.objects.get(f"flinkpurchasepolicies/{policy['metadata']['name']}")
    (total,) = stored["status"]["spent"]
    assert (Decimal(total["amount"]), Decimal(total["room"])) == (PRICE, PRICE)
