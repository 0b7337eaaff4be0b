"""One namespace for the folder, with captured objects of several situations in it."""

from collections.abc import Iterator

import pytest

from flink_local.cluster import Cluster
from tests.kubectl_flink.typed import Typist, captured, status_of
from tests.namespaces import Namespaces
from tests.objects import Objects
from tests.scenario.manifests import subscription

SHOWN = (
    "running",
    "running-by-use",
    "lost",
    "waiting-for-balance",
    "being-created",
    "purchase-uncertain",
)


@pytest.fixture(scope="session")
def place(namespaces: Namespaces) -> Iterator[str]:
    """The namespace, whose objects nobody changes."""
    with namespaces.fresh() as name:
        objects = Objects.of(namespaces.cluster, name)
        for situation in SHOWN:
            put(objects, situation)
        yield name


def put(objects: Objects, situation: str, name: str | None = None) -> None:
    """Make an object that is in a situation, as an operator would have left it."""
    wire = captured()[situation]
    made = {**subscription(name or situation), "spec": wire["spec"]}
    objects.apply(made)
    objects.patch(f"flinkworkspaces/{name or situation}/status", {"status": status_of(wire)})


@pytest.fixture
def admin(cluster: Cluster) -> Typist:
    """Somebody with all rights."""
    return Typist(cluster)
