"""The call of a paid action, as a value."""

from dataclasses import dataclass
from datetime import datetime

from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.core.facts.identity import Subject


@dataclass(frozen=True)
class PaidCall:
    """One call that spends money, fixed before it is sent: what, signed when and with which nonce.

    The class of the block says which API action it is.
    """

    subject: Subject
    block: ApiModel
    """What is paid for, as the order has it."""
    ownership: dict[str, str]
    """Tags that say whose it is and which order bought it; a call that makes an instance puts them on it."""
    signed_at: datetime
    nonce: str
