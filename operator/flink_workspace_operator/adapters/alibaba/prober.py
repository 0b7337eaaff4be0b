"""Calls that ask the real cloud something and cost nothing.

Reads only, and no other call than those of `READS` can be made from here. What is told of an answer
holds no ids, names or amounts of what the account has, and no text of the cloud's.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from flink_workspace_operator.adapters.alibaba import products
from flink_workspace_operator.adapters.alibaba.reply import Reply
from flink_workspace_operator.adapters.alibaba.session import Api, PinnedSignature, Session
from flink_workspace_operator.core.facts.failures import CloudFailure, PermissionMissing
from flink_workspace_operator.settings import Settings

QUERY_AVAILABLE_INSTANCES: Final = Api(products.BILLING, "QueryAvailableInstances")
INQUIRE_REFUND: Final = Api(products.BILLING, "InquiryPriceRefundInstance")
READS: Final = frozenset(
    {
        products.GET_CALLER_IDENTITY,
        products.QUERY_CREATE_INSTANCE_PRICE,
        products.DESCRIBE_INSTANCES,
        products.DESCRIBE_SUPPORTED_REGIONS,
        products.DESCRIBE_V_SWITCHES,
        products.GET_ROLE,
        products.LIST_POLICIES_FOR_ROLE,
        products.QUERY_ORDERS,
        QUERY_AVAILABLE_INSTANCES,
        INQUIRE_REFUND,
    }
)
"""None of them changes anything.

The metadata of the cloud marks the price question, too, as a read.
"""

_WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")


@dataclass
class Prober:
    """Asks, and remembers which permissions were missing."""

    session: Session
    settings: Settings
    region: str
    lacking: set[str] = field(default_factory=set)

    async def ask(
        self, api: Api, parameters: Mapping[str, str], fixed: PinnedSignature | None = None
    ) -> Reply | CloudFailure:
        """The answer, or what stood in its place."""
        if api not in READS:
            raise ValueError(f"{api.name} is no read")
        try:
            if fixed is None:
                return await self.session.call(api, parameters, self.region)
            return await self.session.call_fixed(api, parameters, self.region, fixed)
        except CloudFailure as failure:
            if isinstance(failure, PermissionMissing) and failure.action:
                self.lacking.add(failure.action)
            return failure

    async def now(self) -> datetime:
        """By the cloud's clock, where it answers."""
        reply = await self.ask(products.GET_CALLER_IDENTITY, {})
        return (reply.date if isinstance(reply, Reply) else None) or datetime.now(UTC)

    async def price(self, cu: int, cycle: str, duration: int) -> float | str:
        """Of a subscription; or the code that stands in its place."""
        return await self._amount(
            {
                "ChargeType": "PRE",
                "ResourceSpec": _json({"Cpu": cu, "MemoryGB": 4 * cu}),
                "PricingCycle": cycle,
                "Duration": str(duration),
            }
        )

    async def price_of_use(self) -> float | str:
        """The same of pay-as-you-go."""
        return await self._amount({"ChargeType": "POST"})

    async def _amount(self, parameters: Mapping[str, str]) -> float | str:
        asked = {"Region": self.region, "ArchitectureType": "X86", **parameters}
        reply = await self.ask(products.QUERY_CREATE_INSTANCE_PRICE, asked)
        if isinstance(reply, CloudFailure):
            return reply.code
        amount = part(reply, "PriceInfo", "TradeAmount")
        return float(amount) if isinstance(amount, int | float) else "no amount"

    async def instances(self) -> tuple[list[dict[str, Any]], str]:
        """The first page, and what to say where it is empty."""
        reply = await self.ask(products.DESCRIBE_INSTANCES, self.here(PageSize="10"))
        return rows_in(reply, "Instances"), (
            said(reply) if isinstance(reply, CloudFailure) else "there is no workspace to see it by"
        )

    def here(self, **more: str) -> dict[str, str]:
        """Parameters with the region."""
        return {"Region": self.region, **more}


def said(reply: Reply | CloudFailure, rows: str | None = None) -> str:
    """What came back, by number and code alone."""
    if isinstance(reply, CloudFailure):
        return f"{reply.code} ({reply.reason})"
    if rows is None:
        return "answered"
    total = part(reply, "TotalCount")
    return f"a list of {total}" if isinstance(total, int) else "answered, without a count"


def part(reply: Reply | CloudFailure, *names: str) -> Any:  # noqa: ANN401 - any JSON
    """A member within members of an answer; None where there is none, whatever stands in its
    place.
    """
    value: Any = reply.body if isinstance(reply, Reply) else None
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def rows_in(reply: Reply | CloudFailure, *names: str) -> list[dict[str, Any]]:
    """The entries of a list within members."""
    found = part(reply, *names)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def words(values: Iterable[object]) -> str:
    """Words of the cloud's, with how often each was there."""
    counted = Counter(clean(str(value)) for value in values)
    return (
        ", ".join(f"{word} {number}" if number > 1 else word for word, number in counted.items())
        or "nobody"
    )


def clean(word: str) -> str:
    """A word of the cloud's, or a question mark where it is something else."""
    return word if _WORD.fullmatch(word) else "?"


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
