"""Passes of the real code, as in the scenario tests, and a manifest in Git."""

import pytest

from flink_local.cluster import Cluster
from tests.gitops.synced import Synced
from tests.scenario.conftest import world
from tests.scenario.manifests import pay_as_you_go

__all__ = ["synced", "world"]


@pytest.fixture
def synced(cluster: Cluster, namespace: str) -> Synced:
    """A workspace in Git; what has a default is left out of it, but for one tag's value."""
    return Synced(
        cluster, namespace, pay_as_you_go(tags=[{"key": "team", "value": "data"}, {"key": "bare"}])
    )
