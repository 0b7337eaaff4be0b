"""An operator that was installed wrongly says so, buys nothing, and loses nothing of what there
is."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flink_local.cluster import Cluster
from flink_local.manifests import REPOSITORY
from tests.e2e.processes import Operator, end, running_operator, start_operator
from tests.emulator_fixture import EmulatedAccount
from tests.scenario.manifests import apply, pay_as_you_go

WORKSPACES = "customresourcedefinition/flinkworkspaces.flink.alicloud.dev"
OUTPUTS = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/outputs"


@pytest.fixture
def older(own_cluster: Cluster) -> Iterator[Cluster]:
    """A cluster with the definition of an older version, which does not know `spec.outputs`."""
    patch = json.dumps([{"op": "remove", "path": OUTPUTS}])
    own_cluster.kubectl("patch", WORKSPACES, "--type=json", f"--patch={patch}")
    try:
        yield own_cluster
    finally:
        crds = [f"--filename={path}" for path in (REPOSITORY / "crds").glob("*.yaml")]
        own_cluster.kubectl("apply", "--server-side", "--force-conflicts", *crds)


def conditions(operator: Operator, name: str) -> dict[str, dict[str, str]]:
    """By their type."""
    return {
        each["type"]: each
        for each in operator.workspace(name).get("status", {}).get("conditions", [])
    }


def test_it_does_not_begin_under_older_definitions(
    older: Cluster, account: EmulatedAccount, tmp_path: Path
) -> None:
    """The API server would drop what they do not know. It says which field is missing and what to
    apply."""
    operator = start_operator(older, account, tmp_path)
    assert operator.exit_code() == 1
    assert (
        "cannot start: the CRD of FlinkWorkspace in the cluster is older than this operator: it lacks"
        " spec.outputs. Apply crds/ of version 0.1.0; nothing is bought meanwhile"
        in operator.log.read_text()
    )
    assert account.control.calls() == []


def test_without_credentials_it_runs_and_says_so(
    own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path
) -> None:
    """Alive and leading; on the resource stands what is missing, and with credentials it is bought
    by the next one."""
    account.control.settings(provisioningSeconds=1)
    apply(own_cluster, "default", pay_as_you_go("w"))
    operator = start_operator(own_cluster, account, tmp_path / "without", keys={})
    try:
        operator.until(lambda: "Ready" in conditions(operator, "w"))
        told = conditions(operator, "w")
        assert (told["CloudReachable"]["status"], told["CloudReachable"]["reason"]) == (
            "Unknown",
            "CredentialsRefused",
        )
        assert "no access key is configured" in told["Ready"]["message"]
        assert (operator.answers(), operator.leads()) == (True, True)
        assert account.control.purchases() == []
    finally:
        end(operator)
    with running_operator(own_cluster, account, tmp_path / "with") as operator:
        operator.until(lambda: operator.reason("w") == "Running")
        operator.let_go()
    assert len(account.control.purchases()) == 1
