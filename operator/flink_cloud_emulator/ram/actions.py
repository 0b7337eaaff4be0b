"""Roles and their policies, as far as a product's service role needs them.

Codes and statuses: Alibaba Cloud's own OpenAPI metadata of RAM and what Terraform's provider
handles.
"""

import json
import re
from datetime import UTC, datetime

from flink_cloud_emulator.http import CloudError
from flink_cloud_emulator.keys import role_id
from flink_cloud_emulator.ram.state import SYSTEM_POLICIES, Role
from flink_cloud_emulator.rpc import Answer, RpcAction, RpcCall, RpcService, invalid

_NAME = re.compile(r"[A-Za-z0-9.-]+")
_LONGEST_NAME = 64
_LONGEST_TRUST = 2048
_LONGEST_DESCRIPTION = 1024
_SHORTEST_SESSION, _LONGEST_SESSION = 3600, 43200
_MOST_POLICIES = 20
_DOCUMENT = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def get_role(call: RpcCall) -> Answer:
    """One role."""
    role = _find_role(call)
    only_here = {
        "RolePrincipalName": f"{role.name.lower()}@role.{call.account.id}.onaliyunservice.com",
        "IsServiceLinkedRole": False,
        "UpdateDate": _write_time(role.changed),
    }
    return {"Role": {**_describe_role(role, call.account.id), **only_here}}


def create_role(call: RpcCall) -> Answer:
    """A new role without policies."""
    name, trust = call.require("RoleName"), call.require("AssumeRolePolicyDocument")
    _check_role_name(name)
    _check_trust(trust)
    description = call.text("Description") or ""
    if len(description) > _LONGEST_DESCRIPTION:
        raise CloudError(
            400, "InvalidParameter.Description.Length", "The length of the description is invalid."
        )
    if name in call.account.ram.roles:
        raise CloudError(409, "EntityAlreadyExists.Role", f"The role already exists: {name}.")
    session = _read_session(call)
    role = Role(name, [], trust, description, session, created=call.now, changed=call.now)
    call.account.ram.roles[name] = role
    return {"Role": _describe_role(role, call.account.id)}


def attach_policy_to_role(call: RpcCall) -> Answer:
    """Give a role one more policy."""
    policy = (_read_policy_type(call), call.require("PolicyName"))
    role = _find_role(call)
    _check_policy(*policy)
    if policy in role.policies:
        raise CloudError(
            409, "EntityAlreadyExists.Role.Policy", f"The policy {policy[1]} is attached already."
        )
    if len(role.policies) >= _MOST_POLICIES:
        raise CloudError(
            409, "LimitExceeded.Role.Policy", "The role has as many policies as it may have."
        )
    role.policies.append(policy)
    role.changed = call.now
    return {}


def list_policies_for_role(call: RpcCall) -> Answer:
    """The policies of a role; not paged."""
    role = _find_role(call)
    policies = [
        {
            "PolicyType": policy_type,
            "PolicyName": name,
            "DefaultVersion": "v1",
            "Description": SYSTEM_POLICIES.get(name, ""),
            "AttachDate": _write_time(role.changed),
        }
        for policy_type, name in role.policies
    ]
    return {"Policies": {"Policy": policies}}


def get_policy(call: RpcCall) -> Answer:
    """One policy, with its document."""
    policy_type, name = _read_policy_type(call), call.require("PolicyName")
    _check_policy(policy_type, name)
    date = _write_time(datetime(2024, 1, 1, tzinfo=UTC))
    policy = {
        "PolicyType": policy_type,
        "PolicyName": name,
        "Description": SYSTEM_POLICIES.get(name, ""),
        "DefaultVersion": "v1",
        "PolicyDocument": _DOCUMENT,
        "AttachmentCount": sum(
            (policy_type, name) in role.policies for role in call.account.ram.roles.values()
        ),
        "CreateDate": date,
        "UpdateDate": date,
    }
    version = {
        "VersionId": "v1",
        "IsDefaultVersion": True,
        "PolicyDocument": _DOCUMENT,
        "CreateDate": date,
    }
    return {"Policy": policy, "DefaultPolicyVersion": version}


