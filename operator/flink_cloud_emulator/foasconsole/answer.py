"""The JSON shapes of DescribeInstances and DescribeNamespaces."""

from datetime import datetime
from typing import Any

from flink_cloud_emulator.accounts import Account
from flink_cloud_emulator.foasconsole.lifecycle import STAGES, Progress, progress, shown_tags
from flink_cloud_emulator.foasconsole.state import Workspace

SECRET_IN_ANSWER = "emulator-secret-that-must-never-be-shown"  # noqa: S105 - planted, to find leaks
"""The AccessKey in OssInfo: the real API can return one, so clients must not log or store the
answer.
"""


def describe_workspace(workspace: Workspace, account: Account, now: datetime) -> dict[str, Any]:
    """One entry of ``Instances``."""
    at = progress(workspace, now)
    tags = shown_tags(workspace, now, account.settings.listed_tags_delay_seconds)
    return {
        **_identity(workspace, account, at),
        "ClusterStatus": at.cluster_status,
        "ClusterState": _cluster_state(workspace, at),
        "OrderState": at.order_state,
        "ResourceSpec": _spec(workspace.cu),
        "Elastic": False,
        "Ha": False,
        "VpcId": workspace.vpc_id,
        "VSwitchIds": list(workspace.v_switch_ids),
        "VpcInfo": _vpc_info(workspace, account),
        "VSwitchInfo": [
            _v_switch_info(each, workspace, account) for each in workspace.v_switch_ids
        ],
        "Storage": {
            "FullyManaged": False,
            "Oss": {"Bucket": workspace.bucket},
            "OrderState": "NORMAL",
        },
        "OssInfo": _oss_info(workspace, account),
        "ResourceCreateTime": _milliseconds(workspace.created_at),
        **(
            {"ResourceExpiredTime": _milliseconds(workspace.expires_at)}
            if workspace.expires_at
            else {}
        ),
        "DeletionProtection": False,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        "HostAliases": [],
    }


def describe_default_namespace(workspace: Workspace) -> dict[str, Any]:
    """The one namespace that every workspace gets, named ``<workspace>-default``."""
    created = _milliseconds(workspace.created_at)
    cu = workspace.cu if workspace.default_namespace_cu is None else workspace.default_namespace_cu
    return {
        "Namespace": f"{workspace.name}-default",
        "Status": "SUCCESS",
        "Ha": False,
        "GmtCreate": created,
        "GmtModified": created,
        "ResourceSpec": _spec(cu),
        "GuaranteedResourceSpec": _spec(cu),
        "ElasticResourceSpec": _spec(0),
        "ResourceUsed": {"Cpu": 0.0, "Cu": 0.0, "MemoryGB": 0.0},
        "Tags": [],
    }


def _identity(workspace: Workspace, account: Account, at: Progress) -> dict[str, Any]:
    return {
        "InstanceId": workspace.instance_id,
        "InstanceName": workspace.name,
        "ResourceId": workspace.resource_id,
        "AskClusterId": workspace.resource_id if at.cluster_status == "RUNNING" else "",
        "Uid": account.id,
        "Region": workspace.region,
        **({"ZoneId": workspace.zone_id} if account.settings.zone_shown else {}),
        "ResourceGroupId": workspace.resource_group_id,
        "ChargeType": workspace.charge_type,
        "ArchitectureType": workspace.architecture,
        "MonitorType": workspace.monitor_type,
    }


def _cluster_state(workspace: Workspace, at: Progress) -> dict[str, Any]:
    running = at.cluster_status == "RUNNING"
    return {
        "ClusterId": workspace.resource_id,
        "Status": at.cluster_status,
        "SubStatus": at.cluster_status,
        "CreateTimeout": False,
        "Url": (
            f"https://realtime-compute.console.aliyun.com/regions/{workspace.region}"
            if running
            else ""
        ),
        "ClusterStage": {
            "ClusterId": workspace.resource_id,
            "CurrentStage": at.stage,
            "Status": at.stage_status,
            "Message": at.message,
            "TotalStageWithWeight": [
                {"StepIndex": index, "StepName": name, "Weight": weight}
                for index, (name, weight) in enumerate(STAGES)
            ],
        },
        "UserSlbDto": {
            "ExistSlb": running,
            "SlbId": f"lb-{workspace.resource_id}" if running else "",
            "SlbIp": "10.0.0.10" if running else "",
            "SlbStatus": "active" if running else "",
            "UserSlbListeners": [{"Port": "80", "ListenersStatus": "running"}] if running else [],
        },
    }


def _vpc_info(workspace: Workspace, account: Account) -> dict[str, Any]:
    vpc = account.vpc.vpcs.get(workspace.vpc_id)
    return {
        "VpcId": workspace.vpc_id,
        "VpcName": vpc.name if vpc else "",
        "CidrBlock": vpc.cidr if vpc else "",
        "RegionId": workspace.region,
        "Status": vpc.status if vpc else "Available",
    }


def _v_switch_info(v_switch_id: str, workspace: Workspace, account: Account) -> dict[str, Any]:
    v_switch = account.vpc.v_switches.get(v_switch_id)
    return {
        "VSwitchId": v_switch_id,
        "VSwitchName": v_switch.name if v_switch else "",
        "VSwitchCidr": v_switch.cidr if v_switch else "",
        "VpcId": workspace.vpc_id,
        "ZoneId": v_switch.zone_id if v_switch else workspace.zone_id,
        "RegionId": workspace.region,
        "AvailableIpAddressCount": str(v_switch.available_ips if v_switch else 0),
    }


def _oss_info(workspace: Workspace, account: Account) -> dict[str, Any]:
    bucket = account.oss.buckets.get(workspace.bucket)
    return {
        "Bucket": workspace.bucket,
        "Endpoint": f"oss-{workspace.region}-internal.aliyuncs.com",
        "BucketVersioningStatus": (bucket.versioning if bucket else None) or "",
        "AccessId": "emulator-access-id",
        "AccessKey": SECRET_IN_ANSWER,
    }


def _spec(cu: int) -> dict[str, int]:
    return {"Cpu": cu, "MemoryGB": 4 * cu}


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
