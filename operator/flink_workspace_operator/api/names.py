"""Names that manifests, tags and tools depend on. The API group stands here and nowhere else."""

from typing import Final

GROUP: Final = "flink.alicloud.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = f"{GROUP}/{VERSION}"

WORKSPACES: Final = "flinkworkspaces"
ORDERS: Final = "flinkworkspaceorders"
APPROVALS: Final = "flinkpurchaseapprovals"
POLICIES: Final = "flinkpurchasepolicies"

WORKSPACE_OF_ORDER: Final = "spec.workspaceRef.name"
"""The field by which the orders of one workspace are selected."""
ORDER_OF_APPROVAL: Final = "spec.order.name"
"""The field by which the approvals of one order are selected."""

PURCHASE_FINALIZER: Final = f"{GROUP}/purchase"
"""On a FlinkWorkspace from before its first order until no order of it is open."""
LEDGER_FINALIZER: Final = f"{GROUP}/ledger"
"""On an order while its workspace exists or its outcome is open."""


def secret_finalizer(workspace: str) -> str:
    """On a Secret while an open order of this FlinkWorkspace was opened with it. One finalizer for
    each FlinkWorkspace, so that none has to know of the others."""
    return f"{GROUP}/{workspace}"


SUSPEND: Final = f"{GROUP}/suspend"
RECONCILE_REQUESTED_AT: Final = f"{GROUP}/reconcile-requested-at"
ABANDON_ORDER: Final = f"{GROUP}/abandon-order"
REPLACE_LOST: Final = f"{GROUP}/replace-lost"
"""Annotation with the id of a lost instance: another may be bought in place of that one only."""
NOT_THIS_PURCHASE: Final = f"{GROUP}/not-this-purchase"
"""Annotation with ids of billing orders, comma-separated, that are not the open purchase."""

CLUSTER_TAG: Final = f"{GROUP}/cluster"
WORKSPACE_TAG: Final = f"{GROUP}/workspace"
ORDER_TAG: Final = f"{GROUP}/order"

WORKSPACE_NAME_PATTERN: Final = "^[a-z]([a-z0-9-]{0,58}[a-z0-9])?$"
"""Workspace names that the cloud accepts: today's rule and the older limit of 60 characters.

Open questions: NameLength, UniqueNames.
"""

EARLIER_WORKSPACE_NAME_PATTERN: Final = "^[A-Za-z]([A-Za-z0-9-]{0,58}[A-Za-z0-9])?$"
"""Names that the cloud once accepted: such a workspace can be adopted, and no new one bought."""

ARTIFACTS: Final = "artifacts/"
JOBS: Final = "flink-jobs/"
SAVEPOINTS: Final = "flink-savepoints/"
LOGS: Final = "logs/"
DIRECTORIES: Final = (ARTIFACTS, JOBS, SAVEPOINTS, LOGS)
"""The keys at the bucket's root under which Flink keeps its files."""
