"""Orphans: workspaces that are paid for and have no resource, and names that two instances have.

Only reported: no operator can know if an instance is still needed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from flink_workspace_operator.api.names import CLUSTER_TAG, WORKSPACE_TAG
from flink_workspace_operator.api.operator_report import OrphanKind
from flink_workspace_operator.core.facts.failures import CloudFailure
from flink_workspace_operator.core.facts.identity import Caller, Key, Owner, WantedName
from flink_workspace_operator.core.facts.observed import Listing, SeenInstance

Place = tuple[str, str]
"""Account and region, which one list is of."""
Listings = Mapping[Place, Listing]

OWN: Final = "the operator's own identity"

ADVICE: Final[Mapping[OrphanKind, str]] = {
    "Orphan": "apply a FlinkWorkspace for it, or release it in the console",
    "DuplicateName": "release the one that is not needed in the console",
}


@dataclass(frozen=True)
class Purchase:
    """A workspace that the ledger has as bought, and not as given up."""

    order: Key
    workspace: Key
    account_id: str
    region: str
    workspace_name: str
    instance_id: str
    secret_name: str | None = None
    """The Secret whose keys bought it; None: the operator's own."""
    price: str | None = None


@dataclass(frozen=True)
class Orphan:
    """One finding. `owner` is the resource that the ownership tags, or the ledger, name."""

    kind: OrphanKind
    account_id: str
    region: str
    name: str
    instance_ids: tuple[str, ...]
    owner: str | None = None
    order: Key | None = None
    """The order that bought it, if the ledger has one."""
    price: str | None = None
    is_listed: bool = field(default=True, compare=False)
    """False: only the ledger has it. Nobody could list its account and region."""

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.account_id, self.region

    @property
    def advice(self) -> str:
        """What a person can do."""
        if self.is_listed:
            return ADVICE[self.kind]
        return f"{ADVICE[self.kind]}; once it is released, delete order {self.order}"

    def __str__(self) -> str:
        ids = " and ".join(self.instance_ids)
        where = f"'{self.name}' in {self.region} of account {self.account_id}"
        if self.kind == "DuplicateName":
            return f"{ids} have the same name, {where}"
        bought = (f"order {self.order}" if self.order else None, self.price)
        cost = ", ".join(part for part in bought if part)
        unlisted = "" if self.is_listed else "; nobody can ask whether it is still there"
        return (
            f"{ids} ({where}) is paid for{f' ({cost})' if cost else ''} and no FlinkWorkspace"
            f" {self.owner} manages it{unlisted}"
        )


@dataclass(frozen=True)
class Findings:
    """The findings of a survey, and what it could not list: nothing is known there."""

    orphans: tuple[Orphan, ...]
    read: frozenset[Place]
    """The accounts and regions that were listed."""
    unread: Mapping[Place, CloudFailure] = field(default_factory=dict)
    unasked: Mapping[str, CloudFailure] = field(default_factory=dict)
    """The identities, in words, that could not even say what account they are of."""
    caller: Caller | None = None
    """The operator's own identity."""
    found: Mapping[str, SeenInstance] = field(default_factory=dict)
    """The listed instances of the orphans, by id."""
    unowned: tuple[SeenInstance, ...] = ()
    """The instances of the operator's own account that no resource owns."""
    purchases: Mapping[str, Purchase] = field(default_factory=dict)
    """The orders of the ledger that bought an instance, by its id."""


def find_orphans(
    listings: Listings,
    purchases: Sequence[Purchase],
    wanted_names: Sequence[WantedName],
    cluster_id: str,
    namespaces: tuple[str, ...] | None = None,
) -> tuple[Orphan, ...]:
    """All findings, in the order of regions and names. `listings` and `purchases` were read before
    the resources.

    If `wanted_names` are of some namespaces only, instances tagged for others are left out.
    """
    search = _Search(cluster_id, namespaces, tuple(purchases), tuple(wanted_names))
    found = [
        orphan
        for place, listing in listings.items()
        for orphan in (*search.listed(place, listing), *_twice(place, listing))
    ]
    found += search.only_in_ledger(listings)
    return tuple(
        sorted(found, key=lambda each: (each.region, each.name, each.kind, each.instance_ids))
    )


