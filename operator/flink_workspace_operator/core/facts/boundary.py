"""The limits that whoever runs the cluster sets on purchases, as one pass read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.core.facts.identity import PurchaseTarget

Room = tuple[str, str]
"""Name of a policy, and a month."""


@dataclass(frozen=True)
class Commitment:
    """One order of the ledger, as far as it counts under caps."""

    order_uid: str
    currency: str | None
    amount: Decimal
    """Infinite if it can't be read: then there is no room."""
    rooms: frozenset[Room]
    is_preparing: bool
    """Nothing was sent for it."""
    counts: bool
    """Its call was sent, and it is not known that nothing came of it."""

    def counts_in(self, room: Room) -> bool:
        """True if it is spent, or may be, under that cap in that month."""
        return self.counts and room in self.rooms


@dataclass(frozen=True)
class PoliciesUnread:
    """No policy is known: that is never the same as that there is none."""

    why: str = "they were not read in this pass"


@dataclass(frozen=True)
class Boundary:
    """All policies of the cluster, and the labels of the namespace that buys."""

    policies: tuple[FlinkPurchasePolicy, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    ledger: tuple[Commitment, ...] = ()
    """All orders of the managed namespaces, read after the policies. Only if one has a cap."""

    def about(self, target: PurchaseTarget) -> tuple[FlinkPurchasePolicy, ...]:
        """The policies that a purchase must fulfil, by name."""
        matching = (each for each in self.policies if self._is_about(each, target))
        return tuple(sorted(matching, key=lambda each: each.metadata.name))

    def _is_about(self, policy: FlinkPurchasePolicy, target: PurchaseTarget) -> bool:
        match = policy.spec.match
        return (
            (match.namespace_selector is None or match.namespace_selector.fits(self.labels))
            and (match.account_ids is None or target.account_id in match.account_ids)
            and (match.regions is None or target.region in match.regions)
        )
