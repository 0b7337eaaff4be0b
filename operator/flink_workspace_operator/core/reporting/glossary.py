"""The meaning of each event: the source of its table in `docs/reference/reasons.md`."""

from collections.abc import Mapping
from typing import Final

EVENTS: Final[Mapping[str, str]] = {
    "RoleCreated": "the operator created the RAM role",
    "PolicyAttached": "it attached a policy to that role",
    "DirectoryCreated": "it created a directory in the bucket",
    "WorkspaceAdopted": "it tagged an existing workspace as this resource's",
    "MarksPutBack": "it put ownership tags back",
    "OutputsWritten": "the ConfigMap of `spec.outputs` was written",
    "OutputsCorrected": "it had been changed or deleted, and is restored",
    "OutputsDeleted": "it is no longer wanted, and was deleted",
    "OrderOpened": "an order exists, with its price; nothing was bought yet",
    "ApprovalRequested": "an order waits until somebody approves its price",
    "PriceChanged": "the price rose above what was asked, so somebody must approve it again",
    "Approved": "somebody approved the order, and it is about to be bought",
    "ApprovalDenied": "somebody denied the order: it is closed, and nothing was bought",
    "OrderPlaced": "**money was spent**: the order is bought",
    "PurchaseUncertain": "it is not known whether the order is bought",
    "OrderRejected": "the order is not bought: the cloud refused, or somebody else has the name",
    "OrderNotPlaced": (
        "the order is not bought: no list showed the workspace by the end of the wait"
    ),
    "OrderCanceled": "the resource was deleted before anything was sent",
    "WorkspaceGivenUp": "a person allowed another one to be bought in place of one that is gone",
    "WorkspaceReady": "Ready became True",
    "Drifted": "the workspace differs from the spec, or differs in another way than before",
    "ExpiresSoon": (
        "the paid time ends in 30, 14, 7, 3 days or 1; with automatic renewal only from 7 days on,"
        " when the cloud should have renewed it"
    ),
    "WorkspaceKept": (
        "the resource was deleted, and **what was bought stays**: its id, and what it costs"
    ),
}
"""The meaning of each event. The reasons of Stalled, Suspended and of missing prerequisites are
events too, as warnings."""
