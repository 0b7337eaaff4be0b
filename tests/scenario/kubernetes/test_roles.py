"""What people may do who have one of the roles that every cluster has, or one of ours: the API server's word for it."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure
from tests.scenario.kubernetes.tenants import EDITOR, Tenant
from tests.scenario.manifests import pay_as_you_go

SECONDS = 30.0
READ = {"get", "list", "watch"}
ALL = READ | {"create", "update", "patch", "delete", "deletecollection"}

Granted = dict[str, set[str]]


def granted(cluster: Cluster, namespace: str, person: str = "person") -> Granted:
    """What a ServiceAccount may do with which of our resources, statuses included."""
    who = f"--as=system:serviceaccount:{namespace}:{person}"
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


ROLES = [("view", READ), ("edit", READ), ("admin", READ), ("flink-workspace-viewer", READ), (EDITOR, ALL)]


@pytest.mark.parametrize(("role", "allowed"), ROLES)
def test_what_a_role_gives(cluster: Cluster, namespace: str, role: str, allowed: set[str]) -> None:
    """Who may view, edit or administer sees workspaces and orders. Buying is bound by name: only our editor writes
    workspaces. Nobody writes a status or an order."""
    here = f"--namespace={namespace}"
    cluster.kubectl("create", "serviceaccount", "person", here)
    cluster.kubectl(
        "create", "rolebinding", "person", here, f"--clusterrole={role}", f"--serviceaccount={namespace}:person"
    )
    wait_for(lambda: granted(cluster, namespace).get("flinkworkspaces") == allowed)
    assert granted(cluster, namespace) == {"flinkworkspaces": allowed, "flinkworkspaceorders": READ}


@pytest.mark.parametrize("role", ["edit", "admin"])
def test_who_may_edit_everything_else_buys_nothing(cluster: Cluster, namespace: str, tmp_path: Path, role: str) -> None:
    """Until the editor is bound as well; then it is taken."""
    tenant = Tenant.of(cluster, namespace, tmp_path, role)
    wait_for(lambda: "flinkworkspaces" in granted(cluster, namespace, "person-1"))
    assert 'cannot create resource "flinkworkspaces"' in tenant.refusal(pay_as_you_go())
    buyer = Tenant.of(cluster, namespace, tmp_path, role, EDITOR)
    assert buyer.refusal(pay_as_you_go()) == ""


@pytest.mark.parametrize("role", ["edit", "admin"])
def test_a_namespaces_administrator_takes_nothing_more(
    cluster: Cluster, namespace: str, tmp_path: Path, role: str
) -> None:
    """Whoever has the roles of the cluster, and our editor besides, gives the editor to nobody else by himself, unless
    he may administer; and writes no status, no order and no finalizer by a subresource."""
    tenant = Tenant.of(cluster, namespace, tmp_path, role, EDITOR)
    asked = {
        resource: {verb for verb in sorted(ALL) if may(tenant, verb, resource)}
        for resource in ("flinkworkspaceorders", "flinkworkspaceorders/status", "flinkworkspaces/status")
    }
    assert asked == {
        "flinkworkspaceorders": READ,
        "flinkworkspaceorders/status": set(),
        "flinkworkspaces/status": set(),
    }
    assert may(tenant, "create", "rolebindings") == (role == "admin")


def test_an_administrator_of_a_namespace_does_not_make_himself_a_buyer(
    cluster: Cluster, namespace: str, tmp_path: Path
) -> None:
    """He may bind roles, but none that gives what he has not; the rights that the operator needs there he has."""
    tenant = Tenant.of(cluster, namespace, tmp_path, "admin")
    wait_for(lambda: may(tenant, "create", "rolebindings"))
    here = f"--serviceaccount={namespace}:default"
    with pytest.raises(LocalFailure, match="attempting to grant RBAC permissions not currently held"):
        tenant.kubectl("create", "rolebinding", "buyer", f"--clusterrole={EDITOR}", here)
    for feature in ("outputs", "credentials"):
        role = f"--clusterrole=flink-workspace-operator-{feature}"
        assert "created" in tenant.kubectl("create", "rolebinding", feature, role, here)


def may(tenant: Tenant, verb: str, resource: str) -> bool:
    """The API server's answer."""
    resource, _, subresource = resource.partition("/")
    group = "" if resource == "rolebindings" else ".flink.alicloud.dev"
    try:
        tenant.kubectl("auth", "can-i", verb, resource + group, f"--subresource={subresource}")
    except LocalFailure:
        return False
    return True


def test_without_a_role_nothing_of_ours_is_seen(cluster: Cluster, namespace: str) -> None:
    """Not even which workspaces there are."""
    cluster.kubectl("create", "serviceaccount", "person", f"--namespace={namespace}")
    assert granted(cluster, namespace) == {}
