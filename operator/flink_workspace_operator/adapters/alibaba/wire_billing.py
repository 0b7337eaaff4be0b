"""The billing API's answers, as far as they are used.

As strict as those in `wire`, but for what is only a hint.

Source of the shapes: the official SDK's response models, BssOpenApi 2017-12-14.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from flink_workspace_operator.adapters.alibaba.wire import Identifier, Page, Wire


def _read_moment(text: object) -> datetime:
    if not isinstance(text, str):
        raise ValueError("no text")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


Moment = Annotated[datetime, BeforeValidator(_read_moment)]


class Order(Wire):
    """One order.

    What it is for stands in three fields; which of them a product fills is not published.
    """

    order_id: Identifier
    create_time: Moment
    payment_status: str
    product_code: str | None = None
    product_type: str | None = None
    commodity_code: str | None = None

    @property
    def id(self) -> str:
        return self.order_id


class Orders(Wire):
    """The list inside of a page."""

    order: list[Order]


class OrdersData(Page):
    """What a page of QueryOrders is wrapped in."""

    order_list: Orders


class OrdersPage(Wire):
    """A page of QueryOrders."""

    data: OrdersData

    @property
    def total_count(self) -> int:
        return self.data.total_count

    @property
    def rows(self) -> list[Order]:
        return self.data.order_list.order


class OrderPart(Wire):
    """An order, or a part of one, in detail.

    `instance_ids` takes any shape: it is JSON inside of a text.
    """

    order_id: Identifier
    region: str | None = None
    instance_ids: object = Field(None, alias="InstanceIDs")


class OrderParts(Wire):
    """The list inside of the answer."""

    order: list[OrderPart]


class OrderData(Wire):
    """What the answer of GetOrderDetail is wrapped in."""

    order_list: OrderParts


class OrderDetail(Wire):
    """The answer of GetOrderDetail."""

    data: OrderData
