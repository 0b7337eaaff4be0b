"""What the states of an order and the events mean: the source of their tables in `docs/reference/reasons.md`."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.api.status import OrderState

EVENTS: Final[Mapping[str, str]] = {
    "RoleCreated": "the operator created the RAM role",
    "PolicyAttached": "it attached a policy to that role",
    "DirectoryCreated": "it created a directory in the bucket",
    "WorkspaceAdopted": "it tagged an existing workspace as this resource's",
    "MarksPutBack": "it put ownership tags back",
    "OutputsWritten": "the ConfigMap of `spec.outputs` was written",
    "OutputsCorrected": "it had been changed or deleted, and is right again",
    "OutputsDeleted": "it is not wanted any more, and was deleted",
    "OrderOpened": "an order exists, with its price; nothing was bought yet",
    "OrderPlaced": "**money was spent**: the order is bought",
    "PurchaseUncertain": "it is not known whether the order is bought",
    "OrderRejected": "the order is not bought: the cloud refused, or somebody else has the name",
    "OrderNotPlaced": "the order is not bought: no list showed the workspace by the end of the wait",
    "OrderCanceled": "the resource was deleted before anything was sent",
    "WorkspaceGivenUp": "a person said that another one may be bought in place of one that is gone",
    "WorkspaceReady": "Ready became True",
}
"""The meaning of each event. The reasons of Stalled and Suspended are events too, as warnings."""

ORDER_STATES: Final[Mapping[OrderState, str]] = {
    "Quoted": "the price is known; nothing was sent",
    "Placing": "the call is announced, and may have been sent. The order says until when it may be executed",
    "Uncertain": "it may or may not have been bought: evidence is waited for",
    "Placed": "bought; the order names the instance",
    "Fulfilled": "bought, and seen running",
    "Rejected": "not bought: the cloud refused, or somebody else has the name. If a copy of the call may still be"
    " executed, the order says until when. Nothing else is bought before that",
    "NotPlaced": "not bought: no complete list showed the workspace by the end of the wait",
    "Superseded": "closed before anything was sent, or found without status; another order may follow",
    "Canceled": "closed before anything was sent, because the resource was deleted",
    "Lost": "bought, gone from the cloud since, and given up by a person",
}
