"""Orphans: instances with our tags and no resource, and names that two instances have.

Only reported: no operator can know if an instance is still needed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flink_workspace_operator.api.names import CLUSTER_TAG, WORKSPACE_TAG
from flink_workspace_operator.api.operator_report import OrphanKind
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import Caller, Owner, WantedName
from flink_workspace_operator.core.facts.observed import Listing, SeenInstance

ADVICE: Final[Mapping[OrphanKind, str]] = {
    "Orphan": "apply a FlinkWorkspace for it, or release it in the console",
    "DuplicateName": "release the one that is not needed in the console",
}


@dataclass(frozen=True)
class Orphan:
    """One finding. `owner` is the resource that the ownership tags name, if they do."""

    kind: OrphanKind
    region: str
    name: str
    instance_ids: tuple[str, ...]
    owner: str | None = None

    def __str__(self) -> str:
        ids = " and ".join(self.instance_ids)
        if self.kind == "Orphan":
            return (
                f"{ids} ('{self.name}' in {self.region}) is marked as {self.owner}'s, and that"
                " wants no such workspace"
            )
        return f"{ids} have the same name, '{self.name}' in {self.region}"


@dataclass(frozen=True)
class Findings:
    """The findings of a survey, and the regions that it could not list: nothing is known there."""

    orphans: tuple[Orphan, ...]
    read: frozenset[str]
    """The regions that were listed."""
    unread: Mapping[str, CloudFailure] = field(default_factory=dict)
    caller: Caller | None = None
    found: Mapping[str, SeenInstance] = field(default_factory=dict)
    """The instances of the orphans, by id."""
    unowned: tuple[SeenInstance, ...] = ()
    """The instances that no resource owns."""
    last_orders: Mapping[str, FlinkWorkspaceOrder] = field(default_factory=dict)
    """The newest order that bought an instance, by its id, where it can be read."""


def find_orphans(
    listings: Mapping[str, Listing],
    wanted_names: Sequence[WantedName],
    cluster_id: str,
    namespaces: tuple[str, ...] | None = None,
) -> tuple[Orphan, ...]:
    """All findings, in the order of regions and names. `listings` by region, taken before the
    resources were read.

    If `wanted_names` are of some namespaces only, instances tagged for others are left out.
    """
    wanted = _wanted(wanted_names, cluster_id)
    found: list[Orphan] = []
    for region, listing in listings.items():
        for instance in listing.instances:
            owner = instance.tags.get(WORKSPACE_TAG)
            is_ours = instance.tags.get(CLUSTER_TAG) == cluster_id
            if is_ours and _is_free(instance, region, wanted, namespaces):
                found.append(
                    Orphan(
                        "Orphan", region, instance.name, (instance.instance_id,), owner or "nobody"
                    )
                )
        found += _twice(region, listing)
    return tuple(
        sorted(found, key=lambda each: (each.region, each.name, each.kind, each.instance_ids))
    )


def find_unowned(
    listings: Mapping[str, Listing],
    wanted_names: Sequence[WantedName],
    cluster_id: str,
    owned_ids: Collection[str],
    namespaces: tuple[str, ...] | None = None,
) -> tuple[SeenInstance, ...]:
    """The instances that no resource owns, in the order of regions and names. `owned_ids` are those
    that resources own as their statuses say.

    Those with tags of this cluster for namespaces that are not managed are left out: another
    operator may own them.
    """
    wanted = _wanted(wanted_names, cluster_id)
    found = [
        instance
        for region, listing in listings.items()
        for instance in listing.instances
        if instance.instance_id not in owned_ids
        and (
            instance.tags.get(CLUSTER_TAG) != cluster_id
            or _is_free(instance, region, wanted, namespaces)
        )
    ]
    return tuple(sorted(found, key=lambda each: (each.region, each.name, each.instance_id)))


def _is_free(
    instance: SeenInstance,
    region: str,
    wanted: Collection[tuple[str, str, str]],
    namespaces: tuple[str, ...] | None,
) -> bool:
    """True if an instance with this cluster's tag has no resource."""
    owner = instance.tags.get(WORKSPACE_TAG)
    return _concerns(owner, namespaces) and (owner, region, instance.name) not in wanted


def _wanted(wanted_names: Sequence[WantedName], cluster_id: str) -> set[tuple[str, str, str]]:
    """The instances that resources want: the tag of the owner, region and name."""
    return {
        (Owner(cluster_id, each.key).workspace_tag, each.region, each.workspace_name)
        for each in wanted_names
    }


def _concerns(owner: str | None, namespaces: tuple[str, ...] | None) -> bool:
    """True if the owner is in the namespaces. A hashed tag names none: another operator's,
    maybe."""
    return namespaces is None or (owner or "").partition("/")[0] in namespaces


def _twice(region: str, listing: Listing) -> Iterator[Orphan]:
    by_name: defaultdict[str, list[SeenInstance]] = defaultdict(list)
    for instance in listing.instances:
        by_name[instance.name].append(instance)
    for name, instances in by_name.items():
        if len(instances) > 1:
            yield Orphan(
                "DuplicateName",
                region,
                name,
                tuple(sorted(instance.instance_id for instance in instances)),
            )
