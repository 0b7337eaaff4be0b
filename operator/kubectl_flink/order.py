"""A FlinkWorkspaceOrder as it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from kubectl_flink import names
from kubectl_flink.words import printable
from kubectl_flink.workspace import time_of

Wire = Mapping[str, Any]


@dataclass(frozen=True)
class Order:
    """One line of the ledger."""

    namespace: str
    name: str
    workspace: str
    action: str
    state: str | None
    opened: datetime
    announced: datetime | None
    by_use: bool
    amount: Decimal | None
    currency: str | None
    instance_id: str | None
    message: str
    times: tuple[tuple[str, datetime], ...]

    @property
    def at(self) -> datetime:
        """When it was announced; before that, when it was opened."""
        return self.announced or self.opened

    @property
    def is_paid(self) -> bool:
        """It bought something."""
        return self.state in names.PAID

    @property
    def is_open(self) -> bool:
        """It is not known what becomes of it."""
        return self.state not in names.PAID | names.FRUITLESS


def order_of(wire: Wire) -> Order:
    """An order from the object that holds it."""
    metadata, spec, status = wire["metadata"], wire["spec"], wire.get("status") or {}
    quote = status.get("quote") or {}
    opened = time_of(metadata["creationTimestamp"])
    if opened is None:
        raise ValueError(f"{metadata['name']} has no creationTimestamp")
    return Order(
        namespace=metadata["namespace"],
        name=metadata["name"],
        workspace=spec["workspaceRef"]["name"],
        action=spec.get("action", ""),
        state=status.get("state"),
        opened=opened,
        announced=time_of(status.get("intentTime")),
        by_use=quote.get("basis") == "Hour",
        amount=_amount(quote.get("tradeAmount")),
        currency=quote.get("currency"),
        instance_id=status.get("instanceId"),
        message=printable(status.get("message", "")),
        times=_times(status),
    )


def _times(status: Wire) -> tuple[tuple[str, datetime], ...]:
    found = [(each["state"], time_of(each["time"])) for each in status.get("times") or ()]
    return tuple(sorted(((s, t) for s, t in found if t is not None), key=lambda each: each[1]))


def _amount(text: str | None) -> Decimal | None:
    """The amount; None where none was named, or it is no number."""
    try:
        found = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return found if found is None or found.is_finite() else None
