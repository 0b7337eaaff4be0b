"""Between the wire's words and ours. Pure; nothing is decided here."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from flink_workspace_operator.adapters.alibaba import wire
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.parameters import Subscription, WorkspaceParameters
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.core.facts.observed import SeenInstance
from flink_workspace_operator.core.orders.calls import PaidCall

GIB_PER_CU: Final = 4
CHARGE_TYPES: Final = {"Subscription": "PRE", "PayAsYouGo": "POST"}
MONITORS: Final = {"ARMS": "ARMS", "CloudMonitor": "TAIHAO"}
_OUR_CHARGE_TYPES: Final = {theirs: ours for ours, theirs in CHARGE_TYPES.items()}
_OUR_MONITORS: Final = {theirs: ours for ours, theirs in MONITORS.items()}
_CENT, _FINEST = Decimal("0.01"), Decimal("0.000001")


def price_parameters(target: PurchaseTarget, wanted: WorkspaceParameters) -> dict[str, str]:
    """The parameters of QueryCreateInstancePrice."""
    parameters = {
        "Region": target.region,
        "InstanceName": target.workspace_name,
        "ChargeType": CHARGE_TYPES[wanted.charge_type],
        "VpcId": wanted.network.vpc_id,
        "VSwitchIds": _json(list(wanted.network.v_switch_ids)),
        "Storage": _json({"Oss": {"Bucket": wanted.storage.oss.bucket}}),
        "ArchitectureType": wanted.architecture,
    }
    if wanted.resources is not None:
        cu = wanted.resources.cu
        parameters["ResourceSpec"] = _json({"Cpu": cu, "MemoryGB": GIB_PER_CU * cu})
    if wanted.subscription is not None:
        parameters |= _term_parameters(wanted.subscription)
    return parameters


def purchase_parameters(call: PaidCall, wanted: WorkspaceParameters) -> dict[str, str]:
    """The parameters of CreateInstance. Ownership tags win over a user's tag of the same key."""
    tags = {tag.key: tag.value for tag in wanted.tags} | call.ownership
    parameters = price_parameters(call.target, wanted) | {
        "MonitorType": MONITORS[wanted.monitoring],
        "Tag": _json([{"Key": key, "Value": value} for key, value in tags.items()]),
    }
    if wanted.resource_group_id is not None:
        parameters["ResourceGroupId"] = wanted.resource_group_id
    return parameters


def tag_filter(key: str, value: str) -> dict[str, str]:
    """The filter of DescribeInstances for one tag."""
    return {"Tags": _json([{"Key": key, "Value": value}])}


def tagging_parameters(region: str, instance_id: str, tags: Mapping[str, str]) -> dict[str, str]:
    """The parameters of TagResources."""
    parameters = {"RegionId": region, "ResourceType": "vvpinstance", "ResourceId.1": instance_id}
    for number, (key, value) in enumerate(tags.items(), start=1):
        parameters |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
    return parameters


def trust_in(service: str) -> str:
    """The trust policy of a role that a service may assume."""
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": [service]}}
    return _json({"Statement": [statement], "Version": "1"})


def seen_instance(seen: wire.Instance, asked_region: str) -> SeenInstance:
    """One instance as a value. Texts are cut to what a status can hold."""
    prepaid = seen.charge_type == CHARGE_TYPES["Subscription"]
    state = seen.cluster_state or wire.ClusterState()
    stage = state.cluster_stage or wire.ClusterStage()
    return SeenInstance(
        instance_id=seen.instance_id,
        name=seen.instance_name,
        region=seen.region or asked_region,
        cluster_status=_cut(seen.cluster_status, 40) or "",
        order_state=_cut(seen.order_state, 40),
        workspace_id=_cut(seen.resource_id, 128),
        zone_id=_cut(seen.zone_id, 64),
        charge_type=_cut(_OUR_CHARGE_TYPES.get(seen.charge_type or "", seen.charge_type), 40),
        cu=_paid_cu(seen),
        create_time=_moment(seen.resource_create_time),
        expire_time=_moment(seen.resource_expired_time) if prepaid else None,
        vpc_id=seen.vpc_id or None,
        v_switch_ids=tuple(seen.v_switch_ids or ()),
        bucket=(seen.storage.oss.bucket or None) if seen.storage and seen.storage.oss else None,
        monitoring=_cut(_OUR_MONITORS.get(seen.monitor_type or "", seen.monitor_type), 40),
        architecture=_cut(seen.architecture_type, 40),
        resource_group_id=_cut(seen.resource_group_id, 64),
        load_balancer=_cut(state.user_slb_dto.slb_id, 100) if state.user_slb_dto else None,
        stage=_cut(_stage_name(stage), 100),
        stage_status=_cut(stage.status, 40),
        percent=_percent(stage),
        message=_cut(stage.message, 500),
        create_timeout=bool(state.create_timeout),
        tags={tag.key: tag.value or "" for tag in seen.tags or ()},
    )


def _paid_cu(seen: wire.Instance) -> int | None:
    """None where it is billed by use: there the cloud shows 0, or an upper limit of the use."""
    if seen.resource_spec is None or seen.charge_type == CHARGE_TYPES["PayAsYouGo"]:
        return None
    return seen.resource_spec.cpu


def quote_of(price: wire.PriceInfo, basis: str, quoted_at: datetime) -> Quote:
    """A price as a quote."""
    return Quote(
        basis="Term" if basis == "Term" else "Hour",
        currency=price.currency if price.trade_amount is not None else None,
        original_amount=amount(price.original_amount),
        discount_amount=amount(price.discount_amount),
        trade_amount=amount(price.trade_amount),
        quoted_at=quoted_at,
    )


def amount(value: float | None) -> str | None:
    """An amount of money as decimal text: at least two places, at most six, without the noise of
    binary fractions.
    """
    if value is None:
        return None
    exact = Decimal(repr(value)).quantize(_FINEST, ROUND_HALF_EVEN).normalize()
    exponent = exact.as_tuple().exponent
    rounded = exact if isinstance(exponent, int) and exponent < -2 else exact.quantize(_CENT)
    return f"{rounded:f}"


def order_id(value: object) -> str | None:
    """A billing order's id, which the wire writes as a number or as text."""
    if type(value) is int and value > 0:
        return str(value)[:64]
    return value if isinstance(value, str) and 1 <= len(value) <= 64 else None


def _term_parameters(subscription: Subscription) -> dict[str, str]:
    return {
        "PricingCycle": subscription.initial_term.unit,
        "Duration": str(subscription.initial_term.count),
        "AutoRenew": str(subscription.renewal.mode == "Automatic"),
    }


def _stage_name(stage: wire.ClusterStage) -> str | None:
    steps = stage.total_stage_with_weight or ()
    return next((step.step_name for step in steps if step.step_index == stage.current_stage), None)


def _percent(stage: wire.ClusterStage) -> int | None:
    """The weight of the steps before the current one, or of all once it is over."""
    steps, current = stage.total_stage_with_weight or (), stage.current_stage
    whole = sum(step.weight or 0 for step in steps)
    if current is None or whole <= 0:
        return None
    if stage.status == "SUCCESS":
        return 100
    done = sum(
        step.weight or 0
        for step in steps
        if step.step_index is not None and step.step_index < current
    )
    return max(0, min(100, round(100 * done / whole)))


def _moment(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def _cut(text: str | None, length: int) -> str | None:
    return text[:length] if text else None


def _json(value: object) -> str:
    """Compact, as the SDKs write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
