"""The three prerequisites: their state, the steps that create them, the message for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flink_workspace_operator.api.base import ConditionStatus
from flink_workspace_operator.api.names import DIRECTORIES
from flink_workspace_operator.api.status import VSwitchStatus
from flink_workspace_operator.api.workspace import FlinkWorkspaceSpec
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Bucket,
    BucketElsewhere,
    OssNotActivated,
    Policy,
    Role,
    SeenNetwork,
    SeenStorage,
    SeenVSwitch,
    Unknown,
)
from flink_workspace_operator.core.facts.snapshot import SeenCloud
from flink_workspace_operator.core.plan import AttachPolicy, CloudStep, CreateDirectory, CreateRole
from flink_workspace_operator.settings import Settings

LATER: Final = "the operator creates what is missing as soon as Ready names nothing else"
NOW: Final = "this pass creates what is missing"


@dataclass(frozen=True)
class Finding:
    """The state of one prerequisite, and the steps that help. `failure`: why it is not known."""

    status: ConditionStatus
    reason: str
    message: str
    steps: tuple[CloudStep, ...] = ()
    failure: CloudFailure | None = None


def findings(
    cloud: SeenCloud, spec: FlinkWorkspaceSpec, settings: Settings
) -> Mapping[str, Finding]:
    """The finding on each prerequisite, by the condition that reports it."""
    account = f"account {cloud.account_id}" if isinstance(cloud.account_id, str) else ""
    return {
        "RamRoleReady": judge_role(cloud.role, spec, settings, account),
        "NetworkReady": judge_network(cloud.network, cloud.zones, spec, settings, account),
        "OssDirectoriesReady": judge_storage(cloud.storage, spec, account),
    }


def _not_known(unknown: Unknown) -> Finding:
    if unknown.failure is None:
        return Finding("Unknown", "NotChecked", "not checked yet")
    return Finding(
        "Unknown", unknown.failure.reason, describe(unknown.failure), failure=unknown.failure
    )


def judge_role(
    role: Role | Absent | Unknown, spec: FlinkWorkspaceSpec, settings: Settings, account: str
) -> Finding:
    """The finding on the RAM role: Flink may use the account if it exists and has its policies."""
    ensure = spec.ram_role.management == "Ensure"
    wanted = [Policy(name) for name in settings.role_policies]
    name = settings.role_name
    if isinstance(role, Unknown):
        return _not_known(role)
    if isinstance(role, Absent):
        create = CreateRole(name, settings.role_trusted_service)
        steps: tuple[CloudStep, ...] = (create, *(AttachPolicy(name, policy) for policy in wanted))
        return _role_lacks(
            "RoleMissing", f"RAM role '{name}' does not exist in {account}", steps, ensure
        )
    missing = [policy for policy in wanted if policy not in role.policies]
    if missing:
        names = ", ".join(f"'{policy.name}'" for policy in missing)
        steps = tuple(AttachPolicy(name, policy) for policy in missing)
        what = f"RAM role '{name}' of {account} lacks {names}"
        return _role_lacks("PolicyMissing", what, steps, ensure)
    return Finding("True", "Authorised", f"RAM role '{name}' exists with its policies")


def _role_lacks(reason: str, what: str, steps: tuple[CloudStep, ...], ensure: bool) -> Finding:
    if ensure:
        return Finding("False", reason, f"{what}: {LATER}", steps)
    return Finding(
        "False",
        reason,
        f"{what}: authorise Flink once in its console (Purchase, then Authorize in RAM), or set"
        " ramRole.management to 'Ensure'",
    )


def capacity(v_switch: SeenVSwitch, settings: Settings) -> VSwitchStatus:
    """The free addresses of a vSwitch as a band: a number would change the status with each job."""
    free = v_switch.free_addresses
    band = "Exhausted" if free <= 0 else "Low" if free < settings.low_addresses else "Enough"
    return VSwitchStatus(id=v_switch.id, zone_id=v_switch.zone_id, capacity=band)


def judge_network(
    network: SeenNetwork | Unknown,
    zones: frozenset[str] | Unknown,
    spec: FlinkWorkspaceSpec,
    settings: Settings,
    account: str,
) -> Finding:
    """The finding on VPC and vSwitches: existing, together, in one zone that sells workspaces."""
    if isinstance(network, Unknown):
        return _not_known(network)
    if isinstance(zones, Unknown):
        return _not_known(zones)
    problem = _existence_problem(network, spec, account) or _zone_problem(network, zones, spec)
    if problem:
        return Finding("False", *problem)
    bands = [capacity(v_switch, settings) for v_switch in network.v_switches]
    if all(band.capacity == "Exhausted" for band in bands):
        return Finding(
            "False",
            "AddressesExhausted",
            "no vSwitch has a free address: add a vSwitch or free addresses",
        )
    short = [band.id for band in bands if band.capacity != "Enough"]
    note = f"; few or no free addresses in {', '.join(sorted(short))}" if short else ""
    return Finding("True", "Usable", f"VPC and vSwitches exist in zone {bands[0].zone_id}{note}")


def _existence_problem(
    network: SeenNetwork, spec: FlinkWorkspaceSpec, account: str
) -> tuple[str, str] | None:
    wanted, where = spec.network, f"{spec.region} of {account}"
    if not network.vpc_exists:
        return (
            "VpcNotFound",
            f"VPC {wanted.vpc_id} does not exist in {where}: create it or correct vpcId",
        )
    seen = {v_switch.id: v_switch for v_switch in network.v_switches}
    missing = [name for name in wanted.v_switch_ids if name not in seen]
    if missing:
        ids = ", ".join(missing)
        return (
            "VSwitchNotFound",
            f"vSwitch {ids} does not exist in {where}: create it or correct vSwitchIds",
        )
    stray = [name for name in wanted.v_switch_ids if seen[name].vpc_id != wanted.vpc_id]
    if stray:
        where = ", ".join(f"{name} belongs to {seen[name].vpc_id}" for name in stray)
        return "VSwitchInOtherVpc", f"{where}, not to {wanted.vpc_id}: correct vSwitchIds or vpcId"
    return None


def _zone_problem(
    network: SeenNetwork, zones: frozenset[str], spec: FlinkWorkspaceSpec
) -> tuple[str, str] | None:
    used = sorted({v_switch.zone_id for v_switch in network.v_switches})
    if len(used) > 1:
        return (
            "ZonesDiffer",
            f"the vSwitches lie in {' and '.join(used)}: use vSwitches of one zone",
        )
    if spec.zone_id is not None and used != [spec.zone_id]:
        return (
            "ZoneMismatch",
            f"the vSwitches lie in {used[0]}, zoneId says {spec.zone_id}: correct one of them",
        )
    if used[0] not in zones:
        sold = ", ".join(sorted(zones))
        return (
            "ZoneNotSupported",
            f"workspaces are not sold in zone {used[0]}: use vSwitches in one of {sold}",
        )
    return None


def judge_storage(storage: SeenStorage, spec: FlinkWorkspaceSpec, account: str) -> Finding:
    """The finding on the bucket: in the workspace's region, with the four directories."""
    bucket, region = spec.storage.oss.bucket, spec.region
    match storage:
        case Unknown():
            return _not_known(storage)
        case OssNotActivated():
            return Finding(
                "False",
                "OssNotActivated",
                f"OSS is not opened in {account}: open it in the OSS console",
            )
        case Absent():
            return Finding(
                "False",
                "BucketNotFound",
                f"no bucket '{bucket}' in {region} of {account}: create it, or correct"
                " storage.oss.bucket",
            )
        case BucketElsewhere(region=elsewhere):
            there = elsewhere or "another region"
            message = (
                f"bucket '{bucket}' is in {there}, the workspace in {region}: use a bucket in"
                f" {region}"
            )
            return Finding("False", "BucketInOtherRegion", message)
        case Bucket(directories=directories):
            return _judge_directories(spec, directories)


def _judge_directories(spec: FlinkWorkspaceSpec, existing: frozenset[str]) -> Finding:
    bucket = spec.storage.oss.bucket
    missing = [name for name in DIRECTORIES if name not in existing]
    if missing:
        steps = tuple(CreateDirectory(spec.region, bucket, name) for name in missing)
        message = f"bucket '{bucket}' lacks {', '.join(missing)}: {LATER}"
        return Finding("False", "DirectoriesMissing", message, steps)
    return Finding("True", "Present", f"bucket '{bucket}' has {', '.join(DIRECTORIES)}")
