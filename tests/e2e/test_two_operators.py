"""Two whole operators that both lead, on the same resources: each workspace is bought once.

They may be two processes of one installation, or two installations in two namespaces. The election
is comfort and not what the promise rests on, so it is taken away here: each is elected by a Lease
of its own. Names are not unique in the cloud, so that it does not help either."""

from collections import Counter
from pathlib import Path

import yaml

from flink_local.cluster import Cluster
from flink_local.manifests import NAMESPACE, REPOSITORY
from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from tests.e2e import purchases
from tests.e2e.processes import running_operator
from tests.e2e.purchases import Purchases
from tests.emulator_fixture import EmulatedAccount
from tests.objects import OPERATOR, RBAC, Objects, binding
from tests.patience import until
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
    """One purchase for each of five resources, all Ready; an order that one took from the other is
    settled in time."""
    control = account.control
    control.settings(provisioningSeconds=1, uniqueNames="off", nonceMemorySeconds=120)
    let_elect(own_cluster, "first", "second")
    with (
        running_operator(
            own_cluster, account, tmp_path / "first", WINDOWS, lease="first"
        ) as operator,
        running_operator(
            own_cluster, account, tmp_path / "second", WINDOWS, lease="second"
        ) as other,
    ):
        apply(
            own_cluster,
            "default",
            {"apiVersion": "v1", "kind": "List", "items": [*map(pay_as_you_go, NAMES)]},
        )

        def all_ready() -> bool:
            """If not, let the time pass that an order without evidence must wait, and wake who
            waits for it."""
            orders = Objects.of(own_cluster).list("flinkworkspaceorders")
            if {"Uncertain", "NotPlaced"} & {
                order.get("status", {}).get("state") for order in orders
            }:
                control.advance(30)
                for name in NAMES:
                    stamp = str(len(control.calls()))
                    Objects.of(own_cluster).annotate(
                        f"flinkworkspaces/{name}", RECONCILE_REQUESTED_AT, stamp
                    )
            return {operator.reason(name) for name in NAMES} == {"Running"}

        operator.until(all_ready)
        assert (operator.leads(), other.leads()) == (True, True)
        assert Counter(each["name"] for each in control.purchases()) == Counter(NAMES)
        operator.let_go()


def test_one_purchase_each_by_two_installations(
    own_cluster: Cluster, own_namespace: str, account: EmulatedAccount, tmp_path: Path
) -> None:
    """Not even the claims are shared, which each keeps in its own namespace: the ledger and the
    cloud's gateway do."""
    install_again(own_cluster, own_namespace)
    wanted = Purchases(own_cluster, account.control, own_namespace, 2)
    settings = {**purchases.WINDOWS, "namespace": own_namespace}
    with (
        running_operator(own_cluster, account, tmp_path / "first", purchases.WINDOWS) as operator,
        running_operator(own_cluster, account, tmp_path / "second", settings) as other,
    ):
        wanted.apply()
        # they come into each other's way, and wait more often
        operator.until(wanted.all_ready, 150)
        assert (operator.leads(), other.leads()) == (True, True)
        assert wanted.bought_once()
        wanted.delete()


def let_elect(cluster: Cluster, *leases: str) -> None:
    """Give the operator the right to change these Leases too."""
    rule = {
        "apiGroups": ["coordination.k8s.io"],
        "resources": ["leases"],
        "resourceNames": leases,
        "verbs": ["patch"],
    }
    objects = Objects.of(cluster, NAMESPACE)
    objects.apply(
        {"apiVersion": RBAC, "kind": "Role", "metadata": {"name": "apart"}, "rules": [rule]}
    )
    objects.apply(binding("apart", "apart", OPERATOR, kind="Role"))


def install_again(cluster: Cluster, namespace: str) -> None:
    """Give the operator in another namespace the rights that it has in its own one."""
    documents = yaml.safe_load_all((REPOSITORY / "deploy" / "base" / "rbac.yaml").read_text())
    namespaced = [each for each in documents if "namespace" in each["metadata"]]
    for each in namespaced:
        each["metadata"]["namespace"] = namespace
    apply(cluster, namespace, {"apiVersion": "v1", "kind": "List", "items": namespaced})
    until(lambda: Objects.of(cluster, namespace).by(OPERATOR).may("patch", "leases"))
