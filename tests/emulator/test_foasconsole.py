"""Buying, finding and tagging workspaces in the emulated Flink console."""

import json
from datetime import datetime, timedelta

import pytest
from alibabacloud_foasconsole20211028 import models as typed
from alibabacloud_foasconsole20211028.client import Client as TypedClient
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.models import Config

from flink_cloud_emulator.foasconsole.terms import end_of_term
from tests.emulator.sdk import BSS, Sdk, purchase
from tests.emulator_fixture import EmulatedAccount, grant_role

POST = {"ChargeType": "POST", "ResourceSpec": None, "PricingCycle": None, "Duration": None}


@pytest.fixture
def sdk(account: EmulatedAccount) -> Sdk:
    """A client of an account that may buy."""
    grant_role(account)
    return Sdk(account)


async def _code(sdk: Sdk, **changes: object) -> str:
    with pytest.raises(ClientException) as refused:
        await sdk.create(str(changes.pop("InstanceName", "a")), **changes)
    return str(refused.value.code)


async def _refused(sdk: Sdk, action: str, parameters: dict[str, object]) -> str:
    with pytest.raises(ClientException) as refused:
        await sdk.call(action, parameters)
    return str(refused.value.code)


async def test_a_subscription_is_booked_and_paid(account: EmulatedAccount, sdk: Sdk) -> None:
    """One entry in the ledger, with all that identifies the order, and the money is gone."""
    order = (await sdk.create("a", Tag='[{"Key":"k","Value":"v"}]'))["OrderInfo"]
    (booked,) = account.control.purchases()
    assert booked["instanceId"] == order["InstanceId"]
    assert booked["orderId"] == str(order["OrderId"])
    assert (booked["action"], booked["name"], booked["region"]) == (
        "CreateInstance",
        "a",
        "cn-hangzhou",
    )
    assert (booked["chargeType"], booked["amount"], booked["currency"]) == ("PRE", 3312.0, "CNY")
    assert booked["tags"] == {"k": "v"}
    assert account.control.state()["balance"] == 100_000 - 3312


async def test_pay_as_you_go_costs_nothing_at_first(account: EmulatedAccount, sdk: Sdk) -> None:
    """Without quota and term, and booked with amount 0."""
    await sdk.create("a", **POST)
    assert [(order["chargeType"], order["amount"]) for order in account.control.purchases()] == [
        ("POST", 0.0)
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Region",
        "InstanceName",
        "ChargeType",
        "VpcId",
        "VSwitchIds",
        "Storage",
        "ResourceSpec",
        "PricingCycle",
        "Duration",
    ],
)
async def test_missing_parameter(sdk: Sdk, account: EmulatedAccount, name: str) -> None:
    """What is mandatory is named when it is missing."""
    with pytest.raises(ClientException) as refused:
        await sdk.call("CreateInstance", purchase(account, "a", **{name: None}))
    assert refused.value.code == f"Missing{name}"
    assert name in refused.value.message


@pytest.mark.parametrize(
    "change",
    [
        {"Region": "mars-1"},
        {"InstanceName": "Upper"},
        {"InstanceName": "1a"},
        {"InstanceName": "a-"},
        {"InstanceName": "a" * 61},
        {"ChargeType": "FREE"},
        {"ResourceSpec": '{"Cpu":10,"MemoryGB":10}'},
        {"ResourceSpec": '{"Cpu":0,"MemoryGB":0}'},
        {"ResourceSpec": "[]"},
        {"ResourceSpec": "{"},
        {"PricingCycle": "Day"},
        {"Duration": 4},
        {"Duration": "one"},
        {"PricingCycle": "Year", "Duration": 6},
        {"AutoRenew": "perhaps"},
        {"Ha": "True"},
        {"Storage": '{"FullyManaged":true}'},
        {"ArchitectureType": "MIPS"},
        {"MonitorType": "NONE"},
        {"Tag": json.dumps([{"Key": str(n), "Value": ""} for n in range(21)])},
        {"Tag": '[{"Key":"acs:x","Value":"v"}]'},
        {"Tag": '["k"]'},
        {"VSwitchIds": "[" * 100_000},
    ],
    ids=str,
)
async def test_parameter_out_of_range(
    account: EmulatedAccount, sdk: Sdk, change: dict[str, object]
) -> None:
    """What the gateway can see to be wrong is refused by it, and nothing is booked."""
    assert await _code(sdk, **change) == "InvalidParameter"
    assert account.control.purchases() == []


