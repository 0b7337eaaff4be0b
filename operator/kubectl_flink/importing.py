"""The FlinkWorkspace that adopts an instance: everything that it has to say, and no more. Pure.

It adopts by the instance's id. Such a resource never buys, also if the instance is gone meanwhile.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from kubectl_flink import names
from kubectl_flink.operator_report import OperatorReport, Wire
from kubectl_flink.words import printable

_NAME: Final = re.compile(r"[A-Za-z]([A-Za-z0-9-]{0,58}[A-Za-z0-9])?")
_GROUP_ID: Final = re.compile(r"rg-[a-z0-9-]+")
_RESERVED: Final = ("acs:", "aliyun", "http://", "https://", f"{names.GROUP}/")
_MOST_TAGS, _MOST_LETTERS = 15, 64
_TERM_IS_UNKNOWN: Final = (
    "subscription.initialTerm: the cloud does not report it for an existing instance, and it has no"
    " effect on one"
)


@dataclass(frozen=True)
class Import:
    """The resource; `remarks` go beside it, `warnings` to whoever applies it."""

    manifest: Wire
    remarks: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class NotImportable:
    """Why there is no such resource."""

    words: str


def import_of(
    instance: Wire, report: OperatorReport, namespace: str | None, default: str
) -> Import | NotImportable:
    """The resource in the namespace that was asked for; else in that of its former resource of
    this cluster, else in none, which is `default` for whoever applies it."""
    lacking = [words for words in _problems(instance) if words]
    if lacking:
        return NotImportable(f"{instance['instanceId']} can't be described: {'; '.join(lacking)}")
    former = _former(instance, report)
    name = former[1] if former else instance["name"].lower()
    into = namespace or (former[0] if former else None)
    metadata = {"name": name, **({"namespace": into} if into else {})}
    manifest = {
        "apiVersion": f"{names.GROUP}/v1alpha1",
        "kind": "FlinkWorkspace",
        "metadata": metadata,
        "spec": _spec(instance, name),
    }
    term = instance["chargeType"] == "Subscription"
    return Import(
        manifest,
        (*([_TERM_IS_UNKNOWN] if term else []), *_left_out_tags(instance)),
        tuple(_warnings(instance, report, into or default, former is not None)),
    )


def _problems(instance: Wire) -> list[str]:
    charge = instance.get("chargeType")
    return [
        ""
        if _NAME.fullmatch(instance["name"])
        else f"the name '{printable(instance['name'])}' is not one that a FlinkWorkspace can have",
        "" if charge in ("Subscription", "PayAsYouGo") else f"its charge type is {charge}",
        "" if instance.get("vpcId") else "the cloud does not show its VPC",
        "" if instance.get("vSwitchIds") else "the cloud does not show its vSwitches",
        "" if instance.get("bucket") else "the cloud shows no OSS bucket of it",
        "the cloud does not show its size"
        if charge == "Subscription" and not instance.get("cu")
        else "",
    ]


def _spec(instance: Wire, name: str) -> dict[str, Any]:
    by_term = instance["chargeType"] == "Subscription"
    spec: dict[str, Any] = {
        "workspaceName": instance["name"] if instance["name"] != name else None,
        "region": instance["region"],
        "zoneId": instance.get("zoneId"),
        "chargeType": instance["chargeType"],
        "subscription": {"initialTerm": {"count": 1, "unit": "Month"}} if by_term else None,
        "resources": {"cu": instance["cu"]} if by_term else None,
        "network": {"vpcId": instance["vpcId"], "vSwitchIds": list(instance["vSwitchIds"])},
        "storage": {"oss": {"bucket": instance["bucket"]}},
        "architecture": _one_of(instance.get("architecture"), "X86", "ARM"),
        "monitoring": _one_of(instance.get("monitoring"), "ARMS", "CloudMonitor"),
        "resourceGroupId": _group(instance.get("resourceGroupId")),
        "tags": _tags(instance) or None,
        "adoption": {"policy": "ByInstanceId", "instanceId": instance["instanceId"]},
    }
    return {key: value for key, value in spec.items() if value is not None}


def _one_of(value: str | None, *known: str) -> str | None:
    return value if value in known else None


def _group(value: str | None) -> str | None:
    return value if value and _GROUP_ID.fullmatch(value) else None


def _tags(instance: Wire) -> list[dict[str, str]]:
    fitting = [dict(each) for each in instance.get("tags") or () if _fits(each)]
    return fitting[:_MOST_TAGS]


def _fits(tag: Wire) -> bool:
    key, value = tag["key"], tag.get("value", "")
    return (
        0 < len(key) <= _MOST_LETTERS
        and len(value) <= _MOST_LETTERS
        and not key.strip().lower().startswith(_RESERVED)
        and (key + value).isprintable()
    )


def _left_out_tags(instance: Wire) -> tuple[str, ...]:
    kept = {each["key"] for each in _tags(instance)}
    others = [
        printable(each["key"]) for each in instance.get("tags") or () if each["key"] not in kept
    ]
    return (f"tags that a FlinkWorkspace can't have: {', '.join(others)}",) if others else ()


def _former(instance: Wire, report: OperatorReport) -> tuple[str, str] | None:
    """The resource of this cluster that the tags name, if they do."""
    owner = instance.get("owner") or {}
    namespace, slash, name = str(owner.get("workspace") or "").partition("/")
    ours = owner.get("cluster") == report.cluster_id
    return (namespace, name) if ours and slash and namespace and name else None


def _warnings(
    instance: Wire, report: OperatorReport, namespace: str, had_resource: bool
) -> list[str]:
    found = []
    owner = instance.get("owner") or {}
    if owner and owner.get("cluster") != report.cluster_id:
        whose = printable(
            f"{owner.get('workspace') or 'a workspace'} of cluster {owner['cluster']}"
        )
        found.append(
            f"its tags say that it belongs to {whose}: applying this takes it away from there"
        )
    if had_resource:
        return found
    if not report.adopts_in(namespace):
        found.append(
            f"the operator does not allow adoption by id in namespace {namespace}: have it put on"
            " the list FLINK_OPERATOR_ADOPTION_NAMESPACES before you apply this"
        )
    if not report.pays_in(namespace):
        found.append(
            f"the operator's own account does not pay for namespace {namespace}: have it put on"
            " the list FLINK_OPERATOR_IDENTITY_NAMESPACES before you apply this"
        )
    return found
