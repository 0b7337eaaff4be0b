"""The call of a paid action, as a value."""

from dataclasses import dataclass
from datetime import datetime

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.core.facts.identity import PurchaseTarget


@dataclass(frozen=True)
class PaidCall:
    """One call that spends money, fixed before it is sent: block, date and nonce.

    The class of the block decides the API action.
    """

    target: PurchaseTarget
    block: ApiModel
    """The order's block."""
    ownership: dict[str, str]
    """Ownership tags with the order's token; a call that makes an instance puts them on it."""
    signed_at: datetime
    nonce: str
