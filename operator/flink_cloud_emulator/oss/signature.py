"""OSS4-HMAC-SHA256, recomputed from a received request.

Source of the algorithm: the signer of the official SDK (alibabacloud_oss_v2, signer/v4.py).
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, unquote

from flink_cloud_emulator.http import Incoming

ALGORITHM = "OSS4-HMAC-SHA256"
_SIGNED_WITHOUT_BEING_NAMED = ("content-type", "content-md5")
_CREDENTIAL = re.compile(
    r"(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<product>[^/]+)/aliyun_v4_request"
)
_DATE_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Authorization:
    """What the Authorization header says: who signed, for which day, region and product, and the
    signature.
    """

    access_key_id: str
    date: str
    region: str
    product: str
    additional_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        """The credential without the key: what the signing key is derived from."""
        return f"{self.date}/{self.region}/{self.product}/aliyun_v4_request"


def read_authorization(header: str) -> Authorization | None:
    """Take the header apart; None where it is not a well-formed version 4 header."""
    algorithm, _, rest = header.partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    credential = _CREDENTIAL.fullmatch(fields.get("Credential", ""))
    if algorithm != ALGORITHM or credential is None or not fields.get("Signature"):
        return None
    additional = tuple(
        name for name in fields.get("AdditionalHeaders", "").lower().split(";") if name
    )
    key, date, region, product = credential.group("key", "date", "region", "product")
    return Authorization(key, date, region, product, additional, fields["Signature"])


def read_date(headers: Mapping[str, str]) -> datetime | None:
    """The moment of signing (x-oss-date, UTC); None where it is missing or unreadable."""
    try:
        return datetime.strptime(headers.get("x-oss-date", ""), _DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def signature_matches(authorization: Authorization, secret: str, incoming: Incoming) -> bool:
    """Whether the owner of the secret made this signature for this request."""
    expected = _sign(authorization, secret, _string_to_sign(authorization, incoming))
    return hmac.compare_digest(expected.encode(), authorization.signature.encode())


def _string_to_sign(authorization: Authorization, incoming: Incoming) -> str:
    canonical = _canonical_request(authorization, incoming)
    date = incoming.headers.get("x-oss-date", "")
    return "\n".join([ALGORITHM, date, authorization.scope, sha256(canonical.encode()).hexdigest()])


def _canonical_request(authorization: Authorization, incoming: Incoming) -> str:
    headers = {name.lower(): value.strip() for name, value in incoming.headers.items()}
    signed = sorted(name for name in headers if _is_signed(name, authorization))
    return "\n".join(
        [
            incoming.method,
            quote(unquote(incoming.path), safe="/"),
            _canonical_query(incoming.query),
            "".join(f"{name}:{headers[name]}\n" for name in signed),
            ";".join(authorization.additional_headers),
            headers.get("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ]
    )


def _is_signed(name: str, authorization: Authorization) -> bool:
    return (
        name.startswith("x-oss-")
        or name in _SIGNED_WITHOUT_BEING_NAMED
        or name in authorization.additional_headers
    )


def _canonical_query(query: Iterable[tuple[str, str]]) -> str:
    encoded = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in query)
    return "&".join(f"{name}={value}" if value else name for name, value in encoded)


def _sign(authorization: Authorization, secret: str, text: str) -> str:
    key = f"aliyun_v4{secret}".encode()
    for part in authorization.scope.split("/"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return hmac.new(key, text.encode(), sha256).hexdigest()
