"""A round: one list of everything, by which most resources need no pass.

    confirmed ──► no pass before the next round
    in doubt  ──► a pass now, which reads everything itself

No list confirms anything in a region where the cloud's list lacks an instance that a resource owns:
such a list may be narrowed, or of an outage.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from flink_workspace_operator.adapters.kubernetes.collection import Wire
from flink_workspace_operator.adapters.kubernetes.listed import Lists
from flink_workspace_operator.adapters.kubernetes.neighbours import neighbour_in
from flink_workspace_operator.confirmation import Confirmation, SharedAnswers
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.neighbours import Neighbour, not_shown
from flink_workspace_operator.core.facts.snapshot import Seen
from flink_workspace_operator.ports import CloudReads
from flink_workspace_operator.runtime.watches import name_in
from flink_workspace_operator.settings import Settings

log = logging.getLogger(__name__)

Place = tuple[str, str]
"""Account and region."""


@dataclass
class Round:
    """Orders and claims come first, then the workspaces. `doubt` is told of each key in doubt."""

    confirmation: Confirmation
    cloud: SharedAnswers
    settings: Settings
    doubt: Callable[[Key], None]
    lists: Lists = field(default_factory=Lists)
    _quiet: dict[Key, Place | None] = field(default_factory=dict)
    """Those of which nothing is to be done, and where the instance of each is listed."""
    _workspaces: set[Key] = field(default_factory=set)
    _neighbours: list[Neighbour] = field(default_factory=list)

    async def take_order(self, wire: Wire) -> None:
        """Keep an order."""
        self.lists.take_order(wire)

    async def take_workspace(self, wire: Wire) -> None:
        """Judge a resource. Each takes milliseconds, so others have their turn after it."""
        key = name_in(wire)
        self._workspaces.add(key)
        seen = await self._judged(key, wire)
        if seen is None:
            self.doubt(key)
        else:
            self._quiet[key] = _place(seen)
        await asyncio.sleep(0)

    async def _judged(self, key: Key, wire: Wire) -> Seen | None:
        try:
            if (neighbour := neighbour_in(wire)) is not None:
                self._neighbours.append(neighbour)
            shared = cast(CloudReads, self.cloud)
            return await self.confirmation.confirmed(key, shared, self.lists.of(wire))
        except Exception:  # whatever it is: its pass finds out and tells
            log.info("a list does not tell how %s is", key, exc_info=True)
            return None

    def end(self) -> tuple[Key, ...]:
        """The confirmed keys. All others are in doubt, or had a pass meanwhile that wants more."""
        for key in self.lists.held_for() - self._workspaces:
            self.doubt(key)
        unreliable = {
            place for place in set(self._quiet.values()) if place and not self._is_reliable(place)
        }
        for key, place in self._quiet.items():
            if place in unreliable:
                self.doubt(key)
        is_restless = self.confirmation.memory.is_restless
        return tuple(
            key
            for key, place in self._quiet.items()
            if place not in unreliable and not is_restless(key)
        )

    def _is_reliable(self, place: Place) -> bool:
        listing = self.cloud.listings.get(place[1])
        return listing is not None and not not_shown(
            listing, self._neighbours, place, self.settings
        )


def _place(seen: Seen) -> Place | None:
    """None for one that rests: it was not listed."""
    cloud = seen.cloud
    account_id, region = cloud.account_id, cloud.region
    return (account_id, region) if isinstance(account_id, str) and region is not None else None
