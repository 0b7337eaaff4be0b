"""The reasons of limits on spending: what people set, and what they have to decide."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.core.reporting.entry import SEE_READY, Entry

_MAXIMUM: Final = "`spec.purchase.maximumPrice`"

LIMITS: Final[Mapping[str, Entry]] = {
    "PriceAboveLimit": Entry(
        "Suspended",
        f"the price is above {_MAXIMUM}",
        "raise it, or wait for a lower price; every resync checks the price",
    ),
    "ApprovalPending": Entry(
        "Suspended",
        "an order waits until somebody approves or denies its price",
        "`kubectl flink approve`, or create the [FlinkPurchaseApproval](../approvals.md) that the"
        " message describes",
    ),
    "CurrencyNotAllowed": Entry(
        "Suspended", f"the price is in another currency than {_MAXIMUM}", "set it in that currency"
    ),
    "PriceUnknown": Entry(
        "Suspended", f"no total price is known to compare with {_MAXIMUM}", SEE_READY
    ),
}
