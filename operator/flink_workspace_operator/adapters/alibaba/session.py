"""The one way to Alibaba Cloud's RPC services: sign, send once, wait, translate.

The official SDK finds the endpoint and signs. It does not send: its calls follow redirects, so one
purchase can become two, and its typed ones drop Code and Message of an HTTP 200 with
`Success=false`.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeVar

from aiohttp import ClientError, ClientSession
from alibabacloud_tea_openapi.utils import Utils
from darabonba.utils.xml import XML
from pydantic import BaseModel, ValidationError

from flink_workspace_operator.adapters.alibaba.calls import CallObserver, unobserved
from flink_workspace_operator.adapters.alibaba.clock import doubt, read_date, seconds_ahead
from flink_workspace_operator.adapters.alibaba.connections import Connections
from flink_workspace_operator.adapters.alibaba.credentials import KeySource
from flink_workspace_operator.adapters.alibaba.endpoints import Product, find_endpoint
from flink_workspace_operator.adapters.alibaba.errors import Refusal, explain, readable_request_id
from flink_workspace_operator.adapters.alibaba.signing import RpcRequest, sign
from flink_workspace_operator.adapters.alibaba.transport import (
    Attempt,
    HttpAnswer,
    Patience,
    cause_of,
    open_session,
    send_on,
)
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    Garbled,
    SignatureReplayed,
    Unreachable,
)
from flink_workspace_operator.settings import Settings

_CONNECT_SECONDS: Final = 5
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,60}")
M = TypeVar("M", bound=BaseModel)


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
class Reply:
    """An answer that is no refusal.

    The body can hold secrets, so it is never shown; `read` takes out what is known.
    """

    call: str
    body: dict[str, Any] = field(repr=False)
    date: datetime | None
    request_id: str | None
    doubt: str | None = None
    """Why the date is not believed."""

    def read(self, model: type[M]) -> M:
        """The body as a model.

        Raises `Garbled`, which names the place in the body and never its content.
        """
        try:
            return model.model_validate(self.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"])
        raise self.garbled(f"{place}{_row_at(self.body, first['loc'])} is {first['type']}")

    def dated(self) -> datetime:
        """When the cloud answered, by its clock. Raises `Garbled`."""
        if self.doubt is not None:
            raise self.garbled(self.doubt)
        if self.date is None:
            raise self.garbled("no Date")
        return self.date

    def garbled(self, what: str) -> Garbled:
        """The failure for an answer that makes no sense."""
        return Garbled(self.call, what[:100], self.request_id)


def _row_at(body: dict[str, Any], place: tuple[int | str, ...]) -> str:
    """The id of the instance that a place in a list belongs to: its number on a page means
    nothing to people.
    """
    try:
        instance_id = body[str(place[0])][place[1]]["InstanceId"]
    except (KeyError, IndexError, TypeError):
        return ""
    return (
        f" of {instance_id}" if isinstance(instance_id, str) and _ID.fullmatch(instance_id) else ""
    )


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
            return failure_of(call, error, attempt), None
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


def read_answer(call: str, answer: HttpAnswer, ahead: float | None = None) -> Reply | CloudFailure:
    """The reply, or the failure that the answer stands for.

    `ahead`: of this node's clock, in seconds.
    """
    body = _read_body(answer)
    if body is None:
        code = "Unreadable" if answer.status == 200 else f"HTTP{answer.status}"
        return Garbled(call, code, proxy=answer.proxy)
    return (
        _read_reply(call, body, answer)
        if answer.status == 200
        else _read_refusal(call, body, answer, ahead)
    )


def _read_refusal(
    call: str, body: dict[str, Any], answer: HttpAnswer, ahead: float | None
) -> CloudFailure:
    details = body.get("AccessDeniedDetail")
    return explain(
        Refusal(
            call=call,
            status=answer.status,
            code=body.get("Code"),
            request_id=body.get("RequestId"),
            auth_action=details.get("AuthAction") if isinstance(details, dict) else None,
            retry_after_ms=Utils.get_throttling_time_left(answer.headers),
            ahead=ahead,
        )
    )


def _read_reply(call: str, body: dict[str, Any], answer: HttpAnswer) -> Reply | CloudFailure:
    """An answer with HTTP 200. It is a refusal all the same where it says `Success=false`."""
    request_id = readable_request_id(body.get("RequestId"))
    success = body.get("Success", True)
    if success is False:
        return explain(Refusal(call, answer.status, body.get("Code"), request_id))
    if success is not True:
        return Garbled(call, "Success is no boolean", request_id)
    return Reply(call, body, read_date(answer.headers), request_id)


def _read_body(answer: HttpAnswer) -> dict[str, Any] | None:
    """JSON, or the document of a refusal in XML; None for anything else."""
    try:
        if answer.status != 200 and answer.headers.get("content-type") == "text/xml;charset=utf-8":
            body = XML.parse_xml(answer.body.decode()).get("Error")
        else:
            body = json.loads(answer.body)
    except Exception:  # what is no document throws whatever the parser throws
        return None
    return body if isinstance(body, dict) else None


def _answered(answer: Reply | CloudFailure) -> Reply:
    if isinstance(answer, CloudFailure):
        raise answer
    return answer
