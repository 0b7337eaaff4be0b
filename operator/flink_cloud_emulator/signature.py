"""ACS3-HMAC-SHA256, the signature of the RPC products that today's SDKs make.

Source: help.aliyun.com/document_detail/2593177.html, "V3 request body & signature mechanism":
parameters are sorted by their **name**, so `Id.1`, `Id.10`, `Id.2`. Recomputed equal to what the
official SDKs send.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from flink_cloud_emulator.http import CloudError, Incoming

ALGORITHM = "ACS3-HMAC-SHA256"
TOKEN = "x-acs-security-token"  # noqa: S105 - a header's name
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<key_id>[^,\s]+),\s*"
    r"SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<value>[0-9a-f]{64})"
)
_SIGNED = ("host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", TOKEN)


@dataclass(frozen=True)
class Signature:
    """What the headers of a request say about who signed it, and when."""

    key_id: str
    signed_headers: tuple[str, ...]
    value: str
    date: str
    nonce: str
    token: str

    @classmethod
    def parse(cls, headers: Mapping[str, str]) -> "Signature | None":
        """The signature of a request, or None where there is none of this algorithm."""
        found = _AUTHORIZATION.fullmatch(headers.get("Authorization", "").strip())
        if found is None:
            return None
        named = tuple(found["headers"].split(";"))
        date, nonce = headers.get("x-acs-date", ""), headers.get("x-acs-signature-nonce", "")
        return cls(found["key_id"], named, found["value"], date, nonce, headers.get(TOKEN, ""))

    def check(self, incoming: Incoming, secret: str) -> None:
        """Refuse a request that is not the one that the holder of the secret signed, body
        included.
        """
        to_sign = self._to_sign(incoming)
        made = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(made, self.value):
            raise does_not_match(
                "Specified signature does not match our calculation. server StringToSign is"
                f" [{to_sign}]"
            )
        # An unsigned date, nonce or token could be changed by anyone who repeats the request.
        for name in _SIGNED:
            if name in incoming.headers and name not in self.signed_headers:
                raise does_not_match(f'The header "{name}" must be signed.')

    def _to_sign(self, incoming: Incoming) -> str:
        body_hash = hashlib.sha256(incoming.body).hexdigest()
        if incoming.headers.get("x-acs-content-sha256") != body_hash:
            raise does_not_match("The header x-acs-content-sha256 is not that of the body.")
        return f"{ALGORITHM}\n{_sha256(self._canonical_request(incoming, body_hash))}"

    def _canonical_request(self, incoming: Incoming, body_hash: str) -> str:
        pairs = sorted((encode(name), encode(value)) for name, value in incoming.query)
        query = "&".join(f"{name}={value}" for name, value in pairs)
        headers = "".join(f"{name}:{_values_of(incoming, name)}\n" for name in self.signed_headers)
        return "\n".join(
            (
                incoming.method,
                incoming.path,
                query,
                headers,
                ";".join(self.signed_headers),
                body_hash,
            )
        )


def does_not_match(message: str) -> CloudError:
    """400: signed with another secret, changed on the way, or not signed whole.

    The message has the text that would have been signed, as the real one: older SDKs look for it
    there.
    """
    return CloudError(400, "SignatureDoesNotMatch", message)


def encode(text: str) -> str:
    """Percent-encoding as both signatures want it: letters, digits and `-_.~` stay."""
    return quote(text, safe="~")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _values_of(incoming: Incoming, name: str) -> str:
    """All values of a header, in order, as they are signed."""
    return ",".join(sorted(value.strip() for value in incoming.headers.getall(name, [])))
