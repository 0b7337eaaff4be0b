"""The orders of one key, as they are stored."""

import re
from collections.abc import Iterable

from flink_workspace_operator.adapters.kubernetes.collection import Collection, Wire
from flink_workspace_operator.adapters.kubernetes.reading import order_in
from flink_workspace_operator.core.facts.failures import Unreadable
from flink_workspace_operator.core.facts.identity import Key


async def stored_orders(orders: Collection, key: Key) -> list[Wire]:
    """All of them, by number. Found by what they say, not by labels, which anybody can strip."""
    numbered = re.compile(re.escape(key.name) + r"-([1-9][0-9]*)$")
    found: list[tuple[int, Wire]] = []
    async for wire in orders.list(key.namespace):
        match = numbered.fullmatch(wire["metadata"]["name"])
        if match and wire["spec"]["workspaceRef"]["name"] == key.name:
            found.append((int(match[1]), wire))
    return [wire for _, wire in sorted(found, key=lambda each: each[0])]


def open_orders(wires: Iterable[Wire]) -> tuple[str, ...]:
    """The names of those that keep the claim. One that cannot be read may still buy, so it counts as open."""
    return tuple(wire["metadata"]["name"] for wire in wires if _is_open(wire))


def _is_open(wire: Wire) -> bool:
    try:
        return order_in(wire).keeps_claim
    except Unreadable:
        return True
