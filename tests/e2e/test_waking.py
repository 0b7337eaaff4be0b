"""What wakes the operator, and what it leaves on a resource: the whole process, under its
ServiceAccount."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flink_local.cluster import Cluster
from flink_workspace_operator.api.names import API_VERSION, RECONCILE_REQUESTED_AT
from tests.e2e.processes import Operator, running_operator
from tests.emulator_fixture import EmulatedAccount
from tests.objects import Objects
from tests.patience import stretch
from tests.scenario.manifests import apply, pay_as_you_go, subscription

WOKEN_SECONDS = min(10, 25 / stretch())
"""At most 25 on any machine, less than the shortest wait of those who wait for something outside:
who acts within it was woken."""

A_LOOK_SECONDS = 40.0
"""Less than the wait between two looks at what was bought a while ago and does not run yet."""


@pytest.fixture
def operator(own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path) -> Iterator[Operator]:
    """A fresh operator for the test's account."""
    account.control.settings(provisioningSeconds=1)
    with running_operator(own_cluster, account, tmp_path) as running:
        yield running
        Objects.of(own_cluster).delete("flinkworkspaces")


def test_only_user_and_operator_write(operator: Operator, account: EmulatedAccount) -> None:
    """Bought once and running; nobody but the user and the operator under its own name has written
    to the resource."""
    apply(operator.cluster, "default", pay_as_you_go("plain"))
    operator.until(lambda: operator.reason("plain") == "Running")
    assert len(account.control.purchases()) == 1
    metadata = operator.workspace("plain")["metadata"]
    managers = {field["manager"] for field in metadata["managedFields"]}
    assert managers == {"kubectl", "flink-workspace-operator"}
    assert "annotations" not in metadata


def test_an_edit_is_seen_at_once(operator: Operator) -> None:
    """An edit wakes the pass, long before the next routine look (ten minutes)."""
    apply(operator.cluster, "default", pay_as_you_go("edited"))
    operator.until(lambda: operator.reason("edited") == "Running")
    apply(operator.cluster, "default", pay_as_you_go("edited", suspend=True))
    generation = operator.workspace("edited")["metadata"]["generation"]
    operator.until(
        lambda: operator.workspace("edited")["status"]["observedGeneration"] == generation,
        WOKEN_SECONDS,
    )


def test_an_approval_wakes_who_waits_for_it(operator: Operator, account: EmulatedAccount) -> None:
    """It is bought within seconds, and not at the next look; under the rights as they are
    installed."""
    apply(operator.cluster, "default", subscription("approved", purchase={"approval": "Manual"}))
    operator.until(lambda: operator.reason("approved") == "ApprovalPending")
    assert account.control.purchases() == []
    objects = Objects.of(operator.cluster)
    digest = objects.get("flinkworkspaceorders/approved-1")["status"]["digest"]
    decision = {
        "apiVersion": API_VERSION,
        "kind": "FlinkPurchaseApproval",
        "metadata": {"name": "approved-1"},
        "spec": {"order": {"name": "approved-1", "digest": digest}, "decision": "Approved"},
    }
    objects.create(decision)
    operator.until(lambda: len(account.control.purchases()) == 1, WOKEN_SECONDS)
    operator.until(lambda: operator.reason("approved") == "Running")


def test_a_freed_name_wakes_who_waits_for_it(operator: Operator, account: EmulatedAccount) -> None:
    """Who lost a name to another resource gets its turn when that one goes, not at its next
    look."""
    no_price = {
        "service": "foasconsole",
        "action": "QueryCreateInstancePrice",
        "fault": "server-error",
    }
    # so that the name is claimed, and nothing is bought
    account.control.faults([{**no_price, "httpStatus": 503}])
    for name in ("first", "second"):
        apply(operator.cluster, "default", pay_as_you_go(name, workspaceName="wanted"))
    operator.until(lambda: "NameTaken" in (operator.reason("first"), operator.reason("second")))
    loser, winner = (
        ("first", "second") if operator.reason("first") == "NameTaken" else ("second", "first")
    )
    objects = Objects.of(operator.cluster)
    objects.delete(f"flinkworkspaces/{winner}")
    operator.until(lambda: objects.find(f"flinkworkspaces/{winner}") is None)
    account.control.faults([])  # what is Stalled stays so while the cloud does not answer
    operator.until(lambda: operator.reason(loser) != "NameTaken", WOKEN_SECONDS)


def test_who_runs_is_told_within_seconds(
    own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path
) -> None:
    """Its own next look comes a minute later by then: all that are being created are looked at
    together meanwhile."""
    account.control.settings(provisioningSeconds=3600)
    with running_operator(
        own_cluster, account, tmp_path, {"listing_max_age_seconds": 0.001}
    ) as operator:
        apply(own_cluster, "default", pay_as_you_go("slow"))
        operator.until(lambda: operator.reason("slow") == "Provisioning")
        account.control.advance(600)
        own_cluster.kubectl("annotate", "flinkworkspace/slow", f"{RECONCILE_REQUESTED_AT}=now")
        operator.until(
            lambda: operator.workspace("slow")["status"].get("lastHandledReconcileAt") == "now"
        )
        account.control.advance(3600)
        operator.until(lambda: operator.reason("slow") == "Running", A_LOOK_SECONDS)
        own_cluster.kubectl("delete", "flinkworkspaces", "--all")
