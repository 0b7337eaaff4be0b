"""The operator's rights in a namespace, by SelfSubjectAccessReview: needs no right itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kubernetes.aio import client

from flink_workspace_operator.adapters.kubernetes.collection import TIMEOUT_SECONDS, answer
from flink_workspace_operator.api.names import APPROVALS, GROUP, ORDERS, WORKSPACES

EVENTS: Final = "events.k8s.io"

NEEDED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    (GROUP, WORKSPACES): ("get", "list", "watch", "patch"),
    (GROUP, ORDERS): ("get", "list", "watch", "create", "patch"),
    (GROUP, APPROVALS): ("list", "watch"),
    (GROUP, f"{WORKSPACES}/status"): ("patch",),
    (GROUP, f"{ORDERS}/status"): ("patch",),
    (EVENTS, "events"): ("create",),
}
"""Verbs by group and resource. Without ConfigMaps: only `outputs` needs them."""


@dataclass(frozen=True)
class Rights:
    """Reviews the rights of the client's own token. Raises `ClusterFailure`."""

    api: client.AuthorizationV1Api

    async def missing(self, namespace: str) -> str:
        """The missing rights in the words of a Role; empty if none is missing."""
        lacking = [
            (resource, verb)
            for (group, resource), verbs in NEEDED.items()
            for verb in verbs
            if not await self._may(namespace, group, resource, verb)
        ]
        return _as_told(lacking)

    async def _may(self, namespace: str, group: str, resource: str, verb: str) -> bool:
        resource, _, subresource = resource.partition("/")
        attributes = client.V1ResourceAttributes(
            namespace=namespace,
            group=group,
            resource=resource,
            subresource=subresource or None,
            verb=verb,
        )
        review = client.V1SelfSubjectAccessReview(
            spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
        )
        told = await answer(
            self.api.create_self_subject_access_review(review, _request_timeout=TIMEOUT_SECONDS)
        )
        return told.status is not None and told.status.allowed


def _as_told(lacking: Iterable[tuple[str, str]]) -> str:
    by_resource: defaultdict[str, list[str]] = defaultdict(list)
    for resource, verb in lacking:
        by_resource[resource].append(verb)
    return "; ".join(f"{', '.join(verbs)} {resource}" for resource, verbs in by_resource.items())
