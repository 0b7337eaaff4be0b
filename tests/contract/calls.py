"""Every call of the port, with the actions of the cloud that it sends, for tests that break each of
them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.observed import Policy
from tests.contract.clients import OWNER, TOKEN, network, parameters, purchase, target
from tests.emulator_fixture import ROLE, EmulatedAccount, grant_role

NEW_ROLE = "AnotherRole"
Ask = Callable[[AlibabaCloud, EmulatedAccount], Awaitable[object]]


@dataclass(frozen=True)
class Call:
    """A call of the port that succeeds, and one action that it sends on the way."""

    service: str
    action: str
    ask: Ask
    written: bool = False
    """What the cloud answers is not read: its HTTP status says all."""

    def __str__(self) -> str:
        return f"{self.service}.{self.action}"


CALLS = (
    Call("sts", "GetCallerIdentity", lambda cloud, account: cloud.identify()),
    Call("foasconsole", "DescribeSupportedRegions", lambda cloud, account: cloud.list_regions()),
    Call(
        "foasconsole",
        "DescribeSupportedZones",
        lambda cloud, account: cloud.list_zones(account.region, "X86"),
    ),
    Call(
        "foasconsole",
        "DescribeInstances",
        lambda cloud, account: cloud.list_instances(account.region, timedelta(0)),
    ),
    Call(
        "foasconsole",
        "DescribeInstances",
        lambda cloud, account: cloud.look_up(target(account), tuple(OWNER.tags(TOKEN).items())),
    ),
    Call(
        "foasconsole",
        "QueryCreateInstancePrice",
        lambda cloud, account: cloud.quote(target(account), parameters(account)),
    ),
    Call(
        "bss", "QueryOrders", lambda cloud, account: cloud.read_bill(account.region, an_hour_ago())
    ),
    Call(
        "bss",
        "GetOrderDetail",
        lambda cloud, account: cloud.read_bill(account.region, an_hour_ago()),
    ),
    Call(
        "foasconsole",
        "TagResources",
        lambda cloud, account: cloud.tag_instance(account.region, "by-hand-1", OWNER.tags(TOKEN)),
    ),
    Call("foasconsole", "CreateInstance", lambda cloud, account: cloud.place(purchase(account))),
    Call("ram", "GetRole", lambda cloud, account: cloud.find_role(ROLE)),
    Call("ram", "ListPoliciesForRole", lambda cloud, account: cloud.find_role(ROLE)),
    Call(
        "ram",
        "CreateRole",
        lambda cloud, account: cloud.create_role(NEW_ROLE, "stream.aliyuncs.com"),
        written=True,
    ),
    Call(
        "ram",
        "AttachPolicyToRole",
        lambda cloud, account: cloud.attach_policy(ROLE, Policy("AliyunDLFFullAccess")),
        written=True,
    ),
    Call(
        "vpc",
        "DescribeVpcs",
        lambda cloud, account: cloud.describe_network(account.region, network(account)),
    ),
    Call(
        "vpc",
        "DescribeVSwitches",
        lambda cloud, account: cloud.describe_network(account.region, network(account)),
    ),
    Call("oss", "GetBucketInfo", lambda cloud, account: _bucket(cloud, account)),
    Call("oss", "HeadObject", lambda cloud, account: _bucket(cloud, account), written=True),
    Call(
        "oss",
        "HeadObject",
        lambda cloud, account: cloud.create_directory(account.region, account.bucket, "new/"),
        written=True,
    ),
    Call(
        "oss",
        "PutObject",
        lambda cloud, account: cloud.create_directory(account.region, account.bucket, "new/"),
        written=True,
    ),
)


def an_hour_ago() -> datetime:
    """Since when the bill is asked for."""
    return datetime.now(UTC) - timedelta(hours=1)


def prepare(account: EmulatedAccount) -> None:
    """Put everything in order, so that each of the calls succeeds."""
    grant_role(account)
    account.control.state(
        {"workspaces": [{"name": "by-hand", "instanceId": "by-hand-1", "billed": True}]}
    )


async def _bucket(cloud: AlibabaCloud, account: EmulatedAccount) -> object:
    return await cloud.describe_bucket(account.region, account.bucket, ("logs/",))
