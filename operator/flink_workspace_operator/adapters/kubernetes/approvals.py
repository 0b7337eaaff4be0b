"""The decisions on one order, out of those of a namespace, which are kept for ever."""

from flink_workspace_operator.adapters.kubernetes.collection import Collection
from flink_workspace_operator.adapters.kubernetes.reading import approval_in
from flink_workspace_operator.adapters.kubernetes.selection import Selection
from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.names import ORDER_OF_APPROVAL


class Approvals:
    """Reads them, uncached."""

    def __init__(self, approvals: Collection) -> None:
        self._approvals = Selection(approvals, ORDER_OF_APPROVAL)

    async def read(self, namespace: str, order: str) -> tuple[FlinkPurchaseApproval, ...]:
        """The decisions on an order. Raises `ClusterFailure`."""
        found = [
            wire
            async for wire in self._approvals.of(namespace, order)
            if wire["spec"]["order"]["name"] == order
        ]
        return tuple(approval_in(wire) for wire in found)
