"""VPC and vSwitches."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.adapters.alibaba import products, wire
from flink_workspace_operator.adapters.alibaba.paging import read_pages
from flink_workspace_operator.adapters.alibaba.session import Reply, Session
from flink_workspace_operator.api.parameters import Network
from flink_workspace_operator.core.facts.failures import NotFound
from flink_workspace_operator.core.facts.observed import SeenNetwork, SeenVSwitch

_PAGE_SIZE: Final = 50  # the largest that the VPC API gives


class Networks:
    """Networks of one account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def describe_network(self, region: str, network: Network) -> SeenNetwork:
        """Which of the wanted VPC and vSwitches exist. A vSwitch of another VPC is shown with that VPC's id."""
        exists = await self._vpc_exists(region, network.vpc_id)
        inside = await self._v_switches(region, {"VpcId": network.vpc_id}) if exists else {}
        found = []
        for wanted in network.v_switch_ids:
            by_id = inside if wanted in inside else await self._v_switches(region, {"VSwitchId": wanted})
            if wanted in by_id:
                found.append(_seen(by_id[wanted]))
        return SeenNetwork(exists, tuple(found))

    async def _vpc_exists(self, region: str, vpc_id: str) -> bool:
        async def ask(number: int) -> Reply:
            return await self._session.call(products.DESCRIBE_VPCS, _page(region, number) | {"VpcId": vpc_id}, region)

        rows, _ = await read_pages(ask, lambda reply: reply.read(wire.VpcsPage))
        return any(row.vpc_id == vpc_id for row in rows)

    async def _v_switches(self, region: str, chosen: Mapping[str, str]) -> dict[str, wire.VSwitch]:
        async def ask(number: int) -> Reply:
            asked = {**_page(region, number), **chosen}
            return await self._session.call(products.DESCRIBE_V_SWITCHES, asked, region)

        try:
            rows, _ = await read_pages(ask, lambda reply: reply.read(wire.VSwitchesPage))
        except NotFound:  # its page lists codes for it, where other lists are empty
            return {}
        return {row.v_switch_id: row for row in rows}


def _page(region: str, number: int) -> dict[str, str]:
    return {"RegionId": region, "PageNumber": str(number), "PageSize": str(_PAGE_SIZE)}


def _seen(v_switch: wire.VSwitch) -> SeenVSwitch:
    return SeenVSwitch(v_switch.v_switch_id, v_switch.vpc_id, v_switch.zone_id, v_switch.available_ip_address_count)
