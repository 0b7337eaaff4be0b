"""What deploy/base says of the process agrees with what the process does."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from flink_workspace_operator.settings import ENVIRONMENT_PREFIX, Settings

BASE = Path(__file__).parents[2] / "deploy" / "base"
WATCHES_END_SECONDS = 10


@pytest.fixture
def pod() -> dict[str, Any]:
    """The Pod's spec."""
    deployment = yaml.safe_load((BASE / "deployment.yaml").read_text())
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


def documents(name: str) -> list[dict[str, Any]]:
    """What is in a file of the folder."""
    return list(yaml.safe_load_all((BASE / name).read_text()))


def rules(*kinds: str) -> list[dict[str, Any]]:
    """Of all roles of these kinds."""
    roles = [*documents("rbac.yaml"), *documents("roles.yaml")]
    return [rule for each in roles if each["kind"] in kinds for rule in each["rules"]]


def test_the_kubelet_waits_longer_than_the_drain(pod: dict[str, Any]) -> None:
    """A Pod that stops is not killed while it waits for the answer to a purchase."""
    assert pod["terminationGracePeriodSeconds"] > Settings().drain_seconds + WATCHES_END_SECONDS


def test_the_probes_ask_where_the_operator_answers(pod: dict[str, Any]) -> None:
    """Probes and port fit the default of the setting."""
    [container] = pod["containers"]
    assert container["ports"] == [{"name": "health", "containerPort": Settings().health_port}]
    asked = {
        probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")
    }
    assert asked == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }


def test_leases_are_the_operators_only_in_its_own_namespace() -> None:
    """Claims and the election: no right on Leases, or on anything else of this group, goes beyond
    it."""
    [rule] = [rule for rule in rules("Role") if "leases" in rule["resources"]]
    assert (rule["apiGroups"], rule["resources"]) == (["coordination.k8s.io"], ["leases"])
    assert not any("coordination.k8s.io" in rule["apiGroups"] for rule in rules("ClusterRole"))


def test_secrets_are_read_only_where_somebody_says_so() -> None:
    """The right on Secrets is a ClusterRole of its own, and nothing binds it."""
    holders = {
        each["metadata"]["name"]
        for each in documents("rbac.yaml")
        if "secrets" in str(each.get("rules"))
    }
    bound = {each["roleRef"]["name"] for each in documents("rbac.yaml") if "roleRef" in each}
    assert holders == {"flink-workspace-operator-credentials"}
    assert not holders & bound


def test_two_run_and_one_may_be_away() -> None:
    """Two replicas, and a budget and a rollout that always leave one; both name the Pods by the
    same label."""
    [deployment], [budget] = documents("deployment.yaml"), documents("poddisruptionbudget.yaml")
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert budget["spec"]["maxUnavailable"] == 1
    assert budget["spec"]["selector"] == deployment["spec"]["selector"]


def test_all_that_selects_pods_means_the_same_ones() -> None:
    """Budget, Service and NetworkPolicy name the Pods of the Deployment; the Service's port is the
    Pods'."""
    [deployment], [service] = documents("deployment.yaml"), documents("service.yaml")
    [policy] = documents("networkpolicy.yaml")
    assert service["spec"]["selector"] == deployment["spec"]["selector"]["matchLabels"]
    assert policy["spec"]["podSelector"] == deployment["spec"]["selector"]
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["health"]


def test_only_settings_that_exist_are_set(pod: dict[str, Any]) -> None:
    """Every FLINK_OPERATOR_ variable is one that the operator reads."""
    [container] = pod["containers"]
    names = {
        variable["name"]
        for variable in container["env"]
        if variable["name"].startswith(ENVIRONMENT_PREFIX)
    }
    assert names <= {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_all_files_are_applied_once() -> None:
    """The kustomization names every file of the folder, and none twice."""
    named = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    assert sorted(named) == sorted(
        file.name for file in BASE.glob("*.yaml") if file.name != "kustomization.yaml"
    )
