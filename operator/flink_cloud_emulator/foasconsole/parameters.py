"""What a purchase or a price query asks for, read strictly: all that the gateway refuses before
the product sees it.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal, cast

from flink_cloud_emulator.foasconsole import regions
from flink_cloud_emulator.rpc import RpcCall, invalid, missing

NAME = re.compile(r"[a-z]([a-z0-9-]{0,58}[a-z0-9])?")
DURATIONS = {"Month": (1, 2, 3, 6, 7, 8, 9, 12, 24, 36), "Year": (1, 2, 3)}
"""Source: documentation of the ROS resource ALIYUN::Flink::InstanceV2."""
_MOST_TAGS = 20
_MOST_V_SWITCHES = 150
_LONGEST_TAG_KEY = 128
_LONGEST_TAG_VALUE = 64
"""Source: SDK 2.3.2, the comment of DescribeInstances.Tags.Value."""
_RESERVED_TAG_PREFIXES = ("acs:", "aliyun", "http://", "https://")

ChargeType = Literal["PRE", "POST"]


@dataclass(frozen=True)
class Term:
    """The paid time of a subscription."""

    cycle: str
    duration: int


@dataclass(frozen=True)
class PricedOffer:
    """What a price depends on."""

    region: str
    charge_type: ChargeType
    cu: int
    term: Term | None
    architecture: str


@dataclass(frozen=True)
class CreateRequest:
    """A whole CreateInstance."""

    offer: PricedOffer
    name: str
    vpc_id: str
    v_switch_ids: tuple[str, ...]
    bucket: str
    monitor_type: str
    resource_group_id: str
    tags: dict[str, str]
    default_namespace_cu: int


def read_create_request(call: RpcCall) -> CreateRequest:
    """The parameters of CreateInstance.

    Raises CloudError for the first one that is missing or wrong.
    """
    offer = read_offer(call)
    name = call.require("InstanceName")
    if not NAME.fullmatch(name):
        raise invalid(
            "InstanceName",
            "lower case letters, digits and hyphens, from a letter on, at most 60 characters",
        )
    return CreateRequest(
        offer=offer,
        name=name,
        vpc_id=call.require("VpcId"),
        v_switch_ids=_v_switch_ids(call),
        bucket=_bucket(call),
        monitor_type=_one_of(call, "MonitorType", ("ARMS", "TAIHAO"), "ARMS"),
        resource_group_id=call.text("ResourceGroupId") or "rg-default",
        tags=_tags(call),
        default_namespace_cu=_default_namespace_cu(call, offer.cu),
    )


def read_offer(call: RpcCall) -> PricedOffer:
    """The parameters that decide about the price. Raises CloudError as above."""
    region = read_region(call)
    charge_type = cast(ChargeType, _one_of(call, "ChargeType", ("PRE", "POST"), None))
    architecture = _one_of(call, "ArchitectureType", ("X86", "ARM"), "X86")
    call.flag("AutoRenew")
    call.json_list("VSwitchIds")
    call.json_object("Storage")
    if call.flag("Ha"):
        raise invalid("Ha", "zone disaster recovery is not emulated")
    if call.flag("UsePromotionCode"):
        raise invalid("UsePromotionCode", "coupons are not emulated")
    if charge_type == "POST":
        return PricedOffer(region, charge_type, 0, None, architecture)
    return PricedOffer(region, charge_type, _cu(call), _term(call), architecture)


def read_region(call: RpcCall, name: str = "Region") -> str:
    """The region, which must be one where workspaces are sold."""
    region = call.require(name)
    if region not in regions.NAMES:
        raise invalid(name, f"{region[:40]} is not supported")
    return region


def read_tags(tags: list[Any], parameter: str) -> dict[str, str]:
    """Tags from a list of Key and Value, within the rules of the cloud."""
    if len(tags) > _MOST_TAGS:
        raise invalid(parameter, f"at most {_MOST_TAGS} tags")
    read: dict[str, str] = {}
    for tag in tags:
        key, value = (tag.get("Key"), tag.get("Value", "")) if isinstance(tag, dict) else (None, "")
        if isinstance(tag, dict):
            check_members(parameter, tag, ("Key", "Value"))
        if (
            not isinstance(key, str)
            or not isinstance(value, str)
            or not 1 <= len(key) <= _LONGEST_TAG_KEY
        ):
            raise invalid(
                parameter, "each tag needs a Key of 1 to 128 characters and a text as Value"
            )
        if (
            len(value) > _LONGEST_TAG_VALUE
            or key.lower().startswith(_RESERVED_TAG_PREFIXES)
            or key in read
        ):
            raise invalid(parameter, f"tag {key}: value too long, reserved prefix or given twice")
        read[key] = value
    return read


def _cu(call: RpcCall) -> int:
    cu = _spec(call, "ResourceSpec")
    if cu is None:
        raise missing("ResourceSpec")
    return cu


def _default_namespace_cu(call: RpcCall, bought: int) -> int:
    """What the default namespace gets; all that is bought, unless said."""
    cu = _spec(call, "DefaultNamespaceResourceSpec")
    if cu is not None and bought and cu > bought:
        raise invalid("DefaultNamespaceResourceSpec", f"at most the {bought} CU of the workspace")
    return bought if cu is None else cu


def _spec(call: RpcCall, name: str) -> int | None:
    spec = call.json_object(name)
    if spec is None:
        return None
    check_members(name, spec, ("Cpu", "MemoryGB"))
    cpu, memory = spec.get("Cpu"), spec.get("MemoryGB")
    if type(cpu) is not int or type(memory) is not int or cpu < 1 or memory != 4 * cpu:
        raise invalid(name, "Cpu and MemoryGB must be whole numbers, MemoryGB four times Cpu")
    return cpu


def check_members(name: str, value: dict[str, Any], known: tuple[str, ...]) -> None:
    """Refuse members that nothing would be done with. Made up: the real product may ignore them."""
    unknown = sorted(value.keys() - set(known))
    if unknown:
        raise invalid(name, f"the emulator does not know its members {', '.join(unknown)}")


def _term(call: RpcCall) -> Term:
    cycle = _one_of(call, "PricingCycle", tuple(DURATIONS), None)
    duration = call.number("Duration")
    if duration is None:
        raise missing("Duration")
    if duration not in DURATIONS[cycle]:
        raise invalid("Duration", f"for {cycle} one of {DURATIONS[cycle]}")
    return Term(cycle, duration)


def _v_switch_ids(call: RpcCall) -> tuple[str, ...]:
    ids = call.json_list("VSwitchIds")
    if not ids:
        raise missing("VSwitchIds")
    if (
        len(ids) > _MOST_V_SWITCHES
        or len(set(map(str, ids))) < len(ids)
        or not all(isinstance(each, str) for each in ids)
    ):
        raise invalid("VSwitchIds", "different ids, as texts")
    return tuple(ids)


def _bucket(call: RpcCall) -> str:
    storage = call.json_object("Storage")
    if storage is None:
        raise missing("Storage")
    check_members("Storage", storage, ("FullyManaged", "Oss"))
    if storage.get("FullyManaged"):
        raise invalid("Storage", "fully managed storage is not emulated")
    oss = storage.get("Oss")
    bucket = oss.get("Bucket") if isinstance(oss, dict) else None
    if not isinstance(bucket, str) or not bucket:
        raise missing("Storage.Oss.Bucket")
    return bucket


def _tags(call: RpcCall) -> dict[str, str]:
    return read_tags(call.json_list("Tag") or call.flat_objects("Tag"), "Tag")


def _one_of(call: RpcCall, name: str, allowed: tuple[str, ...], default: str | None) -> str:
    value = call.text(name) or default
    if value is None:
        raise missing(name)
    if value not in allowed:
        raise invalid(name, f"one of {', '.join(allowed)}")
    return value
