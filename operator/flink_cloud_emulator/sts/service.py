"""STS 2015-04-01: who is calling, and temporary keys of roles.

Answers and codes: the cloud's OpenAPI metadata of STS, and for AssumeRoleWithOIDC
help.aliyun.com/zh/ram/developer-reference/api-sts-2015-04-01-errorcodes.
"""

from flink_cloud_emulator.keys import TemporaryKey, role_id, user_id
from flink_cloud_emulator.rpc import Answer, RpcAction, RpcCall, RpcService
from flink_cloud_emulator.sts.assume import assume_role, assume_role_with_oidc


def get_caller_identity(call: RpcCall) -> Answer:
    """The account and identity behind a key; needs no permission."""
    account, key = call.account.id, call.key
    if isinstance(key, TemporaryKey):
        number = role_id(key.role)
        return {
            "IdentityType": "AssumedRoleUser",
            "AccountId": account,
            "PrincipalId": f"{number}:{key.session}",
            "RoleId": number,
            "Arn": f"acs:ram::{account}:assumed-role/{key.role.lower()}/{key.session}",
        }
    if key is not None and key.user:
        number = user_id(key.user)
        return {
            "IdentityType": "RAMUser",
            "AccountId": account,
            "PrincipalId": number,
            "UserId": number,
            "Arn": f"acs:ram::{account}:user/{key.user}",
        }
    return {
        "IdentityType": "Account",
        "AccountId": account,
        "PrincipalId": account,
        "UserId": account,
        "Arn": f"acs:ram::{account}:root",
    }


_SESSION = ("RoleArn", "RoleSessionName", "DurationSeconds")

SERVICE = RpcService(
    name="sts",
    version="2015-04-01",
    actions={
        "GetCallerIdentity": RpcAction(get_caller_identity),
        "AssumeRole": RpcAction(assume_role, _SESSION, permission="sts:AssumeRole"),
        "AssumeRoleWithOIDC": RpcAction(
            assume_role_with_oidc, (*_SESSION, "OIDCProviderArn", "OIDCToken"), public=True
        ),
    },
)
