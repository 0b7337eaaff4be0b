"""All instances of a region in one look, shared by all workspaces there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from flink_workspace_operator.adapters.alibaba import wire
from flink_workspace_operator.adapters.alibaba.paging import read_pages
from flink_workspace_operator.adapters.alibaba.products import DESCRIBE_INSTANCES
from flink_workspace_operator.adapters.alibaba.reply import Reply
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.adapters.alibaba.translate import seen_instance
from flink_workspace_operator.adapters.sharing import SingleFlights
from flink_workspace_operator.core.facts.observed import Listing

PAGE_SIZE: Final = 100
"""The largest page that DescribeInstances gives; its default is 10."""


class Inventory:
    """The shared looks, one for each region."""

    def __init__(self, session: Session) -> None:
        self._looks: SingleFlights[str, Listing] = SingleFlights(
            lambda region: look(session, region, {})
        )

    async def take(self, region: str, max_age: timedelta) -> Listing:
        """All instances, from a look that began at most `max_age` ago. Raises `CloudFailure`."""
        return await self._looks.take(region, max_age)


async def look(session: Session, region: str, filters: Mapping[str, str]) -> Listing:
    """All instances of a region that fit the filters, complete or not at all.

    Raises `CloudFailure`.
    """

    async def ask(number: int) -> Reply:
        asked = {"Region": region, "PageIndex": str(number), "PageSize": str(PAGE_SIZE), **filters}
        return await session.call(DESCRIBE_INSTANCES, asked, region)

    rows, date = await read_pages(ask, lambda reply: reply.read(wire.InstancesPage))
    return Listing(tuple(seen_instance(row, region) for row in rows), date)
