"""Every HTTP request to the cloud goes this way: once, and only to the host that it is addressed
to.

A purchase is one request. By default aiohttp follows redirects, and after 307 and 308 it repeats a
POST with its body. It also repeats a GET whose connection broke, even if that was a new one. The
SDKs of the RPC services and of the credentials have no switch against either. So they sign, and
this module sends.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientHttpProxyError,
    ClientProxyConnectionError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    ServerDisconnectedError,
    ServerTimeoutError,
    TCPConnector,
    TraceConfig,
)

from flink_workspace_operator.adapters.alibaba.authorities import UnusableAuthorities, trusted
from flink_workspace_operator.adapters.alibaba.proxy import (
    UnusableProxy,
    proxies_in,
    proxy_for_url,
    shown,
)
from flink_workspace_operator.core.facts.failures import Fate


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
    proxy: str | None = None
    """It came through this one, or from it; as it may be shown."""


@dataclass(frozen=True)
class Patience:
    """The longest waits, in seconds."""

    connect: float
    silence: float


@dataclass
class Attempt:
    """One request on its way."""

    begun: bool = False
    """There was a place to send it from."""
    connected: bool = False
    """There was a connection to send it on (with TLS, and through a proxy's CONNECT where these
    are needed).
    """
    proxy: str | None = None
    """It takes this one, as it may be shown."""

    @property
    def fate(self) -> Fate:
        """The fate of a request that got no answer."""
        return "Unknown" if self.connected else "NothingSent"


class Broken(ClientError):
    """The request got no answer; why is its cause. aiohttp does not know this class, so it does not
    repeat the request.

    Carries the proxy that was taken, as it may be shown, and no text.
    """

    def __init__(self, proxy: str | None = None) -> None:
        super().__init__()
        self.proxy = proxy


def cause_of(error: Exception) -> str:
    """One word for why a request got no answer.

    By the class of the exception alone: its text may hold a secret.
    """
    known = error.__cause__ if isinstance(error, Broken) else error
    if isinstance(known, ClientHttpProxyError):
        return f"ProxyRefused{known.status}"
    if isinstance(known, ClientConnectorDNSError) and proxy_of(error):
        return "ProxyNotReached"  # the target's name is looked up by the proxy
    if isinstance(known, ClientConnectorError) and isinstance(
        known.os_error, ConnectionRefusedError
    ):
        return (
            "ProxyNotReached"
            if isinstance(known, ClientProxyConnectionError)
            else "ConnectionRefused"
        )
    return next((word for kind, word in _CAUSES if isinstance(known, kind)), "NoConnection")


def proxy_of(error: Exception) -> str | None:
    """The proxy through which a request got no answer, as it may be shown."""
    return error.proxy if isinstance(error, Broken) else None


_CAUSES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (UnusableProxy, "ProxyNotUsable"),
    (UnusableAuthorities, "AuthoritiesNotUsable"),
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
    """Send it once, on a new connection. Raises `ClientError`, `TimeoutError` or `OSError`."""
    async with open_session() as session:
        return await send_on(session, request, patience, attempt)


async def send_on(
    session: ClientSession, request: HttpRequest, patience: Patience, attempt: Attempt
) -> HttpAnswer:
    """Send it once, and note in `attempt` how far it came.

    Raises `ClientError`, `TimeoutError` or `OSError`.
    """
    proxy = proxy_for_url(request.url, os.environ)
    attempt.begun, attempt.proxy = True, shown(proxy) if proxy else None
    async with session.request(
        request.method,
        request.url,
        data=request.body,
        headers=request.headers,
        allow_redirects=False,
        timeout=ClientTimeout(sock_connect=patience.connect, sock_read=patience.silence),
        proxy=proxy,
        trace_request_ctx=attempt,
    ) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return HttpAnswer(answer.status, headers, await answer.read(), attempt.proxy)


def open_session(idle_seconds: float = 0) -> ClientSession:
    """A session that sends each request once, and remembers nothing of an answer: no cookie either.

    It keeps idle connections for so long; without that each request has its own. Its user must
    forbid redirects, and name the proxy, with each request.
    """
    keeping: dict[str, Any] = (
        {"keepalive_timeout": idle_seconds} if idle_seconds else {"force_close": True}
    )
    return ClientSession(
        connector=TCPConnector(ssl=trusted(os.environ), **keeping),
        cookie_jar=DummyCookieJar(),
        middlewares=(_send_once,),
        trace_configs=[_watch_connecting()],
    )


async def _send_once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """aiohttp repeats GET, HEAD, PUT and DELETE where a connection broke, whether it was new or
    kept.
    """
    try:
        return await handler(request)
    except ClientError as error:
        raise Broken(shown(str(request.proxy)) if request.proxy else None) from error


def unusable_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the variables for proxies and authorities: a line for each, without its
    value.
    """
    try:
        list(proxies_in(environment))
    except UnusableProxy as wrong:
        yield (
            f"{wrong}: must be like http://host:port, with user and password percent-encoded; SOCKS"
            " is not known"
        )
    try:
        trusted(environment)
    except UnusableAuthorities as wrong:
        yield f"{wrong}: names no file of certificates that can be read"


def _watch_connecting() -> TraceConfig:
    """aiohttp reports a connection before it writes a request's first byte to it."""

    async def connected(session: ClientSession, context: SimpleNamespace, params: object) -> None:
        if isinstance(context.trace_request_ctx, Attempt):
            context.trace_request_ctx.connected = True

    trace = TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace
