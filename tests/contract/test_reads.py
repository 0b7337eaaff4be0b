"""What the port reads from Flink's console, RAM, STS and VPC, and what it takes refusals for."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
from flink_workspace_operator.core.facts.failures import (
    NotFound,
    ParametersRefused,
    PermissionMissing,
    ServerError,
    Throttled,
    UnpaidOrder,
    Unreachable,
)
from flink_workspace_operator.core.facts.key_failures import CredentialsRefused
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Policy,
    Role,
    SeenNetwork,
    SeenVSwitch,
)
from flink_workspace_operator.settings import Settings
from tests.contract.clients import (
    NAME,
    network,
    open_cloud,
    parameters,
    pay_as_you_go,
    static_keys,
    target,
)
from tests.emulator_fixture import ROLE, EmulatedAccount, grant_role
from tests.patience import patience


async def test_the_account_is_asked_for_once_for_a_key(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """The account of a key never changes."""
    assert {(await cloud.identify()).account_id, (await cloud.identify()).account_id} == {
        account.id
    }
    assert len(account.control.calls("sts.GetCallerIdentity")) == 1


async def test_a_failed_question_for_the_account_is_asked_again(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Only answers are kept."""
    account.control.faults([{"fault": "server-error", "times": 1}])
    with pytest.raises(ServerError):
        await cloud.identify()
    assert (await cloud.identify()).account_id == account.id


@pytest.mark.parametrize("key", [("nobody", "secret"), (None, "wrong")])
async def test_a_wrong_key_is_refused_everywhere(
    account: EmulatedAccount, key: tuple[str | None, str]
) -> None:
    """An unknown key id and a wrong secret are both told as credentials."""
    keys = static_keys(key[0] or account.access_key_id, key[1])
    cloud = AlibabaCloud(Settings(endpoint=account.url, read_timeout_seconds=patience(2)), keys)
    for question in (
        cloud.identify(),
        cloud.list_regions(),
        cloud.find_role(ROLE),
        cloud.describe_bucket(account.region, account.bucket, ()),
    ):
        with pytest.raises(CredentialsRefused):
            await question
    await cloud.close()


async def test_without_a_server_nothing_is_reached(account: EmulatedAccount) -> None:
    """A refused connection is no answer."""
    settings = Settings(endpoint="http://127.0.0.1:9", read_timeout_seconds=patience(2))
    cloud = AlibabaCloud(settings, static_keys(account.access_key_id, account.access_key_secret))
    for question in (cloud.identify(), cloud.describe_bucket(account.region, account.bucket, ())):
        with pytest.raises(Unreachable):
            await question
    await cloud.close()


