"""Two whole operators that both lead, on the same resources: each workspace is bought once.

The election is comfort and not what the promise rests on, so it is taken away here: each is elected by a Lease of its
own. Names are not unique in the cloud, so that it does not help either.
"""

import json
from collections import Counter
from pathlib import Path

from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE, SERVICE_ACCOUNT
from tests.e2e.processes import running_operator
from tests.emulator_fixture import EmulatedAccount
from tests.scenario.manifests import apply, pay_as_you_go

NAMES = [f"shared-{number}" for number in range(5)]
WINDOWS = {
    "signature_validity_seconds": 60,
    "longest_commit_seconds": 30,
    "longest_visibility_seconds": 60,
    "nonce_memory_seconds": 120,
    "refusal_backoff_seconds": 10,
    "listing_max_age_seconds": 0.001,  # no shared listing outlives a moved clock
}


def test_one_purchase_each(own_cluster: Cluster, account: EmulatedAccount, tmp_path: Path) -> None:
    """One purchase for each of five resources, all Ready; an order that one took from the other is settled in time."""
    control = account.control
    control.settings(provisioningSeconds=1, uniqueNames="off", nonceMemorySeconds=120)
    let_elect(own_cluster, "first", "second")
    with (
        running_operator(own_cluster, account, tmp_path / "first", WINDOWS, lease="first") as operator,
        running_operator(own_cluster, account, tmp_path / "second", WINDOWS, lease="second") as other,
    ):
        apply(own_cluster, "default", {"apiVersion": "v1", "kind": "List", "items": [*map(pay_as_you_go, NAMES)]})

        def all_ready() -> bool:
            """If not, let the time pass that an order without evidence must wait, and wake who waits for it."""
            orders = json.loads(own_cluster.kubectl("get", "flinkworkspaceorders", "--output=json"))["items"]
            if {"Uncertain", "NotPlaced"} & {order.get("status", {}).get("state") for order in orders}:
                control.advance(30)
                stamp = f"flink.alicloud.dev/reconcile-requested-at={len(control.calls())}"
                own_cluster.kubectl("annotate", "flinkworkspaces", "--all", "--overwrite", stamp)
            return {operator.reason(name) for name in NAMES} == {"Running"}

        operator.until(all_ready)
        assert (operator.leads(), other.leads()) == (True, True)
        assert Counter(each["name"] for each in control.purchases()) == Counter(NAMES)
        own_cluster.kubectl("delete", "flinkworkspaces", "--all", "--timeout=30s")


def let_elect(cluster: Cluster, *leases: str) -> None:
    """Give the operator the right to change these Leases too."""
    names = [f"--resource-name={name}" for name in leases]
    namespace = f"--namespace={NAMESPACE}"
    cluster.kubectl(
        "create", "role", "apart", "--verb=patch", "--resource=leases.coordination.k8s.io", *names, namespace
    )
    subject = f"--serviceaccount={NAMESPACE}:{SERVICE_ACCOUNT}"
    cluster.kubectl("create", "rolebinding", "apart", "--role=apart", subject, namespace)
