"""The facts of one pass about the orders of a key, whether or not its resource exists."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.core.facts.neighbours import Neighbour, not_shown
from flink_workspace_operator.core.facts.observed import Listing, Unknown
from flink_workspace_operator.core.facts.ownership import Found, Ownership, classify
from flink_workspace_operator.core.facts.snapshot import Seen, announced_order, open_order
from flink_workspace_operator.core.orders.windows import window_end
from flink_workspace_operator.settings import Settings


@dataclass(frozen=True)
class LedgerCase:
    """What is known about the orders. `token` is random and new, for an order or an intent of
    this pass.

    All that a check may ask if the resource may be gone: its orders are settled all the same.
    """

    seen: Seen
    settings: Settings
    token: str = ""

    @cached_property
    def order(self) -> FlinkWorkspaceOrder | None:
        """The order whose outcome is open."""
        return open_order(self.seen.orders)

    @cached_property
    def sent_order(self) -> FlinkWorkspaceOrder | None:
        """The open order, if a call may have been sent for it."""
        return self.order if self.order is not None and self.order.facts.may_be_under_way else None

    @cached_property
    def announced_order(self) -> FlinkWorkspaceOrder | None:
        """The open order, if this process moved it to Placing and sent nothing for it."""
        return announced_order(self.seen.orders, self.seen.remembered.intent)

    @cached_property
    def cloud_time(self) -> datetime:
        """The present by the cloud's clock, as the protocol's times are; else by our own clock."""
        listing = self.seen.cloud.listing
        return self.seen.now if isinstance(listing, Unknown) else listing.date

    def listing_for(self, account_id: str, region: str) -> Listing | Unknown:
        """The list, if it is of this account and region: any other is no evidence here."""
        cloud = self.seen.cloud
        return cloud.listing_of(region) if cloud.account_id == account_id else Unknown()

    def found_for(self, order: FlinkWorkspaceOrder) -> Found:
        """The list's evidence about the purchase target of an order."""
        spec = order.spec
        target = PurchaseTarget(spec.account_id, spec.region, spec.workspace_name)
        related = tuple(
            other
            for other in self.seen.orders
            if (other.spec.region, other.spec.workspace_name) == (spec.region, spec.workspace_name)
        )
        placed = [other.status.instance_id for other in related if other.facts.is_paid]
        listing = self.listing_for(spec.account_id, spec.region)
        return classify(
            listing, Ownership(target, self.seen.owner, related, placed[-1] if placed else None)
        )

    def window_is_over(self, order: FlinkWorkspaceOrder) -> bool:
        """True if the list is newer than all effects that the order's call could have."""
        end, listing = (
            window_end(order.status, self.settings),
            self.listing_for(order.spec.account_id, order.spec.region),
        )
        return end is not None and not isinstance(listing, Unknown) and listing.date > end

    def placed_beside(self, order: FlinkWorkspaceOrder) -> bool:
        """True if another order of the same action made this one's purchase."""
        spec = order.spec
        wanted = (spec.action, spec.region, spec.workspace_name)
        return any(
            other.facts.is_paid
            and (other.spec.action, other.spec.region, other.spec.workspace_name) == wanted
            for other in self.seen.orders
            if other is not order
        )

    @cached_property
    def missing_neighbours(self) -> tuple[Neighbour, ...]:
        """Neighbours whose instances the list lacks: such a list proves no absence."""
        region = self.seen.cloud.region
        return () if region is None else self.missing_neighbours_in(region)

    def missing_neighbours_in(self, region: str) -> tuple[Neighbour, ...]:
        """The same for any region that was listed."""
        cloud, listing = self.seen.cloud, self.seen.cloud.listing_of(region)
        if isinstance(cloud.account_id, Unknown) or isinstance(listing, Unknown):
            return ()
        others = (each for each in self.seen.neighbours if each.key != self.seen.key)
        return not_shown(listing, others, (cloud.account_id, region), self.settings)
