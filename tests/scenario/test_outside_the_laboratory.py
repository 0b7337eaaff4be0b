"""Attacks and accidents that were tried on the running product, with the windows that it has by
default.

Names are not unique here, and the gateway forgets a nonce at once: neither stands between one
purchase and two.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, cast

import pytest

from flink_local.cluster import Cluster as LocalCluster
from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT, SUSPEND
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.ports import Cloud
from tests.emulator_fixture import EmulatedAccount
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.test_attacks import (
    LOST_AFTERWARDS,
    make_unreliable,
    sent,
    try_pass,
    until_state,
)
from tests.scenario.test_letting_go import annotate, delete
from tests.scenario.world import PATIENT_GATEWAY, World, a_world, conditions, has_reason

BUY = {"service": "foasconsole", "action": "CreateInstance", "times": 1}


@pytest.fixture
async def outside(
    cluster: LocalCluster, account: EmulatedAccount, namespace: str
) -> AsyncIterator[World]:
    """A world with the default windows, in a cloud that shows a purchase only after two minutes."""
    account.control.settings(
        uniqueNames="off",
        nonceMemorySeconds=0,
        visibilityDelaySeconds=125,
        provisioningSeconds=5,
        **PATIENT_GATEWAY,
    )
    async with a_world(
        cluster, account, namespace, purchase_timeout_seconds=60, drain_seconds=90
    ) as made:
        yield made


class Interrupted:
    """The cloud, where something happens while a call of it is under way, after its effect or
    before."""

    def __init__(self, cloud: Cloud, call: str, event: Callable[[], Awaitable[object]]) -> None:
        self._cloud, self._call, self._event = cloud, call, event

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any method of the port
        method = getattr(self._cloud, name)
        if name != self._call:
            return method

        async def interrupted(*arguments: object) -> object:
            answer = await method(*arguments)
            await self._event()
            return answer

        return interrupted


def interrupt(world: World, call: str, event: Callable[[], Awaitable[object]]) -> None:
    world.reconciler.cloud = cast(Cloud, Interrupted(world.cloud, call, event))


async def minutes_to_ready(world: World, stride: float = 5) -> float:
    """Minutes by the cloud's clock until Ready, known to `stride` seconds."""
    passed = 0.0
    for _ in range(150):
        after = await world.one_pass("w")
        if conditions(await world.workspace("w"))["Ready"].status == "True":
            return passed / 60
        if after:
            world.account.control.advance(max(after, stride))
            passed += max(after, stride)
    raise AssertionError(f"never Ready: {await world.orders('w')}")


@pytest.mark.parametrize("code", ["Throttling.User", "Forbidden.RAM"])
async def test_a_refusal_that_answers_another_copy_of_the_call(outside: World, code: str) -> None:
    """The call was booked, its caller was refused, and a person asks for another try at once: one
    purchase."""
    outside.account.control.faults([{**BUY, "fault": "refuse-after-commit", "code": code}])
    await outside.apply(pay_as_you_go())
    await until_state(outside, "Rejected")
    (order,) = await outside.orders("w")
    assert order.outstanding
    annotate(outside, RECONCILE_REQUESTED_AT, "now")
    await minutes_to_ready(outside)
    assert [order.state for order in await outside.orders("w")] == ["Fulfilled"]
    assert len(outside.account.control.purchases()) == 1


async def test_a_call_that_is_delivered_twice(outside: World) -> None:
    """Two answers, of which the second says that the nonce was used: one purchase, found by its
    token."""
    outside.account.control.settings(nonceMemorySeconds=1800)
    outside.account.control.faults([{**BUY, "fault": "deliver-twice"}])
    await outside.apply(pay_as_you_go())
    await minutes_to_ready(outside)
    assert sent(outside) == 2
    assert len(outside.account.control.purchases()) == 1


