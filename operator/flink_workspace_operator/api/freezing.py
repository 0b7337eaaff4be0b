"""Rules that freeze what was bought: the spec changes only to what the cloud shows."""

from collections.abc import Mapping
from typing import Any, Final

from flink_workspace_operator.api.base import cel
from flink_workspace_operator.api.order_states import states_where

_FREEZING: Final = states_where(lambda facts: facts.freezes_spec)
_BOUGHT = (
    "(has(oldSelf.status.instance) && has(oldSelf.status.instance.instanceId)"
    " ||\nhas(oldSelf.status.order) && has(oldSelf.status.order.state) &&"
    f" oldSelf.status.order.state in {list(_FREEZING)})"
)


_SHOWN: Final = "oldSelf.status.instance"
_CALLED: Final = states_where(lambda facts: facts.may_be_under_way)
# Not while another one may be bought: the call has the parameters of the spec as announced.
_FOLLOWS: Final = (
    f"has({_SHOWN}) && has({_SHOWN}.instanceId) && !has({_SHOWN}.lostSince) &&"
    " !(has(oldSelf.status.order) &&\nhas(oldSelf.status.order.state) &&"
    f" oldSelf.status.order.state in {list(_CALLED)})"
)


def _is_shown(field: str, path: str) -> str:
    """CEL: the spec's value at `path` is the one of `field` in `status.instance`."""
    return f"has({_SHOWN}.{field}) && self.spec.{path} == {_SHOWN}.{field}"


def _is_old_or_shown(field: str, path: str) -> str:
    return f"(self.spec.{path} == oldSelf.spec.{path} || {_is_shown(field, path)})"


_CONVERTED: Final = (
    f"self.spec.chargeType != oldSelf.spec.chargeType && {_is_shown('chargeType', 'chargeType')}"
)
_REALITY: Final[Mapping[str, tuple[str, str]]] = {
    "zoneId": (f"has(self.spec.zoneId) && {_is_shown('zoneId', 'zoneId')}", "zoneId"),
    "chargeType": (_is_shown("chargeType", "chargeType"), "chargeType"),
    "subscription": (_CONVERTED, "chargeType"),
    "resources": (
        f"(has(self.spec.resources) ? {_is_shown('cu', 'resources.cu')} :\n{_CONVERTED})",
        "cu",
    ),
    "network": (
        f"{_is_old_or_shown('vpcId', 'network.vpcId')} &&"
        f"\n{_is_old_or_shown('vSwitchIds', 'network.vSwitchIds')}",
        "vSwitchIds",
    ),
    "storage": (_is_shown("bucket", "storage.oss.bucket"), "bucket"),
    "monitoring": (_is_shown("monitoring", "monitoring"), "monitoring"),
}
"""By field: CEL for a value that the cloud shows already, and the field of `status.instance`."""


def immutable_once_bought(field: str) -> dict[str, Any]:
    """A rule on the whole object: only there it sees the status, and a field added or removed.

    The spec may follow what the cloud shows: that buys nothing, and ends a drift.
    """
    old, new = f"oldSelf.spec.{field}", f"self.spec.{field}"
    rule = (
        f"!has(oldSelf.status) || !{_BOUGHT} ||\nhas({old}) == has({new}) && (!has({old}) || {old}"
        f" == {new})"
    )
    if field not in _REALITY:
        advice = "set it back to its former value"
    else:
        is_real, shown = _REALITY[field]
        rule += f" ||\n{_FOLLOWS} &&\n{is_real}"
        advice = (
            "change it in the console first, then set it here to what `status.instance."
            f"{shown}` shows, or set it back to its former value"
        )
    message = f"`{field}` must not change once the purchase is under way: {advice}"
    return cel(rule, message, fieldPath=f".spec.{field}")
