"""VPC of the emulator, driven by the official SDK."""

import pytest
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client

from tests.emulator.clients import refusal, rpc_config
from tests.emulator_fixture import EmulatedAccount

REGION = "cn-hangzhou"


def v_switch(number: int, **more: object) -> dict[str, object]:
    return {
        "id": f"vsw-{number}",
        "vpcId": "vpc-a",
        "region": REGION,
        "zoneId": f"{REGION}-i",
        **more,
    }


@pytest.fixture
async def client(account: EmulatedAccount) -> Client:
    """A client of an account with two VPCs in the region, one elsewhere, and twelve vSwitches in
    the first."""
    account.control.state(
        {
            "removeVpcs": [account.vpc],
            "vpcs": [
                {"id": "vpc-a", "region": REGION, "name": "main"},
                {"id": "vpc-b", "region": REGION, "status": "Pending"},
                {"id": "vpc-c", "region": "cn-beijing"},
            ],
            "vSwitches": [v_switch(number) for number in range(12)],
        }
    )
    return Client(rpc_config(account))


async def list_v_switches(client: Client, **wanted: object) -> vpc.DescribeVSwitchesResponseBody:
    return (await client.describe_vswitches_async(vpc.DescribeVSwitchesRequest(**wanted))).body


async def test_vpcs_of_a_region_are_listed(client: Client) -> None:
    """DescribeVpcs knows only the asked region, and tells status and vSwitches."""
    body = (await client.describe_vpcs_async(vpc.DescribeVpcsRequest(region_id=REGION))).body
    assert [(entry.vpc_id, entry.status) for entry in body.vpcs.vpc] == [
        ("vpc-a", "Available"),
        ("vpc-b", "Pending"),
    ]
    assert len(body.vpcs.vpc[0].v_switch_ids.v_switch_id) == 12
    assert body.total_count == 2


async def test_several_vpcs_are_asked_for_at_once(client: Client) -> None:
    """VpcId takes a comma list; what is unknown or elsewhere is just not in the answer."""
    request = vpc.DescribeVpcsRequest(region_id=REGION, vpc_id="vpc-b,vpc-c,vpc-unknown")
    body = (await client.describe_vpcs_async(request)).body
    assert [entry.vpc_id for entry in body.vpcs.vpc] == ["vpc-b"]


async def test_unknown_ids_give_an_empty_list(client: Client) -> None:
    """The list actions never answer not-found."""
    body = (
        await client.describe_vpcs_async(vpc.DescribeVpcsRequest(region_id=REGION, vpc_id="vpc-x"))
    ).body
    assert (body.total_count, body.vpcs.vpc) == (0, [])
    switches = await list_v_switches(client, region_id=REGION, v_switch_id="vsw-x")
    assert (switches.total_count, switches.v_switches.v_switch) == (0, [])


async def test_v_switches_come_in_pages_of_ten(client: Client) -> None:
    """Ten entries by default; the rest is on the next page, and TotalCount counts all."""
    first = await list_v_switches(client, vpc_id="vpc-a")
    second = await list_v_switches(client, vpc_id="vpc-a", page_number=2)
    third = await list_v_switches(client, vpc_id="vpc-a", page_number=3)
    assert [len(page.v_switches.v_switch) for page in (first, second, third)] == [10, 2, 0]
    assert (first.total_count, first.page_size, second.page_number) == (12, 10, 2)
    ids = {entry.v_switch_id for page in (first, second) for entry in page.v_switches.v_switch}
    assert len(ids) == 12


@pytest.mark.parametrize(("size", "number"), [(51, 1), (0, 1), (10, 0)])
async def test_pages_out_of_range_are_refused(client: Client, size: int, number: int) -> None:
    """At most 50 entries a page; pages count from 1."""
    call = list_v_switches(client, vpc_id="vpc-a", page_size=size, page_number=number)
    assert await refusal(call) == (400, "InvalidParameter")


async def test_v_switches_are_narrowed_down(account: EmulatedAccount, client: Client) -> None:
    """VSwitchId and ZoneId filter together with the region."""
    account.control.state({"vSwitches": [v_switch(99, zoneId=f"{REGION}-k", status="Pending")]})
    body = await list_v_switches(client, region_id=REGION, zone_id=f"{REGION}-k")
    assert [(entry.v_switch_id, entry.status) for entry in body.v_switches.v_switch] == [
        ("vsw-99", "Pending")
    ]
    assert (
        await list_v_switches(client, region_id="cn-beijing", v_switch_id="vsw-99")
    ).total_count == 0


async def test_free_addresses_change_behind_the_back(
    account: EmulatedAccount, client: Client
) -> None:
    """AvailableIpAddressCount is what the test last set."""
    account.control.state({"vSwitches": [v_switch(0, availableIps=3)]})
    body = await list_v_switches(client, region_id=REGION, v_switch_id="vsw-0")
    assert body.v_switches.v_switch[0].available_ip_address_count == 3
    request = vpc.DescribeVSwitchAttributesRequest(v_switch_id="vsw-0")
    assert (
        await client.describe_vswitch_attributes_async(request)
    ).body.available_ip_address_count == 3


async def test_attribute_actions_answer_not_found(client: Client) -> None:
    """Unlike the lists; the spelling of the codes differs between the two, as in the real
    service."""
    request = vpc.DescribeVpcAttributeRequest(region_id=REGION, vpc_id="vpc-a")
    assert (await client.describe_vpc_attribute_async(request)).body.vpc_name == "main"
    elsewhere = client.describe_vpc_attribute_async(
        vpc.DescribeVpcAttributeRequest(region_id=REGION, vpc_id="vpc-c")
    )
    assert await refusal(elsewhere) == (404, "InvalidVpcId.NotFound")
    unknown = client.describe_vswitch_attributes_async(
        vpc.DescribeVSwitchAttributesRequest(v_switch_id="vsw-x")
    )
    assert await refusal(unknown) == (404, "InvalidVswitchID.NotFound")


async def test_a_list_may_answer_not_found_too(account: EmulatedAccount, client: Client) -> None:
    """With `missingNetwork`; the real page of DescribeVSwitches lists both codes."""
    account.control.settings(missingNetwork="error")
    missing = list_v_switches(client, region_id=REGION, v_switch_id="vsw-x")
    assert await refusal(missing) == (404, "InvalidVSwitchId.NotFound")
    assert await refusal(list_v_switches(client, vpc_id="vpc-x")) == (403, "Forbidden.VpcNotFound")
    assert (await list_v_switches(client, vpc_id="vpc-a")).total_count == 12


async def test_where_to_look_must_be_said(client: Client) -> None:
    """DescribeVSwitches needs a region or a VPC."""
    assert await refusal(list_v_switches(client, v_switch_id="vsw-0")) == (400, "MissingRegionId")


async def test_a_denied_action_names_itself(account: EmulatedAccount, client: Client) -> None:
    """Without the permission the answer is 403 NoPermission; other actions still work."""
    account.control.state({"deniedActions": ["vpc:DescribeVpcs"]})
    request = vpc.DescribeVpcsRequest(region_id=REGION)
    assert await refusal(client.describe_vpcs_async(request)) == (403, "NoPermission")
    assert (await list_v_switches(client, vpc_id="vpc-a")).total_count == 12
