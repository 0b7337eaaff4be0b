"""A client that nobody's SDK made: it signs by the published rules, so that two readings of them
are compared.

Sources: help.aliyun.com/document_detail/2593177.html (version 3, ACS3-HMAC-SHA256) and
alibabacloud.com/help/doc-detail/28139.htm (version 1.0, HMAC-SHA1).
"""

import base64
import hashlib
import hmac
import http.client
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from tests.patience import patience

FORM = "application/x-www-form-urlencoded"
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Key:
    """Whose calls they are."""

    id: str
    secret: str
    token: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str | None:
        """The code of a refusal; None where there is none."""
        code = self.body.get("Code")
        return None if code in ("Success", None) else str(code)


@dataclass(frozen=True)
class Call:
    """One call before it is signed.

    `over` replaces headers or common parameters by name, None leaving one out; `unsigned` headers
    are added afterwards."""

    version: str
    action: str
    method: str = "POST"
    query: Pairs = ()
    form: Pairs | None = None
    over: Mapping[str, str | None] = field(default_factory=dict)
    unsigned: Mapping[str, str] = field(default_factory=dict)


def call_v3(address: str, key: Key | None, call: Call) -> Answer:
    """Send a call with the signature in its headers; without a key, with none."""
    body = urlencode(call.form).encode() if call.form is not None else b""
    headers = {
        "host": address,
        "x-acs-action": call.action,
        "x-acs-version": call.version,
        "x-acs-date": _now(),
        "x-acs-signature-nonce": uuid.uuid4().hex,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        **({"content-type": FORM} if call.form is not None else {}),
        **({"x-acs-security-token": key.token} if key and key.token else {}),
    }
    headers = _replaced(headers, call.over)
    if key is not None and "Authorization" not in call.over:
        headers["Authorization"] = _authorization(call, headers, key)
    target = "/?" + urlencode(call.query) if call.query else "/"
    return _send(address, call.method, target, {**headers, **call.unsigned}, body)


def call_v1(address: str, key: Key, call: Call) -> Answer:
    """Send a call with the signature among its parameters."""
    common = {
        "Action": call.action,
        "Version": call.version,
        "Format": "JSON",
        "AccessKeyId": key.id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid.uuid4().hex,
        "Timestamp": _now(),
        **({"SecurityToken": key.token} if key.token else {}),
    }
    query = [*_replaced(common, call.over).items(), *call.query]
    to_sign = (
        f"{call.method}&%2F&{_encode(_canonical([*dict([*query, *(call.form or ())]).items()]))}"
    )
    made = hmac.new(f"{key.secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
    query.append(("Signature", call.over.get("Signature") or base64.b64encode(made).decode()))
    body = urlencode(call.form).encode() if call.form is not None else b""
    headers = {"host": address, **({"content-type": FORM} if call.form is not None else {})}
    return _send(address, call.method, "/?" + urlencode(query), headers, body)


def _authorization(call: Call, headers: Mapping[str, str], key: Key) -> str:
    signed = sorted(
        name for name in headers if name.startswith("x-acs-") or name in ("host", "content-type")
    )
    lines = [call.method, "/", _canonical(call.query)]
    lines += [f"{name}:{headers[name].strip()}" for name in signed]
    lines += ["", ";".join(signed), headers["x-acs-content-sha256"]]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    made = hmac.new(
        key.secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256
    ).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key.id},SignedHeaders={';'.join(signed)},Signature={made}"


def _canonical(pairs: Pairs) -> str:
    """Sorted by name alone: `Id.1`, `Id.10`, `Id.2`."""
    return "&".join(
        f"{_encode(name)}={_encode(value)}"
        for name, value in sorted(pairs, key=lambda pair: pair[0])
    )


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _replaced(values: Mapping[str, str], over: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**values, **over}.items() if value is not None}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _send(
    address: str, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    connection = http.client.HTTPConnection(address, timeout=patience(10))
    try:
        connection.request(method, target, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, json.loads(answer.read()))
    finally:
        connection.close()
