"""What the definitions of our kinds forbid, as far as the schema alone can't say it: the CEL rules
of `api/`."""

from decimal import Decimal
from typing import Final

from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderStatus,
    Quote,
)
from flink_workspace_operator.api.order_states import MOVES
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.purchase import MaximumPrice
from flink_workspace_operator.api.status import Instance
from flink_workspace_operator.api.workspace import FlinkWorkspace, FlinkWorkspaceSpec
from flink_workspace_operator.core.facts.failures import ClusterRefused

NEEDED: Final = {
    "instance_id": ("Placed", "Fulfilled", "Lost"),
    "quote": ("Placing",),
    "intent_time": ("Placing",),
    "nonce": ("Placing",),
}
"""Fields of an order's status, and the states that they must be set in."""
FROZEN: Final = ("quote", "digest", "intent_time", "nonce", "intent_mark", "settled_not_before")
KEPT_OR_DROPPED: Final = ("maximum_price", "asked", "approval")
"""The same, but versions that do not know them drop them."""
UNANNOUNCED: Final = (None, "Quoted", "AwaitingApproval")
UNDER_WAY: Final = ("Placing", "Uncertain", "Placed", "Fulfilled")
CALLED: Final = ("Placing", "Uncertain")
"""States in which another call may be executed, with the parameters of the spec as it was
announced."""


def check_order(old: FlinkWorkspaceOrder, new: FlinkWorkspaceOrder) -> None:
    """Raise ClusterRefused unless the order may become so."""
    was, now = old.status, new.status
    if now.state != was.state and now.state not in MOVES[was.state]:
        raise ClusterRefused(
            f"order {was.state} -> {now.state}: must follow the legal moves of an order"
        )
    for field, states in NEEDED.items():
        if now.state in states and getattr(now, field) is None:
            raise ClusterRefused(f"`status.{field}` must be set in state '{now.state}'")
    if was.instance_id is not None and now.instance_id != was.instance_id:
        raise ClusterRefused("`status.instanceId` must not change: it is set once")
    if was.state not in UNANNOUNCED:
        _check_record(was, now)
    if now.state == "Placing":
        _check_announcement(was, now)


def _check_record(was: FlinkWorkspaceOrderStatus, now: FlinkWorkspaceOrderStatus) -> None:
    for field in FROZEN:
        if getattr(now, field) != getattr(was, field):
            raise ClusterRefused(f"`status.{field}` must not change from 'Placing' on")
    for field in KEPT_OR_DROPPED:
        if getattr(now, field) not in (None, getattr(was, field)):
            raise ClusterRefused(f"`status.{field}` must not change from 'Placing' on")


def _check_announcement(was: FlinkWorkspaceOrderStatus, now: FlinkWorkspaceOrderStatus) -> None:
    if was.state != "Placing" and now.approval is None:
        raise ClusterRefused("`status.approval` must be set in state 'Placing'")
    if not is_approved(now):
        raise ClusterRefused("`status.approval` must be 'Approved' in state 'Placing'")
    if not is_within(now.quote, now.maximum_price):
        raise ClusterRefused(
            "`status.quote` must not be above `status.maximumPrice` in state 'Placing'"
        )


def is_within(quote: Quote | None, maximum: MaximumPrice | None) -> bool:
    """Whether a price is not above a maximum, in its currency."""
    if maximum is None:
        return True
    if quote is None or quote.trade_amount is None or quote.currency != maximum.currency:
        return False
    return Decimal(quote.trade_amount) <= Decimal(maximum.amount)


def is_approved(status: FlinkWorkspaceOrderStatus) -> bool:
    """Whether an order that needs an approval has one, at no lower price than its own."""
    approval, asked, quote = status.approval, status.asked, status.quote
    if approval is None or not approval.required:
        return True
    if approval.decision != "Approved" or asked is None or quote is None:
        return False
    if quote.basis != asked.basis:
        return False
    if asked.amount is None:
        return quote.trade_amount is None
    asked_at_most = MaximumPrice(amount=asked.amount, currency=asked.currency or "")
    return is_within(quote, asked_at_most)


def check_workspace(old: FlinkWorkspace, new: FlinkWorkspace) -> None:
    """Raise ClusterRefused unless the resource may become so."""
    if (old.workspace_name, old.spec.region) != (new.workspace_name, new.spec.region):
        raise ClusterRefused("`workspaceName` and `region` must not change")
    status = old.status
    bought = status.instance is not None and status.instance.instance_id is not None
    under_way = status.order is not None and status.order.state in UNDER_WAY
    if bought or under_way:
        shown = (
            status.instance
            if bought and not (status.order and status.order.state in CALLED)
            else None
        )
        for field in WorkspaceParameters.model_fields:
            changed = getattr(old.spec, field) != getattr(new.spec, field)
            if changed and not follows(field, old.spec, new.spec, shown):
                raise ClusterRefused(f"`{field}` must not change once the purchase is under way")


def follows(
    field: str, old: FlinkWorkspaceSpec, new: FlinkWorkspaceSpec, shown: Instance | None
) -> bool:
    """Whether a bought field takes the value that the cloud shows already: that buys nothing."""
    if shown is None or shown.lost_since is not None:
        return False
    converted = (
        new.charge_type not in (old.charge_type, None) and new.charge_type == shown.charge_type
    )
    network, former = new.network, old.network
    is_shown = {
        "zone_id": new.zone_id is not None and new.zone_id == shown.zone_id,
        "charge_type": new.charge_type == shown.charge_type,
        "subscription": converted,
        "resources": converted if new.resources is None else new.resources.cu == shown.cu,
        "network": network.vpc_id in (former.vpc_id, shown.vpc_id)
        and set(network.v_switch_ids) in (set(former.v_switch_ids), set(shown.v_switch_ids or ())),
        "storage": new.storage.oss.bucket == shown.bucket,
        "monitoring": new.monitoring == shown.monitoring,
    }
    return is_shown.get(field, False)
