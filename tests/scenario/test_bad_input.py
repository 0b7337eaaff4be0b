"""What users and accounts get wrong: each case its own reason and instruction, and nothing is
bought."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator_fixture import ROLE, EmulatedAccount
from tests.scenario.manifests import SUBSCRIPTION, Manifest, pay_as_you_go, subscription
from tests.scenario.world import World, conditions, has_reason


@dataclass(frozen=True)
class Case:
    """One mistake, and what is to be said about it."""

    what: str
    reason: str
    instruction: str
    stopped_by: str
    """The condition that is True: Stalled, Suspended, or Reconciling while it may still be on its
    way."""
    manifest: Manifest
    prepare: Callable[[EmulatedAccount], object] = lambda _: None


def _state(**state: Any) -> Callable[[EmulatedAccount], object]:  # noqa: ANN401 - any JSON
    return lambda account: account.control.state(state)


def _settings(**settings: Any) -> Callable[[EmulatedAccount], object]:  # noqa: ANN401 - any JSON
    return lambda account: account.control.settings(**settings)


def _network(vpc: str, *v_switches: str) -> Manifest:
    return {"vpcId": vpc, "vSwitchIds": list(v_switches)}


CASES = [
    Case("no such region", "RegionNotSupported", "create a FlinkWorkspace in one of", "Stalled",
         pay_as_you_go(region="mars-north-1")),
    Case("no such VPC", "VpcNotFound", "correct vpcId", "Reconciling",
         pay_as_you_go(network=_network("vpc-none", "vsw-i-1"))),
    Case("no such vSwitch", "VSwitchNotFound", "correct vSwitchIds", "Reconciling",
         pay_as_you_go(network=_network("vpc-1", "vsw-none"))),
    Case("vSwitch of another VPC", "VSwitchInOtherVpc", "belongs to vpc-2", "Reconciling",
         pay_as_you_go(network=_network("vpc-1", "vsw-far")),
         _state(vpcs=[{"id": "vpc-2", "region": "cn-hangzhou"}],
                vSwitches=[{"id": "vsw-far", "vpcId": "vpc-2", "region": "cn-hangzhou", "zoneId": "cn-hangzhou-i",
                            "availableIps": 9}])),
    Case("vSwitches in two zones", "ZonesDiffer", "use vSwitches of one zone", "Reconciling",
         pay_as_you_go(network=_network("vpc-1", "vsw-i-1", "vsw-j-1"))),
    Case("zoneId elsewhere", "ZoneMismatch", "zoneId says cn-hangzhou-j", "Reconciling",
         pay_as_you_go(zoneId="cn-hangzhou-j")),
    Case("no free address", "AddressesExhausted", "add a vSwitch", "Reconciling",
         pay_as_you_go(network=_network("vpc-1", "vsw-full")),
         _state(vSwitches=[{"id": "vsw-full", "vpcId": "vpc-1", "region": "cn-hangzhou", "zoneId": "cn-hangzhou-i",
                            "availableIps": 0}])),
    Case("no such bucket", "BucketNotFound", "create it, or correct storage.oss.bucket", "Reconciling",
         pay_as_you_go(storage={"oss": {"bucket": "no-such-bucket"}})),
    Case("two things at once", "VpcNotFound", "2 things are missing: VPC vpc-none does not exist", "Reconciling",
         pay_as_you_go(network=_network("vpc-none", "vsw-i-1"), storage={"oss": {"bucket": "no-such-bucket"}})),
    Case("bucket in another region", "BucketInOtherRegion", "is in cn-beijing, the workspace in cn-hangzhou",
         "Reconciling", pay_as_you_go(storage={"oss": {"bucket": "far-away"}}),
         _state(buckets=[{"name": "far-away", "region": "cn-beijing"}])),
    Case("OSS not opened", "OssNotActivated", "open it in the OSS console", "Reconciling",
         pay_as_you_go(), _state(ossOpened=False)),
    Case("role not authorised", "RoleMissing", "authorise Flink", "Reconciling",
         pay_as_you_go(ramRole={"management": "Require"})),
    Case("no money, by use", "BalanceTooLow", " is too low (foasconsole.CreateInstance, code ", "Suspended",
         pay_as_you_go(), _settings(balance=1)),
    Case("no money, in advance", "BalanceTooLow", " is too low (foasconsole.CreateInstance, code ", "Suspended",
         subscription(), _settings(balance=1)),
    Case("term that is not sold", "ParametersRefused", "change the spec", "Stalled",
         subscription(subscription={"initialTerm": {"count": 5, "unit": "Month"}})),
    Case("name taken by hand", "NameTaken", "choose another workspaceName", "Stalled",
         pay_as_you_go(), _state(workspaces=[{"name": "w", "region": "cn-hangzhou"}])),
    Case("may not read the role", "PermissionMissing", "own identity) may not ram:GetRole (", "Suspended",
         pay_as_you_go(), _state(deniedActions=["ram:GetRole"])),
    Case("may not create the role", "PermissionMissing", "own identity) may not ram:CreateRole (", "Suspended",
         pay_as_you_go(), _state(deniedActions=["ram:CreateRole"])),
    Case("may not prepare anything", "PermissionMissing",
         "may not ram:CreateRole, ram:AttachPolicyToRole, oss:PutObject, vpc:DescribeVpcs (", "Suspended",
         pay_as_you_go(),
         _state(deniedActions=["ram:CreateRole", "ram:AttachPolicyToRole", "oss:PutObject", "vpc:DescribeVpcs"])),
    Case("may not look", "PermissionMissing", "own identity) may not stream:DescribeVvpInstances (", "Suspended",
         pay_as_you_go(), _state(deniedActions=["stream:DescribeVvpInstances"])),
    Case("may not buy", "PermissionMissing", "own identity) may not stream:CreateVvpInstance (", "Suspended",
         pay_as_you_go(), _state(deniedActions=["stream:CreateVvpInstance"])),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
async def test_mistake_is_named(world: World, case: Case) -> None:
    """The reason is the mistake's own, the message says what to do, and the cloud has booked
    nothing."""
    case.prepare(world.account)
    await world.apply(case.manifest)
    workspace = await world.settle("w", until=has_reason(case.reason))
    found = conditions(workspace)
    assert case.instruction in found["Ready"].message
    on = [
        type_ for type_ in ("Reconciling", "Stalled", "Suspended") if found[type_].status == "True"
    ]
    assert on == [case.stopped_by]
    assert world.account.control.purchases() == []


async def test_wrong_key_is_named(world: World) -> None:
    """With a key that the cloud does not know nothing is said about the account, and the key is
    asked for."""
    world.account.control.state(
        {"accessKeys": [{"id": world.account.access_key_id, "secret": "another"}]}
    )
    await world.apply(pay_as_you_go())
    workspace = await world.settle("w", until=has_reason("CredentialsRefused"))
    assert "give the operator a valid one" in conditions(workspace)["Ready"].message
    assert conditions(workspace)["CloudReachable"].reason == "Unauthorized"


async def test_missing_bucket_stalls_after_the_grace(world: World) -> None:
    """What is still missing after five minutes is reported as stalled; when it appears, the
    purchase goes on."""
    world.reconciler.settings = world.settings.model_copy(
        update={"prerequisite_grace_seconds": 0.001}
    )
    await world.apply(pay_as_you_go(storage={"oss": {"bucket": "to-come"}}))
    stalled = await world.settle("w", until=lambda found: conditions(found).get("Stalled", None) is not None
                                 and conditions(found)["Stalled"].status == "True")  # fmt: skip
    assert conditions(stalled)["Ready"].status == "False"
    world.account.control.state({"buckets": [{"name": "to-come", "region": "cn-hangzhou"}]})
    await world.settle("w")


async def test_paid_up_balance_goes_on_by_itself(world: World) -> None:
    """After a top-up the next order follows without a hand, and one workspace is bought."""
    world.account.control.settings(balance=1)
    await world.apply(subscription())
    await world.settle("w", until=has_reason("BalanceTooLow"))
    world.account.control.settings(balance=100000)
    await world.settle("w", stride=60)
    assert len(world.account.control.purchases()) == 1


async def test_corrected_parameters_need_no_waiting(world: World) -> None:
    """A corrected spec is bought at once; the refused order stays in the ledger."""
    await world.apply(subscription(subscription={"initialTerm": {"count": 5, "unit": "Month"}}))
    await world.settle("w", until=has_reason("ParametersRefused"))
    await world.apply(subscription(**SUBSCRIPTION))
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_role_name_is_a_setting(world: World) -> None:
    """The role that is looked for is the setting's, by default that of Flink's console."""
    assert world.settings.role_name == ROLE
