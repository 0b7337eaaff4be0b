"""What people may do who have one of the roles that every cluster has: the API server's word for it."""

from collections.abc import Callable
from time import monotonic

import pytest

from flink_local.cluster import Cluster

SECONDS = 30.0
READ = {"get", "list", "watch"}
ALL = READ | {"create", "update", "patch", "delete", "deletecollection"}

Granted = dict[str, set[str]]


def granted(cluster: Cluster, namespace: str) -> Granted:
    """What the ServiceAccount `person` may do with which of our resources, statuses included."""
    who = f"--as=system:serviceaccount:{namespace}:person"
    told = cluster.kubectl("auth", "can-i", "--list", "--no-headers", f"--namespace={namespace}", who)
    ours = [line for line in told.splitlines() if ".flink.alicloud.dev" in line]
    found: Granted = {}
    for line in ours:
        resource, verbs = line.split(maxsplit=1)
        what = resource.replace(".flink.alicloud.dev", "")
        found.setdefault(what, set()).update(verbs.rpartition("[")[2].rstrip("]").split())
    return found


def wait_for(fact: Callable[[], bool]) -> None:
    """The controller adds our roles to the cluster's soon after they are applied."""
    end = monotonic() + SECONDS
    while not fact():
        assert monotonic() < end, f"not the case after {SECONDS:.0f} s"


@pytest.mark.parametrize(("role", "allowed"), [("view", READ), ("edit", ALL), ("admin", ALL)])
def test_the_roles_of_the_cluster_hold_ours(cluster: Cluster, namespace: str, role: str, allowed: set[str]) -> None:
    """Who may view sees workspaces and orders; who may edit writes workspaces; nobody writes a status or an order."""
    here = f"--namespace={namespace}"
    cluster.kubectl("create", "serviceaccount", "person", here)
    cluster.kubectl(
        "create", "rolebinding", "person", here, f"--clusterrole={role}", f"--serviceaccount={namespace}:person"
    )
    wait_for(lambda: granted(cluster, namespace).get("flinkworkspaces") == allowed)
    assert granted(cluster, namespace) == {"flinkworkspaces": allowed, "flinkworkspaceorders": READ}


def test_without_a_role_nothing_of_ours_is_seen(cluster: Cluster, namespace: str) -> None:
    """Not even which workspaces there are."""
    cluster.kubectl("create", "serviceaccount", "person", f"--namespace={namespace}")
    assert granted(cluster, namespace) == {}
