"""Policies, the labels of a namespace, and approvals: what limits purchases. Read uncached."""

from collections.abc import Mapping

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.collection import (
    TIMEOUT_SECONDS,
    Collection,
    OwnWrites,
    answer,
)
from flink_workspace_operator.adapters.kubernetes.reading import (
    approval_in,
    commitment_in,
    policy_in,
)
from flink_workspace_operator.adapters.kubernetes.selection import Selection
from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.names import (
    APPROVALS,
    GROUP,
    ORDER_OF_APPROVAL,
    ORDERS,
    POLICIES,
    VERSION,
)
from flink_workspace_operator.api.policy import FlinkPurchasePolicy, FlinkPurchasePolicyStatus
from flink_workspace_operator.core.facts.boundary import Boundary, Commitment, PoliciesUnread
from flink_workspace_operator.core.facts.failures import ClusterRefused, Unreadable


class Limits:
    """Reads them. What can't be read is told, and never taken for no limit."""

    def __init__(
        self,
        core: client.CoreV1Api,
        custom: client.CustomObjectsApi,
        own_writes: OwnWrites,
        namespaces: tuple[str, ...] | None,
    ) -> None:
        self._core = core
        self._namespaces = namespaces
        self._orders = Collection(custom, GROUP, VERSION, ORDERS, own_writes)
        self._policies = Collection(custom, GROUP, VERSION, POLICIES, own_writes)
        approvals = Collection(custom, GROUP, VERSION, APPROVALS, own_writes)
        self._approvals = Selection(approvals, ORDER_OF_APPROVAL)

    async def read_boundary(self, namespace: str) -> Boundary | PoliciesUnread:
        """The limits on what a namespace buys. Raises `ClusterUnreachable`."""
        try:
            policies = tuple([policy_in(wire) async for wire in self._policies.list()])
            labels = await self._labels(namespace, policies)
            # After the policies: whoever reserves room meanwhile changes a policy.
            return Boundary(policies, labels, await self._ledger(policies))
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

    async def _ledger(self, policies: tuple[FlinkPurchasePolicy, ...]) -> tuple[Commitment, ...]:
        """No call if no policy has a cap."""
        if all(each.spec.spend_cap is None for each in policies):
            return ()
        places = self._namespaces or (None,)
        return tuple(
            [commitment_in(wire) for place in places async for wire in self._orders.list(place)]
        )

    async def reserve_room(
        self, policy: FlinkPurchasePolicy, status: FlinkPurchasePolicyStatus
    ) -> None:
        """Replace a policy's status. Raises `Conflict` unless the policy is as it was read."""
        metadata = policy.metadata
        read = {"metadata": {"name": metadata.name, "resourceVersion": metadata.resource_version}}
        await self._policies.put(read, "/status", status.as_wire(), status=True)

    async def read_approvals(self, namespace: str, order: str) -> tuple[FlinkPurchaseApproval, ...]:
        """The decisions on an order. They are kept for ever. Raises `ClusterFailure`."""
        found = [
            wire
            async for wire in self._approvals.of(namespace, order)
            if wire["spec"]["order"]["name"] == order
        ]
        return tuple(approval_in(wire) for wire in found)
