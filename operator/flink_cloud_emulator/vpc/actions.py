"""Looking at networks and vSwitches.

The list actions answer unknown ids with an empty list, unless set otherwise.

Source of the codes: the page of DescribeVSwitches, InvalidVSwitchId.NotFound (404) and
Forbidden.VpcNotFound.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from flink_cloud_emulator.http import CloudError
from flink_cloud_emulator.rpc import Answer, RpcAction, RpcCall, RpcService, invalid, missing
from flink_cloud_emulator.vpc.state import Vpc, VpcState, VSwitch

_DEFAULT_PAGE, _LARGEST_PAGE = 10, 50
_MOST_IDS = 20
_CREATED = "2024-01-01T00:00:00Z"
_REGION = re.compile(r"[a-z]{2,5}(-[a-z0-9]{1,20}){1,4}")
_T = TypeVar("_T")


def describe_vpcs(call: RpcCall) -> Answer:
    """The networks of a region, or those of up to 20 ids, page by page."""
    region, name = _region(call.require("RegionId")), call.text("VpcName")
    ids = [text.strip() for text in (call.text("VpcId") or "").split(",") if text.strip()]
    if len(ids) > _MOST_IDS:
        raise invalid("VpcId", f"names more than {_MOST_IDS} ids")
    state = call.account.vpc
    found = [
        vpc
        for vpc in state.vpcs.values()
        if vpc.region == region and (not ids or vpc.id in ids) and name in (None, vpc.name)
    ]
    return _page(call, found, "Vpcs", "Vpc", lambda vpc: _describe_vpc(vpc, state, call.account.id))


def describe_v_switches(call: RpcCall) -> Answer:
    """The vSwitches of a region or network, narrowed down by id, zone and name, page by page."""
    if not call.text("RegionId") and not call.text("VpcId"):
        raise missing("RegionId")
    _region(call.text("RegionId"))
    found = [
        v_switch
        for v_switch in call.account.vpc.v_switches.values()
        if _is_asked_for(v_switch, call)
    ]
    if call.account.settings.missing_network == "error":
        _refuse_what_is_missing(call, found)
    return _page(
        call,
        found,
        "VSwitches",
        "VSwitch",
        lambda v_switch: _describe_v_switch(v_switch, call.account.id),
    )


def _refuse_what_is_missing(call: RpcCall, found: Sequence[VSwitch]) -> None:
    if call.text("VpcId") not in (None, *call.account.vpc.vpcs):
        raise CloudError(403, "Forbidden.VpcNotFound", "Specified VPC can not found.")
    if call.text("VSwitchId") and not found:
        raise CloudError(
            404, "InvalidVSwitchId.NotFound", "Specified virtual switch can not found."
        )


def describe_vpc_attribute(call: RpcCall) -> Answer:
    """One network in detail."""
    vpc = call.account.vpc.vpcs.get(call.require("VpcId"))
    if vpc is None or call.text("RegionId") not in (None, vpc.region):
        raise CloudError(404, "InvalidVpcId.NotFound", "Specified VPC does not exist.")
    return _describe_vpc(vpc, call.account.vpc, call.account.id)


def describe_v_switch_attributes(call: RpcCall) -> Answer:
    """One vSwitch in detail."""
    v_switch = call.account.vpc.v_switches.get(call.require("VSwitchId"))
    if v_switch is None or call.text("RegionId") not in (None, v_switch.region):
        # The real service spells this code in several ways; clients must not compare the case.
        raise CloudError(
            404, "InvalidVswitchID.NotFound", "Specified virtual switch does not exist."
        )
    return _describe_v_switch(v_switch, call.account.id)


def _region(region: str | None) -> str | None:
    """The region. Of all that exist nothing is known here: what can be none is refused."""
    if region is not None and not _REGION.fullmatch(region):
        message = "The RegionId provided does not exist in our records."
        raise CloudError(404, "InvalidRegionId.NotFound", message)
    return region


def _is_asked_for(v_switch: VSwitch, call: RpcCall) -> bool:
    asked = {
        "RegionId": v_switch.region,
        "VpcId": v_switch.vpc_id,
        "VSwitchId": v_switch.id,
        "ZoneId": v_switch.zone_id,
        "VSwitchName": v_switch.name,
    }
    return all(call.text(parameter) in (None, value) for parameter, value in asked.items())


def _page(
    call: RpcCall, found: Sequence[_T], plural: str, singular: str, describe: Callable[[_T], Answer]
) -> Answer:
    number = call.number("PageNumber", 1) or 0
    size = call.number("PageSize", _DEFAULT_PAGE) or 0
    if number < 1:
        raise invalid("PageNumber", "must be at least 1")
    if not 1 <= size <= _LARGEST_PAGE:
        raise invalid("PageSize", f"must be 1 to {_LARGEST_PAGE}")
    shown = found[(number - 1) * size : number * size]
    return {
        "TotalCount": len(found),
        "PageNumber": number,
        "PageSize": size,
        plural: {singular: [describe(entry) for entry in shown]},
    }


def _describe_vpc(vpc: Vpc, state: VpcState, account_id: str) -> Answer:
    return {
        "VpcId": vpc.id,
        "VpcName": vpc.name,
        "Status": vpc.status,
        "CidrBlock": vpc.cidr,
        "RegionId": vpc.region,
        "OwnerId": int(account_id),
        "ResourceGroupId": "rg-default",
        "IsDefault": False,
        "CreationTime": _CREATED,
        "VSwitchIds": {
            "VSwitchId": [entry.id for entry in state.v_switches.values() if entry.vpc_id == vpc.id]
        },
        "SecondaryCidrBlocks": {"SecondaryCidrBlock": []},
        "Tags": {"Tag": []},
    }


def _describe_v_switch(v_switch: VSwitch, account_id: str) -> Answer:
    return {
        "VSwitchId": v_switch.id,
        "VSwitchName": v_switch.name,
        "VpcId": v_switch.vpc_id,
        "ZoneId": v_switch.zone_id,
        "CidrBlock": v_switch.cidr,
        "Status": v_switch.status,
        "AvailableIpAddressCount": v_switch.available_ips,
        "OwnerId": int(account_id),
        "ResourceGroupId": "rg-default",
        "IsDefault": False,
        "CreationTime": _CREATED,
        "ShareType": "",
        "Tags": {"Tag": []},
    }


_PAGE = ("RegionId", "PageNumber", "PageSize")
_OF_V_SWITCHES = ("VpcId", "VSwitchId", "ZoneId", "VSwitchName")

SERVICE = RpcService(
    name="vpc",
    version="2016-04-28",
    actions={
        "DescribeVpcs": RpcAction(
            describe_vpcs, (*_PAGE, "VpcId", "VpcName"), permission="vpc:DescribeVpcs"
        ),
        "DescribeVSwitches": RpcAction(
            describe_v_switches, (*_PAGE, *_OF_V_SWITCHES), permission="vpc:DescribeVSwitches"
        ),
        "DescribeVpcAttribute": RpcAction(
            describe_vpc_attribute, ("RegionId", "VpcId"), permission="vpc:DescribeVpcAttribute"
        ),
        "DescribeVSwitchAttributes": RpcAction(
            describe_v_switch_attributes,
            ("RegionId", "VSwitchId"),
            permission="vpc:DescribeVSwitchAttributes",
        ),
    },
)
