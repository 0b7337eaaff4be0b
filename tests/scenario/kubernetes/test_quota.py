"""deploy/components/limits/quota.yaml: what a namespace has bought counts for good, whatever is deleted there."""

import json
from pathlib import Path

import pytest
import yaml

from flink_local.failures import LocalFailure
from tests.scenario.kubernetes.tenants import COMPONENTS, EDITOR, Tenant
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import World, conditions

ORDERS = "count/flinkworkspaceorders.flink.alicloud.dev"
QUOTA = "flink-orders"


def limit_orders(world: World, number: int) -> None:
    """Apply the sample with this number, and in place of the controller, which is not here, say what is used."""
    sample = yaml.safe_load((COMPONENTS / "limits" / "quota.yaml").read_text())
    assert (sample["metadata"]["name"], ORDERS in sample["spec"]["hard"]) == (QUOTA, True)
    hard = {**sample["spec"]["hard"], ORDERS: str(number)}
    here, kubectl = f"--namespace={world.namespace}", world.local.kubectl
    kubectl("apply", here, "--filename=-", stdin=json.dumps({**sample, "spec": {"hard": hard}}))
    status = json.dumps({"status": {"hard": hard, "used": dict.fromkeys(hard, "0")}})
    kubectl("patch", here, f"quota/{QUOTA}", "--subresource=status", "--type=merge", f"--patch={status}")


def used(world: World) -> str:
    """As the API server counts."""
    told = world.local.kubectl("get", f"quota/{QUOTA}", f"--namespace={world.namespace}", "--output=json")
    return str(json.loads(told)["status"]["used"][ORDERS])


async def test_deleting_and_applying_again_buys_no_more(limited: World, tmp_path: Path) -> None:
    """One order is allowed, and bought. Its resource is deleted, and another one applied: that waits, and says why."""
    tenant = Tenant.of(limited.local, limited.namespace, tmp_path, "edit", EDITOR)
    limit_orders(limited, 1)
    tenant.apply(pay_as_you_go("first"))
    await limited.settle("first")
    tenant.kubectl("delete", "flinkworkspace/first", "--wait=false")
    while await limited.cluster.read_workspace(limited.key("first")) is not None:
        await limited.one_pass("first")
    assert used(limited) == "1"

    tenant.apply(pay_as_you_go("second"))
    second = await limited.settle(
        "second", lambda each: any(told.reason == "ClusterRefused" for told in conditions(each).values())
    )
    assert f"exceeded quota: {QUOTA}" in conditions(second)["Ready"].message
    assert [each["name"] for each in limited.account.control.purchases()] == ["first"]


@pytest.mark.parametrize("role", ["edit", "admin"])
async def test_nobody_in_the_namespace_makes_room(limited: World, tmp_path: Path, role: str) -> None:
    """Neither orders nor the quota are theirs to write."""
    tenant = Tenant.of(limited.local, limited.namespace, tmp_path, role, EDITOR)
    for resource in ("flinkworkspaceorders.flink.alicloud.dev", "resourcequotas"):
        for verb in ("create", "update", "patch", "delete", "deletecollection"):
            with pytest.raises(LocalFailure, match="no"):
                tenant.kubectl("auth", "can-i", verb, resource)
