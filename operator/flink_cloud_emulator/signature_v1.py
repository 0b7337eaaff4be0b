"""Signature version 1.0, which older SDKs and the `aliyun` command make: HMAC-SHA1 over all
parameters.

Source: alibabacloud.com/help/doc-detail/28139.htm and aliyun/aliyun-openapi-python-sdk,
`rpc_signature_composer.py`. Action, version, key, date and nonce travel as parameters, beside those
of the action.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from flink_cloud_emulator.http import CloudError, Incoming
from flink_cloud_emulator.signature import does_not_match, encode

COMMON = frozenset(
    {
        "Action",
        "Version",
        "Format",
        "AccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "SignatureType",
        "Timestamp",
        "SecurityToken",
    }
)
"""Parameters of the protocol; all others are the action's."""


@dataclass(frozen=True)
class SignatureV1:
    """What the parameters of a request say about who signed it, and when."""

    key_id: str
    value: str
    method: str
    version: str
    date: str
    nonce: str
    token: str

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> "SignatureV1 | None":
        """The signature of a request, or None where there is none of this version."""
        value = parameters.get("Signature")
        if value is None:
            return None
        return cls(
            key_id=parameters.get("AccessKeyId", ""),
            value=value,
            method=parameters.get("SignatureMethod", "HMAC-SHA1"),
            version=parameters.get("SignatureVersion", "1.0"),
            date=parameters.get("Timestamp", ""),
            nonce=parameters.get("SignatureNonce", ""),
            token=parameters.get("SecurityToken", ""),
        )

    def check(self, incoming: Incoming, secret: str) -> None:
        """Refuse a request that is not the one that the holder of the secret signed, body
        included.
        """
        if self.method != "HMAC-SHA1" or self.version != "1.0":
            raise CloudError(
                400,
                "InvalidSignatureMethod",
                "Specified signature method is not valid: the emulator knows ACS3-HMAC-SHA256, and"
                " HMAC-SHA1 of version 1.0.",
            )
        # A name that is in query and form counts once: older SDKs put RegionId into both.
        named = incoming.parameters.items()
        pairs = sorted(
            (encode(name), encode(value)) for name, value in named if name != "Signature"
        )
        canonical = "&".join(f"{name}={value}" for name, value in pairs)
        to_sign = f"{incoming.method}&{encode('/')}&{encode(canonical)}"
        made = hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
        if not hmac.compare_digest(b64encode(made), self.value.encode()):
            message = (
                "Specified signature is not matched with our calculation. server string to sign"
                f" is:{to_sign}"
            )
            raise does_not_match(message)
