"""What people may do who have one of the roles that every cluster has, or one of ours: the API
server's word for it."""

import pytest

from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import GROUP
from tests.objects import Objects, Refused
from tests.patience import until
from tests.scenario.kubernetes.tenants import APPROVER, EDITOR, Tenant
from tests.scenario.manifests import pay_as_you_go

READ = {"get", "list", "watch"}
ALL = READ | {"create", "update", "patch", "delete", "deletecollection"}

Granted = dict[str, set[str]]


def granted(cluster: Cluster, namespace: str, person: str = "person") -> Granted:
    """What a ServiceAccount may do with which of our resources, statuses included."""
    somebody = Objects.of(cluster, namespace).by((person, namespace)).connection
    review = {"spec": {"namespace": namespace}}
    told = somebody.ask("POST", "apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review)
    found: Granted = {}
    for rule in told["status"]["resourceRules"]:
        for resource in rule["resources"] if GROUP in rule["apiGroups"] else ():
            found.setdefault(resource, set()).update(rule["verbs"])
    return found


ROLES = [
    ("view", READ),
    ("edit", READ),
    ("admin", READ),
    ("flink-workspace-viewer", READ),
    (EDITOR, ALL),
    (APPROVER, READ),
]


@pytest.mark.parametrize(("role", "allowed"), ROLES)
def test_what_a_role_gives(cluster: Cluster, namespace: str, role: str, allowed: set[str]) -> None:
    """Who may view, edit or administer sees workspaces, orders and approvals. Buying and approving
    are bound by name, apart from each other: only our editor writes workspaces, only our approver
    creates approvals. Nobody writes a status or an order, or changes a decision."""
    Objects.of(cluster, namespace).bind(role, ("person", namespace))
    # a controller adds our roles
    until(lambda: granted(cluster, namespace).get("flinkworkspaces") == allowed)
    assert granted(cluster, namespace) == {
        "flinkworkspaces": allowed,
        "flinkworkspaceorders": READ,
        "flinkpurchaseapprovals": READ | ({"create"} if role == APPROVER else set()),
    }


@pytest.mark.parametrize("role", ["edit", "admin"])
def test_who_may_edit_everything_else_buys_nothing(
    cluster: Cluster, namespace: str, role: str
) -> None:
    """Until the editor is bound as well; then it is taken."""
    tenant = Tenant.of(cluster, namespace, role)
    until(lambda: "flinkworkspaces" in granted(cluster, namespace, "person-1"))
    assert 'cannot create resource "flinkworkspaces"' in tenant.refusal(pay_as_you_go())
    buyer = Tenant.of(cluster, namespace, role, EDITOR)
    until(lambda: buyer.refusal(pay_as_you_go()) == "")


@pytest.mark.parametrize("role", ["edit", "admin"])
def test_a_namespaces_administrator_takes_nothing_more(
    cluster: Cluster, namespace: str, role: str
) -> None:
    """Whoever has the roles of the cluster, and our editor besides, gives the editor to nobody else
    by himself, unless he may administer; and writes no status, no order and no finalizer by a
    subresource."""
    may = Tenant.of(cluster, namespace, role, EDITOR).objects.may
    asked = {
        resource: {verb for verb in sorted(ALL) if may(verb, resource)}
        for resource in (
            "flinkworkspaceorders",
            "flinkworkspaceorders/status",
            "flinkworkspaces/status",
        )
    }
    assert asked == {
        "flinkworkspaceorders": READ,
        "flinkworkspaceorders/status": set(),
        "flinkworkspaces/status": set(),
    }
    assert may("create", "rolebindings") == (role == "admin")


def test_an_administrator_of_a_namespace_does_not_make_himself_a_buyer(
    cluster: Cluster, namespace: str
) -> None:
    """He may bind roles, but none that gives what he has not; the rights that the operator needs
    there he has."""
    tenant, anybody = Tenant.of(cluster, namespace, "admin").objects, ("default", namespace)
    until(lambda: tenant.may("create", "rolebindings"))
    with pytest.raises(Refused, match="attempting to grant RBAC permissions not currently held"):
        tenant.bind(EDITOR, anybody)
    with pytest.raises(Refused, match="attempting to grant RBAC permissions not currently held"):
        tenant.bind(APPROVER, anybody)
    for feature in ("outputs", "credentials"):
        tenant.bind(f"flink-workspace-operator-{feature}", anybody)


def test_without_a_role_nothing_of_ours_is_seen(cluster: Cluster, namespace: str) -> None:
    """Not even which workspaces there are."""
    assert granted(cluster, namespace) == {}
