"""From an earlier version to this one, on the same control plane: every workspace, condition and
order is kept.

The earlier version is taken out of Git's history, with its own definitions and rights, and runs as
its own process."""

import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flink_local.cluster import Cluster
from flink_local.control_plane import ControlPlane
from flink_local.environment import python_environment
from flink_local.loopback import answers_ok, free_ports
from flink_local.manifests import NAMESPACE, REPOSITORY, SERVICE_ACCOUNT, install
from flink_local.processes import Processes
from tests.e2e.processes import Operator, running_operator
from tests.e2e.purchases import GATEWAY, WINDOWS
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects
from tests.patience import patience
from tests.scenario.manifests import apply, let_write_outputs, pay_as_you_go, subscription

EARLIER = "4b2f22376e651e3c4740082833d42e834d3818d5"
"""The last version without packages: it was installed from `crds/` and `deploy/base`."""
LOST_ANSWER = {
    "service": "foasconsole",
    "action": "CreateInstance",
    "fault": "drop-after-commit",
    "times": 1,
}
AS_BEFORE: dict[str, object] = {"identity_namespaces": None, "adoption_namespaces": None}
"""Left out, as an installation has them that relied on the defaults of the earlier version."""
HIDDEN_SECONDS = 50
SECONDS = 60.0
NEWLY_SHOWN = ("bucket", "expiresIn", "vSwitchIds", "vpcId")
"""Of the instance. Of the whole: the price of what is not bought yet."""
NOT_KEPT = ("lastHandledReconcileAt", "quote")
FIELDS = ("uid", "generation", "creationTimestamp", "finalizers")
AGAIN = "flink.alicloud.dev/reconcile-requested-at"

Shown = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the earlier version."""
    command = ["git", "archive", "--format=tar", EARLIER, "operator", "crds", "deploy/base"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip(
            f"the earlier version is not in this clone's history: {done.stderr.decode().strip()}"
        )
    directory = tmp_path_factory.mktemp("earlier")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(directory, filter="data")
    return directory


@pytest.fixture
def cluster_before(earlier: Path, tmp_path: Path) -> Iterator[Cluster]:
    """A control plane with the definitions and rights of the earlier version."""
    with ControlPlane(tmp_path / "plane") as cluster:
        base = earlier / "deploy" / "base"
        folders = (
            earlier / "crds",
            *(base / f"{name}.yaml" for name in ("namespace", "serviceaccount", "rbac", "roles")),
        )
        cluster.kubectl("apply", "--server-side", *(f"--filename={folder}" for folder in folders))
        cluster.kubectl(
            "wait",
            "--for=condition=Established",
            f"--timeout={patience(30):.0f}s",
            f"--filename={earlier / 'crds'}",
        )
        yield cluster


@pytest.fixture
def operator_before(
    cluster_before: Cluster, earlier: Path, account: EmulatedAccount, tmp_path: Path
) -> Iterator[Processes]:
    """The earlier version's process, which leads."""
    account.control.settings(**GATEWAY)
    [port] = free_ports(1)
    kubeconfig = cluster_before.kubeconfig_for(SERVICE_ACCOUNT, NAMESPACE, tmp_path / "kubeconfig")
    settings = {**WINDOWS, "endpoint": account.url, "health_port": port}
    environment = {
        **python_environment(),
        **{f"FLINK_OPERATOR_{name.upper()}": str(value) for name, value in settings.items()},
        "PYTHONPATH": str(earlier / "operator"),
        "KUBECONFIG": str(kubeconfig),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": account.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": account.access_key_secret,
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }
    with Processes(tmp_path / "before") as processes:
        processes.start(
            "operator", [sys.executable, "-m", "flink_workspace_operator", "run"], environment
        )
        processes.wait_for(
            "Starting the earlier version", lambda: answers_ok(port, "/readyz"), SECONDS
        )
        yield processes


def test_everything_is_kept(
    cluster_before: Cluster, operator_before: Processes, account: EmulatedAccount, tmp_path: Path
) -> None:
    """What runs stays as it is, to the second; what was in flight is settled; nothing is bought
    twice."""
    apply(cluster_before, "default", pay_as_you_go("by-use", outputs={"configMapName": "ids"}))
    apply(cluster_before, "default", subscription("by-month"))
    operator_before.wait_for(
        "Buying", lambda: all_ready(cluster_before, {"by-use", "by-month"}), SECONDS
    )
    leave_in_flight(cluster_before, operator_before, account)
    operator_before.stop()
    before, booked = shown(cluster_before), account.control.purchases()
    assert order_state(before, "in-flight-1") == "Uncertain"

    install(cluster_before)
    let_write_outputs(cluster_before, "default")  # as the notes on upgrading say
    with running_operator(
        cluster_before, account, tmp_path / "after", {**WINDOWS, **AS_BEFORE}
    ) as operator:
        look_again(operator)
        after = shown(cluster_before)
        settled = {name for name in before if "in-flight" in name}
        assert {name: kept(before[name]) for name in before.keys() - settled} == {
            name: kept(after[name]) for name in after.keys() - settled
        }
        account.control.advance(HIDDEN_SECONDS)
        operator.until(lambda: operator.reason("in-flight") == "Running")
        assert order_state(shown(cluster_before), "in-flight-1") in ("Placed", "Fulfilled")
        new_ones_say_what_to_set(operator)
        assert account.control.purchases() == booked
    account.control.settings(visibilityDelaySeconds=0)
    with running_operator(cluster_before, account, tmp_path / "told", WINDOWS) as operator:
        operator.until(lambda: operator.reason("new") == "Running")
        operator.let_go()
    assert len(account.control.purchases()) == len(booked) + 1


