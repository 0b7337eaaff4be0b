"""What the billing service knows about one account."""

from dataclasses import dataclass, field
from datetime import datetime

from flink_cloud_emulator.foasconsole.state import Workspace


@dataclass(frozen=True)
class Order:
    """An order that was placed.

    Nothing is delivered before it is paid, and while one is unpaid nothing new is sold.
    """

    order_id: str
    region: str
    amount: float
    time: datetime
    action: str = "ByHand"
    request_id: str = ""
    workspace: Workspace | None = None
    """What is delivered once it is paid; None where that is not known."""


@dataclass(frozen=True)
class Purchase:
    """A booked order: the line in the ledger that tests count."""

    account: str
    action: str
    region: str
    name: str
    instance_id: str
    order_id: str
    charge_type: str
    amount: float
    currency: str
    tags: tuple[tuple[str, str], ...]
    """As they were asked for, whatever became of them."""
    request_id: str
    time: datetime
    paid_at: datetime

    def as_json(self) -> dict[str, object]:
        return {
            "account": self.account,
            "action": self.action,
            "region": self.region,
            "name": self.name,
            "instanceId": self.instance_id,
            "orderId": self.order_id,
            "chargeType": self.charge_type,
            "amount": self.amount,
            "currency": self.currency,
            "tags": dict(self.tags),
            "requestId": self.request_id,
            "time": self.time.isoformat(timespec="milliseconds"),
            "paidAt": self.paid_at.isoformat(timespec="milliseconds"),
        }


@dataclass
class BssState:
    """The ledger, oldest first, and the orders that were not paid."""

    purchases: list[Purchase] = field(default_factory=list)
    unpaid: list[Order] = field(default_factory=list)
    cancelled: list[Order] = field(default_factory=list)
