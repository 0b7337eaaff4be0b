"""Events that people see beside a resource, or beside the election's Lease."""

import logging
import uuid
from datetime import UTC, datetime

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.collection import Collection, OwnWrites
from flink_workspace_operator.adapters.kubernetes.election_lease import ELECTION_LEASE
from flink_workspace_operator.api.names import API_VERSION
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import ClusterFailure
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.ports import Reportable

log = logging.getLogger(__name__)

CONTROLLER = "flink-workspace-operator"
ELECTION = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "name": ELECTION_LEASE}


class Events:
    """Posts events. One that can't be posted is logged: the conditions report the same."""

    def __init__(self, custom: client.CustomObjectsApi, namespace: str) -> None:
        self._events = Collection(
            custom, "events.k8s.io", "v1", "events", OwnWrites(limit=0)
        )  # nobody watches them
        self._namespace = namespace

    async def post_about(self, about: Reportable, event: Event) -> None:
        """Post an event about a resource, or an order."""
        metadata, is_order = about.metadata, isinstance(about, FlinkWorkspaceOrder)
        await self._post(
            event,
            {
                "apiVersion": API_VERSION,
                "kind": "FlinkWorkspaceOrder" if is_order else "FlinkWorkspace",
                "namespace": metadata.namespace,
                "name": metadata.name,
                "uid": metadata.uid,
            },
        )

    async def post_notice(self, event: Event) -> None:
        """Post an event about no resource: on the election Lease, in the operator's namespace."""
        await self._post(event, {**ELECTION, "namespace": self._namespace})

    async def _post(self, event: Event, regarding: dict[str, str]) -> None:
        body = {
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {"name": f"{regarding['name']}.{uuid.uuid4().hex[:16]}"},
            "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "reportingController": CONTROLLER,
            "reportingInstance": CONTROLLER,
            "action": event.reason,
            "reason": event.reason,
            "type": event.type,
            "note": event.message[:1024],
            "regarding": regarding,
        }
        try:
            await self._events.create(regarding["namespace"], body)
        except ClusterFailure as failure:
            log.warning("could not post the event %s: %s", event.reason, failure)
