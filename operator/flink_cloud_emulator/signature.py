"""ACS3-HMAC-SHA256, the signature of the RPC products.

Source: help.aliyun.com, "V3 request body & signature mechanism"; recomputed equal to what the official SDKs send.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from flink_cloud_emulator.exchange import Incoming

ALGORITHM = "ACS3-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<key_id>[^,\s]+),\s*"
    r"SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<value>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Signature:
    """What an Authorization header says."""

    key_id: str
    signed_headers: tuple[str, ...]
    value: str

    @classmethod
    def parse(cls, headers: Mapping[str, str]) -> "Signature | None":
        """The signature of a request, or None where there is none of this algorithm."""
        found = _AUTHORIZATION.fullmatch(headers.get("Authorization", "").strip())
        if found is None:
            return None
        return cls(found["key_id"], tuple(found["headers"].split(";")), found["value"])

    def verifies(self, incoming: Incoming, secret: str) -> bool:
        """Whether the request is the one that the holder of the secret signed, body included."""
        body_hash = hashlib.sha256(incoming.body).hexdigest()
        if incoming.headers.get("x-acs-content-sha256") != body_hash:
            return False
        to_sign = f"{ALGORITHM}\n{_sha256(self._canonical_request(incoming, body_hash))}"
        return hmac.compare_digest(hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest(), self.value)

    def _canonical_request(self, incoming: Incoming, body_hash: str) -> str:
        query = "&".join(sorted(f"{_encode(name)}={_encode(value)}" for name, value in incoming.query))
        headers = "".join(
            f"{name}:{','.join(sorted(value.strip() for value in incoming.headers.getall(name, [])))}\n"
            for name in self.signed_headers
        )
        return "\n".join((incoming.method, incoming.path, query, headers, ";".join(self.signed_headers), body_hash))


def _encode(text: str) -> str:
    return quote(text, safe="~")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
