"""Namespaces for single tests. Nothing of ours in them outlives its test; they themselves go with
the control plane.

What a test leaves there holds our finalizers, and no operator takes them off any more. To end a
namespace takes its controller and the API server a tenth of a second of a core, which the tests
that follow can use better."""

import contextlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import ORDERS, WORKSPACES
from tests.objects import NotFound, Objects


@dataclass(frozen=True)
class Namespaces:
    """Of one cluster, as its administrator."""

    cluster: Cluster

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """One with a name of its own, which is emptied afterwards."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        Objects.of(self.cluster, name).create(namespace)
        try:
            yield name
        finally:
            self.empty(name)

    def empty(self, namespace: str) -> None:
        """Remove all workspaces and orders of a namespace, whoever holds them."""
        objects = Objects.of(self.cluster, namespace)
        there = [
            (kind, each["metadata"]["name"])
            for kind in (WORKSPACES, ORDERS)
            for each in objects.list(kind)
        ]
        for what in map("/".join, there):
            with contextlib.suppress(NotFound):  # whoever holds it may let it go meanwhile
                objects.let_go(what)
                objects.delete(what)
