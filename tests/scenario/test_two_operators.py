"""Two operators on one resource, one in the middle of a pass while the other works: one purchase,
Ready, no hand.

Names are not unique in the cloud, so that it does not help.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any, cast

import pytest

from flink_local.cluster import Cluster
from flink_workspace_operator.ports import Cloud
from flink_workspace_operator.ports import Cluster as ClusterPort
from flink_workspace_operator.reconcile import Reconciler
from tests.emulator_fixture import EmulatedAccount
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import PATIENT_GATEWAY, World, a_world, is_ready

ROUNDS = 60
STRIDE = 40
"""Seconds by which the clock is moved at least where nobody has anything to do."""
STEPS = (
    "add_purchase_finalizer",
    "remove_purchase_finalizer",
    "take_claim",
    "create_order",
    "move_order",
    "place",
    "write_status",
)
"""The changes that the protocol is made of."""


@pytest.fixture
async def world(cluster: Cluster, account: EmulatedAccount, namespace: str) -> AsyncIterator[World]:
    """Windows of a minute instead of many. The cloud accepts a signed call for longer, which is the
    harder case."""
    account.control.settings(
        provisioningSeconds=0, uniqueNames="off", nonceMemorySeconds=120, **PATIENT_GATEWAY
    )
    async with a_world(
        cluster,
        account,
        namespace,
        signature_validity_seconds=60,
        longest_commit_seconds=30,
        longest_visibility_seconds=60,
        nonce_memory_seconds=120,
        refusal_backoff_seconds=10,
    ) as made:
        yield made


class Interrupted:
    """A port; before each step something else happens first."""

    def __init__(self, port: object, before: Callable[[str], Awaitable[None]]) -> None:
        self._port, self._before = port, before

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        made = getattr(self._port, method)

        async def interrupted(*arguments: object) -> object:
            if method in STEPS:
                await self._before(method)
            return await made(*arguments)

        return interrupted


async def settle_both(world: World, name: str, first: Reconciler, second: Reconciler) -> None:
    """Passes of both at once, until Ready; time is moved where both would wait."""
    for _ in range(ROUNDS):
        waits = await asyncio.gather(world.one_pass(name, first), world.one_pass(name, second))
        if is_ready(await world.workspace(name)):
            return
        if after := min(wait or 0.0 for wait in waits):
            world.account.control.advance(max(after, STRIDE))
    raise AssertionError(f"not Ready; orders: {await world.orders(name)}")


async def test_both_at_once(world: World) -> None:
    """Passes that run side by side from the beginning."""
    await world.apply(pay_as_you_go())
    await settle_both(world, "w", world.reconciler, world.another_operator())
    assert len(world.account.control.purchases()) == 1


async def test_a_pass_of_one_before_each_step_of_the_other(world: World) -> None:
    """At each step of a purchase in turn, the second operator makes whole passes just before the
    first one's step."""
    steps = 0
    for number in count(1):
        name, taken = f"w{number}", count(1)
        await world.apply(pay_as_you_go(name))
        first, second = world.another_operator(), world.another_operator()

        async def overtake(
            _: str,
            name: str = name,
            number: int = number,
            taken: "count[int]" = taken,
            second: Reconciler = second,
        ) -> None:
            if next(taken) == number:
                for _pass in range(2):
                    await world.one_pass(name, second)

        first.cloud = cast(Cloud, Interrupted(first.cloud, overtake))
        first.cluster = cast(ClusterPort, Interrupted(first.cluster, overtake))
        for _ in range(ROUNDS):
            if after := await world.one_pass(name, first):
                world.account.control.advance(max(after, STRIDE))
            if is_ready(await world.workspace(name)):
                break
        assert is_ready(await world.workspace(name)), name
        assert (
            len([each for each in world.account.control.purchases() if each["name"] == name]) == 1
        )
        steps = next(taken) - 1
        if steps < number:
            break
    assert steps > len(STEPS)
