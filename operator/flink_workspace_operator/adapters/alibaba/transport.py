"""Every HTTP request to the cloud goes this way: once, and only to the host that it is addressed to.

A purchase is one request. By default aiohttp follows redirects, and after 307 and 308 it repeats a POST with its body.
It also repeats a GET whose connection broke, even if that was a new one. The SDKs of the RPC services and of the
credentials have no switch against either. So they sign, and this module sends.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Final

import certifi
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientHttpProxyError,
    ClientOSError,
    ClientProxyConnectionError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    ServerDisconnectedError,
    ServerTimeoutError,
    TraceConfig,
)

from flink_workspace_operator.core.failures import Fate


@dataclass(frozen=True)
class HttpRequest:
    """A request as it goes out. Headers and URL can hold secrets, so they are never shown."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class HttpAnswer:
    """An answer as it came, redirects included. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Patience:
    """The longest waits, in seconds."""

    connect: float
    silence: float


@dataclass
class Attempt:
    """One request on its way."""

    connected: bool = False
    """There was a connection to send it on (with TLS, and through a proxy's CONNECT where these are needed)."""

    @property
    def fate(self) -> Fate:
        """The fate of a request that got no answer."""
        return "Unknown" if self.connected else "NothingSent"


class Broken(ClientError):
    """The connection broke. aiohttp does not know this class, so it does not repeat the request."""


def cause_of(error: Exception) -> str:
    """One word for why a request got no answer.

    By the class of the exception alone: its text may hold a secret.
    """
    known = error.__cause__ if isinstance(error, Broken) else error
    if isinstance(known, ClientHttpProxyError):
        return f"ProxyRefused{known.status}"
    if isinstance(known, ClientConnectorError) and isinstance(known.os_error, ConnectionRefusedError):
        return "ProxyNotReached" if isinstance(known, ClientProxyConnectionError) else "ConnectionRefused"
    return next((word for kind, word in _CAUSES if isinstance(known, kind)), "NoConnection")


_CAUSES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (ClientConnectorCertificateError, "CertificateNotTrusted"),
    (ClientSSLError, "TlsFailed"),
    (ClientConnectorDNSError, "NameNotResolved"),
    (ClientProxyConnectionError, "ProxyNotReached"),
    (ConnectionTimeoutError, "ConnectTimeout"),
    (ServerTimeoutError, "NoAnswerInTime"),
    (ServerDisconnectedError, "ConnectionLost"),
    (ConnectionResetError, "ConnectionLost"),
)
"""The first class that fits counts."""


async def send(request: HttpRequest, patience: Patience, attempt: Attempt) -> HttpAnswer:
    """Send it once, and note in `attempt` how far it came. Raises `ClientError`, `TimeoutError` or `OSError`."""
    async with (
        open_session() as session,
        session.request(
            request.method,
            request.url,
            data=request.body,
            headers=request.headers,
            allow_redirects=False,
            timeout=ClientTimeout(sock_connect=patience.connect, sock_read=patience.silence),
            ssl=_trusted() if request.url.startswith("https:") else True,
            proxy=_proxy_for(request.url),
            trace_request_ctx=attempt,
        ) as answer,
    ):
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return HttpAnswer(answer.status, headers, await answer.read())


def open_session() -> ClientSession:
    """A session that sends each request once. Its user must forbid redirects with each request."""
    return ClientSession(middlewares=(_send_once,), trace_configs=[_watch_connecting()])


async def _send_once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """aiohttp repeats GET, HEAD, PUT and DELETE after these two errors, whether the connection was new or kept."""
    try:
        return await handler(request)
    except (ClientOSError, ServerDisconnectedError) as error:
        raise Broken from error


def _watch_connecting() -> TraceConfig:
    """aiohttp reports a connection before it writes a request's first byte to it."""

    async def connected(session: ClientSession, context: SimpleNamespace, params: object) -> None:
        if isinstance(context.trace_request_ctx, Attempt):
            context.trace_request_ctx.connected = True

    trace = TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace


def _trusted() -> ssl.SSLContext:
    """The system's authorities, and those of the SDK."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _proxy_for(url: str) -> str | None:
    """The proxy that the SDKs take, from the same variables."""
    name = "https_proxy" if url.startswith("https:") else "http_proxy"
    return os.environ.get(name.upper()) or os.environ.get(name) or None
