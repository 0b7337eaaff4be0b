"""Manifests that users could write, and applying them as users do."""

from typing import Any

from flink_local.cluster import Cluster
from tests.objects import OPERATOR, Objects
from tests.patience import until

Manifest = dict[str, Any]

SUBSCRIPTION: Manifest = {
    "chargeType": "Subscription",
    "subscription": {"initialTerm": {"count": 1, "unit": "Month"}},
    "resources": {"cu": 10},
}
"""What makes a manifest one of a subscription."""


def pay_as_you_go(name: str = "w", **spec: Any) -> Manifest:  # noqa: ANN401 - any field of the spec
    """A workspace that can be bought in an emulated account; `spec` changes it, None removes a
    field."""
    wanted = {
        "region": "cn-hangzhou",
        "chargeType": "PayAsYouGo",
        "network": {"vpcId": "vpc-1", "vSwitchIds": ["vsw-i-1", "vsw-i-2"]},
        "storage": {"oss": {"bucket": "bucket-1"}},
        **spec,
    }
    return {
        "apiVersion": "flink.alicloud.dev/v1alpha1",
        "kind": "FlinkWorkspace",
        "metadata": {"name": name},
        "spec": {field: value for field, value in wanted.items() if value is not None},
    }


def subscription(name: str = "w", **spec: Any) -> Manifest:  # noqa: ANN401 - any field of the spec
    """The same, paid in advance."""
    return pay_as_you_go(name, **{**SUBSCRIPTION, **spec})


def at_most(amount: str, currency: str = "CNY") -> Manifest:
    """The field of the spec that limits the price."""
    return {"purchase": {"maximumPrice": {"amount": amount, "currency": currency}}}


def apply(cluster: Cluster, namespace: str, manifest: Manifest) -> None:
    """Apply a manifest as a user does."""
    Objects.of(cluster, namespace).apply(manifest)


def let_write_outputs(cluster: Cluster, namespace: str) -> None:
    """Give the operator the rights on ConfigMaps of the namespace, as docs/outputs.md says."""
    let(cluster, namespace, "flink-workspace-operator-outputs")
    # it holds a moment later
    until(lambda: Objects.of(cluster, namespace).by(OPERATOR).may("get", "configmaps"))


def let(cluster: Cluster, namespace: str, role: str) -> None:
    """Give the operator one of the shipped ClusterRoles in a namespace."""
    Objects.of(cluster, namespace).bind(role, OPERATOR)