async def test_what_the_product_refuses(account: EmulatedAccount, sdk: Sdk) -> None:
    """Things that do not exist or do not fit are refused with a code each, and nothing is
    booked."""
    account.control.state({"buckets": [{"name": "far", "region": "cn-beijing"}]})
    both_zones = json.dumps([account.v_switches[0], account.other_zone_v_switch])
    assert await _code(sdk, VpcId="vpc-none") == "InvalidVpcId.NotFound"
    assert await _code(sdk, VSwitchIds='["vsw-none"]') == "InvalidVSwitchId.NotFound"
    assert await _code(sdk, VSwitchIds=both_zones) == "InvalidVSwitchId.ZoneMismatch"
    assert await _code(sdk, Storage='{"Oss":{"Bucket":"none"}}') == "InvalidBucket.NotFound"
    assert await _code(sdk, Storage='{"Oss":{"Bucket":"far"}}') == "InvalidBucket.Region"
    account.control.state({"supportedZones": {"cn-hangzhou": ["cn-hangzhou-z"]}})
    assert await _code(sdk) == "ZoneNotSupported"
    account.control.state({"ossOpened": False})
    assert await _code(sdk) == "OssNotOpened"
    account.control.state({"removeRoles": ["AliyunStreamAsiDefaultRole"]})
    assert await _code(sdk) == "RoleNotAuthorized"
    assert account.control.purchases() == []


async def test_no_money(account: EmulatedAccount, sdk: Sdk) -> None:
    """A subscription needs its price, pay-as-you-go a minimum, and an unpaid order blocks both."""
    account.control.settings(balance=2759)
    assert await _code(sdk) == "InsufficientBalance"
    await sdk.create("b", **POST)
    account.control.settings(balance=99)
    assert await _code(sdk, **POST) == "InsufficientBalance"
    account.control.settings(balance=5000)
    account.control.state({"unpaidOrders": [{"orderId": "1"}]})
    assert await _code(sdk) == "ORDER.INST_HAS_UNPAID_ORDER"
    assert len(account.control.purchases()) == 1


async def test_failure_as_success(account: EmulatedAccount, sdk: Sdk) -> None:
    """In the other style a business failure comes with HTTP 200; the gateway's refusals stay as
    they are."""
    account.control.settings(failureStyle="success-false")
    body = await sdk.create("a", VpcId="vpc-none")
    assert (body["Success"], body["Code"]) == (False, "InvalidVpcId.NotFound")
    assert await _code(sdk, InstanceName="A") == "InvalidParameter"


@pytest.mark.parametrize(
    ("scope", "same", "elsewhere"),
    [("account", False, False), ("region", False, True), ("off", True, True)],
)
async def test_unique_names(
    account: EmulatedAccount, sdk: Sdk, scope: str, same: bool, elsewhere: bool
) -> None:
    """Names are unique in the account, in the region, or not at all."""
    account.control.settings(uniqueNames=scope)
    await sdk.create("here")
    account.control.state({"workspaces": [{"name": "there", "region": "cn-beijing"}]})
    for name, allowed in (("here", same), ("there", elsewhere)):
        if allowed:
            await sdk.create(name)
        else:
            assert await _code(sdk, InstanceName=name) == "InstanceNameAlreadyExists"


