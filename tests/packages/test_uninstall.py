"""The way out that docs/uninstall.md tells, when the operator was removed before its resources."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import Final

import pytest

from flink_local.cluster import Cluster
from flink_local.failures import LocalFailure
from flink_local.manifests import REPOSITORY, install
from flink_workspace_operator.api.names import GROUP, LEDGER_FINALIZER, PURCHASE_FINALIZER
from tests.scenario.api.samples import ORDER
from tests.scenario.manifests import Manifest, pay_as_you_go

SECONDS: Final = 30.0
KINDS: Final = ("flinkworkspaces", "flinkworkspaceorders", "secrets")
FOREIGN: Final = "example.com/backup"
KEYS: Final[Manifest] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}}


@pytest.fixture
def abandoned(bare_cluster: Cluster) -> Iterator[Cluster]:
    """Definitions and resources, and no operator to take finalizers off. Nothing of it is left afterwards."""
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
        bare_cluster.kubectl("patch", name, "--type=merge", '--patch={"metadata": {"finalizers": null}}')
        bare_cluster.kubectl("delete", name, "--ignore-not-found")
    bare_cluster.kubectl("delete", f"--filename={REPOSITORY / 'crds'}", "--ignore-not-found", "--timeout=50s")
    bare_cluster.kubectl("delete", f"--kustomize={REPOSITORY / 'deploy' / 'base'}", "--ignore-not-found")


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
        r"^```bash\n(.*?)^```$", (REPOSITORY / "docs" / "uninstall.md").read_text(), re.DOTALL | re.M
    )
    return str(command)


def run_documented(cluster: Cluster) -> None:
    """In a shell, as its reader does."""
    path = f"{cluster.kubectl_program.parent}{os.pathsep}{os.environ['PATH']}"
    told = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", documented()],
        env={**cluster.environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr


def test_what_is_being_deleted_is_let_go(abandoned: Cluster) -> None:
    """Without an operator it waits; then it goes, but for what others hold, and what nobody deleted is untouched."""
    abandoned.kubectl(
        "delete",
        "flinkworkspaces/ours",
        "flinkworkspaces/ours-too",
        "fwo/realtime-prod-1",
        "secrets/keys",
        "--wait=false",
    )
    assert len(names(abandoned, *KINDS)) == 5
    run_documented(abandoned)
    kept = json.loads(abandoned.kubectl("get", ",".join(KINDS), "--output=json"))["items"]
    assert {each["metadata"]["name"]: each["metadata"]["finalizers"] for each in kept} == {
        "ours-too": [FOREIGN],
        "wanted": [PURCHASE_FINALIZER],
    }


def test_definitions_deleted_first_come_to_an_end(abandoned: Cluster) -> None:
    """Deleting them deletes all resources, which wait; the command lets them go, and the definitions with them."""
    abandoned.kubectl(
        "patch", "fws/ours-too", "--type=merge", f'--patch={{"metadata": {{"finalizers": ["{PURCHASE_FINALIZER}"]}}}}'
    )
    abandoned.kubectl("delete", f"--filename={REPOSITORY / 'crds'}", "--wait=false")
    end = monotonic() + SECONDS
    while "deletionTimestamp" not in abandoned.kubectl("get", "fws/wanted", "--output=yaml"):
        assert monotonic() < end, "the API server did not begin to delete"
    run_documented(abandoned)
    while left := names(abandoned, *KINDS[:2]):
        assert monotonic() < end, f"still there: {left}"
    abandoned.kubectl("wait", "--for=delete", "customresourcedefinitions", "--all", "--timeout=30s")
