"""The orders of one workspace, out of a ledger that keeps the orders of all for ever."""

import logging
import re
from collections.abc import AsyncIterator, Iterable
from typing import Final

from flink_workspace_operator.adapters.kubernetes.collection import Collection, NotUnderstood, Wire
from flink_workspace_operator.adapters.kubernetes.reading import order_in
from flink_workspace_operator.api.names import WORKSPACE_OF_ORDER
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import Unreadable
from flink_workspace_operator.core.facts.identity import Key

log = logging.getLogger(__name__)

_NUMBERED: Final = re.compile(r"(.+)-([1-9][0-9]*)")


class Ledger:
    """Reads orders, uncached. Found by what they say, not by labels, which anybody can strip.

    The API server is asked for those of one workspace by a field of their spec, which never
    changes. One that does not know how to, as before Kubernetes 1.31, refuses, and is asked for all
    of the namespace from then on.
    """

    def __init__(self, orders: Collection) -> None:
        self._orders = orders
        self._selects = True

    async def read(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        """All orders of a key by number. Raises `ClusterFailure`."""
        return tuple(order_in(wire) for wire in await self._stored(key))

    async def list_open(self, key: Key) -> tuple[str, ...]:
        """The names of those that keep the claim. One that cannot be read may still buy, so it
        counts as open."""
        return tuple(wire["metadata"]["name"] for wire in await self._stored(key) if _is_open(wire))

    async def _stored(self, key: Key) -> list[Wire]:
        """As they are stored, by number."""
        return orders_of_key([wire async for wire in self._of(key)], key)

    async def _of(self, key: Key) -> AsyncIterator[Wire]:
        """The orders of the key, and others: whoever ignores the selector gives all of the
        namespace."""
        selected = await self._select(key) if self._selects else None
        if selected is None:
            async for wire in self._orders.list(key.namespace):
                yield wire
        else:
            for wire in selected:
                yield wire

    async def _select(self, key: Key) -> list[Wire] | None:
        """None if the API server does not know how to."""
        try:
            return await self._orders.select(key.namespace, f"{WORKSPACE_OF_ORDER}={key.name}")
        except NotUnderstood as refusal:
            self._selects = False
            log.info("orders are listed by namespace, which takes longer with each: %s", refusal)
            return None


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