async def test_from_order_to_running(account: EmulatedAccount, sdk: Sdk) -> None:
    """Stages pass with the account's clock; the default namespace is there when the workspace
    runs."""
    account.control.settings(provisioningSeconds=1000)
    instance_id = (await sdk.create("a"))["OrderInfo"]["InstanceId"]
    parameters = {"Region": "cn-hangzhou", "InstanceId": instance_id}
    seen = []
    for _ in range(3):
        (one,) = (await sdk.instances(InstanceId=instance_id))["Instances"]
        namespaces = (await sdk.call("DescribeNamespaces", parameters))["body"]["Namespaces"]
        stage = one["ClusterState"]["ClusterStage"]
        seen.append((one["ClusterStatus"], stage["CurrentStage"], stage["Status"], len(namespaces)))
        account.control.advance(550)
    assert seen == [
        ("CREATING", 0, "CREATING", 0),
        ("CREATING", 2, "CREATING", 0),
        ("RUNNING", 4, "SUCCESS", 1),
    ]
    assert namespaces[0]["Namespace"] == "a-default"
    assert sum(step["Weight"] for step in stage["TotalStageWithWeight"]) == 100


async def test_creation_can_fail(account: EmulatedAccount, sdk: Sdk) -> None:
    """A failed creation never runs and says why."""
    account.control.settings(creationFails=True, provisioningSeconds=10)
    await sdk.create("a")
    account.control.advance(60)
    (one,) = (await sdk.instances())["Instances"]
    assert one["ClusterStatus"] == "CREATING"
    assert one["ClusterState"]["ClusterStage"]["Status"] == "FAILED"
    assert one["ClusterState"]["ClusterStage"]["Message"]


async def test_late_visibility(account: EmulatedAccount, sdk: Sdk) -> None:
    """Listings, look-ups by id and by tag each show a new workspace when their own delay is
    over."""
    account.control.settings(
        visibilityDelaySeconds=300, idVisibilityDelaySeconds=100, tagVisibilityDelaySeconds=200
    )
    instance_id = (await sdk.create("a", Tag='[{"Key":"k","Value":"v"}]'))["OrderInfo"][
        "InstanceId"
    ]
    seen = []
    for _ in range(4):
        looks: tuple[dict[str, str], ...] = (
            {"InstanceId": instance_id},
            {"Tags": '[{"Key":"k","Value":"v"}]'},
            {"InstanceName": "a"},
            {},
        )
        seen.append([(await sdk.instances(**look))["TotalCount"] for look in looks])
        account.control.advance(101)
    assert seen == [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1]]


async def test_missing_instance_as_code(account: EmulatedAccount, sdk: Sdk) -> None:
    """An unknown id gives an empty list, or the code that was seen in the wild."""
    assert (await sdk.instances(InstanceId="none"))["TotalCount"] == 0
    account.control.settings(missingInstance="903021")
    with pytest.raises(ClientException) as refused:
        await sdk.instances(InstanceId="none")
    assert refused.value.code == "903021"


async def test_pages(account: EmulatedAccount, sdk: Sdk) -> None:
    """Ten on a page by default, a hundred at most, and the totals on every page."""
    account.control.state({"workspaces": [{"name": f"w{n}"} for n in range(23)]})
    first, last = await sdk.instances(), await sdk.instances(PageIndex=3)
    assert (len(first["Instances"]), len(last["Instances"])) == (10, 3)
    assert {(page["TotalCount"], page["TotalPage"]) for page in (first, last)} == {(23, 3)}
    assert len((await sdk.instances(PageSize=100))["Instances"]) == 23
    assert (await sdk.instances(PageIndex=4))["Instances"] == []
    with pytest.raises(ClientException):
        await sdk.instances(PageSize=101)


