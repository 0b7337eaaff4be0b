"""The one way to Alibaba Cloud's RPC services: sign, send once, wait, translate.

The generic call of the official SDK is used instead of its typed ones: those drop Code and Message of an HTTP 200 with
`Success=false`, and do not let the signature's date and nonce be set.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal, TypeVar

from aiohttp import ClientError
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from darabonba.exceptions import RetryError, UnretryableException
from darabonba.runtime import RuntimeOptions
from pydantic import BaseModel, ValidationError

from flink_workspace_operator.adapters.alibaba.calls import CallObserver, unobserved
from flink_workspace_operator.adapters.alibaba.credentials import KeySource, NoCredentials
from flink_workspace_operator.adapters.alibaba.errors import Refusal, explain, readable_request_id
from flink_workspace_operator.core.failures import (
    CloudFailure,
    CredentialsRefused,
    Garbled,
    SignatureReplayed,
    Unreachable,
)
from flink_workspace_operator.settings import Settings

_CONNECT_SECONDS: Final = 5
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Product:
    """One service of the cloud. `client` is its SDK's client class, which knows the service's endpoints.

    `regional` services have an endpoint in every region, also in regions that the SDK has not heard of;
    `home` is the region to ask where a service is the same everywhere.
    """

    name: str
    version: str
    client: type[Any]
    regional: bool = False
    home: str | None = None

    def endpoint(self, region: str | None) -> str | None:
        """Where to find it; None leaves it to the SDK."""
        return f"{self.name}.{region}.aliyuncs.com" if self.regional and region else None


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
    """An answer that is no refusal. The body can hold secrets, so it is never shown; `read` takes out what is known."""

    call: str
    body: dict[str, Any] = field(repr=False)
    date: datetime | None
    request_id: str | None

    def read(self, model: type[M]) -> M:
        """The body as a model. Raises `Garbled`, which names the place in the body and never its content."""
        try:
            return model.model_validate(self.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"])
        raise self.garbled(f"{place} is {first['type']}")

    def dated(self) -> datetime:
        """When the cloud answered, by its clock. Raises `Garbled`."""
        if self.date is None:
            raise self.garbled("no Date")
        return self.date

    def garbled(self, what: str) -> Garbled:
        """The failure for an answer that makes no sense."""
        return Garbled(self.call, what[:100], self.request_id)


@dataclass(frozen=True)
class Fixed:
    """Date and nonce of a signature, fixed before the call: the gateway refuses it when it comes late or twice."""

    signed_at: datetime
    nonce: str

    def as_headers(self) -> dict[str, str]:
        """The headers that carry them; both are part of what is signed."""
        date = self.signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"x-acs-date": date, "x-acs-signature-nonce": self.nonce}


class Session:
    """Calls in the name of one identity."""

    def __init__(self, settings: Settings, keys: KeySource, calls: CallObserver = unobserved) -> None:
        self._settings = settings
        self._keys = keys
        self._calls = calls

    async def call(self, api: Api, parameters: Mapping[str, str], region: str | None = None) -> Reply:
        """Ask a question, or make a change that may be made twice. Raises `CloudFailure`.

        The HTTP client by itself repeats a GET whose connection broke, byte by byte. The nonce is made for this call,
        so if it was used before, an answer to this call was lost.
        """
        seconds = self._settings.read_timeout_seconds
        answer = await self._send(api, parameters, region, (seconds, seconds), {})
        if isinstance(answer, SignatureReplayed):
            raise Unreachable(answer.call, "NoConnection", answer.request_id)
        return _answered(answer)

    async def call_fixed(self, api: Api, parameters: Mapping[str, str], region: str, fixed: Fixed) -> Reply:
        """Send a purchase once, signed as fixed beforehand. Raises `CloudFailure`.

        It goes by POST, which the HTTP client never repeats.
        """
        seconds = self._settings.purchase_timeout_seconds
        waits = (seconds, seconds + _CONNECT_SECONDS)
        return _answered(await self._send(api, parameters, region, waits, fixed.as_headers()))

    async def _send(
        self,
        api: Api,
        parameters: Mapping[str, str],
        region: str | None,
        waits: tuple[float, float],
        headers: dict[str, str],
    ) -> Reply | CloudFailure:
        """Once, and tell whoever counts the calls."""
        silence, deadline = waits
        request = OpenApiRequest(**{api.place: dict(parameters)}, headers=headers)
        runtime = RuntimeOptions(
            read_timeout=int(silence * 1000), connect_timeout=int(min(silence, _CONNECT_SECONDS) * 1000)
        )
        clock = asyncio.get_running_loop()
        began = clock.time()
        answer = await self._attempt(api, region, request, runtime, deadline)
        self._calls(api.name, answer if isinstance(answer, CloudFailure) else None, clock.time() - began)
        return answer

    async def _attempt(
        self, api: Api, region: str | None, request: OpenApiRequest, runtime: RuntimeOptions, deadline: float
    ) -> Reply | CloudFailure:
        """The failure is returned and not raised in here, so that it carries no trace of the SDK's exception:

        that one holds the answer's text, and with it secrets.
        """
        try:
            client = self.client(api.product, region)
            async with asyncio.timeout(deadline):
                answer = await client.call_api_async(_params(api), request, runtime)
        except TimeoutError:
            return Unreachable(api.name, "DeadlineExceeded")
        except Exception as error:  # whatever the SDK throws, in whatever state the answer is: it becomes a failure
            return failure_of(api.name, error)
        return _read_answer(api.name, answer)

    def client(self, product: Product, region: str | None) -> Any:  # noqa: ANN401 - the SDK is untyped
        """The SDK's client of a service. No `retry_options`: without them it sends a call once."""
        config = Config(credential=self._keys, region_id=region or product.home, protocol="HTTPS")
        if self._settings.endpoint is None:
            config.endpoint = product.endpoint(region)
        else:
            scheme, config.endpoint = self._settings.endpoint.split("://")
            config.protocol = scheme.upper()
        return product.client(config)


