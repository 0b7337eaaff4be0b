"""What the billing service knows about one account."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Purchase:
    """A booked order: the line in the ledger that tests count."""

    account: str
    action: str
    region: str
    name: str
    instance_id: str
    order_id: int
    charge_type: str
    amount: float
    currency: str
    tags: tuple[tuple[str, str], ...]
    request_id: str
    time: datetime

    def as_json(self) -> dict[str, object]:
        return {
            "account": self.account,
            "action": self.action,
            "region": self.region,
            "name": self.name,
            "instanceId": self.instance_id,
            "orderId": str(self.order_id),
            "chargeType": self.charge_type,
            "amount": self.amount,
            "currency": self.currency,
            "tags": dict(self.tags),
            "requestId": self.request_id,
            "time": self.time.isoformat(timespec="milliseconds"),
        }


@dataclass(frozen=True)
class UnpaidOrder:
    """An order that was placed but not paid; while there is one, nothing new is sold."""

    order_id: str
    region: str
    amount: float
    time: datetime


@dataclass
class BssState:
    """The ledger, oldest first, and what is unpaid."""

    purchases: list[Purchase] = field(default_factory=list)
    unpaid: list[UnpaidOrder] = field(default_factory=list)
