"""The questions to the cloud in one pass."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.names import ORDER_TAG, WORKSPACE_TAG
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import Owner
from flink_workspace_operator.core.facts.snapshot import (
    Intent,
    announced_order,
    bound_id,
    is_just_bought,
    is_requested,
    is_untouched,
    open_order,
    order_to_ask_about,
    orders_of,
)
from flink_workspace_operator.core.orders.actions import ACTIONS

BILLING_CLOCK: Final = timedelta(minutes=1)
"""Largest delay of the bill's clock against the gateway's."""


@dataclass(frozen=True)
class Place:
    """A region in which an order may have bought, and the name and tags to look for."""

    region: str
    workspace_name: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Questions:
    """The questions to the cloud in this pass."""

    region: str
    workspace_name: str
    tags: tuple[tuple[str, str], ...]
    fresh: bool
    """List anew in this pass, also by name and tags; else a shared list will do."""
    anew: bool
    """A shared list that began before this pass will not do: a person requests a re-read, or it was
    bought a moment ago."""
    prerequisites: bool
    price: ApiModel | None
    """The block to quote, None not to."""
    bill_since: datetime | None = None
    """Read the bill from this time on, None not to."""
    elsewhere: tuple[Place, ...] = ()
    """Other regions to list: a copy of a refused call may have bought there."""
    boundary: bool = False
    """Read the limits on purchases: this pass may decide on one."""
    approvals_of: str | None = None
    """The order whose approvals are read, None to read none."""
    final_check: bool = False
    """This process is about to send an announced purchase: only what the call depends on is
    asked, and the resource is read last."""


def questions(
    workspace: FlinkWorkspace | None,
    orders: tuple[FlinkWorkspaceOrder, ...],
    owner: Owner,
    intent: Intent | None = None,
) -> Questions | None:
    """The questions of a pass; None if none: a deletion asks only about an open outcome."""
    order = order_to_ask_about(orders)
    tags: tuple[tuple[str, str], ...] = ((WORKSPACE_TAG, owner.workspace_tag),)
    if order is not None:
        tags += ((ORDER_TAG, order.spec.token),)
    if order is not None and (order.facts.may_be_under_way or workspace is None):
        ours = workspace is not None and order in orders_of(workspace, orders)
        final_check = order is announced_order(orders, intent)
        elsewhere = () if final_check else _outstanding_elsewhere(order.spec.region, orders)
        return _about(order, tags, elsewhere, ours, final_check)
    if workspace is None or workspace.metadata.deletion_timestamp is not None:
        return None
    bound, price = bound_id(workspace, orders) is not None, price_question(workspace, orders)
    fresh = (not bound or price is not None) and not is_untouched(workspace, orders)
    return Questions(
        workspace.spec.region,
        workspace.workspace_name,
        tags,
        fresh=fresh,
        anew=is_requested(workspace) or is_just_bought(workspace, orders),
        prerequisites=True,
        price=price,
        boundary=fresh and price is not None,
        approvals_of=None if price is None else _to_approve(open_order(orders)),
        elsewhere=_outstanding_elsewhere(workspace.spec.region, orders),
    )


def price_question(
    workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]
) -> ApiModel | None:
    """The block of the first action that may be ordered now."""
    asked = (action.price_question(workspace, orders) for action in ACTIONS.values())
    return next((block for block in asked if block is not None), None)


def _to_approve(order: FlinkWorkspaceOrder | None) -> str | None:
    """The name of an order that waits for a decision, or was announced after one."""
    approval = None if order is None else order.status.approval
    return order.metadata.name if order and approval and approval.required else None


def _outstanding_elsewhere(
    region: str, orders: tuple[FlinkWorkspaceOrder, ...]
) -> tuple[Place, ...]:
    """Former regions of a recreated resource, where its call was refused."""
    calls = {
        order.spec.region: order.spec
        for order in orders
        if order.outstanding and order.spec.region != region
    }
    return tuple(
        Place(spec.region, spec.workspace_name, ((ORDER_TAG, spec.token),))
        for spec in calls.values()
    )


def _about(
    order: FlinkWorkspaceOrder,
    tags: tuple[tuple[str, str], ...],
    elsewhere: tuple[Place, ...],
    ours: bool,
    final_check: bool,
) -> Questions:
    """The questions about one order. Before its call is sent, they are as few as possible."""
    spec = order.spec
    announced = order.status.intent_time if order.facts.awaits_evidence else None
    return Questions(
        spec.region,
        spec.workspace_name,
        tags,
        fresh=True,
        anew=False,
        prerequisites=ours and not final_check,
        price=None,
        elsewhere=elsewhere,
        bill_since=announced and announced - BILLING_CLOCK,
        boundary=final_check,
        approvals_of=_to_approve(order) if final_check else None,
        final_check=final_check,
    )
