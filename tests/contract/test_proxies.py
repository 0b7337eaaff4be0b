"""All clients of the cloud take the same proxies, and trust the same authorities: each SDK is
asked."""

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import Config

from flink_local.certificates import Authority
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.adapters.alibaba.credentials import Keys
from flink_workspace_operator.adapters.alibaba.products import DESCRIBE_INSTANCES
from flink_workspace_operator.core.facts.failures import Unreachable
from flink_workspace_operator.core.facts.key_failures import CredentialsRefused
from flink_workspace_operator.settings import Settings
from tests.contract.clients import network, open_cloud, open_session, static_keys
from tests.contract.servers import Proxy, Server, closed_port, forward, serving, tls_of
from tests.contract.test_transport import ask, buy, failure_of, look_into_bucket
from tests.emulator_fixture import EmulatedAccount

CA_VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
PASSWORD: Final = "canary-of-the-proxy"
KEY: Final = {
    "Code": "Success",
    "AccessKeyId": "key",
    "AccessKeySecret": "secret",
    "SecurityToken": "token",
    "Expiration": "2099-01-01T00:00:00Z",
}
Ask = Callable[[AlibabaCloud, EmulatedAccount], Awaitable[object]]
SERVICES: Final[dict[str, Ask]] = {
    "sts": lambda cloud, account: cloud.identify(),
    "ram": lambda cloud, account: cloud.find_role("role"),
    "vpc": lambda cloud, account: cloud.describe_network(account.region, network(account)),
    "foasconsole": lambda cloud, account: cloud.list_regions(),
    "bss": lambda cloud, account: cloud.read_bill(
        account.region, datetime.now(UTC) - timedelta(days=1)
    ),
    "oss": lambda cloud, account: cloud.describe_bucket(account.region, account.bucket, ("a/",)),
}


@dataclass(frozen=True)
class Way:
    """Where the cloud is asked, by TLS, and the proxy on the way."""

    cloud: str
    proxy: Proxy
    proxy_address: str


@pytest.fixture
def authority() -> Authority:
    """A private one, which nobody trusts yet."""
    return Authority.create()


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> Path:
    """Its certificate."""
    file = tmp_path / "ca.pem"
    file.write_bytes(authority.pem)
    return file


