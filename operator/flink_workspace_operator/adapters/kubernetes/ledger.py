"""The orders of one workspace, out of a ledger that keeps the orders of all for ever."""

import re
from collections.abc import Iterable
from typing import Final

from flink_workspace_operator.adapters.kubernetes.collection import Collection, Wire
from flink_workspace_operator.adapters.kubernetes.reading import order_in
from flink_workspace_operator.adapters.kubernetes.selection import Selection
from flink_workspace_operator.api.names import WORKSPACE_OF_ORDER
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import Unreadable
from flink_workspace_operator.core.facts.identity import Key

_NUMBERED: Final = re.compile(r"(.+)-([1-9][0-9]*)")


class Ledger:
    """Reads orders, uncached. Found by what they say, not by labels, which anybody can strip."""

    def __init__(self, orders: Collection) -> None:
        self._orders = Selection(orders, WORKSPACE_OF_ORDER)

    async def read(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        """All orders of a key by number. Raises `ClusterFailure`."""
        return tuple(order_in(wire) for wire in await self._stored(key))

    async def list_open(self, key: Key) -> tuple[str, ...]:
        """The names of those that keep the claim. One that cannot be read may still buy, so it
        counts as open."""
        return tuple(wire["metadata"]["name"] for wire in await self._stored(key) if _is_open(wire))

    async def _stored(self, key: Key) -> list[Wire]:
        """As they are stored, by number."""
        return orders_of_key([wire async for wire in self._orders.of(key.namespace, key.name)], key)


def orders_of_key(wires: Iterable[Wire], key: Key) -> list[Wire]:
    """Those of a key, by number."""
    found: list[tuple[int, Wire]] = []
    for wire in wires:
        match = _NUMBERED.fullmatch(wire["metadata"]["name"])
        if match and match[1] == key.name == wire["spec"]["workspaceRef"]["name"]:
            found.append((int(match[2]), wire))
    return [wire for _, wire in sorted(found, key=lambda each: each[0])]


def _is_open(wire: Wire) -> bool:
    try:
        return order_in(wire).keeps_claim
    except Unreadable:
        return True
