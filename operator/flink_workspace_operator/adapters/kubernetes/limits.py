"""What people set and decide about purchases: policies, labels of a namespace, approvals; uncached."""

from collections.abc import Mapping

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.collection import (
    TIMEOUT_SECONDS,
    Collection,
    OwnWrites,
    answer,
)
from flink_workspace_operator.adapters.kubernetes.reading import approval_in, policy_in
from flink_workspace_operator.adapters.kubernetes.selection import Selection
from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.names import (
    APPROVALS,
    GROUP,
    ORDER_OF_APPROVAL,
    POLICIES,
    VERSION,
)
from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.core.facts.boundary import Boundary, PoliciesUnread
from flink_workspace_operator.core.facts.failures import ClusterRefused, Unreadable


class Limits:
    """Reads them. What can't be read is told, and never taken for no limit."""

    def __init__(
        self, core: client.CoreV1Api, custom: client.CustomObjectsApi, own_writes: OwnWrites
    ) -> None:
        self._core = core
        self._policies = Collection(custom, GROUP, VERSION, POLICIES, own_writes)
        approvals = Collection(custom, GROUP, VERSION, APPROVALS, own_writes)
        self._approvals = Selection(approvals, ORDER_OF_APPROVAL)

    async def read_boundary(self, namespace: str) -> Boundary | PoliciesUnread:
        """The limits on what a namespace buys. Raises `ClusterUnreachable`."""
        try:
            policies = tuple([policy_in(wire) async for wire in self._policies.list()])
            return Boundary(policies, await self._labels(namespace, policies))
        except (ClusterRefused, Unreadable) as obstacle:
            return PoliciesUnread(str(obstacle))

    async def _labels(
        self, namespace: str, policies: tuple[FlinkPurchasePolicy, ...]
    ) -> Mapping[str, str]:
        """No call if no policy asks for them."""
        if all(each.spec.match.namespace_selector is None for each in policies):
            return {}
        found = await answer(self._core.read_namespace(namespace, _request_timeout=TIMEOUT_SECONDS))
        labels: Mapping[str, str] = (found.metadata and found.metadata.labels) or {}
        return labels

    async def read_approvals(self, namespace: str, order: str) -> tuple[FlinkPurchaseApproval, ...]:
        """The decisions on an order. They are kept for ever. Raises `ClusterFailure`."""
        found = [
            wire
            async for wire in self._approvals.of(namespace, order)
            if wire["spec"]["order"]["name"] == order
        ]
        return tuple(approval_in(wire) for wire in found)
