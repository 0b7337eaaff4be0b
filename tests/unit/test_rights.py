"""The rights that are handed out: as few as possible, and all spelled out."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from flink_workspace_operator.adapters.kubernetes.rights import NEEDED
from flink_workspace_operator.api import names
from flink_workspace_operator.api.operator_report import REPORT_NAME

BASE = Path(__file__).parents[2] / "deploy" / "base"
OPERATOR, VIEWER, EDITOR, APPROVER = (
    "flink-workspace-operator",
    "flink-workspace-viewer",
    "flink-workspace-editor",
    "flink-purchase-approver",
)
READER = "flink-workspace-report-reader"
READ = {"get", "list", "watch"}
WRITE = {"create", "update", "patch", "delete", "deletecollection"}
AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-"

Manifest = dict[str, Any]


def rendered(kind: str) -> dict[str, Manifest]:
    """All objects of a kind in the folder, by name: nothing of it is changed by the
    kustomization."""
    documents = [
        each for file in BASE.glob("*.yaml") for each in yaml.safe_load_all(file.read_text())
    ]
    return {each["metadata"]["name"]: each for each in documents if each["kind"] == kind}


def verbs(role: Manifest, resource: str) -> set[str]:
    """What a role may do with one of our resources."""
    rules = [
        rule
        for rule in role["rules"]
        if names.GROUP in rule["apiGroups"] and resource in rule["resources"]
    ]
    return {verb for rule in rules for verb in rule["verbs"]}


def test_nothing_is_allowed_by_a_wildcard() -> None:
    """Every group, resource and verb is named; no right on URLs."""
    roles = [*rendered("ClusterRole").values(), *rendered("Role").values()]
    assert len(roles) == 10
    for role in roles:
        for rule in role["rules"]:
            assert set(rule) <= {"apiGroups", "resources", "resourceNames", "verbs"}
            assert not [word for words in rule.values() for word in words if "*" in word]


def test_the_operator_never_writes_what_people_want() -> None:
    """Of a workspace it patches its finalizer; of an order it can't even throw one away."""
    role = rendered("ClusterRole")[OPERATOR]
    assert verbs(role, names.WORKSPACES) == READ | {"patch"}
    assert verbs(role, names.ORDERS) == READ | {"create", "patch"}
    assert (
        verbs(role, f"{names.WORKSPACES}/status")
        == verbs(role, f"{names.ORDERS}/status")
        == {"patch"}
    )


def test_a_namespace_is_asked_for_all_that_the_role_gives() -> None:
    """What only `outputs` or `credentials` needs is in roles of their own."""
    granted = {
        (group, resource): verbs
        for rule in rendered("ClusterRole")[OPERATOR]["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verbs in [tuple(rule["verbs"])]
    }
    assert granted == NEEDED


@pytest.mark.parametrize(
    ("name", "of_workspaces", "of_approvals"),
    [
        (VIEWER, READ, READ),
        (EDITOR, READ | WRITE, READ),
        (APPROVER, READ, READ | {"create"}),
    ],
)
def test_people_write_workspaces_or_approve_and_nothing_else(
    name: str, of_workspaces: set[str], of_approvals: set[str]
) -> None:
    """Never both, never a status, never the ledger; those are what the operator remembers by."""
    role = rendered("ClusterRole")[name]
    assert verbs(role, names.WORKSPACES) == of_workspaces
    assert verbs(role, names.APPROVALS) == of_approvals
    assert verbs(role, names.ORDERS) == READ
    touched = {resource for rule in role["rules"] for resource in rule["resources"]}
    assert touched == {names.WORKSPACES, names.ORDERS, names.APPROVALS}


def test_the_operator_decides_nothing() -> None:
    """It reads decisions, and can't make one."""
    assert verbs(rendered("ClusterRole")[OPERATOR], names.APPROVALS) == {"list", "watch"}


@pytest.mark.parametrize(
    ("feature", "rule"),
    [
        ("outputs", {"resources": ["configmaps"], "verbs": ["get", "create", "patch", "delete"]}),
        ("credentials", {"resources": ["secrets"], "verbs": ["get", "patch"]}),
    ],
)
def test_what_a_feature_needs_is_bound_by_the_namespace_that_uses_it(
    feature: str, rule: Manifest
) -> None:
    """A ClusterRole of its own, which nothing that is installed binds."""
    name = f"{OPERATOR}-{feature}"
    assert rendered("ClusterRole")[name]["rules"] == [{"apiGroups": [""], **rule}]
    bindings = {**rendered("ClusterRoleBinding"), **rendered("RoleBinding")}
    assert bindings
    assert name not in {each["roleRef"]["name"] for each in bindings.values()}


@pytest.mark.parametrize(
    ("name", "roles"), [(VIEWER, {"view"}), (EDITOR, set()), (OPERATOR, set())]
)
def test_which_roles_of_the_cluster_they_are_added_to(name: str, roles: set[str]) -> None:
    """Looking is for whoever may view; buying is given by name; what the operator may do is for it
    alone."""
    labels = rendered("ClusterRole")[name]["metadata"].get("labels", {})
    assert {
        label.removeprefix(AGGREGATE) for label in labels if label.startswith(AGGREGATE)
    } == roles
    assert all(value == "true" for value in labels.values())


def test_the_report_is_the_only_config_map_that_the_operator_may_touch_by_itself() -> None:
    """By its name, in its own namespace. Who reads it is for people to say: nothing that is
    installed binds that."""
    about = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [REPORT_NAME]}
    roles = rendered("Role")
    own = [rule for rule in roles[OPERATOR]["rules"] if rule["resources"] == ["configmaps"]]
    assert own == [{**about, "verbs": ["get", "create", "patch"]}]
    assert roles[READER]["rules"] == [{**about, "verbs": ["get"]}]
    bindings = {**rendered("ClusterRoleBinding"), **rendered("RoleBinding")}
    assert READER not in {each["roleRef"]["name"] for each in bindings.values()}
