"""Prices, for trying out only: made up, in the order of magnitude of the real ones.

========================  ==========================================================
one CU, one month         276 CNY on X86, 221 CNY on ARM
management                2 CU more, in every price; at the same price a CU
discount                  15 % from 12 months on, 30 % from 24 months on
one CU, one hour (POST)   0.57 CNY; not told unless ``payAsYouGoPrice`` is set
all of them               times ``priceFactor``, in ``currency``
========================  ==========================================================

Source of the 2 CU: help.aliyun.com/en/flink/realtime-flink/product-overview/subscription: the fee
is that of 2 CU of management and of the ordered CU, for each month. A CU of management has a price
of its own there.
"""

from dataclasses import dataclass
from typing import Any

_CU_MONTH = {"X86": 276.0, "ARM": 221.0}
_CU_HOUR = 0.57
MANAGEMENT_CU = 2


@dataclass(frozen=True)
class Price:
    """What an order costs before and after discount."""

    original: float
    discount: float

    @property
    def trade(self) -> float:
        """What is really paid."""
        return round(self.original - self.discount, 2)

    def times(self, factor: float) -> "Price":
        """The same offer at another price."""
        return Price(round(self.original * factor, 2), round(self.discount * factor, 2))

    def as_json(self) -> dict[str, Any]:
        return {
            "OriginalAmount": self.original,
            "DiscountAmount": self.discount,
            "TradeAmount": self.trade,
            "StandPrice": f"{self.original:.2f}",
            "StandDiscountPrice": f"{self.trade:.2f}",
        }


def subscription(cu: int, term_months: int, architecture: str) -> Price:
    """A whole term, paid in advance."""
    original = round((cu + MANAGEMENT_CU) * term_months * _CU_MONTH[architecture], 2)
    rate = 0.30 if term_months >= 24 else 0.15 if term_months >= 12 else 0.0
    return Price(original, round(original * rate, 2))


def hourly() -> Price:
    """One CU for one hour, paid by use."""
    return Price(_CU_HOUR, 0.0)
