"""The wishes that a policy allows: the first that is not within it, with field and limit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flink_workspace_operator.api.parameters import Term
from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.api.workspace import FlinkWorkspaceSpec


@dataclass(frozen=True)
class Broken:
    """A field of the policy, its limit, and the wish that is not within it."""

    field: str
    limit: str
    wish: str


def broken_allowance(policy: FlinkPurchasePolicy, spec: FlinkWorkspaceSpec) -> Broken | None:
    """The first part of `allow` that the wish is not within."""
    found = (each(policy, spec) for each in ALLOWANCES)
    return next((broken for broken in found if broken is not None), None)


def _charge_type(policy: FlinkPurchasePolicy, spec: FlinkWorkspaceSpec) -> Broken | None:
    allowed = policy.spec.allow.charge_types
    if allowed is None or spec.charge_type in allowed:
        return None
    limit = f"chargeType {' and '.join(allowed)}" if allowed else "no chargeType"
    return Broken("allow.chargeTypes", limit, f"spec.chargeType is {spec.charge_type}")


def _region(policy: FlinkPurchasePolicy, spec: FlinkWorkspaceSpec) -> Broken | None:
    allowed = policy.spec.allow.regions
    if allowed is None or spec.region in allowed:
        return None
    limit = f"region {' and '.join(allowed)}" if allowed else "no region"
    return Broken("allow.regions", limit, f"spec.region is {spec.region}")


def _size(policy: FlinkPurchasePolicy, spec: FlinkWorkspaceSpec) -> Broken | None:
    allowed, resources = policy.spec.allow.maximum_cu, spec.resources
    if allowed is None or (resources is not None and resources.cu <= allowed):
        return None
    size = f"spec.resources.cu is {resources.cu}" if resources else "PayAsYouGo has no limit of CU"
    return Broken("allow.maximumCu", f"at most {allowed} CU", size)


def _term(policy: FlinkPurchasePolicy, spec: FlinkWorkspaceSpec) -> Broken | None:
    allowed, subscription = policy.spec.allow.maximum_term, spec.subscription
    if allowed is None or subscription is None:
        return None
    wanted = subscription.initial_term
    if _months(wanted) <= _months(allowed):
        return None
    wish = f"spec.subscription.initialTerm is {_spelled(wanted)}"
    return Broken("allow.maximumTerm", f"at most {_spelled(allowed)} in advance", wish)


def _renewal(policy: FlinkPurchasePolicy, spec: FlinkWorkspaceSpec) -> Broken | None:
    """The cloud renews and charges without asking: that is no way around an approval."""
    asking, subscription = policy.spec.approval, spec.subscription
    asks = asking is not None and asking.required != "Never"
    limits = asks or policy.spec.spend_cap is not None
    renews = subscription is not None and subscription.renewal.mode == "Automatic"
    if not (limits and renews) or policy.spec.allow.automatic_renewal:
        return None
    wish = "spec.subscription.renewal.mode is Automatic"
    return Broken("allow.automaticRenewal", "no renewal that nobody decides on", wish)


ALLOWANCES: Final[
    tuple[Callable[[FlinkPurchasePolicy, FlinkWorkspaceSpec], Broken | None], ...]
] = (_charge_type, _region, _size, _term, _renewal)


def _months(term: Term) -> int:
    return term.count * (12 if term.unit == "Year" else 1)


def _spelled(term: Term) -> str:
    return f"{term.count} {term.unit.lower()}{'' if term.count == 1 else 's'}"
