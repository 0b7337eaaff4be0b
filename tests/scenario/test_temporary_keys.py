"""Purchases of an operator that has no key of its own: it gets temporary ones of its role, by RRSA.

The official credentials library asks the emulator's STS over TLS, with the token of a service
account; the keys are renewed, end, or are taken away in the middle of a purchase."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from alibabacloud_credentials import provider as sdk

from flink_cloud_emulator.server import Running
from flink_local.cluster import Cluster as LocalCluster
from flink_workspace_operator.adapters.alibaba.key_chain import KeyChain
from flink_workspace_operator.adapters.alibaba.key_sources import Source
from tests.emulator.tokens import (
    ROLE,
    Issuer,
    emulating_by_tls,
    open_role_account,
    provider_arn,
    role_arn,
    set_up_rrsa,
)
from tests.emulator_fixture import EmulatedAccount
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.test_outside_the_laboratory import interrupt
from tests.scenario.world import SHORT_WINDOWS, World, a_world, conditions, has_reason, is_ready

KEY_SECONDS = 600
STS, BUY = "sts.AssumeRoleWithOIDC", "foasconsole.CreateInstance"


@pytest.fixture(scope="module")
def sts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    """An emulator that answers by TLS too, and whom to trust."""
    with emulating_by_tls(tmp_path_factory.mktemp("sts")) as opened:
        yield opened


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def role_account(
    sts: tuple[Running, Path], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmulatedAccount]:
    """An account whose only keys are those that STS gives out."""
    running, ca_file = sts
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    opened = open_role_account(running.url, issuer)
    # The gateway accepts a call for longer than a key is good, so that keys alone decide here.
    opened.control.settings(
        temporaryKeySeconds=KEY_SECONDS,
        signatureValiditySeconds=10 * KEY_SECONDS,
        provisioningSeconds=5,
    )
    yield opened
    opened.control.reset()


@pytest.fixture
def pod(
    role_account: EmulatedAccount, sts: tuple[Running, Path], issuer: Issuer, tmp_path: Path
) -> Source:
    """The Pod's way to a key, as ACK sets it up: a token in a file, and the names of role and
    provider."""
    token, address = tmp_path / "token", str(sts[0].tls_url).removeprefix("https://")
    # ACK writes a new one in time
    token.write_text(issuer.token(exp=int(time.time()) + 365 * 86400))
    return Source(
        "STS",
        lambda: sdk.OIDCRoleArnCredentialsProvider(
            role_arn=role_arn(role_account),
            oidc_provider_arn=provider_arn(role_account),
            oidc_token_file_path=str(token),
            sts_endpoint=address,
        ),
    )


@pytest.fixture
async def by_role(
    cluster: LocalCluster, role_account: EmulatedAccount, namespace: str, pod: Source
) -> AsyncIterator[World]:
    """A world whose operator looks at the cloud's clock to see how long a key is good."""
    keys = KeyChain((pod,), lambda: role_account.control.now().timestamp())
    async with a_world(cluster, role_account, namespace, keys, **SHORT_WINDOWS) as made:
        yield made


def given(world: World) -> int:
    """How many keys STS gave."""
    return world.account.control.counters()[STS].get("200", 0)


async def until_placing(world: World) -> None:
    """Up to the announcement of a purchase."""
    while not (orders := await world.orders("w")) or orders[-1].state != "Placing":
        await world.one_pass("w")


async def test_keys_are_renewed_while_a_workspace_is_made(by_role: World) -> None:
    """Several of them see one purchase through; each call of the cloud is the role's."""
    by_role.account.control.settings(provisioningSeconds=10 * KEY_SECONDS)
    await by_role.apply(pay_as_you_go())
    await by_role.settle("w", stride=KEY_SECONDS / 4)
    assert given(by_role) > 5
    assert len(by_role.account.control.purchases()) == 1
    asked = by_role.account.control.calls(BUY)
    assert [call["status"] for call in asked] == [200]
    assert {call["caller"] for call in by_role.account.control.calls()} == {None, f"role/{ROLE}"}


