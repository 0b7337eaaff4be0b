"""What many workspaces need alike is asked for once for all of them, until the operator itself
changes it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.api.names import DIRECTORIES
from flink_workspace_operator.api.parameters import Network
from flink_workspace_operator.core.facts.failures import CloudFailure, ServerError
from flink_workspace_operator.core.facts.observed import Absent, Bucket, Policy, Role, SeenNetwork
from tests.contract.clients import network, open_cloud
from tests.emulator_fixture import ROLE, EmulatedAccount, grant_role

POLICY: Final = Policy("AliyunDLFFullAccess")
SERVICE: Final = "stream.aliyuncs.com"
Ask = Callable[[AlibabaCloud, EmulatedAccount], Awaitable[object]]


async def role(cloud: AlibabaCloud, account: EmulatedAccount) -> Role | Absent:
    """The role that all work through."""
    return await cloud.find_role(ROLE)


async def bucket(cloud: AlibabaCloud, account: EmulatedAccount) -> object:
    """The bucket that all keep their files in."""
    return await cloud.describe_bucket(account.region, account.bucket, DIRECTORIES)


async def net(cloud: AlibabaCloud, account: EmulatedAccount) -> SeenNetwork:
    """The network that all are in."""
    return await cloud.describe_network(account.region, network(account))


CALLS: Final[dict[Ask, Counter[str]]] = {
    role: Counter({"ram.GetRole": 1, "ram.ListPoliciesForRole": 1}),
    net: Counter({"vpc.DescribeVpcs": 1, "vpc.DescribeVSwitches": 1}),
    bucket: Counter({"oss.GetBucketInfo": 1, "oss.HeadObject": len(DIRECTORIES)}),
}


def calls(account: EmulatedAccount) -> Counter[str]:
    """The calls that the cloud got, but for the one that asks who we are."""
    counted = {name: sum(each.values()) for name, each in account.control.counters().items()}
    return Counter(
        {name: number for name, number in counted.items() if name != "sts.GetCallerIdentity"}
    )


@pytest.mark.parametrize("ask", CALLS, ids=lambda ask: ask.__name__)
async def test_all_who_ask_within_seconds_share_the_answer(
    ask: Ask, cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """At once, or one after the other."""
    grant_role(account)
    await asyncio.gather(*(ask(cloud, account) for _ in range(20)))
    await ask(cloud, account)
    assert calls(account) == CALLS[ask]


async def test_workspaces_in_one_vpc_share_it(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Whichever of its vSwitches they name. One that is not there is asked for by itself, once."""
    seen = [
        await cloud.describe_network(
            account.region, Network(vpc_id=account.vpc, v_switch_ids=names)
        )
        for names in (
            account.v_switches[:1],
            account.v_switches,
            ("vsw-nowhere",),
            (*account.v_switches, "vsw-nowhere"),
        )
    ]
    assert [len(each.v_switches) for each in seen] == [1, 2, 0, 2]
    assert calls(account) == {"vpc.DescribeVpcs": 1, "vpc.DescribeVSwitches": 2}


async def test_a_role_is_asked_for_again_after_each_change(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Or the next pass would make what is there, or wait for it."""
    assert await cloud.find_role(ROLE) == Absent()
    assert await cloud.create_role(ROLE, SERVICE)
    found = await cloud.find_role(ROLE)
    assert isinstance(found, Role)
    assert found.policies == frozenset()
    assert await cloud.attach_policy(ROLE, POLICY)
    found = await cloud.find_role(ROLE)
    assert isinstance(found, Role)
    assert found.policies == {POLICY}


async def test_a_bucket_is_asked_for_again_after_each_change(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """The same for directories."""
    assert await bucket(cloud, account) == Bucket(account.bucket, frozenset())
    assert await cloud.create_directory(account.region, account.bucket, DIRECTORIES[0])
    assert await bucket(cloud, account) == Bucket(account.bucket, frozenset({DIRECTORIES[0]}))


@pytest.mark.parametrize(
    ("action", "change", "ask"),
    [
        ("CreateRole", lambda cloud, account: cloud.create_role(ROLE, SERVICE), role),
        (
            "PutObject",
            lambda cloud, account: cloud.create_directory(account.region, account.bucket, "logs/"),
            bucket,
        ),
    ],
)
async def test_a_change_whose_answer_is_lost_may_have_been_made(
    action: str, change: Ask, ask: Ask, cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """What was known before it is no more."""
    account.control.faults([{"action": action, "fault": "drop-after-commit"}])
    before = await ask(cloud, account)
    with pytest.raises(CloudFailure):
        await change(cloud, account)
    assert await ask(cloud, account) != before


@pytest.mark.parametrize(
    ("ask", "action"),
    [(role, "GetRole"), (net, "DescribeVpcs"), (bucket, "GetBucketInfo")],
    ids=["role", "network", "bucket"],
)
async def test_a_failure_serves_nobody_later(
    ask: Ask, action: str, cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Whoever asks after it gets a try of their own."""
    account.control.faults(
        [{"action": action, "fault": "server-error", "httpStatus": 503, "times": 1}]
    )
    with pytest.raises(ServerError):
        await ask(cloud, account)
    await ask(cloud, account)


async def test_each_identity_asks_for_itself(cloud: AlibabaCloud, account: EmulatedAccount) -> None:
    """What one may see, another may not."""
    other = open_cloud(account)
    await net(cloud, account)
    account.control.state({"deniedActions": ["vpc:DescribeVpcs"]})
    with pytest.raises(CloudFailure):
        await net(other, account)
    await other.close()