async def test_filters(account: EmulatedAccount, sdk: Sdk) -> None:
    """Every filter narrows down; a region sees only its own."""
    account.control.state(
        {
            "workspaces": [
                {
                    "name": "one",
                    "tags": {"team": "a", "env": "x"},
                    "chargeType": "POST",
                    "architecture": "ARM",
                },
                {"name": "two", "tags": {"team": "b"}, "resourceGroupId": "rg-2"},
                {"name": "far", "region": "cn-beijing"},
            ]
        }
    )
    expected = [
        ({}, ["one", "two"]),
        ({"InstanceName": "two"}, ["two"]),
        ({"InstanceName": "tw"}, []),
        ({"ChargeType": "POST"}, ["one"]),
        ({"ArchitectureType": "ARM"}, ["one"]),
        ({"ResourceGroupId": "rg-2"}, ["two"]),
        ({"NamespaceName": "one-default"}, ["one"]),
        ({"Tags": '[{"Key":"team"}]'}, ["one", "two"]),
        ({"Tags": '[{"Key":"team","Value":"a"},{"Key":"env","Value":"x"}]'}, ["one"]),
        ({"Tags": '[{"Key":"team","Value":"b"},{"Key":"env","Value":"x"}]'}, []),
        ({"Region": "cn-beijing"}, ["far"]),
    ]
    for filters, names in expected:
        found = (await sdk.instances(**filters))["Instances"]
        assert sorted(one["InstanceName"] for one in found) == sorted(names), filters


async def test_tags_after_the_purchase(sdk: Sdk) -> None:
    """Tags can be added, listed and taken away."""
    instance_id = (await sdk.create("a"))["OrderInfo"]["InstanceId"]
    target = {"RegionId": "cn-hangzhou", "ResourceType": "vvpinstance", "ResourceId.1": instance_id}
    await sdk.call(
        "TagResources",
        {**target, "Tag.1.Key": "k", "Tag.1.Value": "v", "Tag.2.Key": "l", "Tag.2.Value": "w"},
    )
    await sdk.call("UntagResources", {**target, "TagKey.1": "l"})
    listed = (await sdk.call("ListTagResources", target))["body"]["TagResources"]
    assert [(tag["ResourceId"], tag["TagKey"], tag["TagValue"]) for tag in listed] == [
        (instance_id, "k", "v")
    ]
    assert (await sdk.instances(Tags='[{"Key":"k","Value":"v"}]'))["TotalCount"] == 1


async def test_prices(account: EmulatedAccount, sdk: Sdk) -> None:
    """A subscription has a price before the purchase, with 2 CU of management in it; pay-as-you-go
    only if set so.

    Asking buys nothing.
    """
    year = purchase(account, "a", PricingCycle="Year")
    info = (await sdk.call("QueryCreateInstancePrice", year))["body"]["PriceInfo"]
    assert (info["OriginalAmount"], info["DiscountAmount"], info["TradeAmount"]) == (
        39744.0,
        5961.6,
        33782.4,
    )
    by_use = purchase(account, "a", **POST)
    assert (
        "TradeAmount"
        not in (await sdk.call("QueryCreateInstancePrice", by_use))["body"]["PriceInfo"]
    )
    account.control.settings(payAsYouGoPrice=True)
    assert (await sdk.call("QueryCreateInstancePrice", by_use))["body"]["PriceInfo"][
        "TradeAmount"
    ] == 0.57
    assert account.control.purchases() == []


async def test_prices_change(account: EmulatedAccount, sdk: Sdk) -> None:
    """For all that is asked and sold from then on, or for purchases alone; in the currency of the
    account."""
    account.control.settings(priceFactor=1.5, currency="USD")
    info = (await sdk.call("QueryCreateInstancePrice", purchase(account, "a")))["body"]["PriceInfo"]
    assert (info["TradeAmount"], info["Currency"]) == (4968.0, "USD")
    await sdk.create("a")
    account.control.settings(purchasePriceFactor=2)
    assert (await sdk.call("QueryCreateInstancePrice", purchase(account, "b")))["body"][
        "PriceInfo"
    ] == info
    await sdk.create("b")
    bought = account.control.purchases()
    assert [(each["amount"], each["currency"]) for each in bought] == [
        (4968.0, "USD"),
        (6624.0, "USD"),
    ]


