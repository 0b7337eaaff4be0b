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


def test_the_kubelet_waits_longer_than_the_drain(pod: dict[str, Any]) -> None:
    """A Pod that stops is not killed while it waits for the answer to a purchase."""
    assert pod["terminationGracePeriodSeconds"] > Settings().drain_seconds + WATCHES_END_SECONDS


def test_the_probes_ask_where_the_operator_answers(pod: dict[str, Any]) -> None:
    """Probes and port fit the default of the setting."""
    [container] = pod["containers"]
    assert container["ports"] == [{"name": "health", "containerPort": Settings().health_port}]
    for probe in ("startupProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/healthz", "port": "health"}


def test_only_settings_that_exist_are_set(pod: dict[str, Any]) -> None:
    """Every FLINK_OPERATOR_ variable is one that the operator reads."""
    [container] = pod["containers"]
    names = {variable["name"] for variable in container["env"] if variable["name"].startswith(ENVIRONMENT_PREFIX)}
    assert names <= {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_all_files_are_applied_once() -> None:
    """The kustomization names every file of the folder, and none twice."""
    named = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    assert sorted(named) == sorted(file.name for file in BASE.glob("*.yaml") if file.name != "kustomization.yaml")
