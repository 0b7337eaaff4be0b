"""A quota, a policy and a webhook of the cluster stand in the operator's way: the resource says so,
in their words."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flink_local.loopback import free_ports
from flink_workspace_operator.adapters.kubernetes.claims import lease_name
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from tests.objects import Objects, Refused
from tests.patience import patience
from tests.scenario.manifests import pay_as_you_go
from tests.scenario.world import World, conditions

ORDER = {
    "apiVersion": "flink.alicloud.dev/v1alpha1",
    "kind": "FlinkWorkspaceOrder",
    "metadata": {"name": "probe-1"},
    "spec": {
        "action": "Create",
        "workspaceRef": {"name": "probe", "uid": "u", "generation": 1},
        "accountId": "1",
        "region": "cn-hangzhou",
        "workspaceName": "probe",
        "create": {
            part: value
            for part, value in pay_as_you_go()["spec"].items()
            if part in ("chargeType", "network", "storage")
        },
        "token": "t" * 32,
    },
}
"""One that nobody buys for: tried without effect, until the cluster refuses it."""


@contextmanager
def applied(world: World, *manifests: dict[str, Any]) -> Iterator[None]:
    """Objects of the whole cluster, for as long as the test takes."""
    listed = {"kind": "List", "items": manifests}
    world.objects.apply(listed)
    try:
        yield
    finally:
        world.objects.remove(listed)


async def until_refused(
    world: World, sentence: str, manifest: dict[str, Any], namespace: str
) -> None:
    """The API server takes a moment until a new rule is in force."""
    there = Objects.of(world.local, namespace)
    async with asyncio.timeout(patience()):
        while True:
            try:
                await asyncio.to_thread(there.create, manifest, dry_run=True)
            except Refused as refused:
                if sentence in str(refused):
                    return


def shows(reason: str) -> Any:  # noqa: ANN401 - a predicate on resources
    """The resource has a condition that is True for this reason."""

    def reached(workspace: FlinkWorkspace) -> bool:
        return any(
            (each.status, each.reason) == ("True", reason)
            for each in conditions(workspace).values()
        )

    return reached


def of_this_namespace(world: World) -> dict[str, Any]:
    return {"matchLabels": {"kubernetes.io/metadata.name": world.namespace}}


async def assert_told_and_healed(world: World, reason: str, sentence: str) -> None:
    workspace = await world.settle("w", shows(reason))
    assert sentence in conditions(workspace)["Ready"].message
    assert reason in [event.reason for event in world.cluster.events]
    assert world.account.control.purchases() == []


async def test_a_quota_on_orders(world: World) -> None:
    """Suspended before the first status, with the quota's name; nothing is bought. Without it, one
    is."""
    quota = "noorders"
    hard = {"count/flinkworkspaceorders.flink.alicloud.dev": "0"}
    body = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": quota},
        "spec": {"hard": hard},
    }
    world.objects.apply(body)
    world.objects.patch(f"resourcequotas/{quota}/status", {"status": {"hard": hard, "used": hard}})
    await until_refused(world, f"exceeded quota: {quota}", ORDER, world.namespace)
    await world.apply(pay_as_you_go("w"))
    await assert_told_and_healed(world, "ClusterRefused", f"exceeded quota: {quota}")
    world.objects.delete(f"resourcequotas/{quota}")
    await world.settle("w")
    assert len(world.account.control.purchases()) == 1


async def test_a_policy_against_the_claim(world: World) -> None:
    """The claim lies in the operator's namespace; its refusal is told on the resource."""
    name = lease_name(PurchaseTarget((await world.cloud.identify()).account_id, "cn-hangzhou", "w"))
    policy = f"no-claims-{world.namespace}"
    rules = {
        "apiGroups": ["*"],
        "apiVersions": ["*"],
        "operations": ["CREATE"],
        "resources": ["leases"],
    }
    spec = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [rules]},
        "matchConditions": [
            {"name": "this-claim", "expression": f"object.metadata.name == '{name}'"}
        ],
        "validations": [
            {"expression": "false", "message": "every object must carry the label team"}
        ],
    }
    kind = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": policy}}
    binding = {"policyName": policy, "validationActions": ["Deny"]}
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}}
    with applied(
        world,
        {**kind, "kind": "ValidatingAdmissionPolicy", "spec": spec},
        {**kind, "kind": "ValidatingAdmissionPolicyBinding", "spec": binding},
    ):
        await until_refused(world, "label team", lease, world.settings.namespace)
        await world.apply(pay_as_you_go("w"))
        await assert_told_and_healed(
            world, "ClusterRefused", "every object must carry the label team"
        )


async def test_a_webhook_that_is_dead(world: World) -> None:
    """It is told after a few tries, with the webhook's name: the API server's 500 may be over at
    once."""
    [port] = free_ports(1)
    name = f"policy.{world.namespace}.example.com"
    rule = {"apiGroups": ["flink.alicloud.dev"], "apiVersions": ["*"], "operations": ["CREATE"]}
    webhook = {
        "name": name,
        "clientConfig": {"url": f"https://127.0.0.1:{port}/validate"},
        "rules": [{**rule, "resources": ["flinkworkspaceorders"]}],
        "namespaceSelector": of_this_namespace(world),
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 2,
    }
    kind = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
    }
    with applied(world, {**kind, "metadata": {"name": name}, "webhooks": [webhook]}):
        await until_refused(world, name, ORDER, world.namespace)
        await world.apply(pay_as_you_go("w"))
        await assert_told_and_healed(
            world, "ClusterUnavailable", f'failed calling webhook "{name}"'
        )
