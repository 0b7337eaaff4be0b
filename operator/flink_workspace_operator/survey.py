"""A survey of all accounts: instances that exist, against all that resources want. Reads only.

The operator's own account is listed in all regions. That of each Secret that a resource or an order
names is listed where they buy: nothing of ours can be anywhere else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from flink_workspace_operator.core.checks.credentials import usable_key
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import Caller, Key, SignedBy, WantedName
from flink_workspace_operator.core.facts.observed import Listing, SeenInstance
from flink_workspace_operator.core.facts.secret import Signer
from flink_workspace_operator.core.orphans import (
    OWN,
    Findings,
    Listings,
    Orphan,
    Place,
    Purchase,
    find_orphans,
    find_unowned,
)
from flink_workspace_operator.ports import Cloud, CloudReads, Cluster

FRESH: Final = timedelta(0)


@dataclass
class _Lists:
    """The lists of a survey. One account may have several identities: the first that lists it
    counts."""

    listings: dict[Place, Listing] = field(default_factory=dict)
    unread: dict[Place, CloudFailure] = field(default_factory=dict)
    unasked: dict[str, CloudFailure] = field(default_factory=dict)

    async def ask(
        self,
        who: str,
        cloud: CloudReads,
        regions: Iterable[str] | None,
        signed_by: SignedBy | None = None,
    ) -> Caller | None:
        """List these regions of the identity's account; None: all in which workspaces are sold.

        Returns whom the identity is of, if the cloud says it.
        """
        try:
            caller = await cloud.identify()
            places = await cloud.list_regions() if regions is None else regions
        except CloudFailure as failure:
            failure.signed_by = signed_by
            self.unasked[who] = failure
            return None
        known = signed_by and signed_by.known_as(caller)
        for region in sorted(places):
            await self._list(cloud, (caller.account_id, region), known)
        return caller

    async def _list(self, cloud: CloudReads, place: Place, signed_by: SignedBy | None) -> None:
        if place in self.listings:
            return
        try:
            self.listings[place] = await cloud.list_instances(place[1], FRESH)
        except CloudFailure as failure:
            failure.signed_by = signed_by
            self.unread[place] = failure
        else:
            self.unread.pop(place, None)


async def survey(
    cloud: Cloud, cluster: Cluster, cluster_id: str, namespaces: tuple[str, ...] | None = None
) -> Findings:
    """Find orphans. Raises `ClusterFailure`. `namespaces` are the managed ones, None meaning
    all."""
    lists, purchases = _Lists(), await cluster.list_purchases()
    caller = await lists.ask(OWN, cloud, None)
    regions = _regions_by_secret(purchases, await cluster.list_wanted_names())
    for secret, bought_in in regions.items():
        await _ask_with(secret, bought_in, cloud, cluster, lists)
    # After the instances: a resource is older than its purchase, so this list has it.
    wanted = await cluster.list_wanted_names()
    owned = {neighbour.instance_id for neighbour in await cluster.list_neighbours()}
    orphans = find_orphans(lists.listings, purchases, wanted, cluster_id, namespaces)
    own = {
        place: listing
        for place, listing in lists.listings.items()
        if caller is not None and place[0] == caller.account_id
    }
    return Findings(
        orphans=orphans,
        read=frozenset(lists.listings),
        unread=lists.unread,
        unasked=lists.unasked,
        caller=caller,
        found=_instances_of(orphans, lists.listings),
        unowned=find_unowned(own, wanted, cluster_id, owned, namespaces),
        purchases={each.instance_id: each for each in purchases},
    )


def _instances_of(orphans: Iterable[Orphan], listings: Listings) -> dict[str, SeenInstance]:
    ids = {instance_id for orphan in orphans for instance_id in orphan.instance_ids}
    return {
        instance.instance_id: instance
        for listing in listings.values()
        for instance in listing.instances
        if instance.instance_id in ids
    }


async def _ask_with(
    secret: Key, regions: Iterable[str], cloud: Cloud, cluster: Cluster, lists: _Lists
) -> None:
    """List with the keys of a Secret; `secret` is its namespace and name."""
    who = f"Secret {secret}"
    try:
        key = usable_key(secret, await cluster.read_secret(secret, secret.name))
    except CloudFailure as unusable:
        lists.unasked[who] = unusable
        return
    signer = Signer(key, secret=str(secret))
    await lists.ask(who, await cloud.signed_with(key), regions, signer.signed_by)


def _regions_by_secret(
    purchases: Sequence[Purchase], wanted: Sequence[WantedName]
) -> Mapping[Key, set[str]]:
    """The Secrets that pay, by namespace and name, each with the regions that it buys in."""
    found: defaultdict[Key, set[str]] = defaultdict(set)
    for purchase in purchases:
        if purchase.secret_name is not None:
            place = Key(purchase.order.namespace, purchase.secret_name)
            found[place].add(purchase.region)
    for each in wanted:
        if each.secret_name is not None and each.region:
            found[Key(each.key.namespace, each.secret_name)].add(each.region)
    return found
