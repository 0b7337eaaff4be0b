"""docs/uninstall.md, command by command: in its order, and the way out when it was done the other
way round."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final

import pytest

from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure
from flink_local.manifests import REPOSITORY, install
from flink_workspace_operator.api.names import GROUP, LEDGER_FINALIZER, PURCHASE_FINALIZER
from tests.e2e.processes import running_operator
from tests.emulator_fixture import EmulatedAccount
from tests.patience import patience
from tests.scenario.api.samples import ORDER
from tests.scenario.manifests import Manifest, pay_as_you_go

SECONDS: Final = 30.0
KINDS: Final = ("flinkworkspaces", "flinkworkspaceorders", "secrets")
FOREIGN: Final = "example.com/backup"
KEYS: Final[Manifest] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}}


@pytest.fixture
def abandoned(bare_cluster: Cluster) -> Iterator[Cluster]:
    """Definitions and resources, and no operator to take finalizers off. Nothing of it is left
    afterwards."""
    install(bare_cluster)
    for wire, finalizers in (
        (pay_as_you_go("ours"), [PURCHASE_FINALIZER]),
        (pay_as_you_go("ours-too"), [FOREIGN, PURCHASE_FINALIZER]),
        (pay_as_you_go("wanted"), [PURCHASE_FINALIZER]),
        (ORDER, [LEDGER_FINALIZER]),
        (KEYS, [f"{GROUP}/ours"]),
    ):
        create(bare_cluster, wire, finalizers)
    yield bare_cluster
    for name in names(bare_cluster, *KINDS):
        bare_cluster.kubectl(
            "patch", name, "--type=merge", '--patch={"metadata": {"finalizers": null}}'
        )
        bare_cluster.kubectl("delete", name, "--ignore-not-found")
    bare_cluster.kubectl(
        "delete",
        f"--filename={REPOSITORY / 'crds'}",
        "--ignore-not-found",
        f"--timeout={patience(50):.0f}s",
    )
    bare_cluster.kubectl(
        "delete", f"--kustomize={REPOSITORY / 'deploy' / 'base'}", "--ignore-not-found"
    )


def create(cluster: Cluster, wire: Manifest, finalizers: list[str]) -> None:
    metadata = {**wire["metadata"], "finalizers": finalizers}
    cluster.kubectl("create", "--filename=-", stdin=json.dumps({**wire, "metadata": metadata}))


def names(cluster: Cluster, *kinds: str) -> list[str]:
    """What there is, as `kind/name`; of a kind whose definition is gone there is nothing."""
    found: list[str] = []
    for kind in kinds:
        with suppress(LocalFailure):
            found += cluster.kubectl("get", kind, "--output=name").split()
    return found


def documented() -> str:
    """The command, as it stands on the page."""
    [command] = re.findall(
        r"^```bash\n(.*?)^```$",
        (REPOSITORY / "docs" / "uninstall.md").read_text(),
        re.DOTALL | re.M,
    )
    return str(command)


def run_in_shell(cluster: Cluster, command: str) -> None:
    """As its reader does, where the checkout is."""
    path = f"{cluster.kubectl_program.parent}{os.pathsep}{os.environ['PATH']}"
    told = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", command],
        cwd=REPOSITORY,
        env={**cluster.environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=patience(90),
        check=False,
    )
    assert told.returncode == 0, told.stderr


def in_order() -> list[str]:
    """The commands for removing everything; those of the table are how the operator goes, before
    the last one."""
    page = (REPOSITORY / "docs" / "uninstall.md").read_text()
    everything = page.partition("## Everything")[2].partition("\n## ")[0]
    [with_kustomize] = re.findall(r"^\| kustomize, .*\| `(kubectl .*)` \|$", page, re.M)
    *resources, definitions = re.findall(r"^ *\$ (.+)$", everything, re.M)
    assert len(resources) == 2
    return [*resources, with_kustomize, definitions]


def test_in_order_nothing_waits(
    bare_cluster: Cluster, account: EmulatedAccount, tmp_path: Path
) -> None:
    """What was bought stays in the cloud; of all that was in the cluster nothing is left."""
    account.control.settings(provisioningSeconds=1)
    bare_cluster.kubectl("apply", "--server-side", f"--filename={REPOSITORY / 'crds'}")
    bare_cluster.kubectl("apply", f"--kustomize={REPOSITORY / 'deploy' / 'base'}")
    delete_workspaces, delete_ledger, remove_operator, delete_definitions = in_order()
    with running_operator(bare_cluster, account, tmp_path) as operator:
        bare_cluster.kubectl("apply", "--filename=-", stdin=json.dumps(pay_as_you_go("w")))
        operator.until(lambda: operator.reason("w") == "Running")
        run_in_shell(bare_cluster, delete_workspaces)
        run_in_shell(bare_cluster, delete_ledger)
    run_in_shell(bare_cluster, remove_operator)
    run_in_shell(bare_cluster, delete_definitions)
    left = bare_cluster.kubectl(
        "get", "namespaces,customresourcedefinitions,clusterroles", "--output=name"
    )
    assert [line for line in left.splitlines() if "flink" in line] == []
    assert len(account.control.state()["workspaces"]) == 1


def test_what_is_being_deleted_is_let_go(abandoned: Cluster) -> None:
    """Without an operator it waits; then it goes, but for what others hold, and what nobody deleted
    is untouched."""
    abandoned.kubectl(
        "delete",
        "flinkworkspaces/ours",
        "flinkworkspaces/ours-too",
        "fwo/realtime-prod-1",
        "secrets/keys",
        "--wait=false",
    )
    assert len(names(abandoned, *KINDS)) == 5
    run_in_shell(abandoned, documented())
    kept = json.loads(abandoned.kubectl("get", ",".join(KINDS), "--output=json"))["items"]
    assert {each["metadata"]["name"]: each["metadata"]["finalizers"] for each in kept} == {
        "ours-too": [FOREIGN],
        "wanted": [PURCHASE_FINALIZER],
    }


def test_definitions_deleted_first_come_to_an_end(abandoned: Cluster) -> None:
    """Deleting them deletes all resources, which wait; the command lets them go, and the
    definitions with them."""
    abandoned.kubectl(
        "patch",
        "fws/ours-too",
        "--type=merge",
        f'--patch={{"metadata": {{"finalizers": ["{PURCHASE_FINALIZER}"]}}}}',
    )
    abandoned.kubectl("delete", f"--filename={REPOSITORY / 'crds'}", "--wait=false")
    end = monotonic() + patience(SECONDS)
    while "deletionTimestamp" not in abandoned.kubectl("get", "fws/wanted", "--output=yaml"):
        assert monotonic() < end, "the API server did not begin to delete"
    run_in_shell(abandoned, documented())
    while left := names(abandoned, *KINDS[:2]):
        assert monotonic() < end, f"still there: {left}"
    abandoned.kubectl(
        "wait",
        "--for=delete",
        "customresourcedefinitions",
        "--all",
        f"--timeout={patience(SECONDS):.0f}s",
    )