@pytest.mark.parametrize("status", [302, 307])
async def test_a_redirect_repeats_nothing(outside: World, status: int) -> None:
    """The call was done, and its answer is a redirect: it is not followed, and evidence decides."""
    outside.account.control.faults([{**BUY, "fault": "redirect", "httpStatus": status}])
    await outside.apply(pay_as_you_go())
    await outside.settle("w", until=has_reason("PurchaseUncertain"))
    await minutes_to_ready(outside)
    assert sent(outside) == len(outside.account.control.purchases()) == 1


@dataclass(frozen=True)
class Loss:
    """One way to lose a call, and between which minutes the resource is Ready then."""

    what: str
    fault: dict[str, object]
    minutes: tuple[float, float]
    requested: bool = False
    """A person asks for another try at once."""


SHOWN: Final = 125 / 60
"""Minutes until the cloud shows a purchase here."""
SLACK: Final = 5
"""Minutes for what follows a purchase, and for the distance between two lists."""
LOSSES: Final = (
    Loss("nothing is lost", {"fault": "delay", "ms": 0}, (SHOWN, SHOWN + SLACK)),
    Loss(
        "the answer is lost, the call was booked",
        {"fault": "drop-after-commit"},
        (SHOWN, SHOWN + SLACK),
    ),
    Loss(
        "the answer is a redirect, the call was booked",
        {"fault": "redirect"},
        (SHOWN, SHOWN + SLACK),
    ),
    Loss(
        "refused, and a copy of the call was booked",
        {"fault": "refuse-after-commit"},
        (SHOWN, SHOWN + SLACK),
    ),
    Loss("throttled", {"fault": "throttle"}, (12, 12 + SHOWN + SLACK)),
    Loss(
        "a permission is missing, and granted at once",
        {"fault": "reject", "code": "NoPermission", "httpStatus": 403},
        (12, 12 + SHOWN + SLACK),
        requested=True,
    ),
    Loss(
        "parameters refused, and corrected at once",
        {"fault": "reject", "code": "InvalidParameter"},
        (SHOWN, SHOWN + SLACK),
        requested=True,
    ),
    Loss("the call never arrived", {"fault": "drop-before"}, (31, 31 + SHOWN + SLACK)),
    Loss(
        "no money, and paid in at once",
        {"fault": "reject", "code": "NotEnoughBalance"},
        (31, 31 + SHOWN + SLACK),
        requested=True,
    ),
)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.what.replace(" ", "-"))
async def test_a_loss_costs_what_its_window_costs_and_no_more(
    outside: World, loss: Loss, record_property: Callable[[str, object], None]
) -> None:
    """By the cloud's clock, from applying to Ready; one purchase each time."""
    outside.account.control.faults([{**BUY, **loss.fault}])
    await outside.apply(pay_as_you_go())
    await until_sent(outside)
    if loss.requested:
        annotate(outside, RECONCILE_REQUESTED_AT, "now")
    took = await minutes_to_ready(outside, stride=120 if loss.minutes[0] > SHOWN else 5)
    record_property("losses", [loss.what, round(took, 1)])
    assert loss.minutes[0] <= took + 0.1
    assert took <= loss.minutes[1]
    assert len(outside.account.control.purchases()) == 1


async def until_sent(world: World) -> None:
    """Passes until the call was made, whatever came of it."""
    for _ in range(40):
        if sent(world):
            return
        await world.one_pass("w")
    raise AssertionError(f"nothing was sent: {await world.orders('w')}")


async def test_a_lost_answer_of_the_api_server_to_the_intent_costs_nothing(outside: World) -> None:
    """This process knows by its mark that it sent nothing, and sends it in the next pass."""

    def fate(write: str, *arguments: Any) -> str:  # noqa: ANN401 - of any write
        return "unanswered" if write == "move_order" and arguments[1].state == "Placing" else "done"

    make_unreliable(outside, outside.reconciler, fate)
    await outside.apply(pay_as_you_go())
    for _ in range(15):
        await try_pass(outside)
    assert len(outside.account.control.purchases()) == 1
    assert [order.state for order in await outside.orders("w")] == ["Placed"]


