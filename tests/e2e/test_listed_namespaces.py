"""An operator for listed namespaces, with no right but those that RoleBindings give it there, and
those on what belongs to no namespace."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY
from tests.e2e.processes import Operator, ready_reason, running_operator
from tests.emulator_fixture import EmulatedAccount
from tests.namespaces import Namespaces
from tests.objects import OPERATOR, Objects
from tests.scenario.manifests import apply, pay_as_you_go

RBAC = REPOSITORY / "deploy" / "base" / "rbac.yaml"


@pytest.fixture
def cluster_without_rights(own_cluster: Cluster) -> Iterator[Cluster]:
    """What is in namespaces is bound for none of them."""
    own_cluster.kubectl("delete", "clusterrolebinding", "flink-workspace-operator")
    try:
        yield own_cluster
    finally:
        own_cluster.kubectl("apply", "--filename", RBAC)


def bind(cluster: Cluster, namespace: str) -> None:
    """As components/listed-namespaces does."""
    Objects.of(cluster, namespace).bind("flink-workspace-operator", OPERATOR)


def reason(operator: Operator, namespace: str) -> str:
    """Reason of the workspace's Ready condition; empty where nobody looks after it."""
    return ready_reason(Objects.of(operator.cluster, namespace).get(f"flinkworkspaces/{namespace}"))


def test_each_namespace_by_its_own_rights(
    cluster_without_rights: Cluster, account: EmulatedAccount, tmp_path: Path
) -> None:
    """One without rights is left out and named with what is missing; the others are looked after,
    and no other is."""
    cluster, spaces = cluster_without_rights, Namespaces(cluster_without_rights)
    account.control.settings(provisioningSeconds=1)
    with spaces.fresh() as served, spaces.fresh() as unbound, spaces.fresh() as unlisted:
        for namespace in (served, unbound, unlisted):
            apply(cluster, namespace, pay_as_you_go(namespace))
        bind(cluster, served)
        bind(cluster, unlisted)
        settings = {"namespaces": json.dumps([served, unbound]), "cluster_id": "listed"}
        with running_operator(cluster, account, tmp_path / "before", settings) as operator:
            operator.until(lambda: reason(operator, served) == "Running")
            assert (reason(operator, unbound), reason(operator, unlisted)) == ("", "")
            said = operator.log.read_text()
            assert (
                f"namespace {unbound} is left out: the operator may not get, list, watch, patch flinkworkspaces"
                in said
            )
            assert "bind the ClusterRole flink-workspace-operator in it by a RoleBinding" in said
            assert "Not enough permissions" not in said
        bind(cluster, unbound)
        with running_operator(cluster, account, tmp_path / "after", settings) as operator:
            operator.until(lambda: reason(operator, unbound) == "Running")
            assert (reason(operator, served), reason(operator, unlisted)) == ("Running", "")
        assert sorted(each["name"] for each in account.control.purchases()) == sorted(
            [served, unbound]
        )
