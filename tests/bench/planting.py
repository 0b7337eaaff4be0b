"""Workspaces that were bought long ago: resource, order, claim and instance, as the operator left
them.

One is really bought. The others are its copies, each under a name, a uid and an instance of its
own.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any, Final

from flink_workspace_operator.api.names import (
    GROUP,
    ORDERS,
    PURCHASE_FINALIZER,
    VERSION,
    WORKSPACES,
)
from flink_workspace_operator.api.order import FlinkWorkspaceOrderSpec, FlinkWorkspaceOrderStatus
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.identity import Key, Owner, PurchaseTarget
from tests.bench.stage import Stage
from tests.bench.wanted import manifest, ready, side_by_side

TEMPLATE: Final = "the-one-to-copy"
BATCH: Final = 500
PATIENCE_SECONDS: Final = 120


@dataclass(frozen=True)
class Template:
    """The one that was bought."""

    cluster_id: str
    namespace: str
    workspace: dict[str, Any]
    order: dict[str, Any]

    @property
    def instance(self) -> dict[str, Any]:
        found: dict[str, Any] = self.workspace["status"]["instance"]
        return found


@dataclass(frozen=True)
class Copy:
    """One copy of the template."""

    template: Template
    key: Key
    instance_id: str
    resource_id: str
    token: str

    @classmethod
    def of(cls, template: Template, namespace: str, number: int) -> "Copy":
        """The copy of this number."""
        instance_id = f"{template.instance['instanceId'][:-11]}{number:011}"
        return cls.at(template, Key(namespace, f"planted-{number:05}"), instance_id)

    @classmethod
    def at(cls, template: Template, key: Key, instance_id: str) -> "Copy":
        """The copy with this key and this instance."""
        return cls(template, key, instance_id, uuid.uuid4().hex[:14], uuid.uuid4().hex)

    def seed(self) -> dict[str, object]:
        """Its instance in the cloud."""
        spec, instance = self.template.workspace["spec"], self.template.instance
        return {
            "name": self.key.name,
            "instanceId": self.instance_id,
            "resourceId": self.resource_id,
            "zoneId": instance["zoneId"],
            "chargeType": "POST",
            "cu": 0,
            "vpcId": spec["network"]["vpcId"],
            "vSwitchIds": spec["network"]["vSwitchIds"],
            "bucket": spec["storage"]["oss"]["bucket"],
            "createdAt": instance["createTime"],
            "tags": Owner(self.template.cluster_id, self.key).tags(self.token),
        }

    def copied(self, part: object, uid: str) -> Any:  # noqa: ANN401 - any JSON
        """A part of the template's objects as it is in the copy's."""
        template, text = self.template, json.dumps(part)
        for old, new in (
            (TEMPLATE, self.key.name),
            (template.workspace["metadata"]["uid"], uid),
            (template.instance["instanceId"], self.instance_id),
            (template.instance["workspaceId"], self.resource_id),
            (template.order["spec"]["token"], self.token),
        ):
            text = text.replace(old, new)
        return json.loads(text)


async def buy_template(stage: Stage) -> Template:
    """Buy it. The operator runs."""
    namespace = stage.namespaces[0]
    await stage.custom.create_namespaced_custom_object(
        GROUP, VERSION, namespace, WORKSPACES, manifest(TEMPLATE, TEMPLATE)
    )
    for _ in range(PATIENCE_SECONDS):
        if await ready(stage, TEMPLATE):
            break
        await stage.pause(1)
    order: Any = await stage.custom.get_namespaced_custom_object(
        GROUP, VERSION, namespace, ORDERS, f"{TEMPLATE}-1"
    )
    workspace: Any = await stage.custom.get_namespaced_custom_object(
        GROUP, VERSION, namespace, WORKSPACES, TEMPLATE
    )
    return Template(await stage.admin.cluster_id(), namespace, workspace, order)


async def plant(stage: Stage, template: Template, before: int, wanted: int) -> None:
    """Have so many in all. The operator does not run."""
    for first in range(before, wanted, BATCH):
        numbers = range(first, min(first + BATCH, wanted))
        copies = [
            Copy.of(template, stage.namespaces[each % len(stage.namespaces)], each)
            for each in numbers
        ]
        stage.ask("PUT", "state", {"workspaces": [each.seed() for each in copies]})
        await side_by_side(lambda each: _plant(stage, each), copies)


async def _plant(stage: Stage, copy: Copy) -> None:
    admin, (namespace, name) = stage.admin, (copy.key.namespace, copy.key.name)
    body = manifest(name, "planted")
    body["metadata"]["finalizers"] = [PURCHASE_FINALIZER]
    created: Any = await stage.custom.create_namespaced_custom_object(
        GROUP, VERSION, namespace, WORKSPACES, body
    )
    workspace = FlinkWorkspace.of(created)
    uid = workspace.metadata.uid
    spec = FlinkWorkspaceOrderSpec.model_validate(copy.copied(copy.template.order["spec"], uid))
    status = copy.copied(copy.template.order["status"], uid)
    order = await admin.create_order(copy.key, 1, spec)
    order = await admin.move_order(
        order, FlinkWorkspaceOrderStatus.model_validate({**status, "state": "Placed"})
    )
    await admin.move_order(order, FlinkWorkspaceOrderStatus.model_validate(status))
    await admin.take_claim(PurchaseTarget(spec.account_id, spec.region, name), copy.key, uid, None)
    told = FlinkWorkspaceStatus.model_validate(copy.copied(copy.template.workspace["status"], uid))
    await admin.write_status(workspace, told)
