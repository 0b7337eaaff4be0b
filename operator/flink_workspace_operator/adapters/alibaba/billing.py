"""The bill: evidence of what was bought, for those who may read it.

It can only make the operator wait longer.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError

from flink_workspace_operator.adapters.alibaba import products
from flink_workspace_operator.adapters.alibaba.paging import read_pages
from flink_workspace_operator.adapters.alibaba.reply import Reply
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.adapters.alibaba.wire import Identifier
from flink_workspace_operator.adapters.alibaba.wire_billing import (
    Order,
    OrderDetail,
    OrderPart,
    OrdersPage,
)
from flink_workspace_operator.core.facts.observed import BillingOrder

PAGE_SIZE: Final = 20
"""The billing API's own advice: larger pages may time out."""
PERIOD: Final = timedelta(days=30)
"""How far a look at the bill reaches, because without an end the API shows the last hour only.

By the cloud's own time from `since` on, so that no clock of ours can cut off what was bought
meanwhile.
"""
_PRODUCT: Final = "sc"
_COMMODITIES: Final = ("sc_flink", "flink", "foasconsole")
"""Open question: BillCodes.

`sc` and names from `sc_flink` on are what instance ids and public tools show, for Flink on the
China site and the international one; `foasconsole` is what Terraform's provider says in its first
version of renewals. An order left out costs a longer wait at most, one too many likewise.
"""
_INSTANCE_IDS: Final = TypeAdapter(tuple[Identifier, ...])


class Billing:
    """The bill of one account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def read_bill(self, region: str, since: datetime) -> tuple[BillingOrder, ...]:
        """New orders for workspaces of a region, complete or not at all. Raises `CloudFailure`."""
        found = []
        for order in await self._new_orders(region, since):
            if is_for_flink(order) and order.payment_status != "Cancelled":
                parts = await self._parts(region, order)
                if _may_be_of(region, parts):
                    found.append(_billing_order(order, parts))
        return tuple(found)

    async def _new_orders(self, region: str, since: datetime) -> list[Order]:
        """New orders of all products and regions: no filter of the API's is known to be right
        for Flink.
        """
        period = {"CreateTimeStart": _moment(since), "CreateTimeEnd": _moment(since + PERIOD)}

        async def ask(number: int) -> Reply:
            asked = {
                "OrderType": "New",
                "PageNum": str(number),
                "PageSize": str(PAGE_SIZE),
                **period,
            }
            return await self._session.call(products.QUERY_ORDERS, asked, region)

        rows, _ = await read_pages(ask, lambda reply: reply.read(OrdersPage))
        return rows

    async def _parts(self, region: str, order: Order) -> list[OrderPart]:
        reply = await self._session.call(
            products.GET_ORDER_DETAIL, {"OrderId": order.order_id}, region
        )
        return [
            part
            for part in reply.read(OrderDetail).data.order_list.order
            if part.order_id == order.order_id
        ]


def is_for_flink(order: Order) -> bool:
    """Whether an order is for Flink, by any of the words that may say so."""
    words = (order.product_code, order.product_type, order.commodity_code)
    return any(
        word.lower() == _PRODUCT or word.lower().startswith(_COMMODITIES) for word in words if word
    )


def read_instance_ids(value: object) -> tuple[str, ...]:
    """The ids in a field that carries a JSON list as text; none if it carries anything else."""
    try:
        return _INSTANCE_IDS.validate_python(json.loads(value) if isinstance(value, str) else ())
    except (ValueError, RecursionError, ValidationError):
        return ()


def _may_be_of(region: str, parts: list[OrderPart]) -> bool:
    """Whether the order is one of the region, or does not tell."""
    told = [part.region for part in parts if part.region]
    return not told or region in told


def _billing_order(order: Order, parts: list[OrderPart]) -> BillingOrder:
    ids = [each for part in parts for each in read_instance_ids(part.instance_ids)]
    return BillingOrder(
        order.order_id, order.create_time, order.payment_status == "Paid", tuple(dict.fromkeys(ids))
    )


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
