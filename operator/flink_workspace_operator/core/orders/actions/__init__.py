"""The paid actions: a new one is a module here, and one line of the registry."""

from typing import Final

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.orders.action import PaidAction
from flink_workspace_operator.core.orders.actions.create import Create

ACTIONS: Final[dict[str, PaidAction]] = {action.name: action for action in (Create(),)}
"""By the word in `spec.action`; the first that the resource wishes comes first."""


def action_of(order: FlinkWorkspaceOrder) -> PaidAction:
    """The action that an order is for. An order of an unknown action is never read as one
    (`adapters/kubernetes`)."""
    return ACTIONS[order.spec.action]