async def test_offers_are_asked_for_once_an_hour(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Regions, and zones of a region and architecture, are kept."""
    for _ in range(2):
        assert account.region in await cloud.list_regions()
        assert f"{account.region}-i" in await cloud.list_zones(account.region, "X86")
    await cloud.list_zones(account.region, "ARM")
    assert len(account.control.calls("foasconsole.DescribeSupportedRegions")) == 1
    assert len(account.control.calls("foasconsole.DescribeSupportedZones")) == 2


async def test_an_instance_is_read_in_our_words(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Charge type, monitoring, size, times, network, storage and tags."""
    created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    expires = datetime(2040, 2, 2, 16, tzinfo=UTC)
    workspace = {
        "name": NAME,
        "instanceId": "by-hand-1",
        "chargeType": "PRE",
        "monitorType": "TAIHAO",
        "cu": 12,
        "bucket": account.bucket,
        "vpcId": account.vpc,
        "vSwitchIds": list(account.v_switches),
        "tags": {"team": "data"},
        "createdAt": created.isoformat(),
        "expiresAt": expires.isoformat(),
    }
    account.control.state({"workspaces": [workspace]})
    (seen,) = (await cloud.list_instances(account.region, timedelta(0))).instances
    assert (seen.instance_id, seen.name, seen.region, seen.cluster_status) == (
        "by-hand-1",
        NAME,
        account.region,
        "RUNNING",
    )
    assert (seen.charge_type, seen.monitoring, seen.cu) == ("Subscription", "CloudMonitor", 12)
    assert (seen.create_time, seen.expire_time) == (created, expires)
    assert (seen.vpc_id, seen.v_switch_ids, seen.bucket) == (
        account.vpc,
        account.v_switches,
        account.bucket,
    )
    assert seen.tags == {"team": "data"}
    assert seen.percent == 100
    assert (seen.workspace_id, seen.load_balancer) == (seen.workspace_id, f"lb-{seen.workspace_id}")


async def test_a_failed_creation_shows_its_stage(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """The cloud's words about the stage come along."""
    account.control.state({"workspaces": [{"name": NAME, "fails": True}]})
    (seen,) = (await cloud.list_instances(account.region, timedelta(0))).instances
    assert (seen.stage_status, seen.stage, seen.percent) == (
        "FAILED",
        "Create cluster resources",
        10,
    )
    assert seen.message is not None
    assert "insufficient stock" in seen.message


async def test_a_missing_permission_names_the_action_to_grant(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Also where the refusal itself does not name it."""
    account.control.state({"deniedActions": ["stream:DescribeVvpInstances"]})
    with pytest.raises(PermissionMissing) as told:
        await cloud.list_instances(account.region, timedelta(0))
    account.control.faults([{"fault": "reject", "code": "Forbidden.RAM", "httpStatus": 403}])
    with pytest.raises(PermissionMissing) as known:
        await cloud.find_role(ROLE)
    assert told.value.action == "stream:DescribeVvpInstances"
    assert known.value.action == "ram:GetRole, ram:ListPoliciesForRole"


async def test_all_rights_that_one_question_needs_are_missed_at_once(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """The first one that is missing hides no other: a person grants them in one go."""
    account.control.state({"deniedActions": ["vpc:DescribeVpcs", "vpc:DescribeVSwitches"]})
    with pytest.raises(PermissionMissing) as told:
        await cloud.describe_network(account.region, network(account))
    assert told.value.action == "vpc:DescribeVpcs, vpc:DescribeVSwitches"
    account.control.state({"deniedActions": ["vpc:DescribeVpcs"]})
    with pytest.raises(PermissionMissing) as told:
        await cloud.describe_network(account.region, network(account))
    assert told.value.action == "vpc:DescribeVpcs"


async def test_the_identity_of_a_key_is_known_by_its_arn(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Messages name whoever lacks a right."""
    assert str((await cloud.identify()).arn).startswith(f"acs:ram::{account.id}:")


async def test_throttling_tells_when_to_come_back(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """In seconds, where the cloud says it in milliseconds."""
    account.control.faults(
        [{"fault": "throttle", "retryAfterMs": 2500, "times": 1}, {"fault": "throttle"}]
    )
    with pytest.raises(Throttled) as timed:
        await cloud.find_role(ROLE)
    with pytest.raises(Throttled) as untimed:
        await cloud.find_role(ROLE)
    assert (timed.value.retry_after, untimed.value.retry_after) == (2.5, None)


async def test_a_role_is_found_made_and_completed(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Making and attaching are fine when done twice, and tell which time it was made."""
    assert await cloud.find_role(ROLE) == Absent()
    policy = Policy("AliyunDLFFullAccess")
    assert await cloud.create_role(ROLE, "stream.aliyuncs.com")
    assert await cloud.attach_policy(ROLE, policy)
    assert not await cloud.create_role(ROLE, "stream.aliyuncs.com")
    assert not await cloud.attach_policy(ROLE, policy)
    role = await cloud.find_role(ROLE)
    assert isinstance(role, Role)
    assert (role.name, role.policies) == (ROLE, frozenset({policy}))
    assert role.arn.startswith(f"acs:ram::{account.id}:role/")


async def test_a_policy_that_does_not_exist_is_not_found(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """A wrong name in the settings is told as such."""
    grant_role(account)
    with pytest.raises(NotFound):
        await cloud.attach_policy(ROLE, Policy("NoSuchPolicy"))


@pytest.mark.parametrize("missing", ["empty", "error"])
async def test_v_switches_of_the_vpc_are_found(
    cloud: AlibabaCloud, account: EmulatedAccount, missing: str
) -> None:
    """In the order in which they are wanted; those that do not exist are left out, however the
    cloud says it."""
    account.control.settings(missingNetwork=missing)
    wanted = (account.v_switches[1], "vsw-missing", account.other_zone_v_switch)
    seen = await cloud.describe_network(account.region, network(account, *wanted))
    assert seen == SeenNetwork(
        True,
        (
            SeenVSwitch(account.v_switches[1], account.vpc, f"{account.region}-i", 250),
            SeenVSwitch(account.other_zone_v_switch, account.vpc, f"{account.region}-j", 250),
        ),
    )


async def test_a_vpc_that_is_not_there_yet_has_no_v_switches(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """Although its list already showed it: the code is no missing permission."""
    rule = {
        "action": "DescribeVSwitches",
        "fault": "reject",
        "code": "Forbidden.VpcNotFound",
        "httpStatus": 403,
    }
    account.control.faults([rule])
    assert await cloud.describe_network(account.region, network(account)) == SeenNetwork(True, ())


async def test_a_v_switch_is_found_on_the_last_page(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """A VPC can hold more vSwitches than a page."""
    zone = f"{account.region}-i"
    more = [
        {"id": f"vsw-{number:03}", "vpcId": account.vpc, "region": account.region, "zoneId": zone}
        for number in range(120)
    ]
    account.control.state({"vSwitches": more})
    seen = await cloud.describe_network(account.region, network(account, "vsw-119"))
    assert [each.id for each in seen.v_switches] == ["vsw-119"]


async def test_a_v_switch_of_another_vpc_shows_that_vpc(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """So that a person can be told what is wrong with it."""
    other = {
        "id": "vsw-else",
        "vpcId": "vpc-2",
        "region": account.region,
        "zoneId": f"{account.region}-i",
    }
    account.control.state(
        {"vpcs": [{"id": "vpc-2", "region": account.region}], "vSwitches": [other]}
    )
    seen = await cloud.describe_network(account.region, network(account, "vsw-else"))
    assert [(each.id, each.vpc_id) for each in seen.v_switches] == [("vsw-else", "vpc-2")]


async def test_a_missing_vpc_is_seen_as_missing(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """An unknown id is an empty list, which is an answer."""
    account.control.state({"removeVpcs": [account.vpc]})
    assert not (await cloud.describe_network(account.region, network(account))).vpc_exists


async def test_a_subscription_has_a_price_for_its_term(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """As decimal text, without the noise of binary fractions."""
    year = parameters(account, subscription={"initial_term": {"count": 12, "unit": "Month"}})
    quote = await cloud.quote(target(account), year)
    assert (quote.basis, quote.currency) == ("Term", "CNY")
    assert (quote.original_amount, quote.discount_amount, quote.trade_amount) == (
        "39744.00",
        "5961.60",
        "33782.40",
    )


@pytest.mark.parametrize(("told", "amount"), [(False, None), (True, "0.57")])
async def test_use_has_a_price_only_where_the_cloud_tells_it(
    cloud: AlibabaCloud, account: EmulatedAccount, told: bool, amount: str | None
) -> None:
    """No price is an answer for what is billed by use."""
    account.control.settings(payAsYouGoPrice=told)
    quote = await cloud.quote(target(account), pay_as_you_go(account))
    assert (quote.basis, quote.trade_amount) == ("Hour", amount)


async def test_a_price_with_a_problem_is_the_problem(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """An unpaid order shows as a code inside of the price."""
    account.control.state({"unpaidOrders": [{"orderId": "1"}]})
    with pytest.raises(UnpaidOrder):
        await cloud.quote(target(account), parameters(account))


async def test_a_term_that_is_not_sold_has_no_price(
    cloud: AlibabaCloud, account: EmulatedAccount
) -> None:
    """The cloud has the last word on terms."""
    eleven = parameters(account, subscription={"initial_term": {"count": 11, "unit": "Month"}})
    with pytest.raises(ParametersRefused):
        await cloud.quote(target(account), eleven)


async def test_the_loop_is_free_while_the_cloud_is_slow(account: EmulatedAccount) -> None:
    """Many questions wait at the same time."""
    account.control.faults([{"fault": "delay", "ms": 400}])
    cloud = open_cloud(account, read_timeout_seconds=10)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(cloud.find_role(f"Role{number}") for number in range(10)))
    assert loop.time() - began < patience(3)
    await cloud.close()
