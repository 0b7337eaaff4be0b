"""The whole process, as a user meets it: apply, wait, look, delete."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from flink_cloud_emulator.foasconsole.answer import SECRET_IN_ANSWER
from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE
from flink_workspace_operator.api.operator_report import REPORT_KEY, REPORT_NAME
from tests.e2e.processes import Operator, running_operator
from tests.emulator_fixture import EmulatedAccount
from tests.patience import patience
from tests.scenario.manifests import apply, pay_as_you_go, subscription


@pytest.fixture
def operator(own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path) -> Iterator[Operator]:
    """An operator in an account without a role."""
    account.control.settings(provisioningSeconds=1)
    with running_operator(own_cluster, account, tmp_path) as running:
        yield running


def rows(table: str) -> dict[str, dict[str, str]]:
    """A table of kubectl's as cells by column, by the name in its first column."""
    head, *lines = table.splitlines()
    columns = {name: head.index(name) for name in head.split("  ") if name.strip()}
    starts = sorted((head.index(name.strip()), name.strip()) for name in columns)
    ends = [start for start, _ in starts[1:]] + [None]
    cells = [
        {name: line[at:end].strip() for (at, name), end in zip(starts, ends, strict=True)}
        for line in lines
    ]
    return {row["NAME"]: row for row in cells}


def published(operator: Operator) -> str:
    """The operator's report; empty as long as there is none."""
    name = (
        f"configmap/{REPORT_NAME}",
        f"--namespace={NAMESPACE}",
        "--ignore-not-found",
        "--output=json",
    )
    found = operator.cluster.kubectl("get", *name)
    return str(json.loads(found)["data"][REPORT_KEY]) if found.strip() else ""


def test_from_apply_to_delete(operator: Operator, account: EmulatedAccount) -> None:
    """Both charge types: one purchase each, shown so that people can read it, no secret told;
    deleting keeps them."""
    kubectl = operator.cluster.kubectl
    apply(
        operator.cluster,
        "default",
        {
            "apiVersion": "v1",
            "kind": "List",
            "items": [pay_as_you_go("by-use"), subscription("by-month")],
        },
    )
    kubectl(
        "wait",
        "--for=condition=Ready",
        f"--timeout={patience(55):.0f}s",
        "flinkworkspace/by-use",
        "flinkworkspace/by-month",
    )
    bought = {each["name"]: each for each in account.control.purchases()}
    assert len(account.control.purchases()) == 2
    operator.until(lambda: "Placed" not in kubectl("get", "fwo"))
    shown = rows(kubectl("get", "flinkworkspaces", "--output=wide"))
    orders = rows(kubectl("get", "fwo", "--output=wide"))
    for name, priced in (("by-use", False), ("by-month", True)):
        row, instance_id = shown[name], bought[name]["instanceId"]
        assert (row["READY"], row["REASON"], row["SUSPENDED"], row["REGION"]) == (
            "True",
            "Running",
            "False",
            "cn-hangzhou",
        )
        assert (row["INSTANCE ID"], "CNY" in row["PRICE"], bool(row["EXPIRES"])) == (
            instance_id,
            priced,
            priced,
        )
        order = orders[f"{name}-1"]
        assert (order["WORKSPACE"], order["ACTION"], order["STATE"], order["INSTANCE ID"]) == (
            name,
            "Create",
            "Fulfilled",
            instance_id,
        )
    described = kubectl("describe", "flinkworkspace/by-month")
    assert f"{bought['by-month']['instanceId']} is running" in described
    assert [
        reason
        for reason in ("OrderOpened", "OrderPlaced", "WorkspaceReady")
        if reason not in described
    ] == []
    operator.until(lambda: bool(published(operator)))
    report = published(operator)
    assert {"stream:CreateVvpInstance", "ram:CreateRole"} < {
        each["action"] for each in json.loads(report)["actions"] if each["verdict"] == "Proven"
    }
    told = (
        report
        + operator.log.read_text()
        + kubectl("get", "flinkworkspaces,fwo,events", "--output=yaml")
    )
    assert account.access_key_secret not in told
    assert SECRET_IN_ANSWER not in told
    kubectl(
        "delete",
        "flinkworkspace/by-use",
        "flinkworkspace/by-month",
        f"--timeout={patience(30):.0f}s",
    )
    assert len(account.control.state()["workspaces"]) == 2