def find_unowned(
    listings: Listings,
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
    search = _Search(cluster_id, namespaces, (), tuple(wanted_names))
    found = [
        instance
        for place, listing in listings.items()
        for instance in listing.instances
        if instance.instance_id not in owned_ids and search.is_free(place, instance)
    ]
    return tuple(sorted(found, key=lambda each: (each.region, each.name, each.instance_id)))


@dataclass(frozen=True)
class _Search:
    cluster_id: str
    namespaces: tuple[str, ...] | None
    purchases: tuple[Purchase, ...]
    wanted_names: tuple[WantedName, ...]

    def listed(self, place: Place, listing: Listing) -> Iterator[Orphan]:
        """Instances of a list with our tags, or, without any cluster's, of our ledger."""
        bought = {each.instance_id: each for each in self.purchases}
        for instance in listing.instances:
            purchase = bought.get(instance.instance_id)
            owner = self._owner(instance, purchase)
            if owner is None or not self._concerns(owner):
                continue
            if not self._is_wanted(owner, place[1], instance.name, instance.instance_id):
                yield _orphan(place, instance.name, instance.instance_id, owner, purchase)

    def is_free(self, place: Place, instance: SeenInstance) -> bool:
        """True if it has no tags of this cluster, or those of a resource that is gone."""
        owner = self._owner(instance, None)
        return owner is None or (
            self._concerns(owner)
            and not self._is_wanted(owner, place[1], instance.name, instance.instance_id)
        )

    def _owner(self, instance: SeenInstance, purchase: Purchase | None) -> str | None:
        """The resource that it belongs to by its tags, else by the ledger; None: not ours."""
        cluster = instance.tags.get(CLUSTER_TAG)
        if cluster == self.cluster_id:
            return instance.tags.get(WORKSPACE_TAG) or "nobody"
        if cluster is None and purchase is not None:
            return self._tag(purchase.workspace)
        return None

    def only_in_ledger(self, listings: Listings) -> Iterator[Orphan]:
        """Purchases without a resource, where nobody listed: a list that lacks one proves it gone.

        One that another resource adopted is that resource's.
        """
        for each in {each.instance_id: each for each in self.purchases}.values():
            place, owner = (each.account_id, each.region), self._tag(each.workspace)
            wanted = self._is_wanted(owner, each.region, each.workspace_name, each.instance_id)
            if place not in listings and not wanted and self._concerns(owner):
                yield _orphan(
                    place, each.workspace_name, each.instance_id, owner, each, is_listed=False
                )

    @cached_property
    def _wanted(self) -> frozenset[tuple[str, str, str]]:
        return frozenset(
            (self._tag(each.key), each.region, each.workspace_name) for each in self.wanted_names
        )

    @cached_property
    def _managed(self) -> frozenset[str | None]:
        return frozenset(each.instance_id for each in self.wanted_names)

    def _is_wanted(self, owner: str, region: str, name: str, instance_id: str) -> bool:
        return (owner, region, name) in self._wanted or instance_id in self._managed

    def _tag(self, key: Key) -> str:
        return Owner(self.cluster_id, key).workspace_tag

    def _concerns(self, owner: str) -> bool:
        """True if the owner is in the namespaces. A hashed tag names none: another operator's,
        maybe."""
        return self.namespaces is None or owner.partition("/")[0] in self.namespaces


def _orphan(
    place: Place,
    name: str,
    instance_id: str,
    owner: str,
    purchase: Purchase | None,
    *,
    is_listed: bool = True,
) -> Orphan:
    order, price = (purchase.order, purchase.price) if purchase is not None else (None, None)
    return Orphan("Orphan", *place, name, (instance_id,), owner, order, price, is_listed)


def _twice(place: Place, listing: Listing) -> Iterator[Orphan]:
    by_name: defaultdict[str, list[SeenInstance]] = defaultdict(list)
    for instance in listing.instances:
        by_name[instance.name].append(instance)
    for name, instances in by_name.items():
        if len(instances) > 1:
            ids = tuple(sorted(instance.instance_id for instance in instances))
            yield Orphan("DuplicateName", *place, name, ids)
