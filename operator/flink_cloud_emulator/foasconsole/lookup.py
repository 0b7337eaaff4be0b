"""Reads: what exists, and where one can buy."""

from typing import Any

from flink_cloud_emulator.foasconsole import regions
from flink_cloud_emulator.foasconsole.answer import describe_default_namespace, describe_workspace
from flink_cloud_emulator.foasconsole.checks import supported_zones
from flink_cloud_emulator.foasconsole.lifecycle import progress, shown_tags, visible
from flink_cloud_emulator.foasconsole.parameters import read_region
from flink_cloud_emulator.foasconsole.purchase import NOT_FOUND
from flink_cloud_emulator.foasconsole.state import Workspace
from flink_cloud_emulator.http import BusinessError
from flink_cloud_emulator.rpc import Answer, RpcCall, invalid

_DEFAULT_PAGE, _LARGEST_PAGE = 10, 100


def describe_instances(call: RpcCall) -> Answer:
    """The workspaces of a region that fit all filters and are visible yet, oldest first."""
    region, tags = read_region(call), _tag_filter(call)
    delay = _visibility_delay(call, by_tag=bool(tags))
    found = [
        workspace
        for workspace in call.account.foasconsole.workspaces.values()
        if workspace.region == region
        and visible(workspace, call.now, delay)
        and _fits(call, workspace, tags)
    ]
    if (
        not found
        and call.text("InstanceId")
        and call.account.settings.missing_instance == NOT_FOUND
    ):
        raise BusinessError(NOT_FOUND, "The instance does not exist.")
    found.sort(key=lambda workspace: (workspace.created_at, workspace.instance_id))
    envelope, page = _paged(call, found)
    return {
        **envelope,
        "Instances": [describe_workspace(each, call.account, call.now) for each in page],
    }


def describe_namespaces(call: RpcCall) -> Answer:
    """The default namespace of a workspace, once it runs."""
    region, wanted = read_region(call), call.text("Namespace")
    workspace = call.account.foasconsole.workspaces.get(call.require("InstanceId"))
    if workspace is None or workspace.region != region:
        raise BusinessError(NOT_FOUND, "The instance does not exist.")
    running = progress(workspace, call.now).cluster_status == "RUNNING"
    found = [describe_default_namespace(workspace)] if running else []
    envelope, page = _paged(call, [each for each in found if wanted in (None, each["Namespace"])])
    return {**envelope, "Namespaces": page}


def describe_supported_regions(call: RpcCall) -> Answer:
    """Where workspaces are sold."""
    found = [
        {"Region": region, "RegionName": name, "Description": name}
        for region, name in regions.NAMES.items()
    ]
    return {**_whole(len(found)), "Regions": found}


def describe_supported_zones(call: RpcCall) -> Answer:
    """The zones of a region, or of all, where this account can buy."""
    chosen = [read_region(call)] if call.text("Region") else list(regions.NAMES)
    zones = [zone for region in chosen for zone in supported_zones(call.account, region)]
    return {**_whole(len(zones)), "ZoneIds": zones}


def _fits(call: RpcCall, workspace: Workspace, tags: dict[str, str | None]) -> bool:
    filters = {
        "InstanceId": workspace.instance_id,
        "InstanceName": workspace.name,
        "ChargeType": workspace.charge_type,
        "ArchitectureType": workspace.architecture,
        "ResourceGroupId": workspace.resource_group_id,
        "NamespaceName": f"{workspace.name}-default",
    }
    if any(call.text(name) not in (None, value) for name, value in filters.items()) or call.flag(
        "Elastic"
    ):
        return False
    shown = shown_tags(workspace, call.now, call.account.settings.listed_tags_delay_seconds)
    return all(key in shown and value in (None, shown[key]) for key, value in tags.items())


def _tag_filter(call: RpcCall) -> dict[str, str | None]:
    """Wanted tags; a tag without a value asks for the key only."""
    wanted: dict[str, str | None] = {}
    for tag in call.json_list("Tags") or []:
        if not isinstance(tag, dict) or not isinstance(tag.get("Key"), str):
            raise invalid("Tags", "each needs a Key")
        wanted[tag["Key"]] = tag.get("Value")
    return wanted


def _visibility_delay(call: RpcCall, *, by_tag: bool) -> float:
    settings, delay = call.account.settings, None
    if call.text("InstanceId"):
        delay = settings.id_visibility_delay_seconds
    elif by_tag:
        delay = settings.tag_visibility_delay_seconds
    return settings.visibility_delay_seconds if delay is None else delay


def _paged(call: RpcCall, found: list[Any]) -> tuple[dict[str, Any], list[Any]]:
    """The envelope of a page and what is on it. PageIndex counts from 1."""
    index, size = (
        call.number("PageIndex", 1) or 1,
        call.number("PageSize", _DEFAULT_PAGE) or _DEFAULT_PAGE,
    )
    if index < 1 or not 1 <= size <= _LARGEST_PAGE:
        raise invalid("PageSize", f"PageIndex from 1 on, PageSize from 1 to {_LARGEST_PAGE}")
    envelope = {
        "Success": True,
        "PageIndex": index,
        "PageSize": size,
        "TotalCount": len(found),
        "TotalPage": -(-len(found) // size),
    }
    return envelope, found[(index - 1) * size : index * size]


def _whole(count: int) -> dict[str, Any]:
    return {"Success": True, "PageIndex": 1, "PageSize": count, "TotalCount": count, "TotalPage": 1}
