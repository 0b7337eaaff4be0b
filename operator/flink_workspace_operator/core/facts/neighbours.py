"""Other resources and the instances that they own: a list that lacks one of these does not prove
any absence.

A permission that was narrowed to some instances, or an empty answer during an outage, looks like a
complete list. If the operator bought on such a list, each lost answer would buy one more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import Listing
from flink_workspace_operator.settings import Settings


@dataclass(frozen=True)
class Neighbour:
    """A resource of this cluster that owns an instance, as its status shows it."""

    key: Key
    account_id: str
    region: str
    instance_id: str
    bought_at: datetime | None = None
    """Creation of the instance, or else announcement of its purchase; None once seen running."""


def not_shown(
    listing: Listing, neighbours: Iterable[Neighbour], place: tuple[str, str], settings: Settings
) -> tuple[Neighbour, ...]:
    """Owners of instances that the list of `place` (account, region) must show, and lacks."""
    shown = {instance.instance_id for instance in listing.instances}
    return tuple(
        each
        for each in neighbours
        if (each.account_id, each.region) == place
        and each.instance_id not in shown
        and _must_show(each, listing.date, settings)
    )


def _must_show(neighbour: Neighbour, date: datetime, settings: Settings) -> bool:
    bought = neighbour.bought_at
    return bought is None or date > bought + settings.longest_call + settings.copy_window
