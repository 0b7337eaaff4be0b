"""A survey of all regions: instances that exist, against all that resources want. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.observed import Listing
from flink_workspace_operator.core.orphans import Orphan, find_orphans
from flink_workspace_operator.ports import Cloud, Cluster

FRESH = timedelta(0)


@dataclass(frozen=True)
class Findings:
    """The findings of a survey, and the regions that it could not list: nothing is known there."""

    orphans: tuple[Orphan, ...]
    read: frozenset[str]
    """The regions that were listed."""
    unread: Mapping[str, CloudFailure] = field(default_factory=dict)


async def survey(
    cloud: Cloud, cluster: Cluster, cluster_id: str, namespaces: tuple[str, ...] | None = None
) -> Findings:
    """Find orphans in the account of the credentials in use. Raises `CloudFailure` if the regions
    are not known, and `ClusterFailure`. `namespaces` are the managed ones, None meaning all."""
    listings: dict[str, Listing] = {}
    unread: dict[str, CloudFailure] = {}
    for region in sorted(await cloud.list_regions()):
        try:
            listings[region] = await cloud.list_instances(region, FRESH)
        except CloudFailure as failure:
            unread[region] = failure
    # After the instances: a resource is older than its purchase, so this list has it.
    wanted = await cluster.list_wanted_names()
    return Findings(
        find_orphans(listings, wanted, cluster_id, namespaces), frozenset(listings), unread
    )
