"""Temporary keys of a role: who may have one, and how long it is good.

Limits and codes: the cloud's OpenAPI metadata of STS; alibabacloud.com/help/doc-detail/42775.htm
(root accounts).
"""

import re
import secrets
from datetime import UTC, datetime, timedelta

from flink_cloud_emulator.arn import account_of_arn, name_in_arn
from flink_cloud_emulator.http import CloudError
from flink_cloud_emulator.keys import TemporaryKey, role_id
from flink_cloud_emulator.ram.state import Role
from flink_cloud_emulator.rpc import Answer, RpcCall
from flink_cloud_emulator.sts import trust
from flink_cloud_emulator.sts.token import Claims, read_token

_SESSION = re.compile(r"[A-Za-z0-9.@_-]{2,64}")
_SHORTEST_SECONDS, _DEFAULT_SECONDS = 900, 3600


def assume_role(call: RpcCall) -> Answer:
    """A key of a role, for a RAM user or role that the role trusts."""
    key = call.key
    if key is None or (not isinstance(key, TemporaryKey) and key.user is None):
        raise CloudError(403, "NoPermission", "Roles may not be assumed by root accounts.")
    role, name, seconds = _asked(call)
    if not trust.trusts(
        role, "RAM", {f"acs:ram::{call.account.id}:{who}" for who in ("root", key.caller)}
    ):
        message = "You are not authorized to do this action. You should be authorized by RAM."
        raise CloudError(403, "NoPermission", message)
    return _give(call, role, name, seconds)


def assume_role_with_oidc(call: RpcCall) -> Answer:
    """A key of a role, for a token of an identity provider that the role trusts: the way that
    RRSA takes.
    """
    provider_arn, text = call.require("OIDCProviderArn"), call.require("OIDCToken")
    role, name, seconds = _asked(call)
    provider = call.account.ram.oidc_providers.get(name_in_arn(provider_arn, "oidc-provider") or "")
    if provider is None or account_of_arn(provider_arn) != call.account.id:
        raise CloudError(
            401, "AuthenticationFail.NoPermission", "No such OIDC Provider registered."
        )
    claims = read_token(text, provider, call.now)
    if not trust.trusts(role, "Federated", {provider_arn}, claims.as_context()):
        raise CloudError(401, "AuthenticationFail.NoPermission", "There is no permission")
    return {**_give(call, role, name, seconds), "OIDCTokenInfo": _told(claims)}


def _asked(call: RpcCall) -> tuple[Role, str, int]:
    """The role, the name of the session, and its seconds."""
    arn, name = call.require("RoleArn"), call.require("RoleSessionName")
    role_name = name_in_arn(arn, "role")
    if role_name is None:
        raise CloudError(
            400, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed."
        )
    if not _SESSION.fullmatch(name):
        raise CloudError(
            400,
            "InvalidParameter.RoleSessionName",
            "The parameter RoleSessionName is wrongly formed.",
        )
    # ARNs of roles are in lower case, whatever the role's name; roles of other accounts are not
    # emulated.
    roles = {each.name.lower(): each for each in call.account.ram.roles.values()}
    role = roles.get(role_name.lower()) if account_of_arn(arn) == call.account.id else None
    if role is None:
        raise CloudError(404, "EntityNotExist.Role", "The specified Role not exists .")
    seconds = call.number("DurationSeconds", _DEFAULT_SECONDS) or 0
    if not _SHORTEST_SECONDS <= seconds <= role.max_session_seconds:
        message = f"The Min/Max value of DurationSeconds is 15min/{role.max_session_seconds}s."
        raise CloudError(400, "InvalidParameter.DurationSeconds", message)
    return role, name, seconds


def _give(call: RpcCall, role: Role, session: str, seconds: int) -> Answer:
    lifetime = call.account.settings.temporary_key_seconds
    key = TemporaryKey(
        id=f"STS.{secrets.token_hex(12)}",
        secret=secrets.token_urlsafe(32),
        token=secrets.token_urlsafe(90),
        expires=(call.now + timedelta(seconds=seconds if lifetime is None else lifetime)).replace(
            microsecond=0
        ),
        role=role.name,
        session=session,
    )
    call.account.keys[key.id] = key
    return {
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role_id(role.name)}:{session}",
            "Arn": f"acs:ram::{call.account.id}:role/{role.name.lower()}/{session}",
        },
        "Credentials": {
            "AccessKeyId": key.id,
            "AccessKeySecret": key.secret,
            "SecurityToken": key.token,
            "Expiration": _text(key.expires),
        },
    }


def _told(claims: Claims) -> Answer:
    return {
        "Issuer": claims.issuer,
        "Subject": claims.subject,
        "ClientIds": ",".join(claims.audiences),
        "ExpirationTime": _text(claims.expires),
        "IssuanceTime": _text(claims.issued),
        "VerificationInfo": "Success",
    }


def _text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
