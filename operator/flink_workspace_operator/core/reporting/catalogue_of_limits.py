"""The reasons of limits on spending: what people set, and what they have to decide."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.core.reporting.entry import BY_ITSELF, SEE_READY, Entry

_MAXIMUM: Final = "`spec.purchase.maximumPrice`"

LIMITS: Final[Mapping[str, Entry]] = {
    "PriceAboveLimit": Entry(
        "Suspended",
        f"the price is above {_MAXIMUM}",
        "raise it, or wait for a lower price; every resync checks the price",
    ),
    "NotAllowed": Entry(
        "Suspended",
        "a [FlinkPurchasePolicy](../policies.md) does not allow it, or none is about this namespace"
        " although the operator demands one",
        "change the spec, or have the policy changed",
    ),
    "SpendCapReached": Entry(
        "Suspended",
        "the cap of a FlinkPurchasePolicy on the sum of a month has no room for the price",
        "wait for the next month, or have the cap raised; room comes back if another order comes to"
        " nothing",
    ),
    "PolicyBusy": Entry(
        "Suspended",
        "a FlinkPurchasePolicy with a cap has as many orders about to be announced as it can hold",
        BY_ITSELF,
    ),
    "Frozen": Entry(
        "Suspended",
        "a FlinkPurchasePolicy freezes purchases",
        "wait for the end that the message names, or have the freeze ended",
    ),
    "PolicyUnreadable": Entry(
        "Suspended",
        "the FlinkPurchasePolicies can't be read: unknown limits are not the same as none",
        "apply `crds/` and the operator's rights of this version; the message says what was refused",
    ),
    "PolicyInvalid": Entry(
        "Suspended",
        "a FlinkPurchasePolicy has fields of a newer version",
        "run a version of the operator that knows them, or remove them",
    ),
    "ApprovalExpired": Entry(
        "Suspended",
        "an order was approved so long ago that a FlinkPurchasePolicy asks for it again",
        "as for ApprovalPending: the digest is the same",
    ),
    "ApprovalPending": Entry(
        "Suspended",
        "an order waits until somebody approves or denies its price",
        "`kubectl flink approve`, or create the [FlinkPurchaseApproval](../approvals.md) that the"
        " message describes",
    ),
    "CurrencyNotAllowed": Entry(
        "Suspended",
        f"the price is in another currency than {_MAXIMUM}, or than a policy allows",
        "set the maximum in that currency",
    ),
    "PriceUnknown": Entry(
        "Suspended",
        f"no total price is known to compare with {_MAXIMUM} or with a policy",
        SEE_READY,
    ),
}