def new_ones_say_what_to_set(operator: Operator) -> None:
    """Where the operator's own identity may not buy by default any more, and may not adopt."""
    adoption = {"policy": "ByInstanceId", "instanceId": "sc-any"}
    for name, reason, setting, more in (
        ("new", "IdentityNotAllowed", "FLINK_OPERATOR_IDENTITY_NAMESPACES", {}),
        ("by-id", "IdentityNotAllowed", "spec.credentials.secretName", {"adoption": adoption}),
    ):
        apply(operator.cluster, "default", pay_as_you_go(name, **more))
        operator.until(partial(told, operator, name, reason))
        ready = next(
            each
            for each in operator.workspace(name)["status"]["conditions"]
            if each["type"] == "Ready"
        )
        assert setting in ready["message"]
    Objects.of(operator.cluster).delete("flinkworkspaces/by-id")
    operator.until(lambda: Objects.of(operator.cluster).find("flinkworkspaces/by-id") is None)


def leave_in_flight(cluster: Cluster, operator: Processes, account: EmulatedAccount) -> None:
    """Buy a third one whose answer is lost, in a cloud that does not show it yet, while the others
    are old enough."""
    account.control.advance(HIDDEN_SECONDS + 1)
    account.control.settings(visibilityDelaySeconds=HIDDEN_SECONDS)
    account.control.faults([LOST_ANSWER])
    apply(cluster, "default", pay_as_you_go("in-flight"))
    operator.wait_for(
        "Losing an answer",
        lambda: order_state(shown(cluster), "in-flight-1") == "Uncertain" or None,
        SECONDS,
    )


def told(operator: Operator, name: str, reason: str) -> bool:
    """True once Ready has this reason."""
    return operator.reason(name) == reason


def look_again(operator: Operator) -> None:
    """Ask for a pass of each that runs, and wait for it."""
    names = ("by-use", "by-month")
    for name in names:
        Objects.of(operator.cluster).annotate(f"flinkworkspaces/{name}", AGAIN, "upgraded")
    operator.until(
        lambda: all(
            operator.workspace(name)["status"].get("lastHandledReconcileAt") == "upgraded"
            for name in names
        )
    )


def shown(cluster: Cluster) -> Shown:
    """All that the operator keeps in the namespace, by kind and name."""
    kinds = ("FlinkWorkspace", "FlinkWorkspaceOrder", "ConfigMap")
    items = [
        (kind, each) for kind in kinds for each in Objects.of(cluster).list(f"{kind.lower()}s")
    ]
    named = {f"{kind}/{each['metadata']['name']}": each for kind, each in items}
    return {name: each for name, each in named.items() if name != "ConfigMap/kube-root-ca.crt"}


def kept(thing: dict[str, Any]) -> dict[str, Any]:
    """All of it but what asking for another pass changes, words, what this version tells of the
    instance's place, an address of the console that was none, and 0 CU, which were none."""
    metadata = {field: thing["metadata"].get(field) for field in FIELDS}
    status = {
        name: value for name, value in thing.get("status", {}).items() if name not in NOT_KEPT
    }
    for field in ("consoleUrl", *NEWLY_SHOWN):
        status.get("instance", {}).pop(field, None)
    if status.get("instance", {}).get("cu") == 0:
        del status["instance"]["cu"]
    if status.get("order", {}).get("price") == "by use":
        status["order"]["price"] = "pay-as-you-go"
    for condition in status.get("conditions", ()):
        del condition["message"]  # each version has its own words
    return {
        "metadata": metadata,
        "spec": thing.get("spec"),
        "data": thing.get("data"),
        "status": status,
    }


def order_state(things: Shown, name: str) -> str:
    """Empty where there is none yet."""
    return str(things.get(f"FlinkWorkspaceOrder/{name}", {}).get("status", {}).get("state", ""))


def all_ready(cluster: Cluster, names: set[str]) -> bool | None:
    """True once they are."""
    ready = {
        name.partition("/")[2]
        for name, thing in shown(cluster).items()
        for condition in thing.get("status", {}).get("conditions", [])
        if (condition["type"], condition["status"]) == ("Ready", "True")
    }
    return ready == names or None