def failure_of(call: str, error: Exception) -> CloudFailure:
    """The failure for what the SDK of the RPC services throws."""
    if isinstance(error, AlibabaCloudException):
        data = error.data if isinstance(error.data, dict) else {}
        details = data.get("AccessDeniedDetail")
        return explain(
            Refusal(
                call=call,
                status=error.status_code,
                code=data.get("Code"),
                request_id=data.get("RequestId"),
                auth_action=details.get("AuthAction") if isinstance(details, dict) else None,
                retry_after_ms=getattr(error, "retry_after", None),
            )
        )
    inner = error.inner_exception if isinstance(error, UnretryableException) else error
    if isinstance(inner, CloudFailure):
        return inner  # the key was not to be had, or is one of another account
    if isinstance(inner, NoCredentials):
        return CredentialsRefused(call, "NoCredentials", fate="NothingSent")
    if isinstance(inner, RetryError | ClientError | OSError):
        return Unreachable(call, "NoConnection")
    return Garbled(call, "Unreadable")


def _params(api: Api) -> Params:
    return Params(
        action=api.action,
        version=api.product.version,
        protocol="HTTPS",
        pathname="/",
        method=api.method,
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )


def _answered(answer: Reply | CloudFailure) -> Reply:
    if isinstance(answer, CloudFailure):
        raise answer
    return answer


def _read_answer(call: str, answer: dict[str, Any]) -> Reply | CloudFailure:
    """An answer with HTTP 200, which is a refusal all the same where it says `Success=false`."""
    body, status = answer.get("body"), answer.get("statusCode")
    if not isinstance(body, dict) or status != 200:
        return Garbled(call, "Unreadable")
    request_id = readable_request_id(body.get("RequestId"))
    success = body.get("Success", True)
    if success is False:
        return explain(Refusal(call, status, body.get("Code"), request_id))
    if success is not True:
        return Garbled(call, "Success is no boolean", request_id)
    return Reply(call, body, _read_date(answer.get("headers")), request_id)


def _read_date(headers: Any) -> datetime | None:  # noqa: ANN401 - the SDK is untyped
    try:
        date = parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError):
        return None
    return date.astimezone(UTC) if date.tzinfo is not None else None
