"""A call of each action of the emulator that succeeds, in an account that was made ready for all of
them."""

import json
from collections.abc import Mapping

from tests.emulator.sdk import purchase
from tests.emulator_fixture import EmulatedAccount, grant_role
from tests.raw_client import Call, Key

VERSIONS = {
    "foasconsole": "2021-10-28",
    "sts": "2015-04-01",
    "vpc": "2016-04-28",
    "ram": "2015-05-01",
    "bss": "2017-12-14",
}
ACTIONS = {
    "foasconsole": (
        *(
            "DescribeSupportedRegions",
            "DescribeSupportedZones",
            "QueryCreateInstancePrice",
            "DescribeInstances",
        ),
        *(
            "DescribeNamespaces",
            "TagResources",
            "ListTagResources",
            "UntagResources",
            "CreateInstance",
        ),
        "DeleteInstance",
    ),
    "sts": ("GetCallerIdentity", "AssumeRole"),
    "vpc": (
        "DescribeVpcs",
        "DescribeVSwitches",
        "DescribeVpcAttribute",
        "DescribeVSwitchAttributes",
    ),
    "ram": ("CreateRole", "AttachPolicyToRole", "GetRole", "ListPoliciesForRole", "GetPolicy"),
    "bss": (
        *("QueryOrders", "GetOrderDetail", "QueryAccountBalance", "QueryAvailableInstances"),
        "InquiryPriceRefundInstance",
    ),
}
"""All that need a signature; AssumeRoleWithOIDC, which needs none, has tests of its own."""
SUBSCRIPTION, BY_USE, ROLE = "f-cn-subscription", "f-cn-by-use", "for-calls"
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole"}


def prepare(account: EmulatedAccount) -> Key:
    """What the calls are about, and the key of a RAM user: one that may assume a role, which the
    account may not."""
    user = Key(f"user-of-{account.id}", "secret-of-the-user")
    grant_role(account)
    account.control.settings(provisioningSeconds=0)
    account.control.state(
        {
            "accessKeys": [{"id": user.id, "secret": user.secret, "user": "alice"}],
            "roles": [{"name": ROLE, "trust": trust(f"acs:ram::{account.id}:root")}],
            "workspaces": [
                {
                    "name": "subscription",
                    "instanceId": SUBSCRIPTION,
                    "tags": {"k": "v"},
                    "billed": True,
                },
                {"name": "by-use", "instanceId": BY_USE, "chargeType": "POST"},
            ],
        }
    )
    return user


def undo(account: EmulatedAccount) -> None:
    """Make the account ready again after a call that succeeded."""
    state = account.control.state()
    made = [
        each["instanceId"] for each in state["workspaces"] if each["instanceId"] != SUBSCRIPTION
    ]
    account.control.state({"removeRoles": ["made", ROLE], "removeWorkspaces": made})
    account.control.state(
        {
            "roles": [{"name": ROLE, "trust": trust(f"acs:ram::{account.id}:root")}],
            "workspaces": [{"name": "by-use", "instanceId": BY_USE, "chargeType": "POST"}],
            "workspaceTags": {SUBSCRIPTION: {"k": "v"}},
            "balance": 100_000,
        }
    )


def trust(principal: str) -> str:
    return json.dumps({"Version": "1", "Statement": [{**TRUST, "Principal": {"RAM": [principal]}}]})


def valid_call(account: EmulatedAccount, product: str, action: str) -> Call:
    """The call, its parameters where the official SDKs put them."""
    pairs = [(name, str(value)) for name, value in parameters(account, action).items()]
    method = "GET" if product == "foasconsole" and action.startswith("Describe") else "POST"
    if action in ("CreateInstance", "QueryCreateInstancePrice", "DeleteInstance"):
        return Call(VERSIONS[product], action, method, form=pairs)
    return Call(VERSIONS[product], action, method, pairs)


def parameters(account: EmulatedAccount, action: str) -> Mapping[str, object]:
    """What the action needs, and of what it may be told a little."""
    policy = {"PolicyType": "System", "PolicyName": "AliyunStreamFullAccess"}
    role, region = {"RoleName": ROLE}, {"RegionId": account.region}
    tagged = {**region, "ResourceType": "vvpinstance", "ResourceId.1": SUBSCRIPTION}
    tag = {"Tag.1.Key": "k", "Tag.1.Value": "v"}
    every: dict[str, Mapping[str, object]] = {
        "CreateInstance": purchase(account, "bought"),
        "QueryCreateInstancePrice": purchase(account, "priced"),
        "DescribeInstances": {"Region": account.region, "PageSize": 10},
        "DescribeNamespaces": {"Region": account.region, "InstanceId": SUBSCRIPTION},
        "DeleteInstance": {"Region": account.region, "InstanceId": BY_USE},
        "TagResources": {**tagged, **tag},
        "ListTagResources": {**tagged, **tag},
        "UntagResources": {**tagged, "TagKey.1": "k"},
        "AssumeRole": {
            "RoleArn": f"acs:ram::{account.id}:role/{ROLE}",
            "RoleSessionName": "session",
        },
        "DescribeVpcs": region,
        "DescribeVSwitches": region,
        "DescribeVpcAttribute": {**region, "VpcId": account.vpc},
        "DescribeVSwitchAttributes": {**region, "VSwitchId": account.v_switches[0]},
        "CreateRole": {
            "RoleName": "made",
            "AssumeRolePolicyDocument": trust("acs:ram::100000000000:root"),
        },
        "AttachPolicyToRole": {**role, **policy},
        "GetRole": role,
        "ListPoliciesForRole": role,
        "GetPolicy": policy,
        "QueryAvailableInstances": {"ProductCode": "sc"},
        "InquiryPriceRefundInstance": {"ProductCode": "sc", "InstanceId": SUBSCRIPTION},
        "GetOrderDetail": {"OrderId": order_of(account)},
    }
    return every.get(action, {})


def order_of(account: EmulatedAccount) -> str:
    booked = account.control.purchases()
    return str(booked[0]["orderId"]) if booked else "1"
