"""The simulated cloud says what the emulator says: each script below is run on both, and they tell
the same."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from flink_workspace_operator.core.facts.identity import Key, Owner, PurchaseTarget
from flink_workspace_operator.core.facts.observed import Answer, Bought, NotBought
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.ports import Cloud
from tests.contract.clients import open_cloud, pay_as_you_go
from tests.emulator_fixture import EmulatedAccount, grant_role
from tests.scenario.sides import told
from tests.simulation.account import REGION, Account, Behaviour
from tests.simulation.clock import Clock
from tests.simulation.cloud import SimulatedCloud
from tests.simulation.faults import Fault, Strike
from tests.simulation.gate import Gate

OWNER = Owner("cluster-1", Key("team", "w"))
FAULTS: Mapping[Strike, str] = {
    "before": "drop-before",
    "at-gateway": "server-error",
    "after": "drop-after-commit",
    "late": "commit-late",
}


class CloudSide(Protocol):
    """One cloud: the port on it, and what a test may do to it."""

    @property
    def port(self) -> Cloud:
        """The port on it."""
        ...

    def fault(self, strike: Strike) -> None:
        """Let the next purchase go wrong."""
        ...

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        ...

    def set(self, **behaviour: object) -> None:
        """Change how the cloud behaves, by the names of `Behaviour`."""
        ...


class Emulated:
    """The emulator, through the real adapter."""

    NAMES = {  # noqa: RUF012 - a table
        "visibility": "visibilityDelaySeconds",
        "commit_delay": "commitDelaySeconds",
        "signature_validity": "signatureValiditySeconds",
        "nonce_memory": "nonceMemorySeconds",
        "unique_names": "uniqueNames",
    }

    def __init__(self, port: Cloud, account: EmulatedAccount) -> None:
        self.port, self._account = port, account

    def fault(self, strike: Strike) -> None:
        """Let the next purchase go wrong."""
        self._account.control.faults(
            [{"action": "CreateInstance", "fault": FAULTS[strike], "times": 1}]
        )

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._account.control.advance(seconds)

    def set(self, **behaviour: object) -> None:
        """Change how the emulator behaves."""
        if behaviour.pop("balance_enough", True) is False:
            behaviour["balance"] = 0
        self._account.control.settings(
            **{self.NAMES.get(name, name): value for name, value in behaviour.items()}
        )


class Simulated:
    """The simulation."""

    def __init__(self) -> None:
        self._account = Account(Clock(), Behaviour(unique_names="account", bill_readable=True))
        self.port = SimulatedCloud(self._account, Gate())

    def fault(self, strike: Strike) -> None:
        """Let the next purchase go wrong."""
        self._account.books.faults.arm(Fault("cloud.place", strike))

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._account.clock.advance(seconds)

    def set(self, **behaviour: object) -> None:
        """Change how it behaves."""
        self._account.behaviour = replace(self._account.behaviour, **behaviour)  # type: ignore[arg-type]  # its fields


Script = Callable[[CloudSide, EmulatedAccount], Awaitable[list[str]]]


@pytest.fixture
async def emulated(account: EmulatedAccount) -> AsyncIterator[Emulated]:
    """The emulator, with everything that a purchase needs."""
    grant_role(account)
    account.control.settings(provisioningSeconds=0, visibilityDelaySeconds=0)
    port = open_cloud(account)
    yield Emulated(port, account)
    await port.close()


async def buy(
    side: CloudSide, account: EmulatedAccount, nonce: str, name: str = "w", age: float = 0
) -> str:
    """Buy, with a call that was signed `age` seconds ago; the answer in words."""
    me = (await side.port.identify()).account_id
    date = (await side.port.list_instances(REGION, timedelta(0))).date
    purchase = PaidCall(
        PurchaseTarget(me, REGION, name),
        pay_as_you_go(account),
        OWNER.tags("token-of-the-order"),
        date - timedelta(seconds=age),
        f"{nonce} of {account.id}",
    )
    return in_words(await side.port.place(purchase))


def in_words(answer: Answer) -> str:
    match answer:
        case Bought(instance_id=instance_id, order_id=order_id):
            return f"bought: {bool(instance_id)} {bool(order_id)}"
        case NotBought(failure=failure):
            # How an answer got lost makes no difference but to the reader.
            return (
                "lost"
                if failure.reason in ("Unreachable", "ServerError")
                else f"{failure.reason} {failure.fate}"
            )


async def seen(side: CloudSide, name: str = "w") -> str:
    """What a look for the name shows."""
    target = PurchaseTarget((await side.port.identify()).account_id, REGION, name)
    listing = await side.port.look_up(target, tuple(OWNER.tags("token-of-the-order").items()))
    return str(
        [
            (
                each.name,
                each.region,
                each.cluster_status,
                each.charge_type,
                each.vpc_id,
                each.bucket,
                dict(each.tags),
            )
            for each in listing.instances
            if each.create_time is not None
            and each.create_time < listing.date + timedelta(seconds=1)
        ]
    )


async def straight(side: CloudSide, account: EmulatedAccount) -> list[str]:
    """Bought, seen with its marks, billed, marked again."""
    start = (await side.port.list_instances(REGION, timedelta(0))).date
    outcomes = [await seen(side), await buy(side, account, "1"), await seen(side)]
    (order,) = await side.port.read_bill(REGION, start - timedelta(seconds=1))
    (instance,) = (await side.port.list_instances(REGION, timedelta(0))).instances
    outcomes.append(f"{order.paid} {order.instance_ids == (instance.instance_id,)}")
    outcomes.append(
        await told(side.port.tag_instance(REGION, instance.instance_id, {"team": "data"}))
    )
    outcomes.append(await told(side.port.tag_instance(REGION, "nothing", {"team": "data"})))
    return [*outcomes, await seen(side)]


async def gateway(side: CloudSide, account: EmulatedAccount) -> list[str]:
    """Too late; twice; twice again when the nonce is forgotten; and a refused call uses up its
    nonce."""
    side.set(signature_validity=60, nonce_memory=120, unique_names="off")
    outcomes = [await buy(side, account, "1", age=59), await buy(side, account, "2", age=70)]
    outcomes += [await buy(side, account, "2"), await buy(side, account, "1")]
    side.advance(119)
    outcomes.append(await buy(side, account, "1"))
    side.advance(10)
    return [*outcomes, await buy(side, account, "1")]


async def names(side: CloudSide, account: EmulatedAccount) -> list[str]:
    """Unique in the account, or not at all."""
    outcomes = [
        await buy(side, account, "1"),
        await buy(side, account, "2"),
        await buy(side, account, "3", name="v"),
    ]
    side.set(unique_names="off")
    return [*outcomes, await buy(side, account, "4"), await seen(side)]


async def money(side: CloudSide, account: EmulatedAccount) -> list[str]:
    """Without it nothing is sold, and the nonce is used up."""
    side.set(balance_enough=False)
    return [await buy(side, account, "1"), await buy(side, account, "1"), await seen(side)]


async def late_sight(side: CloudSide, account: EmulatedAccount) -> list[str]:
    """A look shows an instance only after the delay."""
    side.set(visibility=30)
    outcomes = [await buy(side, account, "1"), await seen(side)]
    side.advance(28)
    outcomes.append(await seen(side))
    side.advance(4)
    return [*outcomes, await seen(side)]


async def lost_answers(side: CloudSide, account: EmulatedAccount) -> list[str]:
    """Never arrived, refused at the gateway, done and lost, accepted and booked later: what each
    leaves behind."""
    side.set(unique_names="off", commit_delay=30, nonce_memory=1000)
    outcomes = []
    for strike in FAULTS:
        side.fault(strike)
        outcomes += [await buy(side, account, strike, name=f"w-{strike}"), await seen(side)]
        outcomes.append(f"again: {await buy(side, account, strike, name='again')}")
    side.advance(31)
    return [*outcomes, await seen(side)]


SCRIPTS: tuple[Script, ...] = (straight, gateway, names, money, late_sight, lost_answers)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
async def test_both_tell_the_same(
    emulated: Emulated, account: EmulatedAccount, script: Script
) -> None:
    """To the letter, call by call."""
    assert await script(Simulated(), account) == await script(emulated, account)
