"""Each request goes out once, to nobody but whom it was addressed to, and it is known whether it
could arrive."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from alibabacloud_credentials.models import CredentialModel
from alibabacloud_credentials.provider import URLCredentialsProvider

from flink_local.certificates import Authority
from flink_workspace_operator.adapters.alibaba.connections import Connections
from flink_workspace_operator.adapters.alibaba.credentials import FetchedKey, Keys
from flink_workspace_operator.adapters.alibaba.key_chain import KeyChain
from flink_workspace_operator.adapters.alibaba.key_sources import Source
from flink_workspace_operator.adapters.alibaba.products import CREATE_INSTANCE, DESCRIBE_INSTANCES
from flink_workspace_operator.adapters.alibaba.session import PinnedSignature
from flink_workspace_operator.adapters.alibaba.storage import ObjectStorage
from flink_workspace_operator.core.facts.failures import CloudFailure, Fate, Garbled, Unreachable
from flink_workspace_operator.settings import Settings
from tests.contract.clients import open_session, static_keys
from tests.contract.servers import Server, closed_port, serving, tls_of
from tests.patience import patience

REGION = "cn-hangzhou"
KEY = CredentialModel(access_key_id="key", access_key_secret="secret", type="access_key")
REDIRECTS = (301, 302, 303, 307, 308)
Ask = Callable[[str], Awaitable[object]]


async def buy(endpoint: str) -> object:
    """The call that spends money."""
    fixed = PinnedSignature(datetime.now(UTC), "nonce")
    async with open_session(Settings(endpoint=endpoint, emulator=True), FetchedKey(KEY)) as session:
        return await session.call_fixed(CREATE_INSTANCE, {"InstanceName": "a"}, REGION, fixed)


async def ask(endpoint: str) -> object:
    """A question by GET, which aiohttp takes for one that may be repeated."""
    settings = Settings(endpoint=endpoint, emulator=True, read_timeout_seconds=patience(1))
    async with open_session(settings, FetchedKey(KEY)) as session:
        return await session.call(DESCRIBE_INSTANCES, {"Region": REGION}, REGION)


async def look_into_bucket(endpoint: str) -> object:
    """A question to OSS, by its own SDK."""
    settings, connections = (
        Settings(endpoint=endpoint, emulator=True, read_timeout_seconds=patience(1)),
        Connections(),
    )
    try:
        storage = ObjectStorage(settings, Keys(static_keys("key", "secret")), connections)
        return await storage.describe_bucket(REGION, "bucket", ())
    finally:
        await connections.close()


async def fetch_key(endpoint: str) -> object:
    """A question of the credentials SDK."""
    source = Source("the URI", lambda: URLCredentialsProvider(uri=f"{endpoint}/credentials"))
    return await Keys(KeyChain((source,))).get_credential_async()


def redirect(status: int, target: str, body: str = "") -> bytes:
    """A redirect to another server."""
    date = format_datetime(datetime.now(UTC), usegmt=True)
    head = f"HTTP/1.1 {status} Elsewhere\r\nDate: {date}\r\nLocation: http://{target}/there\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


async def failure_of(asked: Awaitable[object]) -> CloudFailure:
    """How the call failed."""
    with pytest.raises(CloudFailure) as failed:
        await asked
    return failed.value


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize(
    ("call", "request_line", "body"),
    [
        (buy, "POST /", '{"Code": "InvalidParameter"}'),
        (buy, "POST /", "<html>"),
        (ask, "GET /", ""),
        (look_into_bucket, "GET /bucket/", "<Error><Code>NoSuchBucket</Code></Error>"),
    ],
)
async def test_no_redirect_is_followed(
    call: Ask, request_line: str, body: str, status: int
) -> None:
    """One request arrives, none at the target, and a redirect is no answer, whatever its body
    says."""
    target = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    async with serving(target.handle) as there:
        asked = Server(redirect(status, there, body))
        async with serving(asked.handle) as here:
            failure = await failure_of(call(f"http://{here}"))
    assert (asked.requests, target.connections) == ([request_line], 0)
    assert (type(failure), failure.code, failure.fate) == (Garbled, f"HTTP{status}", "Unknown")


@pytest.mark.parametrize("status", REDIRECTS)
async def test_no_key_is_fetched_from_where_a_redirect_leads(status: int) -> None:
    """The credentials SDK shows its tokens to nobody else."""
    target = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    async with serving(target.handle) as there:
        asked = Server(redirect(status, there))
        async with serving(asked.handle) as here:
            failure = await failure_of(fetch_key(f"http://{here}"))
    assert (asked.requests, target.connections) == (["GET /credentials"], 0)
    assert (failure.reason, failure.code) == ("KeyUnavailable", f"HTTP{status}")


@pytest.mark.parametrize("reads", [True, False], ids=["read-and-closed", "closed-at-once"])
@pytest.mark.parametrize("call", [buy, ask, look_into_bucket])
async def test_a_broken_connection_is_not_replaced(call: Ask, reads: bool) -> None:
    """Whatever the method: the request may have arrived, and nothing sends it again."""
    server = Server(None, reads=reads)
    async with serving(server.handle) as here:
        failure = await failure_of(call(f"http://{here}"))
    assert server.connections == 1
    assert (type(failure), failure.code, failure.fate) == (Unreachable, "ConnectionLost", "Unknown")


async def test_half_an_answer_proves_nothing() -> None:
    """The purchase was read, and something was done with it."""
    server = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
    async with serving(server.handle) as here:
        failure = await failure_of(buy(f"http://{here}"))
    assert (server.requests, failure.fate) == (["POST /"], "Unknown")


async def test_silence_after_the_request_proves_nothing() -> None:
    """A call may be executed while nobody waits any more."""
    arrived = asyncio.Event()

    async def read_and_be_silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.set()
        await reader.read()
        writer.close()

    async with serving(read_and_be_silent) as here:
        failure = await failure_of(ask(f"http://{here}"))
    assert arrived.is_set()
    assert (type(failure), failure.fate) == (Unreachable, "Unknown")


@pytest.mark.parametrize("call", [buy, ask, look_into_bucket])
@pytest.mark.parametrize(
    ("address", "code"),
    [("closed", "ConnectionRefused"), ("nowhere.invalid:80", "NameNotResolved")],
)
async def test_without_a_connection_nothing_is_sent(call: Ask, address: str, code: str) -> None:
    """Nobody listens, or the name has no address."""
    failure = await failure_of(call(f"http://{closed_port() if address == 'closed' else address}"))
    assert (type(failure), failure.code) == (Unreachable, code)
    # a read, of which that is not asked
    assert failure.fate == "NothingSent" or call is look_into_bucket


async def test_a_connection_that_is_not_made_in_time_sends_nothing() -> None:
    """The queue of those who want to connect is full, so the handshake is not answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, socket.socket() as first:
        first.connect(server.getsockname())
        failure = await failure_of(ask(f"http://127.0.0.1:{server.getsockname()[1]}"))
    assert (type(failure), failure.code, failure.fate) == (
        Unreachable,
        "ConnectTimeout",
        "NothingSent",
    )


