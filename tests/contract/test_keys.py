"""The operator's own access key: how it is fetched, how long it is used, and why there is none."""

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alibabacloud_credentials import provider as sdk
from alibabacloud_credentials.utils import auth_util

from flink_local.certificates import Authority
from flink_workspace_operator.adapters.alibaba.credentials import Keys
from flink_workspace_operator.adapters.alibaba.key_chain import PAUSE, KeyChain
from flink_workspace_operator.adapters.alibaba.key_sources import Source, sources
from flink_workspace_operator.adapters.alibaba.products import CREATE_INSTANCE
from flink_workspace_operator.adapters.alibaba.session import PinnedSignature
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.key_failures import (
    CredentialsRefused,
    KeyRefused,
    KeyUnavailable,
)
from flink_workspace_operator.settings import Identity, Settings
from tests.contract.clients import open_session
from tests.contract.servers import closed_port, serving, tls_of

NO_KEY = "no access key is configured (of a node's role, only with FLINK_OPERATOR_IDENTITY=node)"
NODE = "the metadata service of ECS"
TOKEN, SECRET = "token-of-the-pod", "secret-of-the-role"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Sts:
    """Answers each request with `status` and `body`, or closes the connection (None)."""

    status: int = 200
    body: str | None = ""
    requests: list[str] = field(default_factory=list)

    def gives(self, number: int, ends: datetime) -> None:
        """From now on, this key."""
        key = {"AccessKeyId": f"key-{number}", "AccessKeySecret": SECRET, "SecurityToken": "t"}
        self.answers(
            200, {"Credentials": {**key, "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}}
        )

    def answers(self, status: int, body: object) -> None:
        self.status, self.body = status, body if isinstance(body, str) else json.dumps(body)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
            if self.body is not None:
                head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
                writer.write(f"{head}{self.body}".encode())
                await writer.drain()
        writer.close()


@dataclass
class Node:
    """A Pod with a token, an STS to show it to, and a clock that a test moves."""

    sts: Sts
    address: str
    token: Path
    now: datetime = NOW

    def open_sts(self) -> sdk.OIDCRoleArnCredentialsProvider:
        return sdk.OIDCRoleArnCredentialsProvider(
            role_arn="role",
            oidc_provider_arn="p",
            oidc_token_file_path=str(self.token),
            sts_endpoint=self.address,
        )

    def chain(self, *others: Source) -> KeyChain:
        return KeyChain((Source("STS", self.open_sts), *others), lambda: self.now.timestamp())


@pytest.fixture
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Node]:
    async with _node(tmp_path, monkeypatch) as opened:
        yield opened


@asynccontextmanager
async def _node(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Node]:
    authority, sts, token = Authority.create(), Sts(), folder / "token"
    trusted = folder / "ca.pem"
    trusted.write_bytes(authority.pem)
    token.write_text(TOKEN)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    # The SDK compares ends with the machine's clock, so they lie after it; the chain's own clock is
    # the test's.
    async with serving(sts.handle, tls_of(authority, folder)) as address:
        yield Node(sts, address, token, datetime.now(UTC))


async def failure_of(keys: Keys) -> CloudFailure:
    with pytest.raises(CloudFailure) as failed:
        await keys.get_credential_async()
    return failed.value


async def key_id(keys: Keys) -> str:
    return str((await keys.get_credential_async()).access_key_id)


async def test_the_key_in_hand_is_used_until_it_ends(node: Node) -> None:
    """It is renewed 15 minutes before; where that fails it is good all the same, up to its last
    second."""
    keys, ends = Keys(node.chain()), node.now + HOUR
    node.sts.gives(1, ends)
    assert await key_id(keys) == "key-1"
    node.sts.answers(502, "<html>bad gateway</html>")
    for before in (timedelta(minutes=14), timedelta(minutes=5), timedelta(seconds=1)):
        node.now = ends - before
        assert await key_id(keys) == "key-1"
    assert len(node.sts.requests) == 4
    node.now = ends
    assert isinstance(await failure_of(keys), KeyUnavailable)
    node.sts.gives(2, ends + HOUR)
    assert await key_id(keys) == "key-2"


async def test_a_key_in_hand_is_renewed_in_time(node: Node) -> None:
    """Not before, and not with every call while STS gives none."""
    keys, ends = Keys(node.chain()), node.now + HOUR
    node.sts.gives(1, ends)
    assert [await key_id(keys) for _ in range(3)] == ["key-1"] * 3
    node.now = ends - timedelta(minutes=15)
    node.sts.answers(502, "")
    assert [await key_id(keys) for _ in range(3)] == ["key-1"] * 3
    assert len(node.sts.requests) == 2
    node.sts.gives(2, ends + HOUR)
    node.now += timedelta(seconds=PAUSE)
    assert await key_id(keys) == "key-2"


async def test_a_key_for_minutes_is_not_asked_for_with_every_call(node: Node) -> None:
    """Although its end is always near."""
    keys = Keys(node.chain())
    node.sts.gives(1, node.now + timedelta(minutes=10))
    assert [await key_id(keys) for _ in range(3)] == ["key-1"] * 3
    assert len(node.sts.requests) == 1
    node.sts.gives(2, node.now + timedelta(minutes=10))
    node.now += timedelta(seconds=PAUSE)
    assert await key_id(keys) == "key-2"


@pytest.mark.parametrize(
    ("status", "body", "code", "why"),
    [
        (502, f"<html>{SECRET}</html>", "HTTP502", "STS gave no usable answer"),
        (
            500,
            {"Code": "InternalError", "Message": SECRET},
            "InternalError",
            "STS gave no usable answer",
        ),
        (
            400,
            {"Code": "Throttling.User", "Message": SECRET},
            "Throttling.User",
            "STS was asked too often",
        ),
        (429, "", "HTTP429", "STS was asked too often"),
        (307, "", "HTTP307", "STS gave no usable answer"),
        (403, f"<html>{SECRET}</html>", "HTTP403", "STS gave no usable answer"),
        (200, f"<html>{SECRET}</html>", "Unreadable", "STS answered what makes no sense"),
        (
            200,
            {"Credentials": {"AccessKeySecret": SECRET}},
            "Unreadable",
            "STS answered what makes no sense",
        ),
        (200, None, "ConnectionLost", "STS did not answer"),
    ],
)
async def test_a_key_that_could_not_be_fetched_was_not_refused(
    node: Node, caplog: pytest.LogCaptureFixture, status: int, body: object, code: str, why: str
) -> None:
    """The message says why, in words of ours: the SDK's own text repeats the answer, and the
    token."""
    if body is None:
        node.sts.body = None
    else:
        node.sts.answers(status, body)
    failure = await failure_of(Keys(node.chain()))
    assert isinstance(failure, KeyUnavailable)
    assert (failure.code, failure.why, failure.fate) == (code, why, "NothingSent")
    assert f"no access key could be fetched, because {why} ({code}): " in describe(failure)
    assert describe(failure).endswith("asked again within a minute")
    whole = "".join([*traceback.format_exception(failure), repr(failure), caplog.text])
    assert [secret for secret in (SECRET, TOKEN) if secret in whole] == []


async def test_an_sts_that_is_not_reached_is_named_with_what_to_check(node: Node) -> None:
    """As any other call to the cloud."""
    node.address = closed_port()
    assert describe(await failure_of(Keys(node.chain()))) == (
        "no access key could be fetched, because STS did not answer (ConnectionRefused), as its"
        " address refuses connections: check the endpoint; asked again within a minute"
    )


async def test_a_silent_sts_is_not_waited_for_long(node: Node) -> None:
    """The wait for the answer to a call holds two of these."""

    async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with serving(be_silent) as silent:
        node.address = silent
        failure = await failure_of(Keys(KeyChain((Source("STS", node.open_sts),), seconds=0.05)))
    assert (failure.code, failure.reason) == ("DeadlineExceeded", "KeyUnavailable")


@pytest.mark.parametrize(
    ("break_", "code", "told"),
    [
        (
            Path.unlink,
            "TokenFileMissing",
            "the token file does not exist (TokenFileMissing): check that RRSA is on",
        ),
        (
            lambda file: (file.unlink(), file.mkdir()),
            "TokenFileUnreadable",
            "the token file can't be read",
        ),
    ],
)
async def test_a_token_file_that_is_not_there_is_named(
    node: Node, break_: Callable[[Path], object], code: str, told: str
) -> None:
    """STS is not asked then."""
    break_(node.token)
    failure = await failure_of(Keys(node.chain()))
    assert (failure.code, node.sts.requests) == (code, [])
    assert told in describe(failure)


async def test_a_role_that_sts_refuses_is_a_matter_for_a_person(node: Node) -> None:
    """Waiting changes neither the role nor what it trusts."""
    node.sts.answers(400, {"Code": "AuthenticationFail.NoPermission", "Message": SECRET})
    failure = await failure_of(Keys(node.chain()))
    assert isinstance(failure, KeyRefused)
    assert failure.fate == "NothingSent"
    assert describe(failure).startswith(
        "STS gives no access key (code AuthenticationFail.NoPermission): check that its role"
    )


async def test_no_other_identity_stands_in_for_one_that_can_not_be_had(node: Node) -> None:
    """While STS is down, the role of the node would buy; and would be used from then on."""
    other = Source("the node", lambda: sdk.StaticSTSCredentialsProvider(
        access_key_id="of-the-node", access_key_secret=SECRET, security_token="t"
    ))  # fmt: skip
    node.sts.answers(502, "")
    assert (await failure_of(Keys(node.chain(other)))).code == "HTTP502"


async def test_all_who_wait_share_a_fetch(node: Node) -> None:
    """Else each call in turn would wait for an STS that is silent."""
    node.sts.answers(502, "")
    keys = Keys(node.chain())
    failures = await asyncio.gather(*(failure_of(keys) for _ in range(20)))
    assert {failure.code for failure in failures} == {"HTTP502"}
    assert len(node.sts.requests) <= 2


async def test_without_a_key_no_purchase_is_sent(node: Node) -> None:
    """And the answer says so."""
    node.sts.answers(502, "")
    cloud = Sts()
    async with (
        serving(cloud.handle) as here,
        open_session(Settings(endpoint=f"http://{here}"), Keys(node.chain())) as session,
    ):
        with pytest.raises(KeyUnavailable) as failed:
            await session.call_fixed(
                CREATE_INSTANCE, {}, "cn-hangzhou", PinnedSignature(NOW, "nonce")
            )
    assert (failed.value.fate, cloud.requests) == ("NothingSent", [])


async def test_that_no_key_is_configured_is_said_as_such() -> None:
    """It is nothing that the cloud refused."""
    failure = await failure_of(Keys(KeyChain((Source("the environment", _fails, asks=False),))))
    assert isinstance(failure, CredentialsRefused)
    assert describe(failure).startswith(f"{NO_KEY}: give the operator a valid one")


def _fails() -> object:
    raise ValueError("this text may hold a secret")


@pytest.fixture
def on_a_node(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no RRSA and no profile: the node alone has an identity."""
    for name, value in (
        ("access_key_id", None),
        ("cli_profile_disabled", "true"),
        ("credentials_file", "/nowhere"),
    ):
        monkeypatch.setattr(auth_util, f"environment_{name}", value)


@pytest.mark.parametrize("identity", [None, "key", "rrsa"])
@pytest.mark.parametrize("role", [None, "of-the-node"])
@pytest.mark.usefixtures("on_a_node")
async def test_the_nodes_role_is_never_taken_for_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, identity: Identity | None, role: str | None
) -> None:
    """It may be of another account, or may do more: nobody asks the metadata service who did not
    choose it."""
    monkeypatch.setattr(auth_util, "environment_ecs_metadata", role)
    assert NODE not in [source.name for source in sources(identity)]
    assert describe(await failure_of(Keys(KeyChain(sources(identity))))).startswith(NO_KEY)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (None, "the metadata service of ECS did not answer (ConnectionLost)"),
        ("", "the metadata service of ECS gives no access key (code HTTP404): check that its role"),
    ],
)
@pytest.mark.parametrize("role", [None, "of-the-node"])
@pytest.mark.usefixtures("on_a_node")
async def test_the_nodes_role_is_taken_where_it_is_chosen(
    monkeypatch: pytest.MonkeyPatch, role: str | None, body: str | None, told: str
) -> None:
    """With its name or without; what is wrong is told."""
    service = Sts(404, body)
    monkeypatch.setattr(auth_util, "environment_ecs_metadata", role)
    async with serving(service.handle) as here:
        [source] = sources("node")
        there = replace(source, open=lambda: _asking(here, source.open()))
        assert told in describe(await failure_of(Keys(KeyChain((there,)))))
    assert service.requests


def _asking(
    host: str, provider: sdk.EcsRamRoleCredentialsProvider
) -> sdk.EcsRamRoleCredentialsProvider:
    """The provider as it is, but for the address of the service: not every machine is without
    one."""
    provider._EcsRamRoleCredentialsProvider__metadata_service_host = host
    return provider


def test_the_metadata_service_can_be_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variable of the SDKs, also where a setting chooses it."""
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "True")
    assert sources("node") == ()


def set_up_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_util, "enable_oidc_credential", True)
    monkeypatch.setattr(auth_util, "environment_credentials_uri", "http://127.0.0.1/key")
    for name in ("role_arn", "oidc_provider_arn", "oidc_token_file"):
        monkeypatch.setattr(auth_util, f"environment_{name}", "x")