@pytest.mark.parametrize("brake", ["suspend", "delete"])
async def test_a_brake_that_was_acknowledged_brakes(outside: World, brake: str) -> None:
    """It is acknowledged while the last list before the call is read: nothing is sent."""
    await outside.apply(pay_as_you_go())
    await until_state(outside, "Placing")

    async def step_on_it() -> None:
        if brake == "delete":
            delete(outside)
        else:
            annotate(outside, SUSPEND, "True")

    interrupt(outside, "look_up", step_on_it)
    await outside.one_pass("w")
    assert sent(outside) == 0
    (order,) = await outside.orders("w")
    assert (order.state, order.status.evidence) == ("Quoted", "NothingSent")


async def test_the_pass_that_sends_asks_for_nothing_else(outside: World) -> None:
    """Only the account's instances, as a list and by name and tags; then the purchase."""
    await outside.apply(pay_as_you_go())
    await until_state(outside, "Placing")
    before = len(outside.account.control.calls())
    await outside.one_pass("w")
    calls = [call["action"] for call in outside.account.control.calls()[before:]]
    assert set(calls[:-1]) == {"DescribeInstances"}
    assert calls[-1] == "CreateInstance"


async def test_a_brake_in_any_spelling(outside: World) -> None:
    """Present and not 'false' suspends, whatever else it says."""
    spellings = ("True", "TRUE", "yes", "1", "on", " true", "")
    for number, spelling in enumerate(spellings):
        manifest = pay_as_you_go(f"w{number}")
        manifest["metadata"]["annotations"] = {SUSPEND: spelling}
        await outside.apply(manifest)
        for _ in range(6):
            await outside.one_pass(f"w{number}")
        assert conditions(await outside.workspace(f"w{number}"))["Suspended"].status == "True", (
            spelling
        )
    assert sent(outside) == 0


async def test_while_the_call_runs_the_purchase_is_unknown(outside: World) -> None:
    """From the intent on, and for as long as the answer is not recorded."""
    said = []

    async def read() -> None:
        said.append(conditions(await outside.workspace("w"))["Purchased"])

    interrupt(outside, "place", read)
    await outside.apply(pay_as_you_go())
    await until_state(outside, "Placed")
    assert [(condition.status, condition.reason) for condition in said] == [("Unknown", "Placing")]


async def test_a_resource_deleted_during_its_purchase_leaves_as_soon_as_a_list_shows_it(
    outside: World,
) -> None:
    """Its order says until when it stays, and why; then nothing holds its namespace, nor its
    name."""
    await outside.apply(pay_as_you_go())
    await until_state(outside, "Placed")
    delete(outside)
    outside.objects.delete("flinkworkspaceorders")
    for _ in range(4):
        await outside.one_pass("w")
    (order,) = await outside.orders("w")
    assert "kept until a list shows the instance, at the latest until" in (
        order.status.message or ""
    )
    outside.account.control.advance(126)
    for _ in range(3):
        await outside.one_pass("w")
    assert await outside.orders("w") == ()
    assert (
        await outside.cluster.read_claim(
            PurchaseTarget(outside.account.id, "cn-hangzhou", "w"), outside.key("w")
        )
        is None
    )


async def test_the_loss_of_the_answer_is_named_with_the_time_until_which_nothing_is_bought(
    outside: World,
) -> None:
    """Nobody reads that a purchase is repeated."""
    outside.account.control.faults([LOST_AFTERWARDS])
    await outside.apply(pay_as_you_go())
    workspace = await outside.settle("w", until=has_reason("PurchaseUncertain"))
    message = conditions(workspace)["Ready"].message
    assert "Nothing else is bought before" in message
    assert "again" not in message
