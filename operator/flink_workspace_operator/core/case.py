"""What was seen, with the questions that several checks ask of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT, REPLACE_LOST
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.status import OrderSummary
from flink_workspace_operator.api.workspace import Adoption, FlinkWorkspace
from flink_workspace_operator.core.facts.identity import Subject
from flink_workspace_operator.core.facts.neighbours import Neighbour, not_shown
from flink_workspace_operator.core.facts.observed import Absent, Listing, Unknown
from flink_workspace_operator.core.facts.ownership import NO_ADOPTION, Found, Ours, Ownership, classify
from flink_workspace_operator.core.facts.snapshot import (
    Seen,
    announced_order,
    bound_id,
    is_suspended,
    open_order,
    orders_of,
    shown_id,
)
from flink_workspace_operator.core.orders.windows import window_end
from flink_workspace_operator.core.prerequisites import Finding, judge_network, judge_role, judge_storage
from flink_workspace_operator.settings import Settings

REQUEST_LENGTH: Final = 100
"""Longest request that the status can repeat."""


@dataclass(frozen=True)
class Case:
    """One pass's facts. `token` is fresh and random, for an order that the pass may open, or an intent of it."""

    seen: Seen
    settings: Settings
    token: str = ""

    @property
    def workspace(self) -> FlinkWorkspace:
        """The resource; only to be asked for where a check before has ruled out that it is gone."""
        if self.seen.workspace is None:
            raise LookupError("the workspace is gone: a check before this one must have said so")
        return self.seen.workspace

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

    def condition(self, type_: str) -> Condition | None:
        """A condition as the resource shows it, None before its first pass."""
        return next((each for each in self.workspace.status.conditions if each.type == type_), None)

    @cached_property
    def given_up(self) -> bool:
        """Whether what was bound is gone for good: the resource says so, no look shows it, and a person agrees by name.

        From the resource, because what it takes to find out, two looks at a distance, may lie in another process. Not
        while suspended: nothing would come of it, and a person could not take it back any more.
        """
        is_lost = self.said_lost and isinstance(self.found, Absent)
        return not self.suspended and is_lost and self.is_named_for_replacement

    @cached_property
    def said_lost(self) -> bool:
        """The resource says that its workspace is gone."""
        shown = self.workspace.status.instance
        return shown is not None and shown.lost_since is not None

    @cached_property
    def is_named_for_replacement(self) -> bool:
        """Whether an annotation names the workspace as one to buy another for."""
        named = self.workspace.metadata.annotations.get(REPLACE_LOST)
        return self.known_id is not None and self.known_id == named

    @cached_property
    def orders(self) -> tuple[FlinkWorkspaceOrder, ...]:
        """The orders for what the workspace names."""
        return orders_of(self.workspace, self.seen.orders)

    @cached_property
    def bound_id(self) -> str | None:
        """The instance that is known to be the workspace's."""
        return bound_id(self.workspace, self.seen.orders)

    @cached_property
    def known_id(self) -> str | None:
        """The instance that was last seen to be the workspace's, else the one that the ledger binds it to.

        They differ where another one was adopted after what the ledger tells of was lost, or an old ledger restored.
        """
        return shown_id(self.workspace, self.seen.orders) or self.bound_id

    @cached_property
    def left_the_ledger(self) -> OrderSummary | None:
        """The order that may have been sent, as the resource's status shows it, where the ledger lacks it.

        An order of the same name that was announced before it, or never, does not count: it was put in its place, and
        is no evidence about the call. One that was announced after it was taken back in between, by the process that
        knew that it sent nothing. The wait ends with the window of the call, by the date of a list.
        """
        last = self.workspace.status.order
        end = None if last is None else self._end_of(last)
        if last is None or end is None:
            return None
        announced = {order.metadata.name: order.status.intent_time for order in self.seen.orders}.get(last.name)
        is_known = announced is not None and (last.intent_time is None or announced >= last.intent_time)
        listing = self.seen.cloud.listing
        over = not isinstance(listing, Unknown) and listing.date > end
        return None if over or is_known else last

    def _end_of(self, last: OrderSummary) -> datetime | None:
        if last.facts.may_be_under_way:
            return window_end(last, self.settings)
        return last.settled_not_before if last.facts.is_refused else None

    @cached_property
    def deleting(self) -> bool:
        """Whether the resource is on its way out."""
        return self.workspace.metadata.deletion_timestamp is not None

    @cached_property
    def suspended(self) -> bool:
        """Whether a person stopped all writes to the cloud."""
        return is_suspended(self.workspace)

    @cached_property
    def claims_nothing(self) -> bool:
        """Suspended, and nothing is there or was ever sent for it: a claim would keep others from the name in vain."""
        sent = any(order.facts.was_sent for order in self.orders)
        is_bound = self.known_id is not None or isinstance(self.found, Ours)
        return self.suspended and not sent and not is_bound and self.left_the_ledger is None

    @cached_property
    def holds_claim(self) -> bool:
        """Whether the claim is this resource's, and not that of a former one of its name."""
        claim = self.seen.claim
        return claim is not None and (claim.holder, claim.uid) == (self.seen.key, self.workspace.metadata.uid)

    @cached_property
    def requested(self) -> bool:
        """Whether a person asks for another try now."""
        return self.request is not None and self.request != self.workspace.status.last_handled_reconcile_at

    @cached_property
    def request(self) -> str | None:
        """What a person wrote to ask for another try, as far as the status has room for it."""
        asked = self.workspace.metadata.annotations.get(RECONCILE_REQUESTED_AT)
        return None if asked is None else asked[:REQUEST_LENGTH]

    @cached_property
    def outstanding_order(self) -> FlinkWorkspaceOrder | None:
        """The last settled order for this name whose call, or a copy of it, may still be executed."""
        return next((order for order in reversed(self.orders) if order.outstanding), None)

    @cached_property
    def recorded_account(self) -> str | None:
        """The account that the purchase belongs to, from the moment that something may have been sent or is bound.

        A purchase that the gateway refused binds the resource only until its call is over: the key may have been a
        wrong one. Where the ledger lacks the order that the status names, the account in the status counts.
        """
        binding = [order for order in self.orders if order.facts.was_sent and not _was_refused(order)]
        if binding:
            return binding[-1].spec.account_id
        last = self.workspace.status.order
        whole = last is not None and last.name in {order.metadata.name for order in self.orders}
        is_free = whole and self.known_id is None and self.left_the_ledger is None
        return None if is_free else self.workspace.status.account_id

    @cached_property
    def subject(self) -> Subject | None:
        """What the workspace names; None while the account is not known."""
        account = self.seen.cloud.account_id
        if isinstance(account, Unknown):
            return None
        return Subject(account, self.workspace.spec.region, self.workspace.workspace_name)

    @cached_property
    def missing_neighbours(self) -> tuple[Neighbour, ...]:
        """Resources whose instances the list must show, and lacks: such a list proves nothing about this resource."""
        region = self.seen.cloud.region
        return () if region is None else self.missing_neighbours_in(region)

    def missing_neighbours_in(self, region: str) -> tuple[Neighbour, ...]:
        """The same for any region that was looked at."""
        cloud, listing = self.seen.cloud, self.seen.cloud.listing_of(region)
        if isinstance(cloud.account_id, Unknown) or isinstance(listing, Unknown):
            return ()
        others = (each for each in self.seen.neighbours if each.key != self.seen.key)
        return not_shown(listing, others, (cloud.account_id, region), self.settings)

    def listing_for(self, account_id: str, region: str) -> Listing | Unknown:
        """The look, as far as it counts: a look into another account or region says nothing about this one."""
        cloud = self.seen.cloud
        return cloud.listing_of(region) if cloud.account_id == account_id else Unknown()

    @cached_property
    def found(self) -> Found:
        """What the look says about the workspace; unknown while an order for something else is being settled."""
        subject, account = self.subject, self.seen.cloud.account_id
        if subject is None:
            return account if isinstance(account, Unknown) else Unknown()
        if self.recorded_account not in (None, subject.account_id):
            return Unknown()
        if self.sent_order is not None and self.sent_order not in self.orders:
            return Unknown()
        ownership = Ownership(subject, self.seen.owner, self.orders, self.bound_id)
        return classify(self.seen.cloud.listing, ownership, self.adoption)

    @cached_property
    def adoption(self) -> Adoption:
        """What the resource may adopt. Where it may not name any instance, nothing is told of the one that it names."""
        wanted = self.workspace.spec.adoption or NO_ADOPTION
        is_free = wanted.policy != "ByInstanceId" or self.settings.adopts_by_id_in(self.seen.key.namespace)
        return wanted if is_free else NO_ADOPTION

    def found_for(self, order: FlinkWorkspaceOrder) -> Found:
        """What the look says about what an order was to buy."""
        spec = order.spec
        subject = Subject(spec.account_id, spec.region, spec.workspace_name)
        related = tuple(
            other
            for other in self.seen.orders
            if (other.spec.region, other.spec.workspace_name) == (spec.region, spec.workspace_name)
        )
        placed = [other.status.instance_id for other in related if other.facts.is_paid and other.spec.makes_instance]
        listing = self.listing_for(spec.account_id, spec.region)
        return classify(listing, Ownership(subject, self.seen.owner, related, placed[-1] if placed else None))

    def window_is_over(self, order: FlinkWorkspaceOrder) -> bool:
        """The list is of a time by which everything that the order's call could do was done and is shown."""
        end, listing = (
            window_end(order.status, self.settings),
            self.listing_for(order.spec.account_id, order.spec.region),
        )
        return end is not None and not isinstance(listing, Unknown) and listing.date > end

    def placed_beside(self, order: FlinkWorkspaceOrder) -> bool:
        """Another order of the same action bought what this one was to buy."""
        spec = order.spec
        wanted = (spec.action, spec.region, spec.workspace_name)
        return any(
            other.facts.is_paid and (other.spec.action, other.spec.region, other.spec.workspace_name) == wanted
            for other in self.seen.orders
            if other is not order
        )

    @cached_property
    def cloud_time(self) -> datetime:
        """Now, by the cloud's clock where it was asked: the protocol's times are the cloud's."""
        listing = self.seen.cloud.listing
        return self.seen.now if isinstance(listing, Unknown) else listing.date

    @cached_property
    def role(self) -> Finding:
        """How it stands with the RAM role."""
        return judge_role(self.seen.cloud.role, self.workspace.spec, self.settings)

    @cached_property
    def network(self) -> Finding:
        """How it stands with VPC and vSwitches."""
        return judge_network(self.seen.cloud.network, self.seen.cloud.zones, self.workspace.spec, self.settings)

    @cached_property
    def storage(self) -> Finding:
        """How it stands with the bucket and its directories."""
        return judge_storage(self.seen.cloud.storage, self.workspace.spec)


def _was_refused(order: FlinkWorkspaceOrder) -> bool:
    """The gateway refused the call, and it can no longer be executed."""
    return order.facts.is_refused and order.status.evidence == "Answer" and not order.outstanding