async def test_a_key_that_ends_before_the_call_is_replaced(by_role: World) -> None:
    """The call is signed with a new one, with the date and the nonce that were announced."""
    await by_role.apply(pay_as_you_go())
    await until_placing(by_role)
    (order,) = await by_role.orders("w")
    before = given(by_role)

    async def end() -> None:
        by_role.account.control.advance(KEY_SECONDS)

    interrupt(by_role, "look_up", end)
    await by_role.one_pass("w")
    by_role.reconciler.cloud = by_role.cloud
    (call,) = by_role.account.control.calls(BUY)
    assert order.status.intent_time is not None
    assert (call["status"], call["date"]) == (200, f"{order.status.intent_time:%Y-%m-%dT%H:%M:%SZ}")
    assert given(by_role) > before
    await by_role.settle("w")
    assert len(by_role.account.control.purchases()) == 1


def keys_of(world: World) -> list[str]:
    return [key["id"] for key in world.account.control.state()["temporaryKeys"]]


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda world: world.account.control.advance(KEY_SECONDS), "InvalidSecurityToken.Expired"),
        (
            lambda world: world.account.control.state({"removeAccessKeys": keys_of(world)}),
            "InvalidAccessKeyId.NotFound",
        ),
    ],
    ids=["over by the cloud's clock", "taken away"],
)
async def test_a_key_that_the_cloud_does_not_take_in_the_middle(
    cluster: LocalCluster,
    role_account: EmulatedAccount,
    namespace: str,
    pod: Source,
    prepare: Callable[[World], object],
    code: str,
) -> None:
    """The node takes the key for good. The order is refused, and says so; with another key one
    purchase follows."""
    now = [time.time()]
    keys = KeyChain((pod,), lambda: now[0])
    async with a_world(cluster, role_account, namespace, keys, **SHORT_WINDOWS) as world:

        async def spoil() -> None:
            prepare(world)

        await world.apply(pay_as_you_go())
        await until_placing(world)
        interrupt(world, "look_up", spoil)
        await world.one_pass("w")
        world.reconciler.cloud = world.cloud
        (order,) = await world.orders("w")
        assert (order.state, world.account.control.purchases()) == ("Rejected", [])
        assert f"is not valid (foasconsole.CreateInstance, code {code})" in (
            order.status.message or ""
        )
        told = conditions(await world.workspace("w"))
        assert (told["Purchased"].status, told["Ready"].status) == ("Unknown", "Unknown")
        now[0] += 31  # seconds after which a key that was refused is asked for anew
        await world.settle("w", stride=20)
        assert len(world.account.control.purchases()) == 1


async def test_sts_that_refuses_in_the_middle(by_role: World, issuer: Issuer) -> None:
    """Nothing is sent, and nothing else is said; once the role is back, the same order is
    placed."""
    await by_role.apply(pay_as_you_go())
    await until_placing(by_role)

    async def end() -> None:
        by_role.account.control.state({"removeRoles": [ROLE]})
        by_role.account.control.advance(KEY_SECONDS)

    interrupt(by_role, "look_up", end)
    await by_role.one_pass("w")
    by_role.reconciler.cloud = by_role.cloud
    told = conditions(await by_role.workspace("w"))["Ready"]
    assert (told.reason, "STS gives no access key (code EntityNotExist.Role)" in told.message) == (
        "KeyRefused",
        True,
    )
    (order,) = await by_role.orders("w")
    assert (order.state, by_role.account.control.calls(BUY)) == ("Quoted", [])
    set_up_rrsa(by_role.account, issuer)
    assert is_ready(await by_role.settle("w"))
    assert len(await by_role.orders("w")) == len(by_role.account.control.purchases()) == 1


async def test_sts_that_is_silent_in_the_middle(by_role: World) -> None:
    """It is waited for; nothing is sent meanwhile."""
    await by_role.apply(pay_as_you_go())
    await until_placing(by_role)

    async def end() -> None:
        by_role.account.control.faults([{"service": "sts", "fault": "server-error", "times": 1}])
        by_role.account.control.advance(KEY_SECONDS)

    interrupt(by_role, "look_up", end)
    await by_role.one_pass("w")
    by_role.reconciler.cloud = by_role.cloud
    assert has_reason("KeyUnavailable")(await by_role.workspace("w"))
    assert by_role.account.control.calls(BUY) == []
    await by_role.settle("w")
    assert len(by_role.account.control.purchases()) == 1
