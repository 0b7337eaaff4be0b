"""The access key in use."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import Config, CredentialModel
from Tea.core import DEFAULT_CONNECT_TIMEOUT, DEFAULT_READ_TIMEOUT, TeaCore
from Tea.request import TeaRequest
from Tea.response import TeaResponse

from flink_workspace_operator.adapters.alibaba.key_sources import CALL, NotGiven
from flink_workspace_operator.adapters.alibaba.transport import (
    Attempt,
    HttpAnswer,
    HttpRequest,
    Patience,
    send,
)
from flink_workspace_operator.adapters.sharing import SingleFlight
from flink_workspace_operator.core.facts.failures import CloudFailure, CredentialsRefused
from flink_workspace_operator.core.facts.secret import AccessKey

for _name in ("darabonba-core", "credentials", "alibabacloud-tea"):
    # On import the SDKs print to stderr by themselves, among it answers with keys, and headers
    # where DEBUG is set.
    # Failures are told by our own values.
    _logger = logging.getLogger(_name)
    _logger.handlers.clear()
    _logger.setLevel(logging.CRITICAL)


async def _send_once(
    request: TeaRequest, runtime_option: Mapping[str, Any] | None = None
) -> TeaResponse:
    """Send a request of the credentials SDK in the same way as all others: once, without redirects.

    Raises `NotGiven`: the SDK would put the whole answer into the text of an exception of its own.
    """
    waits = runtime_option or {}
    patience = Patience(
        connect=(waits.get("connectTimeout") or DEFAULT_CONNECT_TIMEOUT) / 1000,
        silence=(waits.get("readTimeout") or DEFAULT_READ_TIMEOUT) / 1000,
    )
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    outgoing = HttpRequest(request.method, TeaCore.compose_url(request), request.headers, body)
    answer = await send(outgoing, patience, Attempt())
    if answer.status != 200:
        raise NotGiven(answer.status, _code_in(answer))
    response = TeaResponse()
    response.status_code, response.headers, response.body = (
        answer.status,
        dict(answer.headers),
        answer.body,
    )
    return response


def _code_in(answer: HttpAnswer) -> object:
    """The code of a refusal; None where there is none."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    return body.get("Code") if isinstance(body, dict) else None


# The SDK's own sender follows redirects, and would send the tokens of the Pod and of the node to
# wherever they lead.
# Only the credentials SDK uses this class, and it has no other way to replace its sender.
TeaCore.async_do_action = staticmethod(_send_once)


def static_credentials(access_key: AccessKey) -> Any:  # noqa: ANN401 - the SDK is untyped
    """A client of the official credentials SDK that gives this key, and looks for no other."""
    return Client(
        Config(
            type="sts" if access_key.security_token else "access_key",
            access_key_id=access_key.id,
            access_key_secret=access_key.secret,
            security_token=access_key.security_token,
        )
    )


class KeySource(Protocol):
    """Where a session has its keys from. The SDKs' clients take it as their `credential`."""

    async def get_credential_async(self) -> CredentialModel:
        """The key to sign the next call with. Raises `CloudFailure`."""
        ...


class FetchedKey:
    """A key that was fetched before."""

    def __init__(self, key: CredentialModel) -> None:
        self._key = key

    async def get_credential_async(self) -> CredentialModel:
        """The key."""
        return self._key


class Keys:
    """The key in use.

    The SDKs' clients take it as their `credential`, and fetch the key before each call.

    One fetch at a time, shared by all who waited for it: the SDK guards a refresh with a thread's
    lock, and a second task of the same loop that meets it would stop the loop.
    """

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - the SDK is untyped
        self._client = client
        self._fetches = SingleFlight(self._fetch)

    async def get_credential_async(self) -> CredentialModel:
        """The key. Raises `CloudFailure`."""
        return await self._fetches.take()

    async def _fetch(self) -> CredentialModel:
        outcome = await self._attempt()
        if isinstance(outcome, CloudFailure):
            # Out here, so that it carries no trace of the SDK's exception and the texts in it.
            raise outcome
        return outcome

    async def _attempt(self) -> CredentialModel | CloudFailure:
        try:
            key: CredentialModel = await self._client.get_credential_async()
        except CloudFailure as failure:
            return failure
        except Exception:  # a client of the SDK raises whatever its provider does
            return _none_configured()
        return key if key.access_key_id and key.access_key_secret else _none_configured()


def _none_configured() -> CloudFailure:
    return CredentialsRefused(CALL, "NoCredentials", fate="NothingSent", configured=False)
