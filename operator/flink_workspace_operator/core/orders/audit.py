"""The ledger as log lines, for audits and for adding up costs."""

from typing import Any, Final

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.orders.ledger import entered

AUDIT: Final = "flink_workspace_operator.audit"
"""Logger of the lines, each a JSON object by itself; only where the format of the log is JSON."""


def entry(order: FlinkWorkspaceOrder) -> dict[str, Any]:
    """The known fields of an order, each value as the order has it."""
    spec, status = order.spec.as_wire(), order.status.as_wire()
    quote = status.get("quote", {})
    came = entered(order)
    told = {
        "order": f"{order.metadata.namespace}/{order.metadata.name}",
        "state": order.state,
        "time": came and came.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **{
            field: spec[field]
            for field in ("action", "accountId", "region", "workspaceName", "token")
        },
        "workspace": f"{order.metadata.namespace}/{order.spec.workspace_ref.name}",
        "amount": quote.get("tradeAmount"),
        **{field: quote.get(field) for field in ("currency", "basis")},
        **{
            field: status.get(field)
            for field in ("digest", "intentTime", "instanceId", "orderId", "requestIds")
        },
        **{field: status.get(field) for field in ("answer", "evidence", "message")},
    }
    return {field: value for field, value in told.items() if value}


def story(order: FlinkWorkspaceOrder) -> tuple[str | None, ...]:
    """The part of an order whose change is a line of the audit log: its state and its purchase."""
    return order.state, order.status.instance_id, order.status.order_id
