"""A survey of all regions: instances that exist, against all that resources want. Reads only."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from flink_workspace_operator.api.names import CLUSTER_TAG, WORKSPACE_TAG
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import CloudFailure, ClusterRefused, Unreadable
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.observed import Listing, SeenInstance
from flink_workspace_operator.core.orphans import Findings, find_orphans, find_unowned
from flink_workspace_operator.ports import Cloud, Cluster

FRESH: Final = timedelta(0)
MOST_LEDGERS: Final = 200
"""Ledgers that one survey reads."""
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_OWNER: Final = re.compile(rf"({_LABEL})/({_LABEL}(?:[.]{_LABEL})*)")
"""Anybody may write any tag, and these words become part of a path at the API server."""


async def survey(
    cloud: Cloud, cluster: Cluster, cluster_id: str, namespaces: tuple[str, ...] | None = None
) -> Findings:
    """Find orphans in the account of the credentials in use. Raises `CloudFailure` if the regions
    are not known, and `ClusterFailure`. `namespaces` are the managed ones, None meaning all."""
    caller = await cloud.identify()
    listings: dict[str, Listing] = {}
    unread: dict[str, CloudFailure] = {}
    for region in sorted(await cloud.list_regions()):
        try:
            listings[region] = await cloud.list_instances(region, FRESH)
        except CloudFailure as failure:
            unread[region] = failure
    # After the instances: a resource is older than its purchase, so this list has it.
    wanted = await cluster.list_wanted_names()
    owned = {neighbour.instance_id for neighbour in await cluster.list_neighbours()}
    orphans = find_orphans(listings, wanted, cluster_id, namespaces)
    found = _instances_of({id_ for orphan in orphans for id_ in orphan.instance_ids}, listings)
    return Findings(
        orphans,
        frozenset(listings),
        unread,
        caller,
        found,
        find_unowned(listings, wanted, cluster_id, owned, namespaces),
        await _last_orders(
            cluster, [each for each in found.values() if each.tags.get(CLUSTER_TAG) == cluster_id]
        ),
    )


def _instances_of(ids: set[str], listings: Mapping[str, Listing]) -> dict[str, SeenInstance]:
    return {
        instance.instance_id: instance
        for listing in listings.values()
        for instance in listing.instances
        if instance.instance_id in ids
    }


async def _last_orders(
    cluster: Cluster, instances: Iterable[SeenInstance]
) -> dict[str, FlinkWorkspaceOrder]:
    """The newest order that bought each instance, from the ledgers that their tags name."""
    keys = sorted(filter(None, {_owner_of(instance) for instance in instances}))
    orders = [order for key in keys[:MOST_LEDGERS] for order in await _ledger(cluster, key)]
    return {order.status.instance_id: order for order in orders if order.status.instance_id}


async def _ledger(cluster: Cluster, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
    """The orders of a key; none where they cannot be read."""
    try:
        return await cluster.read_orders(key)
    except (ClusterRefused, Unreadable):
        return ()


def _owner_of(instance: SeenInstance) -> Key | None:
    """The resource that the tags name; None for a hash."""
    named = _OWNER.fullmatch(instance.tags.get(WORKSPACE_TAG, ""))
    return Key(named[1], named[2]) if named else None
