"""What `deploy/monitoring` adds to an overlay, as kubectl builds it."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from flink_local.binaries import installed_binaries
from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE, REPOSITORY
from tests.operations.monitoring import MONITORING, dashboard

ELSEWHERE = "https://wiki.example.com/flink-alerts.html"


def build(directory: Path, **more: object) -> list[dict[str, Any]]:
    """An overlay of the base with the component."""
    overlay = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [os.path.relpath(REPOSITORY / "deploy" / "base", directory)],
        "components": [os.path.relpath(MONITORING, directory)],
        **more,
    }
    (directory / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    kubectl = Cluster(directory / "none", installed_binaries().path("kubectl"))
    return list(yaml.safe_load_all(kubectl.kubectl("kustomize", str(directory))))


def one(built: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """The object of that kind and name."""
    [found] = [each for each in built if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


@pytest.fixture
def built(tmp_path: Path) -> list[dict[str, Any]]:
    return build(tmp_path)


def test_it_is_added_in_the_operators_namespace(built: list[dict[str, Any]]) -> None:
    """Three objects, and the dashboard under the label that Grafana's sidecar looks for."""
    added = {
        each["kind"]: each["metadata"]
        for each in built
        if each["kind"] in ("ServiceMonitor", "PrometheusRule")
    }
    assert {kind: metadata["namespace"] for kind, metadata in added.items()} == {
        "ServiceMonitor": NAMESPACE,
        "PrometheusRule": NAMESPACE,
    }
    shown = one(built, "ConfigMap", "flink-workspace-operator-dashboard")
    assert shown["metadata"]["labels"] == {"grafana_dashboard": "1"}
    assert yaml.safe_load(shown["data"]["flink-workspaces.json"]) == dashboard()


def test_the_operators_pods_are_scraped(built: list[dict[str, Any]]) -> None:
    """By the label and the port that they have; the namespace that a series names is that of the
    workspace."""
    monitor = one(built, "ServiceMonitor", "flink-workspace-operator")["spec"]
    pod = one(built, "Deployment", "flink-workspace-operator")["spec"]["template"]
    [endpoint], [container] = monitor["endpoints"], pod["spec"]["containers"]
    assert monitor["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert endpoint["port"] in [port["name"] for port in container["ports"]]
    assert (endpoint["path"], endpoint["honorLabels"]) == ("/metrics", True)


def test_the_runbooks_are_where_the_overlay_says(tmp_path: Path) -> None:
    """The lines of the page of alerts move all links, and nothing else."""
    page = (REPOSITORY / "docs" / "alerts.md").read_text()
    told = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    assert told["components"] == ["../../monitoring"]
    before, after = (
        [
            rule["annotations"]["runbook_url"].partition("#")
            for group in one(built, "PrometheusRule", "flink-workspace-operator")["spec"]["groups"]
            for rule in group["rules"]
        ]
        for built in (build(tmp_path), build(tmp_path, replacements=told["replacements"]))
    )
    assert after == [(ELSEWHERE, "#", anchor) for _, _, anchor in before]
