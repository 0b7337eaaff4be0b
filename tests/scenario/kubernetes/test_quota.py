"""deploy/components/limits/quota.yaml: what a namespace has bought counts for good, whatever is
deleted there."""

import pytest
import yaml

from tests.scenario.kubernetes.tenants import COMPONENTS, EDITOR, Tenant
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import World, conditions

ORDERS = "count/flinkworkspaceorders.flink.alicloud.dev"
QUOTA = "flink-orders"
CHANGES = ("create", "update", "patch", "delete", "deletecollection")


def limit_orders(world: World, number: int) -> None:
    """Apply the sample with this number, and in place of the controller, which is not here, say
    what is used."""
    sample = yaml.safe_load((COMPONENTS / "limits" / "quota.yaml").read_text())
    assert (sample["metadata"]["name"], ORDERS in sample["spec"]["hard"]) == (QUOTA, True)
    hard = {**sample["spec"]["hard"], ORDERS: str(number)}
    world.objects.apply({**sample, "spec": {"hard": hard}})
    status = {"hard": hard, "used": dict.fromkeys(hard, "0")}
    world.objects.patch(f"resourcequotas/{QUOTA}/status", {"status": status})


def used(world: World) -> str:
    """As the API server counts."""
    return str(world.objects.get(f"resourcequotas/{QUOTA}")["status"]["used"][ORDERS])


async def test_deleting_and_applying_again_buys_no_more(limited: World) -> None:
    """One order is allowed, and bought. Its resource is deleted, and another one applied: that
    waits, and says why."""
    tenant = Tenant.of(limited.local, limited.namespace, "edit", EDITOR).objects
    limit_orders(limited, 1)
    tenant.apply(pay_as_you_go("first"))
    await limited.settle("first")
    tenant.delete("flinkworkspaces/first")
    while await limited.cluster.read_workspace(limited.key("first")) is not None:
        await limited.one_pass("first")
    assert used(limited) == "1"

    tenant.apply(pay_as_you_go("second"))
    second = await limited.settle(
        "second",
        lambda each: any(told.reason == "ClusterRefused" for told in conditions(each).values()),
    )
    assert f"exceeded quota: {QUOTA}" in conditions(second)["Ready"].message
    assert [each["name"] for each in limited.account.control.purchases()] == ["first"]


@pytest.mark.parametrize("role", ["edit", "admin"])
async def test_nobody_in_the_namespace_makes_room(limited: World, role: str) -> None:
    """Neither orders nor the quota are theirs to write."""
    may = Tenant.of(limited.local, limited.namespace, role, EDITOR).objects.may
    for resource in ("flinkworkspaceorders", "resourcequotas"):
        assert [verb for verb in CHANGES if may(verb, resource)] == []
