"""The CustomResourceDefinitions, made from the models: `python -m flink_workspace_operator.api.crd
crds/`."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from flink_workspace_operator.api import names
from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.api.schema import structural_schema
from flink_workspace_operator.api.workspace import FlinkWorkspace


@dataclass(frozen=True)
class Column:
    """One column of `kubectl get`."""

    name: str
    path: str
    """Only the first result of this JSONPath is shown; a missing one leaves the cell empty."""
    type: str = "string"
    wide: bool = False
    """Shown with `-o wide` only."""


@dataclass(frozen=True)
class Resource:
    """One kind: names, columns and selectable fields beside its schema."""

    model: type[ApiModel]
    plural: str
    short_name: str
    columns: tuple[Column, ...]
    selectable: tuple[str, ...] = ()
    """Paths that `kubectl get --field-selector` takes."""
    scope: Literal["Namespaced", "Cluster"] = "Namespaced"
    has_status: bool = True
    """Left out for a kind that nobody reports on."""


def _condition(type_: str, part: str) -> str:
    return f'.status.conditions[?(@.type=="{type_}")].{part}'


def _ready(part: str) -> str:
    return _condition("Ready", part)


_AGE: Final = Column("Age", ".metadata.creationTimestamp", type="date")

RESOURCES: Final = (
    Resource(
        model=FlinkWorkspace,
        plural=names.WORKSPACES,
        short_name="fws",
        selectable=(".spec.region", ".spec.chargeType"),
        columns=(
            Column("Ready", _ready("status")),
            Column("Reason", _ready("reason")),
            Column("%", ".status.instance.provisioning.percent", type="integer"),
            Column("Suspended", _condition("Suspended", "status")),
            # How long ago its deletion was asked for.
            Column("Deleting", ".metadata.deletionTimestamp", type="date"),
            Column("CU", ".status.instance.cu", type="integer"),
            # Before an order is announced what it would cost, then what was paid.
            Column("Price", ".status['quote','order'].price"),
            # In days. Not a date: kubectl shows the time since a date, and "<invalid>" for one that
            # is still to come.
            Column("Expires", ".status.instance.expiresIn"),
            _AGE,
            Column("Region", ".spec.region", wide=True),
            Column("Instance ID", ".status.instance.instanceId", wide=True),
        ),
    ),
    Resource(
        model=FlinkWorkspaceOrder,
        plural=names.ORDERS,
        short_name="fwo",
        selectable=(f".{names.WORKSPACE_OF_ORDER}", ".spec.action", ".status.state"),
        columns=(
            Column("Workspace", ".spec.workspaceRef.name"),
            Column("Action", ".spec.action"),
            Column("State", ".status.state"),
            Column("Amount", ".status.quote.tradeAmount"),
            Column("Currency", ".status.quote.currency"),
            _AGE,
            Column("Basis", ".status.quote.basis", wide=True),
            Column("Bought At", '.status.times[?(@.state=="Placed")].time', wide=True),
            Column("Account", ".spec.accountId", wide=True),
            Column("Region", ".spec.region", wide=True),
            Column("Order ID", ".status.orderId", wide=True),
            Column("Instance ID", ".status.instanceId", wide=True),
            Column("Approved By", ".status.approval.approver", wide=True),
            Column("Evidence", ".status.evidence", wide=True),
            Column("Request ID", ".status.requestIds[-1:]", wide=True),
            Column("Digest", ".status.digest", wide=True),
            Column("Message", ".status.message", wide=True),
        ),
    ),
    Resource(
        model=FlinkPurchaseApproval,
        plural=names.APPROVALS,
        short_name="fpa",
        selectable=(f".{names.ORDER_OF_APPROVAL}", ".spec.decision"),
        columns=(
            Column("Order", ".spec.order.name"),
            Column("Decision", ".spec.decision"),
            Column("Approver", ".spec.approver"),
            _AGE,
            Column("Reason", ".spec.reason", wide=True),
            Column("Digest", ".spec.order.digest", wide=True),
        ),
        has_status=False,
    ),
    Resource(
        model=FlinkPurchasePolicy,
        plural=names.POLICIES,
        short_name="fpp",
        scope="Cluster",
        columns=(
            Column("Approval", ".spec.approval.required"),
            Column("Maximum CU", ".spec.allow.maximumCu", type="integer"),
            Column("Maximum Price", ".spec.allow.maximumPrice[*].amount"),
            Column("Currency", ".spec.allow.maximumPrice[*].currency"),
            Column("Frozen", ".spec.freeze.enabled", type="boolean"),
            Column("Month", ".status.month"),
            Column("Spent", ".status.spent[*].amount"),
            Column("Room", ".status.spent[*].room"),
            _AGE,
            Column("Frozen Until", ".spec.freeze.until", wide=True),
            Column("Why Frozen", ".spec.freeze.reason", wide=True),
        ),
    ),
)


def crd(resource: Resource) -> dict[str, Any]:
    """The CustomResourceDefinition of a resource."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{resource.plural}.{names.GROUP}"},
        "spec": {
            "group": names.GROUP,
            "scope": resource.scope,
            "names": {
                "kind": resource.model.__name__,
                "plural": resource.plural,
                "singular": resource.model.__name__.lower(),
                "shortNames": [resource.short_name],
                # Never "all": `kubectl delete all --all` must not reach what has been paid for.
                "categories": ["flink"],
            },
            "versions": [_version(resource)],
        },
    }


def _version(resource: Resource) -> dict[str, Any]:
    selectable = {"selectableFields": [{"jsonPath": path} for path in resource.selectable]}
    return {
        "name": names.VERSION,
        "served": True,
        "storage": True,
        **({"subresources": {"status": {}}} if resource.has_status else {}),
        "additionalPrinterColumns": [_printer_column(column) for column in resource.columns],
        **(selectable if resource.selectable else {}),
        "schema": {"openAPIV3Schema": structural_schema(resource.model)},
    }


def _printer_column(column: Column) -> dict[str, Any]:
    wide = {"priority": 1} if column.wide else {}
    return {"name": column.name, "type": column.type, "jsonPath": column.path, **wide}


class _BlockDumper(yaml.SafeDumper):
    """Block style all through, lists indented, long texts folded: CEL and descriptions stay
    readable in a diff."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else ">" if len(text) > 80 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_BlockDumper.add_representer(str, _represent_text)


def as_yaml(manifest: Mapping[str, Any]) -> str:
    """The manifest as committed to `crds/`."""
    head = "# Made from the models by `make crds`. Change the models instead.\n"
    return head + yaml.dump(manifest, Dumper=_BlockDumper, sort_keys=False, width=120)


def write_crds(folder: Path) -> None:
    """One file per resource, named after its plural."""
    for resource in RESOURCES:
        (folder / f"{resource.plural}.yaml").write_text(as_yaml(crd(resource)), encoding="utf-8")


if __name__ == "__main__":
    write_crds(Path(sys.argv[1]))
