"""Watches the Leases that are claims.

A watch of our own, because kopf watches a kind in all namespaces or in none, and the operator may
see Leases only in its own namespace.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.claims import claim_in
from flink_workspace_operator.adapters.kubernetes.collection import TIMEOUT_SECONDS, answer
from flink_workspace_operator.adapters.kubernetes.election_lease import ELECTION_LEASE
from flink_workspace_operator.core.facts.failures import ClusterUnreachable
from flink_workspace_operator.core.facts.identity import Key, PurchaseTarget

LEASES = ("coordination.k8s.io", "v1")
NOT_THE_ELECTION = f"metadata.name!={ELECTION_LEASE}"
"""That Lease is renewed every two seconds and concerns no claim: the API server leaves it out."""
WATCH_SECONDS = 240
"""Then it starts over, so that a connection that died silently hides changes for no longer."""


@dataclass(frozen=True)
class ClaimChange:
    """One change of a claim; `given_back` if its Lease was deleted."""

    holder: Key | None
    target: PurchaseTarget
    given_back: bool
    resource_version: str


@dataclass(frozen=True)
class ClaimWatch:
    """The watch of all claims in the operator's namespace."""

    api: client.CustomObjectsApi
    namespace: str

    async def changes(self, seconds: int = WATCH_SECONDS) -> AsyncIterator[ClaimChange | None]:
        """Yield None once the watch is established, then each change. Raises `ClusterFailure`."""
        place = (*LEASES, self.namespace, "leases")
        now = await answer(
            self.api.list_namespaced_custom_object(
                *place, limit=1, _request_timeout=TIMEOUT_SECONDS
            )
        )
        stream = await answer(
            self.api.list_namespaced_custom_object_without_preload_content(
                *place,
                watch=True,
                field_selector=NOT_THE_ELECTION,
                resource_version=now["metadata"]["resourceVersion"],  # type: ignore[index]  # typed as object, is a dict
                timeout_seconds=seconds,
                _request_timeout=seconds + TIMEOUT_SECONDS,
            )
        )
        yield None
        try:
            stream.raise_for_status()
            async for line in stream.content:
                yield _change(line)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as broken:
            raise ClusterUnreachable(
                f"the watch of claims broke ({type(broken).__name__})"
            ) from broken
        finally:
            stream.close()


def _change(line: bytes) -> ClaimChange | None:
    event = json.loads(line)
    if event["type"] == "ERROR":
        raise ClusterUnreachable(f"the watch of claims ended: {event['object'].get('reason')}")
    holder, target = claim_in(event["object"])
    version = event["object"]["metadata"]["resourceVersion"]
    return ClaimChange(holder, target, event["type"] == "DELETED", version)
