"""Two whole operators at once on the same resources, with nobody elected: each workspace is bought once.

Names are not unique in the cloud, so that it does not help.
"""

import json
from collections import Counter
from pathlib import Path

from flink_local.cluster import Cluster
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
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with (
        running_operator(own_cluster, account, first, **WINDOWS) as operator,
        running_operator(own_cluster, account, second, **WINDOWS),
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
        assert Counter(each["name"] for each in control.purchases()) == Counter(NAMES)
        own_cluster.kubectl("delete", "flinkworkspaces", "--all", "--timeout=30s")