@pytest.fixture
async def way(
    account: EmulatedAccount, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Way]:
    """The emulator behind TLS, and a proxy for HTTPS in the environment."""

    async def decrypt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await forward(reader, writer, account.endpoint)

    proxy = Proxy()
    async with (
        serving(decrypt, tls_of(authority, tmp_path)) as cloud,
        serving(proxy.handle) as address,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        yield Way(cloud, proxy, address)


@asynccontextmanager
async def cloud_at(way: Way, account: EmulatedAccount) -> AsyncIterator[AlibabaCloud]:
    """The port, asking there."""
    cloud = open_cloud(account, endpoint=f"https://{way.cloud}", read_timeout_seconds=5)
    try:
        yield cloud
    finally:
        await cloud.close()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("no_proxy", "goes_through"),
    [
        ("", True),
        ("localhost,10.0.0.0/8", True),
        ("127.0.0.0/8", False),
        ("{cloud}", False),
        ("*", False),
    ],
)
async def test_every_service_obeys_no_proxy(
    service: str,
    no_proxy: str,
    goes_through: bool,
    way: Way,
    account: EmulatedAccount,
    ca_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is asked through the proxy, or none is."""
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    monkeypatch.setenv("NO_PROXY", no_proxy.format(cloud=way.cloud))
    async with cloud_at(way, account) as cloud:
        await SERVICES[service](cloud, account)
    assert set(way.proxy.targets) == ({way.cloud} if goes_through else set())


@pytest.mark.parametrize("variable", CA_VARIABLES)
@pytest.mark.parametrize("service", SERVICES)
async def test_every_service_trusts_the_private_authority(
    service: str,
    variable: str,
    way: Way,
    account: EmulatedAccount,
    ca_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a variable names its certificate, and not otherwise."""
    async with cloud_at(way, account) as cloud:
        untrusted = await failure_of(SERVICES[service](cloud, account))
    assert untrusted.code == "CertificateNotTrusted"
    monkeypatch.setenv(variable, str(ca_file))
    async with cloud_at(way, account) as cloud:
        await SERVICES[service](cloud, account)


def by_uri(address: str) -> Client:
    """Keys from a server of one's own."""
    return Client(Config(type="credentials_uri", credentials_uri=f"https://{address}/key"))


def by_oidc(directory: Path) -> Client:
    """Keys for a role, by RRSA: from STS, whose host the SDK chooses."""
    token = directory / "token"
    token.write_text("token")
    return Client(
        Config(
            type="oidc_role_arn",
            role_arn="acs:ram::1:role/r",
            oidc_provider_arn="acs:ram::1:oidc-provider/p",
            oidc_token_file_path=str(token),
            role_session_name="session",
        )
    )


def by_role() -> Client:
    """Keys for a role, from STS in the name of another key."""
    return Client(
        Config(
            type="ram_role_arn",
            access_key_id="key",
            access_key_secret="secret",
            role_arn="acs:ram::1:role/r",
            role_session_name="session",
        )
    )


def answering(body: object) -> Server:
    """A server that says this."""
    text = json.dumps(body)
    return Server(f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())


@pytest.mark.parametrize("variable", CA_VARIABLES)
@pytest.mark.parametrize(
    ("no_proxy", "goes_through"), [("", True), ("localhost", True), ("127.0.0.1", False)]
)
async def test_the_credentials_sdk_obeys_the_same(
    no_proxy: str,
    goes_through: bool,
    variable: str,
    way: Way,
    authority: Authority,
    ca_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proxy, what is exempt of it, and the private authority."""
    monkeypatch.setenv("NO_PROXY", no_proxy)
    async with serving(answering(KEY).handle, tls_of(authority, tmp_path)) as keys:
        with pytest.raises(CredentialsRefused):
            await Keys(by_uri(keys)).get_credential_async()
        monkeypatch.setenv(variable, str(ca_file))
        way.proxy.targets.clear()
        key = await Keys(by_uri(keys)).get_credential_async()
    assert key.access_key_id == "key"
    assert way.proxy.targets == ([keys] if goes_through else [])


@pytest.mark.parametrize("kind", ["oidc", "role"])
async def test_keys_for_a_role_come_through_the_proxy(
    kind: str,
    way: Way,
    authority: Authority,
    ca_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The host is the SDK's own, and its name is looked up by the proxy."""
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    sts = answering({"Credentials": KEY})
    async with serving(sts.handle, tls_of(authority, tmp_path, "sts.aliyuncs.com")) as there:
        way.proxy.leads_to = there
        client = by_oidc(tmp_path) if kind == "oidc" else by_role()
        key = await Keys(client).get_credential_async()
    assert (way.proxy.targets, key.security_token) == (["sts.aliyuncs.com:443"], "token")


@pytest.mark.parametrize("call", [buy, look_into_bucket])
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\n<html/>", "ProxyRefused403"),
        (b"HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\n\r\n", "ProxyRefused407"),
        (None, "ConnectionLost"),
        ("closed", "ProxyNotReached"),
        ("nowhere", "ProxyNotReached"),
    ],
)
async def test_a_proxy_is_named_and_its_password_is_not(
    call: Callable[[str], Awaitable[object]],
    answer: bytes | str | None,
    code: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither in a failure, nor in what is behind it, nor in a log at any level; and nothing was
    sent to the cloud."""
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    proxy = Server(answer if isinstance(answer, bytes) else None)
    async with serving(proxy.handle) as there:
        address = {"closed": closed_port(), "nowhere": "proxy.invalid:3128"}.get(str(answer), there)
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@{address}")
        failure = await failure_of(call("https://cloud.invalid"))
    assert (failure.code, address in str(failure)) == (code, True)
    assert failure.fate == "NothingSent" or call is look_into_bucket
    whole = [
        *traceback.format_exception(failure),
        repr(failure),
        str(failure),
        caplog.text,
        *capfd.readouterr(),
    ]
    assert not [text for text in whole if PASSWORD in text]


async def test_a_proxy_that_makes_no_tunnel_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It took the request for the tunnel, and that is all that anybody got."""

    async def read_and_be_silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read()
        writer.close()

    async with serving(read_and_be_silent) as address:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        failure = await failure_of(ask("https://cloud.invalid"))
    assert (failure.code, failure.fate, address in str(failure)) == (
        "ConnectTimeout",
        "NothingSent",
        True,
    )


async def test_a_page_of_a_proxy_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TLS it gets the request itself, and answers in the cloud's place: that proves
    nothing."""
    page = (
        b"HTTP/1.1 407 Who Are You\r\nContent-Type: text/html\r\nContent-Length: 7\r\n\r\n<html/>"
    )
    async with serving(Server(page).handle) as address:
        monkeypatch.setenv("HTTP_PROXY", f"http://user:{PASSWORD}@{address}")
        failure = await failure_of(buy("http://cloud.invalid"))
    assert (failure.code, failure.fate, address in str(failure)) == ("HTTP407", "Unknown", True)
    assert PASSWORD not in repr(failure)


async def test_a_password_reaches_the_proxy(
    way: Way, account: EmulatedAccount, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody else: it is in the request for the tunnel."""
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:a%40b@{way.proxy_address}")
    async with cloud_at(way, account) as cloud:
        for each in (SERVICES["sts"], SERVICES["oss"]):
            await each(cloud, account)
    assert set(way.proxy.authorizations) == {"Proxy-Authorization: Basic dXNlcjphQGI="}


async def test_a_proxy_that_speaks_tls(
    way: Way,
    account: EmulatedAccount,
    authority: Authority,
    ca_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same authorities vouch for it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    async with serving(way.proxy.handle, tls_of(authority, tmp_path)) as address:
        monkeypatch.setenv("HTTPS_PROXY", f"https://{address}")
        async with cloud_at(way, account) as cloud:
            for each in (SERVICES["sts"], SERVICES["oss"]):
                await each(cloud, account)
    assert set(way.proxy.targets) == {way.cloud}


async def test_an_environment_that_cannot_be_used_is_named(
    account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where it changes under our feet, nothing is sent."""
    for variable, value, code in (
        ("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"), "AuthoritiesNotUsable"),
        ("HTTPS_PROXY", f"socks5://user:{PASSWORD}@proxy", "ProxyNotUsable"),
    ):
        with monkeypatch.context() as environment:
            environment.setenv(variable, value)
            for call in (buy, look_into_bucket):
                failure = await failure_of(call("https://cloud.invalid"))
                assert (failure.code, PASSWORD in repr(failure)) == (code, False)
                assert failure.fate == "NothingSent" or call is look_into_bucket


async def test_the_host_that_is_not_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the real cloud: with an endpoint of the settings, all calls go there. Nothing leaves this
    machine here."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://{closed_port()}")
    async with open_session(Settings(), Keys(static_keys("key", "secret"))) as session:
        with pytest.raises(Unreachable) as told:
            await session.call(DESCRIBE_INSTANCES, {"Region": "cn-hangzhou"}, "cn-hangzhou")
    assert str(told.value).startswith(
        "foasconsole.DescribeInstances at foasconsole.cn-hangzhou.aliyuncs.com did not answer (ProxyNotReached, through"
    )
