"""The one way to Alibaba Cloud's RPC services: sign, send once, wait, translate.

The official SDK finds the endpoint and signs. It does not send: its calls follow redirects, so one
purchase can become two, and its typed ones drop Code and Message of an HTTP 200 with
`Success=false`.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal

from aiohttp import ClientError, ClientSession

from flink_workspace_operator.adapters.alibaba.calls import CallObserver, unobserved
from flink_workspace_operator.adapters.alibaba.clock import doubt, seconds_ahead
from flink_workspace_operator.adapters.alibaba.connections import Connections
from flink_workspace_operator.adapters.alibaba.credentials import KeySource
from flink_workspace_operator.adapters.alibaba.endpoints import Product, find_endpoint
from flink_workspace_operator.adapters.alibaba.reply import Reply, read_answer
from flink_workspace_operator.adapters.alibaba.signing import RpcRequest, sign
from flink_workspace_operator.adapters.alibaba.transport import (
    Attempt,
    Patience,
    cause_of,
    open_session,
    send_on,
)
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    Garbled,
    NoAnswer,
    SignatureReplayed,
    Unreachable,
)
from flink_workspace_operator.settings import Settings

_CONNECT_SECONDS: Final = 5


@dataclass(frozen=True)
class Api:
    """One action, and where its parameters travel."""

    product: Product
    action: str
    method: Literal["GET", "POST"] = "POST"
    place: Literal["query", "body"] = "query"

    @property
    def name(self) -> str:
        return f"{self.product.name}.{self.action}"


@dataclass(frozen=True)
class PinnedSignature:
    """Date and nonce of a signature, fixed before the call: the gateway refuses it when it comes
    late or twice.
    """

    signed_at: datetime
    nonce: str

    def as_headers(self) -> dict[str, str]:
        """The headers that carry them; both are part of what is signed."""
        date = self.signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"x-acs-date": date, "x-acs-signature-nonce": self.nonce}


@dataclass(frozen=True)
class _Way:
    """How one call goes out: on which connections, how long silence and all of it may last, what
    is signed with it.
    """

    opened: Callable[[], AbstractAsyncContextManager[ClientSession]]
    silence: float
    deadline: float
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def patience(self) -> Patience:
        return Patience(connect=min(self.silence, _CONNECT_SECONDS), silence=self.silence)


class Session:
    """Calls in the name of one identity, whose connections these are."""

    def __init__(
        self,
        settings: Settings,
        keys: KeySource,
        connections: Connections,
        calls: CallObserver = unobserved,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._connections = connections
        self._calls = calls

    def signed_with(self, keys: KeySource) -> "Session":
        """The same with other keys of the identity."""
        return Session(self._settings, keys, self._connections, self._calls)

    async def call(
        self, api: Api, parameters: Mapping[str, str], region: str | None = None
    ) -> Reply:
        """Ask a question, or make a change that may be made twice. Raises `CloudFailure`.

        The nonce is made for this call. If it was used before, something on the way repeated the
        call, and its first answer was lost.
        """
        seconds = self._settings.read_timeout_seconds
        answer = await self._send(
            api, parameters, region, _Way(self._connections.opened, seconds, seconds)
        )
        if isinstance(answer, SignatureReplayed):
            raise Unreachable(answer.call, "NoConnection", answer.request_id)
        return _answered(answer)

    async def call_fixed(
        self, api: Api, parameters: Mapping[str, str], region: str, fixed: PinnedSignature
    ) -> Reply:
        """Send a purchase once, signed as fixed beforehand. Raises `CloudFailure`.

        Nothing of ours repeats it: no redirect is followed, and no broken connection is replaced.
        It has a connection of its own: one that was kept may be closed by the cloud just then, and
        nobody would know what became of it.
        """
        seconds = self._settings.purchase_timeout_seconds
        way = _Way(open_session, seconds, seconds + _CONNECT_SECONDS, fixed.as_headers())
        return _answered(await self._send(api, parameters, region, way))

    async def _send(
        self, api: Api, parameters: Mapping[str, str], region: str | None, way: _Way
    ) -> Reply | CloudFailure:
        """Send once, and report the call to whoever counts them."""
        request = self._request(api, parameters, region, way.headers)
        clock = asyncio.get_running_loop()
        began = clock.time()
        answer, ahead = await self._attempt(api.name, request, way)
        self._calls(
            api.name,
            answer if isinstance(answer, CloudFailure) else None,
            clock.time() - began,
            ahead,
        )
        if isinstance(answer, Reply):
            return replace(answer, doubt=doubt(ahead, self._settings.date_tolerance))
        return answer

    async def _attempt(
        self, call: str, request: RpcRequest, way: _Way
    ) -> tuple[Reply | CloudFailure, float | None]:
        """The failure is returned and not raised in here, so that it carries no trace of what was
        thrown:

        that may hold the answer's text, and with it secrets.
        """
        attempt = Attempt()
        try:
            async with asyncio.timeout(way.deadline):
                key = await self._keys.get_credential_async()
                async with way.opened() as session:
                    sent = datetime.now(UTC)
                    answer = await send_on(session, sign(request, key), way.patience, attempt)
        except Exception as error:  # whatever is thrown on the way: it becomes a failure
            failure = failure_of(call, error, attempt)
            if isinstance(failure, NoAnswer) and self._settings.endpoint is None:
                failure.host = request.host
            return failure, None
        ahead = seconds_ahead(answer.headers, sent, datetime.now(UTC))
        return read_answer(call, answer, ahead), ahead

    def _request(
        self,
        api: Api,
        parameters: Mapping[str, str],
        region: str | None,
        headers: Mapping[str, str],
    ) -> RpcRequest:
        there = find_endpoint(api.product, region, self._settings.endpoint)
        in_query = api.place == "query"
        return RpcRequest(
            protocol=there.protocol,
            host=there.host,
            version=api.product.version,
            action=api.action,
            method=api.method,
            query=parameters if in_query else {},
            form=None if in_query else parameters,
            headers=headers,
        )


def failure_of(call: str, error: Exception, attempt: Attempt) -> CloudFailure:
    """The failure for what was thrown before there was an answer."""
    if isinstance(error, CloudFailure):
        return replace(
            error, fate="NothingSent"
        )  # there is no key, or it is one of another account
    if isinstance(error, TimeoutError) and not isinstance(error, ClientError):
        code = "ConnectTimeout" if attempt.begun and not attempt.connected else "DeadlineExceeded"
        return Unreachable(call, code, fate=attempt.fate, proxy=attempt.proxy)
    if isinstance(error, ClientError | OSError):
        return Unreachable(call, cause_of(error), fate=attempt.fate, proxy=attempt.proxy)
    return Garbled(call, "Unreadable")


def _answered(answer: Reply | CloudFailure) -> Reply:
    if isinstance(answer, CloudFailure):
        raise answer
    return answer
