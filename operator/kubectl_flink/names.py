"""Names that the operator and its resources use. A test compares them with the operator's."""

from typing import Final

GROUP: Final = "flink.alicloud.dev"
API: Final = f"apis/{GROUP}/v1alpha1"
WORKSPACES: Final = f"flinkworkspaces.{GROUP}"
ORDERS: Final = f"flinkworkspaceorders.{GROUP}"
APPROVALS: Final = f"flinkpurchaseapprovals.{GROUP}"
WORKSPACE_OF_ORDER: Final = "spec.workspaceRef.name"
ORDER_OF_APPROVAL: Final = "spec.order.name"

KINDS: Final = ("FlinkWorkspace", "FlinkWorkspaceOrder")

OPERATOR_NAMESPACE: Final = "flink-workspace-operator"
"""By default."""
REPORT: Final = "flink-workspace-operator-report"
REPORT_KEY: Final = "report.json"
ELECTION_LEASE: Final = "flink-workspace-operator"

SUSPEND: Final = f"{GROUP}/suspend"
RECONCILE_REQUESTED_AT: Final = f"{GROUP}/reconcile-requested-at"
ABANDON_ORDER: Final = f"{GROUP}/abandon-order"
REPLACE_LOST: Final = f"{GROUP}/replace-lost"

AWAITING_APPROVAL: Final = "AwaitingApproval"
"""The state of an order that somebody must approve."""
PREPARING: Final = frozenset({None, "Quoted", AWAITING_APPROVAL})
"""States of an order that is open, and for which nothing was sent."""
CALLING: Final = frozenset({"Placing", "Uncertain"})
"""States in which it is open whether something was bought."""
PAID: Final = frozenset({"Placed", "Fulfilled", "Lost"})
"""States of an order that bought something."""
FRUITLESS: Final = frozenset({"Rejected", "NotPlaced", "Superseded", "Canceled", "Declined"})
"""States of an order that bought nothing. A state that is in none of these is of a newer version,
and counts as open."""
