"""Tags of workspaces, changed after the purchase."""

from flink_cloud_emulator.foasconsole.parameters import read_region, read_tags
from flink_cloud_emulator.foasconsole.purchase import NOT_FOUND
from flink_cloud_emulator.foasconsole.state import Workspace
from flink_cloud_emulator.http import BusinessError
from flink_cloud_emulator.rpc import Answer, RpcCall, invalid, missing

_MOST_TAGS = 20
_MOST_RESOURCES = 50


def tag_resources(call: RpcCall) -> Answer:
    """Add tags, or give present ones a new value. All named workspaces get them, or none."""
    workspaces = _workspaces(call, needed=True)
    added = read_tags(call.flat_objects("Tag"), "Tag")
    if not added:
        raise missing("Tag")
    if any(len({**workspace.tags, **added}) > _MOST_TAGS for workspace in workspaces):
        raise invalid("Tag", f"at most {_MOST_TAGS} tags per workspace")
    for workspace in workspaces:
        workspace.tags = {**workspace.tags, **added}
    return {"Success": True, "TagResponseId": call.request_id}


def untag_resources(call: RpcCall) -> Answer:
    """Take tags away: those named, or all."""
    keys, everything = call.flat_list("TagKey"), call.flag("All")
    for workspace in _workspaces(call, needed=True):
        if everything and not keys:
            workspace.tags = {}
        workspace.tags = {key: value for key, value in workspace.tags.items() if key not in keys}
    return {"Success": True, "TagResponseId": call.request_id}


def list_tag_resources(call: RpcCall) -> Answer:
    """Tags, one entry each. ``TagReponseId`` is misspelt in the real API too."""
    wanted = {tag["Key"]: tag.get("Value") for tag in call.flat_objects("Tag") if "Key" in tag}
    found = [
        {
            "ResourceId": workspace.instance_id,
            "ResourceType": "vvpinstance",
            "TagKey": key,
            "TagValue": value,
        }
        for workspace in _workspaces(call, needed=False)
        for key, value in workspace.tags.items()
        if not wanted or (key in wanted and wanted[key] in (None, value))
    ]
    return {"Success": True, "TagResources": found, "TagReponseId": call.request_id}


def _workspaces(call: RpcCall, *, needed: bool) -> list[Workspace]:
    region, ids = read_region(call, "RegionId"), call.flat_list("ResourceId")
    if call.require("ResourceType") != "vvpinstance":
        raise invalid("ResourceType", "must be vvpinstance")
    if needed and not ids:
        raise missing("ResourceId")
    if len(ids) > _MOST_RESOURCES:
        raise invalid("ResourceId", f"at most {_MOST_RESOURCES} ids")
    there = {
        each.instance_id: each
        for each in call.account.foasconsole.workspaces.values()
        if each.region == region
    }
    if not set(ids) <= there.keys():
        raise BusinessError(NOT_FOUND, "The instance does not exist.")
    return [there[each] for each in ids] if ids else list(there.values())
