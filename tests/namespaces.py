"""Namespaces for single tests, made and removed without a kubectl each time. Nothing in them outlives its test.

What a test leaves there holds our finalizers, and no operator takes them off any more: the namespace would stay, and
its controller try again and again. A hundred of those take a processor core from the tests that follow.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import GROUP, ORDERS, VERSION, WORKSPACES

NO_FINALIZERS: Final = {"metadata": {"finalizers": None}}


@dataclass(frozen=True)
class Namespaces:
    """Of one cluster, as its administrator."""

    core: Any
    custom: Any

    @classmethod
    def of(cls, cluster: Cluster) -> Self:
        """Those of a running cluster."""
        from kubernetes import client, config  # takes half a second, and most runs of single tests need no cluster

        api = config.new_client_from_config(str(cluster.kubeconfig))  # type: ignore[no-untyped-call]  # its own gap
        return cls(client.CoreV1Api(api), client.CustomObjectsApi(api))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """One with a name of its own, which goes afterwards with all that is in it."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        self.core.create_namespace({"metadata": {"name": name}})
        try:
            yield name
        finally:
            self.empty(name)
            self.core.delete_namespace(name)

    def empty(self, namespace: str) -> None:
        """Remove all workspaces and orders of a namespace, whoever holds them."""
        for plural in (WORKSPACES, ORDERS):
            place = (GROUP, VERSION, namespace, plural)
            self.custom.delete_collection_namespaced_custom_object(*place)
            for item in self.custom.list_namespaced_custom_object(*place)["items"]:
                self.custom.patch_namespaced_custom_object(*place, item["metadata"]["name"], NO_FINALIZERS)