async def test_release(account: EmulatedAccount, sdk: Sdk) -> None:
    """Pay-as-you-go is released once it runs, which takes a while; a subscription is not."""
    by_use = {
        "Region": "cn-hangzhou",
        "InstanceId": (await sdk.create("a", **POST))["OrderInfo"]["InstanceId"],
    }
    paid = {
        "Region": "cn-hangzhou",
        "InstanceId": (await sdk.create("b"))["OrderInfo"]["InstanceId"],
    }
    assert await _refused(sdk, "DeleteInstance", by_use) == "OperationConflict"
    account.control.advance(8)
    await sdk.call("DeleteInstance", by_use)
    assert (await sdk.instances(InstanceName="a"))["Instances"][0]["ClusterStatus"] == "DELETING"
    assert await _refused(sdk, "DeleteInstance", by_use) == "OperationConflict"
    account.control.advance(8)
    assert await _refused(sdk, "DeleteInstance", by_use) == "903021"
    assert await _refused(sdk, "DeleteInstance", paid) == "InvalidChargeType"
    assert [one["InstanceName"] for one in (await sdk.instances())["Instances"]] == ["b"]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-24T00:18:15Z", 1, "2026-12-24T16:00:00Z"),
        ("2026-11-24T15:59:59Z", 1, "2026-12-24T16:00:00Z"),
        ("2026-11-24T16:00:00Z", 1, "2026-12-25T16:00:00Z"),
        ("2026-01-31T01:00:00Z", 1, "2026-02-28T16:00:00Z"),
        ("2027-12-31T01:00:00Z", 2, "2028-02-29T16:00:00Z"),
        ("2026-11-24T00:00:00Z", 12, "2027-11-24T16:00:00Z"),
    ],
)
def test_paid_time_ends_at_midnight(start: str, months: int, end: str) -> None:
    """In UTC+8, on the day after the last day of calendar months."""
    assert end_of_term(datetime.fromisoformat(start), months) == datetime.fromisoformat(end)


async def test_what_has_expired_is_kept_for_a_while(account: EmulatedAccount, sdk: Sdk) -> None:
    """CEASE from its end on; 15 days later it is gone."""
    now = account.control.now()
    account.control.state(
        {"workspaces": [{"name": "a", "expiresAt": (now + timedelta(days=1)).isoformat()}]}
    )
    shown = []
    for days in (0, 1, 14, 1):
        account.control.advance(days * 86400)
        shown.append([one["OrderState"] for one in (await sdk.instances())["Instances"]])
    assert shown == [["NORMAL"], ["CEASE"], ["CEASE"], []]


async def test_what_is_overdue_is_kept_for_a_while(account: EmulatedAccount, sdk: Sdk) -> None:
    """RELEASE means that pay-as-you-go is overdue, not that it is gone; paying in ends it, 15 days
    are the end."""
    account.control.state(
        {"workspaces": [{"name": "a", "chargeType": "POST"}, {"name": "b"}], "balance": -1}
    )
    shown = {one["InstanceName"]: one["OrderState"] for one in (await sdk.instances())["Instances"]}
    assert shown == {"a": "RELEASE", "b": "NORMAL"}
    account.control.settings(balance=0)
    assert {one["OrderState"] for one in (await sdk.instances())["Instances"]} == {"NORMAL"}
    account.control.settings(balance=-1)
    assert len((await sdk.instances())["Instances"]) == 2
    account.control.advance(15 * 86400)
    assert [one["InstanceName"] for one in (await sdk.instances())["Instances"]] == ["b"]