def _find_role(call: RpcCall) -> Role:
    name = call.require("RoleName")
    _check_role_name(name)
    role = call.account.ram.roles.get(name)
    if role is None:
        raise CloudError(404, "EntityNotExist.Role", f"The role not exists: {name}.")
    return role


def _check_policy(policy_type: str, name: str) -> None:
    if (
        policy_type != "System" or name not in SYSTEM_POLICIES
    ):  # accounts have no policies of their own here
        raise CloudError(
            404, "EntityNotExist.Policy", f"The policy not exists: {policy_type}, {name}."
        )


def _check_role_name(name: str) -> None:
    if len(name) > _LONGEST_NAME:
        message = f"The length of the role name is outside 1 to {_LONGEST_NAME}."
        raise CloudError(400, "InvalidParameter.RoleName.Length", message)
    if not _NAME.fullmatch(name):
        raise CloudError(
            400,
            "InvalidParameter.RoleName.InvalidChars",
            "The role name has characters it may not have.",
        )


def _check_trust(trust: str) -> None:
    if len(trust) > _LONGEST_TRUST:
        code = "InvalidParameter.AssumeRolePolicyDocument.Length"
        raise CloudError(400, code, "The length of the trust policy is invalid.")
    try:
        document = json.loads(trust)
    except ValueError:
        raise _malformed("it is not JSON") from None
    if not isinstance(document, dict) or document.get("Version") != "1":
        raise _malformed('it is no object of Version "1"')
    statements = document.get("Statement")
    if (
        not isinstance(statements, list)
        or not statements
        or not all(map(_is_trust_statement, statements))
    ):
        raise _malformed("a Statement needs Effect, Principal and Action")


def _is_trust_statement(statement: object) -> bool:
    if not isinstance(statement, dict):
        return False
    action, principal = statement.get("Action"), statement.get("Principal")
    return (
        statement.get("Effect") in ("Allow", "Deny")
        and isinstance(action, str | list)
        and isinstance(principal, dict)
        and bool(principal.keys() & {"Service", "RAM", "Federated"})
    )


def _malformed(why: str) -> CloudError:
    return CloudError(400, "MalformedPolicyDocument", f"The trust policy is malformed: {why}.")


def _read_session(call: RpcCall) -> int:
    seconds = call.number("MaxSessionDuration")
    if seconds is None:
        return _SHORTEST_SESSION
    if not _SHORTEST_SESSION <= seconds <= _LONGEST_SESSION:
        raise invalid(
            "MaxSessionDuration", f"must be {_SHORTEST_SESSION} to {_LONGEST_SESSION} seconds"
        )
    return seconds


def _read_policy_type(call: RpcCall) -> str:
    policy_type = call.require("PolicyType")
    if policy_type not in ("System", "Custom"):
        raise CloudError(
            400, "InvalidParameter.PolicyType", "The policy type must be System or Custom."
        )
    return policy_type


def _describe_role(role: Role, account_id: str) -> Answer:
    """The members that CreateRole and GetRole have in common."""
    return {
        "RoleId": role_id(role.name),
        "RoleName": role.name,
        "Arn": f"acs:ram::{account_id}:role/{role.name.lower()}",
        "AssumeRolePolicyDocument": role.trust,
        "Description": role.description,
        "MaxSessionDuration": role.max_session_seconds,
        "CreateDate": _write_time(role.created),
    }


def _write_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_NEW_ROLE = ("RoleName", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration")
_POLICY = ("PolicyType", "PolicyName")

SERVICE = RpcService(
    name="ram",
    version="2015-05-01",
    actions={
        "GetRole": RpcAction(get_role, ("RoleName",), permission="ram:GetRole"),
        "CreateRole": RpcAction(create_role, _NEW_ROLE, permission="ram:CreateRole"),
        "AttachPolicyToRole": RpcAction(
            attach_policy_to_role, (*_POLICY, "RoleName"), permission="ram:AttachPolicyToRole"
        ),
        "ListPoliciesForRole": RpcAction(
            list_policies_for_role, ("RoleName",), permission="ram:ListPoliciesForRole"
        ),
        "GetPolicy": RpcAction(get_policy, _POLICY, permission="ram:GetPolicy"),
    },
)
