"""RAM of the emulator, driven by the official SDK."""

import json

import pytest
from alibabacloud_ram20150501 import models as ram
from alibabacloud_ram20150501.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from tests.emulator.clients import refusal, rpc_config
from tests.emulator_fixture import EmulatedAccount

TRUST = json.dumps(
    {
        "Version": "1",
        "Statement": [
            {
                "Action": "sts:AssumeRole",
                "Effect": "Allow",
                "Principal": {"Service": ["stream.aliyuncs.com"]},
            }
        ],
    }
)
FLINK_POLICY = "AliyunStreamAsiDefaultRolePolicy"


@pytest.fixture
def client(account: EmulatedAccount) -> Client:
    return Client(rpc_config(account))


async def create(
    client: Client, name: str, trust: str = TRUST, **more: object
) -> ram.CreateRoleResponse:
    return await client.create_role_async(
        ram.CreateRoleRequest(role_name=name, assume_role_policy_document=trust, **more)
    )


async def attach(client: Client, role: str, policy: str, kind: str = "System") -> None:
    request = ram.AttachPolicyToRoleRequest(role_name=role, policy_name=policy, policy_type=kind)
    await client.attach_policy_to_role_async(request)


async def test_a_created_role_can_be_read(client: Client) -> None:
    """GetRole gives what CreateRole was given; the ARN has the account's id and the name in lower
    case."""
    created = await create(client, "FlinkRole", description="for Flink", max_session_duration=7200)
    role = (await client.get_role_async(ram.GetRoleRequest(role_name="FlinkRole"))).body.role
    assert role.arn == created.body.role.arn
    assert role.arn.startswith("acs:ram::")
    assert role.arn.endswith(":role/flinkrole")
    assert (role.role_name, role.description, role.max_session_duration) == (
        "FlinkRole",
        "for Flink",
        7200,
    )
    assert role.assume_role_policy_document == TRUST
    assert role.is_service_linked_role is False


async def test_policies_are_attached_and_listed(client: Client) -> None:
    """ListPoliciesForRole gives every attached policy with its type."""
    await create(client, "FlinkRole")
    for policy in (FLINK_POLICY, "AliyunDLFFullAccess"):
        await attach(client, "FlinkRole", policy)
    answer = await client.list_policies_for_role_async(
        ram.ListPoliciesForRoleRequest(role_name="FlinkRole")
    )
    listed = [(policy.policy_type, policy.policy_name) for policy in answer.body.policies.policy]
    assert listed == [("System", FLINK_POLICY), ("System", "AliyunDLFFullAccess")]


async def test_a_new_role_has_no_policies(client: Client) -> None:
    """CreateRole attaches nothing by itself."""
    await create(client, "FlinkRole")
    answer = await client.list_policies_for_role_async(
        ram.ListPoliciesForRoleRequest(role_name="FlinkRole")
    )
    assert answer.body.policies.policy == []


async def test_a_system_policy_can_be_read(client: Client) -> None:
    """GetPolicy counts the attachments."""
    await create(client, "FlinkRole")
    await attach(client, "FlinkRole", FLINK_POLICY)
    request = ram.GetPolicyRequest(policy_name=FLINK_POLICY, policy_type="System")
    policy = (await client.get_policy_async(request)).body.policy
    assert (policy.policy_name, policy.attachment_count) == (FLINK_POLICY, 1)


async def test_a_missing_role_is_not_found(client: Client) -> None:
    """Every action on a role that is not there says EntityNotExist.Role."""
    expected = (404, "EntityNotExist.Role")
    assert await refusal(client.get_role_async(ram.GetRoleRequest(role_name="None"))) == expected
    assert await refusal(attach(client, "None", FLINK_POLICY)) == expected
    listing = client.list_policies_for_role_async(ram.ListPoliciesForRoleRequest(role_name="None"))
    assert await refusal(listing) == expected


async def test_what_exists_is_not_made_twice(client: Client) -> None:
    """A second CreateRole and a second AttachPolicyToRole are conflicts of their own."""
    await create(client, "FlinkRole")
    await attach(client, "FlinkRole", FLINK_POLICY)
    assert await refusal(create(client, "FlinkRole")) == (409, "EntityAlreadyExists.Role")
    assert await refusal(attach(client, "FlinkRole", FLINK_POLICY)) == (
        409,
        "EntityAlreadyExists.Role.Policy",
    )


async def test_an_unknown_policy_is_not_attached(client: Client) -> None:
    """A misspelled system policy, or a system policy given as a custom one, is
    EntityNotExist.Policy."""
    await create(client, "FlinkRole")
    assert await refusal(attach(client, "FlinkRole", FLINK_POLICY[:-1])) == (
        404,
        "EntityNotExist.Policy",
    )
    assert await refusal(attach(client, "FlinkRole", FLINK_POLICY, "Custom")) == (
        404,
        "EntityNotExist.Policy",
    )
    request = ram.GetPolicyRequest(policy_name=FLINK_POLICY[:-1], policy_type="System")
    assert await refusal(client.get_policy_async(request)) == (404, "EntityNotExist.Policy")


@pytest.mark.parametrize(
    ("name", "trust", "code"),
    [
        ("has space", TRUST, "InvalidParameter.RoleName.InvalidChars"),
        ("r" * 65, TRUST, "InvalidParameter.RoleName.Length"),
        ("Role", "not json", "MalformedPolicyDocument"),
        ("Role", '{"Version":"1","Statement":[]}', "MalformedPolicyDocument"),
        ("Role", '{"Version":"2","Statement":[{}]}', "MalformedPolicyDocument"),
        ("Role", "x" * 2049, "InvalidParameter.AssumeRolePolicyDocument.Length"),
        ("", TRUST, "MissingRoleName"),
    ],
)
async def test_bad_roles_are_refused(client: Client, name: str, trust: str, code: str) -> None:
    """Each kind of bad input has its code, with HTTP 400."""
    assert await refusal(create(client, name, trust)) == (400, code)


async def test_a_denied_action_names_itself(account: EmulatedAccount, client: Client) -> None:
    """Without the permission the answer is 403 NoPermission and tells the RAM action."""
    account.control.state({"deniedActions": ["ram:CreateRole"]})
    with pytest.raises(AlibabaCloudException) as caught:
        await create(client, "FlinkRole")
    assert (caught.value.status_code, caught.value.code) == (403, "NoPermission")
    assert caught.value.access_denied_detail["AuthAction"] == "ram:CreateRole"
    assert await refusal(client.get_role_async(ram.GetRoleRequest(role_name="FlinkRole"))) == (
        404,
        "EntityNotExist.Role",
    )