async def test_the_default_project_has_what_it_is_given(account: EmulatedAccount, sdk: Sdk) -> None:
    """All, unless said; members that nothing is known of are refused, and not left out."""
    spec = '{"Cpu":3,"MemoryGB":12}'
    account.control.settings(provisioningSeconds=0)
    found = (await sdk.create("a", DefaultNamespaceResourceSpec=spec))["OrderInfo"]
    of_it = {"Region": account.region, "InstanceId": found["InstanceId"]}
    (project,) = (await sdk.call("DescribeNamespaces", of_it))["body"]["Namespaces"]
    assert project["GuaranteedResourceSpec"] == {"Cpu": 3, "MemoryGB": 12}
    refused = (
        {"DefaultNamespaceResourceSpec": '{"Cpu":11,"MemoryGB":44}'},
        {"ResourceSpec": '{"Cpu":10,"MemoryGB":40,"Gpu":1}'},
        {"Storage": f'{{"Oss":{{"Bucket":"{account.bucket}"}},"Nas":{{}}}}'},
        {"Tag": '[{"Key":"k","Value":"v","Scope":"x"}]'},
        {"Tag": json.dumps([{"Key": "k", "Value": "x" * 65}])},
        {"HaResourceSpec": spec},
        {"PromotionCode": "x"},
        {"UsePromotionCode": "True"},
        {"Extra": "x"},
        {"ZoneId": "cn-hangzhou-i"},
    )
    assert {await _code(sdk, **{"InstanceName": "b", **change}) for change in refused} == {
        "InvalidParameter"
    }
    assert len(account.control.purchases()) == 1


async def test_the_zone_may_be_left_out(account: EmulatedAccount, sdk: Sdk) -> None:
    """As it may be in the real answers by now."""
    account.control.settings(zoneShown=False)
    await sdk.create("a")
    (one,) = (await sdk.instances())["Instances"]
    assert "ZoneId" not in one
    assert one["VSwitchInfo"][0]["ZoneId"] == "cn-hangzhou-i"


async def test_regions_and_zones(account: EmulatedAccount, sdk: Sdk) -> None:
    """Where one can buy is asked at run time."""
    regions = (await sdk.call("DescribeSupportedRegions"))["body"]["Regions"]
    assert "cn-hangzhou" in [region["Region"] for region in regions]
    account.control.state({"supportedZones": {"cn-hangzhou": ["cn-hangzhou-i"]}})
    zones = (await sdk.call("DescribeSupportedZones", {"Region": "cn-hangzhou"}))["body"]["ZoneIds"]
    assert zones == ["cn-hangzhou-i"]


async def test_the_bill_tells_of_the_purchase(account: EmulatedAccount, sdk: Sdk) -> None:
    """Orders of the last hour are listed, paid and unpaid; the detail names the instance."""
    order = (await sdk.create("a"))["OrderInfo"]
    account.control.state({"unpaidOrders": [{"orderId": "77", "amount": 5}]})
    data = (await sdk.call("QueryOrders", version=BSS))["body"]["Data"]
    assert {(one["OrderId"], one["PaymentStatus"]) for one in data["OrderList"]["Order"]} == {
        (str(order["OrderId"]), "Paid"),
        ("77", "Unpaid"),
    }
    detail = (await sdk.call("GetOrderDetail", {"OrderId": str(order["OrderId"])}, version=BSS))[
        "body"
    ]["Data"]
    assert order["InstanceId"] in detail["OrderList"]["Order"][0]["InstanceIDs"]
    balance = (await sdk.call("QueryAccountBalance", version=BSS))["body"]["Data"][
        "AvailableAmount"
    ]
    assert balance == "96,688.00"


async def test_the_typed_client_reads_every_field(account: EmulatedAccount, sdk: Sdk) -> None:
    """The product's own SDK parses the answer, types included; it carries a secret that must not
    leak."""
    await sdk.create("a", Tag='[{"Key":"k","Value":"v"}]')
    config = Config(
        access_key_id=account.access_key_id,
        access_key_secret=account.access_key_secret,
        endpoint=account.endpoint,
        protocol="HTTP",
        region_id=account.region,
    )
    request = typed.DescribeInstancesRequest(
        region=account.region, tags=[typed.DescribeInstancesRequestTags(key="k", value="v")]
    )
    answer = await TypedClient(config).describe_instances_async(request)
    (one,) = answer.body.instances
    assert (one.instance_name, one.uid, one.zone_id) == ("a", account.id, "cn-hangzhou-i")
    assert one.v_switch_info[0].available_ip_address_count == "250"
    assert one.resource_spec.cpu == 10
    assert one.resource_expired_time % 86_400_000 == 16 * 3_600_000
    assert one.oss_info.access_key