async def test_to_a_server_that_is_not_trusted_nothing_is_sent(tmp_path: Path) -> None:
    """Its certificate is looked at before anything of the request is written."""
    server = Server(None)
    async with serving(server.handle, tls_of(Authority.create(), tmp_path)) as here:
        failure = await failure_of(buy(f"https://{here}"))
    assert (server.requests, failure.code, failure.fate) == (
        [],
        "CertificateNotTrusted",
        "NothingSent",
    )


async def test_a_trusted_server_may_have_got_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS alone is no reason to believe that nothing was sent."""
    authority, server = Authority.create(), Server(None)
    trusted = tmp_path / "ca.pem"
    trusted.write_bytes(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with serving(server.handle, tls_of(authority, tmp_path)) as here:
        failure = await failure_of(buy(f"https://{here}"))
    assert (server.requests, failure.fate) == (["POST /"], "Unknown")


@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_only_a_refused_tunnel_sends_nothing(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that refuses CONNECT has not seen the request; without TLS it gets the request
    itself."""
    proxy = Server(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    async with serving(proxy.handle) as there:
        monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"http://{there}")
        failure = await failure_of(buy(f"{scheme}://foasconsole.invalid"))
    expected: dict[str, tuple[list[str], str, Fate]] = {
        "https": (["CONNECT foasconsole.invalid:443"], "ProxyRefused403", "NothingSent"),
        "http": (["POST http://foasconsole.invalid/"], "HTTP403", "Unknown"),
    }
    assert (proxy.requests, failure.code, failure.fate) == expected[scheme]


async def test_a_proxy_that_is_not_there_is_named_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not as a cloud that refuses connections."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://{closed_port()}")
    failure = await failure_of(buy("https://foasconsole.invalid"))
    assert (failure.code, failure.fate) == ("ProxyNotReached", "NothingSent")