def test_the_sources_are_those_of_the_official_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the node, in its order; and STS is where ACK's webhook says."""
    set_up_everything(monkeypatch)
    monkeypatch.setenv("ALIBABA_CLOUD_STS_ENDPOINT", "sts-vpc.cn-hangzhou.aliyuncs.com")
    opened = [source.open() for source in sources()]
    official = vars(sdk.DefaultCredentialsProvider())[
        "_DefaultCredentialsProvider__providers_chain"
    ]
    kinds = [type(each) for each in official]
    assert sdk.EcsRamRoleCredentialsProvider in kinds
    kinds.remove(sdk.EcsRamRoleCredentialsProvider)
    assert [type(each) for each in opened] == kinds
    assert opened[1]._sts_endpoint == "sts-vpc.cn-hangzhou.aliyuncs.com"


@pytest.mark.parametrize(
    ("identity", "name"),
    [("key", "the environment"), ("rrsa", "STS"), ("node", NODE)],
)
def test_who_is_chosen_is_asked_alone(
    monkeypatch: pytest.MonkeyPatch, identity: Identity, name: str
) -> None:
    """Whatever else is set up."""
    set_up_everything(monkeypatch)
    assert [source.name for source in sources(identity)] == [name]


def test_the_endpoint_of_sts_follows_the_sdks_own_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the webhook does not name one."""
    monkeypatch.setattr(auth_util, "environment_sts_region", "cn-hangzhou")
    monkeypatch.setattr(auth_util, "environment_enable_vpc", "true")
    for name in ("role_arn", "oidc_provider_arn", "oidc_token_file"):
        monkeypatch.setattr(auth_util, f"environment_{name}", "x")
    monkeypatch.setattr(auth_util, "enable_oidc_credential", True)
    monkeypatch.delenv("ALIBABA_CLOUD_STS_ENDPOINT", raising=False)
    [sts] = [source.open() for source in sources() if source.name == "STS"]
    assert sts._sts_endpoint == "sts-vpc.cn-hangzhou.aliyuncs.com"
