"""The world against the operator: lost writes, second copies, hands in the ledger. Nothing is
bought twice or lost."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from flink_workspace_operator.adapters.kubernetes.claims import lease_name
from flink_workspace_operator.api.names import SUSPEND
from flink_workspace_operator.core.facts.failures import ClusterFailure, ClusterUnreachable
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.ports import Cluster
from flink_workspace_operator.reconcile import Reconciler
from tests.objects import Objects
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.test_letting_go import annotate, delete, until_gone
from tests.scenario.world import PATIENCE, STRIDE, World, has_reason, is_ready

LOST_AFTERWARDS = {
    "service": "foasconsole",
    "action": "CreateInstance",
    "fault": "drop-after-commit",
    "times": 1,
}
WRITES = (
    "add_purchase_finalizer",
    "remove_purchase_finalizer",
    "write_status",
    "take_claim",
    "give_back_claim",
    "create_order",
    "move_order",
)


@dataclass
class Unreliable:
    """The cluster, where `effect` says of a write by its name and arguments whether it takes effect
    and is answered."""

    cluster: Cluster
    fate: Callable[..., str]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        method: Callable[..., Awaitable[object]] = getattr(self.cluster, name)
        if name not in WRITES:
            return method

        async def write(*arguments: object) -> object:
            fate = self.fate(name, *arguments)
            if fate == "refused":
                raise ClusterUnreachable("no answer, no effect")
            answer = await method(*arguments)
            if fate == "unanswered":
                raise ClusterUnreachable("no answer, but an effect")
            return answer

        return write


def make_unreliable(world: World, operator: Reconciler, fate: Callable[..., str]) -> None:
    operator.cluster = cast(Cluster, Unreliable(world.cluster, fate))


async def try_pass(world: World, by: Reconciler | None = None, name: str = "w") -> float | None:
    """A pass that the API server may fail."""
    try:
        return await world.one_pass(name, by)
    except ClusterFailure:
        return 1.0


async def until_state(
    world: World, state: str, by: Reconciler | None = None, name: str = "w"
) -> None:
    """Passes until the newest order is in a state."""
    for _ in range(40):
        orders = await world.orders(name)
        if orders and orders[-1].state == state:
            return
        await try_pass(world, by, name)
    raise AssertionError(f"{state} was not reached: {await world.orders(name)}")


def sent(world: World) -> int:
    """How many purchases were sent, bought or not."""
    return len(world.account.control.calls("foasconsole.CreateInstance"))


def edit_status(world: World, kind: str, name: str, status: dict[str, Any]) -> None:
    world.objects.patch(f"{kind}/{name}/status", {"status": status})


def lease(world: World) -> str:
    return "leases/" + lease_name(PurchaseTarget(world.account.id, "cn-hangzhou", "w"))


def claims(world: World) -> Objects:
    """Where they are kept."""
    return Objects.of(world.local, world.settings.namespace)


async def test_intent_that_was_taken_back_without_answer_is_not_remembered(world: World) -> None:
    """Between, another copy may have announced and sent the same order: who knows of that has
    nothing to take back."""
    world.account.control.settings(visibilityDelaySeconds=30, uniqueNames="off")
    await world.apply(pay_as_you_go())
    first, second = world.reconciler, world.another_operator()
    await until_state(world, "Placing", first)
    annotate(world, SUSPEND, "true")
    make_unreliable(
        world, first, lambda write, *_: "unanswered" if write == "move_order" else "done"
    )
    await try_pass(world, first)
    assert [order.state for order in await world.orders("w")] == ["Quoted"]
    annotate(world, SUSPEND, None)
    await until_state(world, "Placing", second)
    make_unreliable(world, second, lambda write, *_: "refused")
    await try_pass(world, second)
    assert sent(world) == 1
    world.reconciler.cluster = world.cluster
    world.history.clear()
    await world.settle("w")
    assert sent(world) == 1
    assert len(world.account.control.purchases()) == 1


async def test_claim_that_was_lost_after_the_intent_stops_the_call(world: World) -> None:
    """A Lease that is deleted by hand may be another resource's by now, and that one may be
    buying."""
    world.account.control.settings(uniqueNames="off", visibilityDelaySeconds=30)
    await world.apply(pay_as_you_go())
    await until_state(world, "Placing")
    claims(world).delete(lease(world))
    await world.apply(pay_as_you_go("v", workspaceName="w"))
    await until_state(world, "Placing", name="v")
    for _ in range(10):
        await try_pass(world)
        await try_pass(world, name="v")
    assert sent(world) == len(world.account.control.purchases()) == 1


async def test_foreign_instance_does_not_hide_a_purchase_under_way(world: World) -> None:
    """Somebody else's workspace of the name ends the waiting, not the looking: ours may show up
    later and be billed."""
    world.account.control.settings(uniqueNames="off", visibilityDelaySeconds=50)
    world.account.control.faults([LOST_AFTERWARDS])
    await world.apply(pay_as_you_go())
    await world.settle("w", until=has_reason("PurchaseUncertain"))
    theirs = {"name": "w", "chargeType": "POST", "createdAt": "2026-01-01T00:00:00Z"}
    world.account.control.state({"workspaces": [theirs]})
    await world.settle("w", until=has_reason("NameTaken"))
    delete(world)
    await until_gone(world)
    assert [order.state for order in await world.orders("w")] == ["Placed"]


async def test_request_of_any_length_is_handled(world: World) -> None:
    """An annotation has no schema: what is too long for the status must not stop its writing for
    ever."""
    manifest = pay_as_you_go()
    manifest["metadata"]["annotations"] = {"flink.alicloud.dev/reconcile-requested-at": "x" * 300}
    await world.apply(manifest)
    assert is_ready(await world.settle("w"))


@pytest.mark.parametrize("holder", ["junk", "", "a/..", "Ä/ö"])
async def test_claim_of_nobody_is_taken_over(world: World, holder: str) -> None:
    """A Lease whose holder was edited into nonsense belongs to nobody."""
    await world.apply(pay_as_you_go())
    await until_state(world, "Quoted")
    claims(world).patch(lease(world), {"spec": {"holderIdentity": holder}})
    assert is_ready(await world.settle("w"))


async def test_stripped_annotations_do_not_free_a_claim(world: World) -> None:
    """What a Lease is about is in its name; what else is written on it is for people."""
    await world.apply(pay_as_you_go())
    await until_state(world, "Quoted")
    claims(world).patch(lease(world), {"metadata": {"annotations": None}})
    await world.apply(pay_as_you_go("v", workspaceName="w"))
    await world.settle("v", until=has_reason("NameTaken"))


@pytest.mark.parametrize("fate", ["unanswered", "refused"])
@pytest.mark.parametrize("write", ["order opened", "Quoted", "Placing", "Placed", "Fulfilled"])
async def test_purchase_survives_each_lost_write_of_the_ledger(
    world: World, fate: str, write: str
) -> None:
    """Whichever is lost, with or without its effect: one purchase, Ready, and a ledger that says
    so."""
    world.account.control.settings(uniqueNames="off")
    lost: list[str] = []

    def strike(method: str, *arguments: Any) -> str:  # noqa: ANN401 - the arguments of any write
        what = {
            "create_order": "order opened",
            "move_order": getattr(arguments[-1], "state", ""),
        }.get(method)
        if lost or what != write:
            return "done"
        lost.append(write)
        return fate

    make_unreliable(world, world.reconciler, strike)
    # By a clock that is ahead, what the API server just created is old at once: nobody waits here
    # for its first status.
    world.reconciler.clock = lambda: datetime.now(UTC) + timedelta(minutes=1)
    await world.apply(pay_as_you_go())
    for _ in range(PATIENCE):
        after = await try_pass(world)
        if is_ready(await world.workspace("w")) and all(
            order.settled for order in await world.orders("w")
        ):
            break
        if after:
            world.account.control.advance(max(after, STRIDE))
    assert lost == [write]
    assert len(world.account.control.purchases()) == 1
    assert [order.state for order in await world.orders("w")][-1] == "Fulfilled"
