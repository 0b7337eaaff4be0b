"""The token of an identity provider (OIDC): a JSON Web Token, signed with RS256.

Codes: help.aliyun.com/zh/ram/developer-reference/api-sts-2015-04-01-errorcodes. The real cloud
fetches the public key from the issuer; here it is given with the provider.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from flink_cloud_emulator.http import CloudError
from flink_cloud_emulator.ram.state import OidcProvider

_LONGEST, _SHORTEST = 20_000, 4


@dataclass(frozen=True)
class Claims:
    """What a token says about its holder."""

    issuer: str
    subject: str
    audiences: tuple[str, ...]
    issued: datetime
    expires: datetime

    def as_context(self) -> Mapping[str, Sequence[str]]:
        """The keys that conditions of trust policies compare."""
        return {"oidc:iss": (self.issuer,), "oidc:sub": (self.subject,), "oidc:aud": self.audiences}


def read_token(text: str, provider: OidcProvider, now: datetime) -> Claims:
    """The claims of a token that the provider signed for this cloud, and that is still good.

    Raises CloudError.
    """
    if not _SHORTEST <= len(text) <= _LONGEST:
        raise _refused("Invalid", "The Jwt content is invalid that cannot be recognized.")
    parts = text.split(".")
    if len(parts) != 3:
        raise _refused(
            "Invalid", "The number of Jwt field should be divided into 3 parts with '.' ."
        )
    header, body = _decode(parts[0]), _decode(parts[1])
    if header.get("alg") != "RS256":
        raise _refused(
            "Invalid",
            f"The algorithm {header.get('alg')} that be specified in Jwt header is unknown.",
        )
    _verify(parts, provider)
    claims = _claims(body)
    if claims.issuer != provider.issuer:  # made up: no code for it is published
        raise _refused("Invalid", "The issuer of the token is not that of the OIDC Provider.")
    if not set(claims.audiences) & set(provider.client_ids):
        raise _refused("AudienceNotMatch", "Invalid audience.")
    if now >= claims.expires:
        raise _refused("Expired", "This JsonWebToken is expired.")
    return claims


def _verify(parts: Sequence[str], provider: OidcProvider) -> None:
    key = load_pem_public_key(provider.public_key.encode())
    if not isinstance(key, RSAPublicKey):
        raise _refused(
            "InvalidSignature", "OIDC token validate failed: the provider's key is no RSA key."
        )
    try:
        key.verify(_bytes(parts[2]), f"{parts[0]}.{parts[1]}".encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        raise _refused(
            "InvalidSignature", "OIDC token validate failed: invalid signature."
        ) from None


def _claims(body: Mapping[str, Any]) -> Claims:
    audience = body.get("aud")
    try:
        return Claims(
            issuer=str(body["iss"]),
            subject=str(body["sub"]),
            audiences=(audience,) if isinstance(audience, str) else tuple(map(str, audience or ())),
            issued=datetime.fromtimestamp(body["iat"], UTC),
            expires=datetime.fromtimestamp(body["exp"], UTC),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _refused("Invalid", "The Jwt content is invalid that cannot be recognized.") from None


def _decode(part: str) -> dict[str, Any]:
    try:
        value = json.loads(_bytes(part))
    except ValueError:
        raise _refused("Invalid", "The Jwt content is invalid that cannot be recognized.") from None
    return value if isinstance(value, dict) else {}


def _bytes(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        message = "Cannot decode base64 encoded response(format invalided)."
        raise _refused("Invalid", message) from None


def _refused(what: str, message: str) -> CloudError:
    return CloudError(401, f"AuthenticationFail.OIDCToken.{what}", message)
