"""The facts of one pass over a resource, with the questions that several checks ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flink_workspace_operator.api.names import REPLACE_LOST
from flink_workspace_operator.api.order import FlinkWorkspaceOrder
from flink_workspace_operator.api.status import OrderSummary
from flink_workspace_operator.api.workspace import Adoption, FlinkWorkspace
from flink_workspace_operator.core.facts.identity import PurchaseTarget
from flink_workspace_operator.core.facts.observed import Absent, Unknown
from flink_workspace_operator.core.facts.ownership import (
    NO_ADOPTION,
    Found,
    Ours,
    Ownership,
    classify,
)
from flink_workspace_operator.core.facts.snapshot import (
    Seen,
    bound_id,
    is_requested,
    is_suspended,
    orders_of,
    request_in,
    shown_id,
)
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.orders.windows import missing_order
from flink_workspace_operator.core.prerequisites import Finding, findings
from flink_workspace_operator.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Case(LedgerCase):
    """The facts of one pass over a resource that exists."""

    workspace: FlinkWorkspace

    @cached_property
    def given_up(self) -> bool:
        """True if the bound instance is lost and a person named it as one to replace.

        The loss is read from the resource: another process may have taken the two lists. Not
        while suspended: nothing would follow, and the person could not take it back any more.
        """
        is_lost = self.is_reported_lost and isinstance(self.found, Absent)
        return not self.suspended and is_lost and self.is_named_for_replacement

    @cached_property
    def is_reported_lost(self) -> bool:
        """The resource's status reports the instance as lost."""
        shown = self.workspace.status.instance
        return shown is not None and shown.lost_since is not None

    @cached_property
    def is_named_for_replacement(self) -> bool:
        """True if the annotation `replace-lost` names the known instance."""
        named = self.workspace.metadata.annotations.get(REPLACE_LOST)
        return self.known_id is not None and self.known_id == named

    @cached_property
    def orders(self) -> tuple[FlinkWorkspaceOrder, ...]:
        """The orders for the workspace's name and region."""
        return orders_of(self.workspace, self.seen.orders)

    @cached_property
    def bound_id(self) -> str | None:
        """Id of the instance that the ledger, or else the status, binds to the workspace."""
        return bound_id(self.workspace, self.seen.orders)

    @cached_property
    def known_id(self) -> str | None:
        """Id of the instance that the status shows, else of the one that the ledger binds.

        They differ after an adoption in place of a lost one, and after a restore of an old ledger.
        """
        return shown_id(self.workspace, self.seen.orders) or self.bound_id

    @cached_property
    def recorded_ids(self) -> frozenset[str]:
        """The instances that an order or the status names."""
        of_orders = (order.status.instance_id for order in self.seen.orders)
        return frozenset(each for each in (self.known_id, *of_orders) if each is not None)

    @cached_property
    def left_the_ledger(self) -> OrderSummary | None:
        """The order in the resource's status that may have been sent and is not in the ledger."""
        last, listing = self.workspace.status.order, self.seen.cloud.listing
        return missing_order(last, self.seen.orders, listing, self.settings)

    @cached_property
    def deleting(self) -> bool:
        """True if the resource is being deleted."""
        return self.workspace.metadata.deletion_timestamp is not None

    @cached_property
    def suspended(self) -> bool:
        """True if a person stopped all writes to the cloud."""
        return is_suspended(self.workspace)

    @cached_property
    def claims_nothing(self) -> bool:
        """True if suspended and never ordered: a claim would keep others from the name in vain."""
        sent = any(order.facts.was_sent for order in self.orders)
        is_bound = self.known_id is not None or isinstance(self.found, Ours)
        return self.suspended and not sent and not is_bound and self.left_the_ledger is None

    @cached_property
    def holds_claim(self) -> bool:
        """True if the claim belongs to this resource, and not to a former one of its name."""
        claim = self.seen.claim
        return claim is not None and (claim.holder, claim.uid) == (
            self.seen.key,
            self.workspace.metadata.uid,
        )

    @cached_property
    def requested(self) -> bool:
        """True if a person requests another try now."""
        return is_requested(self.workspace)

    @cached_property
    def request(self) -> str | None:
        """The value of the annotation reconcile-requested-at, as the status repeats it."""
        return request_in(self.workspace)

    @cached_property
    def outstanding_order(self) -> FlinkWorkspaceOrder | None:
        """The last settled order for this name whose call, or a copy of it, may still be
        executed."""
        return next((order for order in reversed(self.orders) if order.outstanding), None)

    @cached_property
    def recorded_account(self) -> str | None:
        """The account of the purchase, once an order may have been sent or an instance is bound.

        A refused purchase binds the resource only until its call is over: its key may have been a
        wrong one. If the ledger lacks the order that the status names, the status' account counts.
        """
        binding = [
            order for order in self.orders if order.facts.was_sent and not _was_refused(order)
        ]
        if binding:
            return binding[-1].spec.account_id
        last = self.workspace.status.order
        whole = last is not None and last.name in {order.metadata.name for order in self.orders}
        is_free = whole and self.known_id is None and self.left_the_ledger is None
        return None if is_free else self.workspace.status.account_id

    @cached_property
    def target(self) -> PurchaseTarget | None:
        """The purchase target of the workspace; None while the account is not known."""
        account = self.seen.cloud.account_id
        if isinstance(account, Unknown):
            return None
        return PurchaseTarget(account, self.workspace.spec.region, self.workspace.workspace_name)

    @cached_property
    def found(self) -> Found:
        """The list's evidence about the workspace; unknown while another name's order is open."""
        target, account = self.target, self.seen.cloud.account_id
        if target is None:
            return account if isinstance(account, Unknown) else Unknown()
        if self.recorded_account not in (None, target.account_id):
            return Unknown()
        if self.sent_order is not None and self.sent_order not in self.orders:
            return Unknown()
        ownership = Ownership(target, self.seen.owner, self.orders, self.bound_id)
        return classify(self.seen.cloud.listing, ownership, self.adoption)

    @cached_property
    def adoption(self) -> Adoption:
        """The adoption that the resource may make. Without the right to name an instance: none."""
        wanted = self.workspace.spec.adoption or NO_ADOPTION
        is_free = wanted.policy != "ByInstanceId" or self.settings.adopts_by_id_in(
            self.seen.key.namespace
        )
        return wanted if is_free else NO_ADOPTION

    @cached_property
    def findings(self) -> Mapping[str, Finding]:
        """The finding on each prerequisite, by the condition that reports it."""
        return findings(self.seen.cloud, self.workspace.spec, self.settings)


def case_of(seen: Seen, settings: Settings, token: str = "") -> LedgerCase | Case:
    """The case of a pass: one about the orders alone if the resource is gone."""
    if seen.workspace is None:
        return LedgerCase(seen, settings, token)
    return Case(seen, settings, token, workspace=seen.workspace)


def _was_refused(order: FlinkWorkspaceOrder) -> bool:
    """True if the gateway refused the call, and no copy of it can be executed."""
    return order.facts.is_refused and order.status.evidence == "Answer" and not order.outstanding
