"""VPC and vSwitches."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from flink_workspace_operator.adapters.alibaba import products, wire_network
from flink_workspace_operator.adapters.alibaba.paging import read_pages
from flink_workspace_operator.adapters.alibaba.reply import Reply
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.adapters.sharing import SingleFlights
from flink_workspace_operator.api.parameters import Network
from flink_workspace_operator.core.facts.failures import NotFound
from flink_workspace_operator.core.facts.observed import SeenNetwork, SeenVSwitch

_PAGE_SIZE: Final = 50  # the largest that the VPC API gives


VSwitches = Mapping[str, wire_network.VSwitch]
"""By id."""


class Networks:
    """Networks of one account.

    What is known of a VPC serves all who ask about it within `max_age`.
    """

    def __init__(self, session: Session, max_age: timedelta) -> None:
        self._session = session
        self._max_age = max_age
        self._vpcs: SingleFlights[tuple[str, str], VSwitches | None] = SingleFlights(
            self._ask_for_vpc
        )
        self._alone: SingleFlights[tuple[str, str], VSwitches] = SingleFlights(
            self._ask_for_v_switch
        )

    async def describe_network(self, region: str, network: Network) -> SeenNetwork:
        """Which of the wanted VPC and vSwitches exist.

        A vSwitch of another VPC is shown with that VPC's id.
        """
        vpc = await self._vpcs.take((region, network.vpc_id), self._max_age)
        inside = vpc or {}
        found = []
        for wanted in network.v_switch_ids:
            by_id = (
                inside
                if wanted in inside
                else await self._alone.take((region, wanted), self._max_age)
            )
            if wanted in by_id:
                found.append(_seen(by_id[wanted]))
        return SeenNetwork(vpc is not None, tuple(found))

    async def _ask_for_vpc(self, place: tuple[str, str]) -> VSwitches | None:
        """The vSwitches of a VPC; None if there is no such VPC."""
        region, vpc_id = place
        if not await self._vpc_exists(region, vpc_id):
            return None
        return await self._v_switches(region, {"VpcId": vpc_id})

    async def _ask_for_v_switch(self, place: tuple[str, str]) -> VSwitches:
        region, v_switch_id = place
        return await self._v_switches(region, {"VSwitchId": v_switch_id})

    async def _vpc_exists(self, region: str, vpc_id: str) -> bool:
        async def ask(number: int) -> Reply:
            return await self._session.call(
                products.DESCRIBE_VPCS, _page(region, number) | {"VpcId": vpc_id}, region
            )

        rows, _ = await read_pages(ask, lambda reply: reply.read(wire_network.VpcsPage))
        return any(row.vpc_id == vpc_id for row in rows)

    async def _v_switches(self, region: str, chosen: Mapping[str, str]) -> VSwitches:
        async def ask(number: int) -> Reply:
            asked = {**_page(region, number), **chosen}
            return await self._session.call(products.DESCRIBE_V_SWITCHES, asked, region)

        try:
            rows, _ = await read_pages(ask, lambda reply: reply.read(wire_network.VSwitchesPage))
        except NotFound:  # its page lists codes for it, where other lists are empty
            return {}
        return {row.v_switch_id: row for row in rows}


def _page(region: str, number: int) -> dict[str, str]:
    return {"RegionId": region, "PageNumber": str(number), "PageSize": str(_PAGE_SIZE)}


def _seen(v_switch: wire_network.VSwitch) -> SeenVSwitch:
    return SeenVSwitch(
        v_switch.v_switch_id, v_switch.vpc_id, v_switch.zone_id, v_switch.available_ip_address_count
    )
