"""Signed requests to the RPC services, signed by the official SDK."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from alibabacloud_credentials.models import CredentialModel
from alibabacloud_tea_openapi.utils import Utils
from darabonba.core import DaraCore
from darabonba.request import DaraRequest

from flink_workspace_operator.adapters.alibaba.transport import HttpRequest

_ALGORITHM: Final = "ACS3-HMAC-SHA256"


@dataclass(frozen=True)
class RpcRequest:
    """A call of an RPC service, not signed yet.

    `headers` go over the ones that are made for each call.
    """

    protocol: Literal["HTTP", "HTTPS"]
    host: str
    version: str
    action: str
    method: str
    query: Mapping[str, str]
    form: Mapping[str, str] | None
    headers: Mapping[str, str]


def sign(request: RpcRequest, key: CredentialModel) -> HttpRequest:
    """The request as it goes out in the name of a key."""
    body = b"" if request.form is None else Utils.to_form(dict(request.form)).encode()
    digest = Utils.hash(body, _ALGORITHM).hex()
    signed = DaraRequest()
    signed.protocol, signed.method, signed.pathname = request.protocol, request.method, "/"
    signed.query, signed.body = dict(request.query), body
    signed.headers = {
        **_headers(request),
        **_headers_of(key),
        "x-acs-content-sha256": digest,
    }
    signed.headers["Authorization"] = Utils.get_authorization(
        signed, _ALGORITHM, digest, key.access_key_id, key.access_key_secret
    )
    return HttpRequest(request.method, DaraCore.compose_url(signed), signed.headers, body)


def _headers(request: RpcRequest) -> dict[str, str]:
    own = {
        "host": request.host,
        "x-acs-version": request.version,
        "x-acs-action": request.action,
        "user-agent": Utils.get_user_agent(None),
        "x-acs-date": Utils.get_timestamp(),
        "x-acs-signature-nonce": Utils.get_nonce(),
        "accept": "application/json",
    }
    form = {} if request.form is None else {"content-type": "application/x-www-form-urlencoded"}
    return {**own, **request.headers, **form}


def _headers_of(key: CredentialModel) -> dict[str, str]:
    """The headers that a key adds: its origin, and its token if it is a temporary one."""
    headers = {"x-acs-credentials-provider": key.provider_name} if key.provider_name else {}
    if key.security_token:
        headers |= {
            "x-acs-accesskey-id": key.access_key_id,
            "x-acs-security-token": key.security_token,
        }
    return headers
