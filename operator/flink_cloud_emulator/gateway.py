"""What the gateway of the RPC products checks, in the order in which its answers reveal it.

Codes: help.aliyun.com/document_detail/60629.html and developer.aliyun.com/ask/278265 (common
codes); alibabacloud.com/help/doc-detail/42775.htm (MissingSecurityToken). What no source tells is
marked as made up.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from flink_cloud_emulator.accounts import Account, Cloud
from flink_cloud_emulator.arn import account_of_arn
from flink_cloud_emulator.http import Arrival, CloudError, Incoming
from flink_cloud_emulator.keys import KeyPair, TemporaryKey
from flink_cloud_emulator.rpc import RpcAction, missing, missing_in_protocol
from flink_cloud_emulator.signature import ALGORITHM, Signature
from flink_cloud_emulator.signature_v1 import SignatureV1


class Signed(Protocol):
    """A signature of either version."""

    @property
    def key_id(self) -> str: ...

    @property
    def date(self) -> str: ...

    @property
    def nonce(self) -> str: ...

    @property
    def token(self) -> str: ...

    def check(self, incoming: Incoming, secret: str) -> None:
        """Refuse a request that the holder of the secret did not sign."""


def signature_of(incoming: Incoming, parameters: Mapping[str, str]) -> Signed | None:
    """The signature of a request; None where it has none that could be read."""
    return Signature.parse(incoming.headers) or SignatureV1.parse(parameters)


def unsigned(incoming: Incoming) -> CloudError:
    """The refusal of a request whose signature could not be read."""
    header = incoming.headers.get("Authorization", "")
    if not header:
        return missing_in_protocol("Authorization")
    if header.split(" ")[0] != ALGORITHM:
        return CloudError(400, "InvalidSignatureMethod", "Specified signature method is not valid.")
    return CloudError(
        400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."
    )


def key_not_found() -> CloudError:
    """404: no account has this key."""
    return CloudError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")


def nobody(arrival: Arrival) -> CloudError:
    """The refusal of a call without a key that names no role of any account."""
    if not arrival.parameters.get("RoleArn"):
        return missing("RoleArn")
    return CloudError(401, "AuthenticationFail.NoPermission", "No such OIDC Provider registered.")


def use_nonce(nonce: str, account: Account, cloud: Cloud) -> None:
    """Refuse a nonce that was used before, else remember it."""
    if not nonce:
        raise missing_in_protocol("SignatureNonce")
    if not cloud.nonces.use(
        nonce, account.clock, timedelta(seconds=account.settings.nonce_memory_seconds)
    ):
        raise CloudError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")


def check_token(token: str, key: KeyPair, account: Account) -> None:
    """Refuse a temporary key without its token, or after its end, and a token that belongs to
    another key.
    """
    if not isinstance(key, TemporaryKey):
        if token:  # made up: what a permanent key with a token gets is not published
            raise _bad_token(token, account)
        return
    if not token:
        raise missing("SecurityToken")
    if token != key.token:
        raise _bad_token(token, account)
    if account.clock.now() >= key.expires:
        raise CloudError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")


def _bad_token(token: str, account: Account) -> CloudError:
    if any(
        isinstance(each, TemporaryKey) and each.token == token for each in account.keys.values()
    ):
        message = "Specified SecurityToken mismatches the AccessKey."
        return CloudError(400, "InvalidSecurityToken.MismatchWithAccessKey", message)
    return CloudError(
        400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."
    )


def open_to_all(arrival: Arrival, cloud: Cloud) -> Arrival:
    """A call that needs no key, counted for the account whose role it asks for."""
    return replace(
        arrival,
        account=cloud.accounts.get(account_of_arn(arrival.parameters.get("RoleArn", ""))),
        key=None,
    )


def no_permission(account: Account, key: KeyPair, permission: str) -> CloudError:
    """403, with the RAM action that is missing."""
    principal = "AssumedRoleUser" if isinstance(key, TemporaryKey) else "SubUser"
    details = {
        "AccessDeniedDetail": {
            "AuthAction": permission,
            "AuthPrincipalType": principal,
            "AuthPrincipalOwnerId": account.id,
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
        }
    }
    return CloudError(
        403, "NoPermission", "You are not authorized to perform this action.", details
    )


def check_request(arrival: Arrival, action: RpcAction) -> None:
    """Refuse the wrong verb, another format than JSON, and parameters that can't be meant.

    A parameter may be in query or body: Terraform's provider sends as a form what the metadata
    wants in the query. Given twice, it must be the same; that of two different values one would be
    ignored is made up. So is the refusal of unknown names: the real gateway may ignore them, and
    then nobody learns of a spelling mistake.
    """
    incoming = arrival.incoming
    if incoming.method not in action.methods:
        raise CloudError(
            400,
            "UnsupportedHTTPMethod",
            f"{arrival.action} is called by {' or '.join(action.methods)}.",
        )
    pairs = incoming.pairs
    if (
        "x-acs-action" not in incoming.headers
        and incoming.parameters.get("Format", "XML").upper() != "JSON"
    ):
        message = (
            "Specified parameter format is not valid: the emulator answers in JSON only, send"
            " Format=JSON."
        )
        raise CloudError(400, "InvalidParameter.Format", message)
    for name in {name for name, _ in pairs}:
        if len({value for each, value in pairs if each == name}) > 1:
            raise CloudError(
                400, "InvalidParameter", f'The parameter "{name}" is given twice, with two values.'
            )
    unknown = sorted(name for name in arrival.parameters if not action.knows(name))
    if unknown:
        message = (
            f"The emulator does not know the parameters {', '.join(unknown)} of {arrival.action}."
        )
        raise CloudError(400, "InvalidParameter", message)
