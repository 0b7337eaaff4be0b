"""The Flink console: what exists, what it costs, and the purchase."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from flink_workspace_operator.adapters.alibaba import products, translate, wire
from flink_workspace_operator.adapters.alibaba.errors import ErrorAnswer, classify, find_row
from flink_workspace_operator.adapters.alibaba.inventory import Inventory, look
from flink_workspace_operator.adapters.alibaba.reply import Reply
from flink_workspace_operator.adapters.alibaba.session import PinnedSignature, Session
from flink_workspace_operator.adapters.sharing import SingleFlight, SingleFlights
from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.order import Quote
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.core.facts.observed import (
    Answer,
    Bought,
    Listing,
    NotBought,
    SeenInstance,
)
from flink_workspace_operator.core.orders.calls import PaidCall

OFFER_AGE: Final = timedelta(hours=1)
"""How old the knowledge of where workspaces are sold may be."""


class Workspaces:
    """Workspaces of one account."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._inventory = Inventory(session)
        self._regions = SingleFlight(self._ask_regions)
        self._zones: SingleFlights[tuple[str, str], frozenset[str]] = SingleFlights(self._ask_zones)

    async def list_regions(self) -> frozenset[str]:
        """Regions where workspaces are sold, at most an hour old."""
        return await self._regions.take(OFFER_AGE)

    async def list_zones(self, region: str, architecture: str) -> frozenset[str]:
        """Zones where workspaces of an architecture are sold, at most an hour old."""
        return await self._zones.take((region, architecture), OFFER_AGE)

    async def list_instances(self, region: str, max_age: timedelta) -> Listing:
        """All instances of a region."""
        return await self._inventory.take(region, max_age)

    async def look_up(self, target: PurchaseTarget, tags: tuple[tuple[str, str], ...]) -> Listing:
        """Everything, and each tag and the name once more: the cloud may show a new instance by one
        way first.

        Open questions: NameFilter, VisibilityTime.
        """
        filters = [translate.tag_filter(key, value) for key, value in tags]
        filters.append({"InstanceName": target.workspace_name})
        looks = await asyncio.gather(
            self._inventory.take(target.region, timedelta(0)),
            *(look(self._session, target.region, each) for each in filters),
            return_exceptions=True,  # so that none goes on unattended after another has failed
        )
        listings = []
        for outcome in looks:
            if isinstance(outcome, BaseException):
                raise outcome
            listings.append(outcome)
        return _union(listings)

    async def quote(self, target: PurchaseTarget, block: ApiModel) -> Quote:
        """The price of what an order's block describes."""
        if not isinstance(block, WorkspaceParameters):
            raise TypeError(f"no price can be asked for {type(block).__name__}")
        asked = translate.price_parameters(target, block)
        reply = await self._session.call(products.QUERY_CREATE_INSTANCE_PRICE, asked, target.region)
        return read_quote(reply, "Term" if block.charge_type == "Subscription" else "Hour")

    async def tag_instance(self, region: str, instance_id: str, tags: Mapping[str, str]) -> None:
        """Put tags on an instance, over former values of the same keys."""
        asked = translate.tagging_parameters(region, instance_id, tags)
        await self._session.call(products.TAG_RESOURCES, asked, region)

    async def place(self, call: PaidCall) -> Answer:
        """SPENDS MONEY. The one call of a paid action; what goes wrong is an answer."""
        if not isinstance(call.block, WorkspaceParameters):
            raise TypeError(f"no call pays for {type(call.block).__name__}")
        return await self._create_instance(call, call.block)

    async def _create_instance(self, call: PaidCall, wanted: WorkspaceParameters) -> Answer:
        """SPENDS MONEY. One call, signed as fixed beforehand."""
        asked = translate.purchase_parameters(call, wanted)
        fixed = PinnedSignature(call.signed_at, call.nonce)
        try:
            reply = await self._session.call_fixed(
                products.CREATE_INSTANCE, asked, call.target.region, fixed
            )
            order = reply.read(wire.CreatedInstance).order_info
        except CloudFailure as failure:
            return NotBought(failure)
        return Bought(order.instance_id, translate.order_id(order.order_id), reply.request_id)

    async def _ask_regions(self) -> frozenset[str]:
        reply = await self._session.call(products.DESCRIBE_SUPPORTED_REGIONS, {})
        return frozenset(entry.region for entry in reply.read(wire.Regions).regions)

    async def _ask_zones(self, offer: tuple[str, str]) -> frozenset[str]:
        region, architecture = offer
        asked: Mapping[str, str] = {"Region": region, "ArchitectureType": architecture}
        reply = await self._session.call(products.DESCRIBE_SUPPORTED_ZONES, asked, region)
        return frozenset(reply.read(wire.Zones).zone_ids)


def read_quote(reply: Reply, basis: str) -> Quote:
    """The quote in an answer.

    Raises the failure where the price comes with a problem, or a term without a price.

    A code that we do not know does not stand in the way of a price: it might say that all is well.
    """
    price = reply.read(wire.Price).price_info
    priced = basis == "Hour" or price.trade_amount is not None
    if price.code and (not priced or find_row(price.code) is not None):
        raise classify(ErrorAnswer(reply.call, 200, price.code, reply.request_id))
    if not priced:
        raise reply.garbled("PriceInfo.TradeAmount is missing")
    return translate.quote_of(price, basis, reply.dated())


def _union(listings: list[Listing]) -> Listing:
    """Every instance once, in the look that shows the most tags of it; the date is the earliest."""
    shown: defaultdict[str, list[SeenInstance]] = defaultdict(list)
    for listing in listings:
        for instance in listing.instances:
            shown[instance.instance_id].append(instance)
    best = tuple(max(each, key=lambda instance: len(instance.tags)) for each in shown.values())
    return Listing(best, min(listing.date for listing in listings))
