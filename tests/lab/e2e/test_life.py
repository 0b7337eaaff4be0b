"""What people see of an operator that runs in a cluster."""

import json

import pytest

from flink_local.manifests import NAMESPACE, REPOSITORY
from tests.lab.e2e.installation import Installation, until

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]

SAMPLES = REPOSITORY / "deploy" / "samples"
READY_SECONDS = 90


def test_both_answer_their_probes_and_one_leads(installation: Installation) -> None:
    """Two Pods are Ready, none was restarted on the way, and the Lease names one of them."""
    leader = installation.settle()
    states = [
        (each["metadata"]["name"], status["ready"], status["started"], status["restartCount"])
        for each in installation.pods()
        for status in each["status"]["containerStatuses"]
    ]
    assert [state[1:] for state in states] == [(True, True, 0), (True, True, 0)]
    assert leader in [name for name, *_ in states]


def test_the_samples_are_bought(installation: Installation, namespace: str) -> None:
    """Applied as they are, they are Ready, and each was bought once."""
    installation.kubectl("apply", f"--namespace={namespace}", f"--filename={SAMPLES}")
    names = [
        each["metadata"]["name"]
        for each in installation.get("flinkworkspaces", namespace=namespace)
    ]
    for name in names:
        until(
            f"{name} is Ready",
            lambda name=name: installation.is_ready(namespace, name),  # type: ignore[misc]
            READY_SECONDS,
        )
    assert names
    assert [len(installation.purchases(name)) for name in names] == [1] * len(names)


def test_logs_are_json(installation: Installation) -> None:
    """Every line of both Pods, from the first on."""
    installation.settle()
    for pod in installation.pods():
        name = pod["metadata"]["name"]
        lines = installation.kubectl("logs", f"--namespace={NAMESPACE}", name).splitlines()
        assert lines
        assert all(isinstance(json.loads(line), dict) for line in lines), name


def test_metrics_are_told(installation: Installation) -> None:
    """On the port that is named health."""
    assert "flink_operator" in installation.metrics(installation.settle())
