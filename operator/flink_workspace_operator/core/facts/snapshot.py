"""Everything that one pass has read, as one value; and the orders that it must ask about."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self

from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT, SUSPEND
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.advice import all_rights
from flink_workspace_operator.core.facts.boundary import Boundary, PoliciesUnread
from flink_workspace_operator.core.facts.config_map import ConfigMap, Unread
from flink_workspace_operator.core.facts.failures import PermissionMissing
from flink_workspace_operator.core.facts.identity import Claim, Key, Owner, SignedBy
from flink_workspace_operator.core.facts.neighbours import Neighbour
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Answer,
    BillingOrder,
    Listing,
    Role,
    SeenNetwork,
    SeenStorage,
    Unknown,
)
from flink_workspace_operator.core.facts.secret import Secret, Signer

REQUEST_LENGTH: Final = 100
"""Longest value of the annotation reconcile-requested-at that the status repeats."""


@dataclass(frozen=True)
class Intent:
    """A purchase that this process announced and did not send yet.

    Its mark alone identifies it: the answer to the write may be lost, and after a restore of etcd
    an object's version may name another write.
    """

    order_uid: str
    mark: str
    generation: int


@dataclass(frozen=True)
class Answered:
    """An answer of the cloud that the ledger lacks, and the intent whose call it answers."""

    order_uid: str
    mark: str | None
    answer: Answer
    at: datetime
    """A moment by the cloud's clock at which the answer was there for certain."""


@dataclass(frozen=True)
class Remembered:
    """Knowledge of this process alone. Empty after a restart: an order in Placing is uncertain."""

    intent: Intent | None = None
    answers: tuple[Answered, ...] = ()
    """Answers that could not be recorded yet."""
    missing_since: datetime | None = None
    rests_as: str = ""
    """Hash of the resource as it rests (`core/checks/resting.py`); empty: it does not."""


@dataclass(frozen=True)
class SeenCloud:
    """The cloud's answers. Everything is unknown until it was asked."""

    account_id: str | Unknown = field(default_factory=Unknown)
    signed_by: SignedBy | None = None
    """The identity that signed the calls of this pass, once it is known."""
    region: str | None = None
    """Region of the list; None if the cloud was not asked."""
    listing: Listing | Unknown = field(default_factory=Unknown)
    elsewhere: tuple[tuple[str, Listing | Unknown], ...] = ()
    """Lists of other regions."""
    regions: frozenset[str] | Unknown = field(default_factory=Unknown)
    zones: frozenset[str] | Unknown = field(default_factory=Unknown)
    role: Role | Absent | Unknown = field(default_factory=Unknown)
    network: SeenNetwork | Unknown = field(default_factory=Unknown)
    storage: SeenStorage = field(default_factory=Unknown)
    quote: Quote | Unknown = field(default_factory=Unknown)
    bill: tuple[BillingOrder, ...] | Unknown = field(default_factory=Unknown)
    """Usually unknown: it needs rights of its own."""

    @property
    def missing_rights(self) -> PermissionMissing | None:
        """One failure about all the rights that the questions of this pass lack."""
        answers = (*self.looks, self.quote)
        return all_rights(each.failure for each in answers if isinstance(each, Unknown))

    @property
    def looks(self) -> tuple[object | Unknown, ...]:
        """The answers about the account, its instances, and each prerequisite."""
        about_all = (self.account_id, self.listing, self.regions, self.zones)
        return (*about_all, self.role, self.network, self.storage)

    def updated(self, **answers: Any) -> Self:  # noqa: ANN401 - any field of this class
        """The same with more answers."""
        return replace(self, **answers)

    def listing_of(self, region: str) -> Listing | Unknown:
        """The list of a region; unknown if it was not listed."""
        return (
            self.listing if region == self.region else dict(self.elsewhere).get(region, Unknown())
        )


@dataclass(frozen=True)
class Seen:
    """Everything that a pass has read, and the moment it began."""

    key: Key
    owner: Owner
    now: datetime
    workspace: FlinkWorkspace | None
    orders: tuple[FlinkWorkspaceOrder, ...] = ()
    claim: Claim | None = None
    """The claim on the workspace's purchase target."""
    own_claims: tuple[Claim, ...] = ()
    """All claims of this key."""
    outputs: tuple[ConfigMap, ...] | Unread = field(default_factory=Unread)
    """The existing ones of the wanted and the written ConfigMap."""
    neighbours: tuple[Neighbour, ...] = ()
    """Owners of other instances in this cluster. Read if the pass may decide on a purchase."""
    secrets: tuple[Secret, ...] = ()
    """The readable ones of the Secret to sign with and those of orders."""
    signer: Signer = field(default_factory=Signer)
    """The identity that signed the calls."""
    boundary: Boundary | PoliciesUnread = field(default_factory=PoliciesUnread)
    """The limits on purchases. Read if the pass may decide on one."""
    approvals: tuple[FlinkPurchaseApproval, ...] = ()
    """The decisions on the open order, if it needs one."""
    cloud: SeenCloud = field(default_factory=SeenCloud)
    remembered: Remembered = field(default_factory=Remembered)
    final_check: bool = False
    """The ledger was read first, as before every purchase call; in other passes the resource."""
    rests: bool = False
    """Only resource and ledger were read: all was reported (`core/checks/resting.py`)."""
    leads: bool = True
    """True if this process leads for long enough to send a purchase."""

    def updated(self, **read: Any) -> Self:  # noqa: ANN401 - any field of this class
        """The same with more that was read."""
        return replace(self, **read)


def is_suspended(workspace: FlinkWorkspace) -> bool:
    """True if a person stopped all writes. Any value but "false" counts, also a misspelt one."""
    return workspace.spec.suspend or workspace.metadata.annotations.get(SUSPEND, "false") != "false"


def is_untouched(workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]) -> bool:
    """True if suspended, and nothing was ever ordered or bound: no order, and no trace of one."""
    status = workspace.status
    traces = (
        status.instance,
        status.account_id,
        status.order,
        workspace.metadata.deletion_timestamp,
    )
    return is_suspended(workspace) and not orders and all(trace is None for trace in traces)


def open_order(orders: tuple[FlinkWorkspaceOrder, ...]) -> FlinkWorkspaceOrder | None:
    """The order whose outcome is open.

    The sequence allows one at a time; an older order that was restored manually does not follow it.
    One that may have been sent comes first, so that nothing else is bought meanwhile.
    """
    unsettled = [order for order in orders if not order.settled]
    return min(unsettled, key=lambda order: not order.facts.may_be_under_way, default=None)


def announced_order(
    orders: tuple[FlinkWorkspaceOrder, ...], intent: Intent | None
) -> FlinkWorkspaceOrder | None:
    """The order of this process's unsent intent; None if another process announced it since."""
    order = open_order(orders)
    if intent is None or order is None or not order.facts.is_announced:
        return None
    known = (intent.order_uid, intent.mark)
    return order if (order.metadata.uid, order.status.intent_mark) == known else None


def order_to_ask_about(orders: tuple[FlinkWorkspaceOrder, ...]) -> FlinkWorkspaceOrder | None:
    """The order that the cloud must be asked about, also if the resource is gone.

    Its call may have been sent, a copy of that may have been accepted, or no list has shown the
    instance yet.
    """
    order = open_order(orders)
    if order is not None and order.facts.may_be_under_way:
        return order
    return next((each for each in orders if each.outstanding or is_unlisted(each)), None)


def is_unlisted(order: FlinkWorkspaceOrder) -> bool:
    """True if the ledger has the cloud's answer as the only evidence: no list showed it yet."""
    return order.facts.awaits_delivery and order.status.evidence == "Answer"


def request_in(workspace: FlinkWorkspace) -> str | None:
    """The value of the annotation reconcile-requested-at, cut to what the status can repeat."""
    asked = workspace.metadata.annotations.get(RECONCILE_REQUESTED_AT)
    return None if asked is None else asked[:REQUEST_LENGTH]


def is_requested(workspace: FlinkWorkspace) -> bool:
    """True if a person requests a pass that no pass has answered yet."""
    request = request_in(workspace)
    return request is not None and request != workspace.status.last_handled_reconcile_at


def orders_of(
    workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]
) -> tuple[FlinkWorkspaceOrder, ...]:
    """The orders for the workspace's region and name, whatever the resource's uid."""
    wanted = (workspace.spec.region, workspace.workspace_name)
    return tuple(
        order for order in orders if (order.spec.region, order.spec.workspace_name) == wanted
    )


def bound_id(workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]) -> str | None:
    """Id of the workspace's instance: by the ledger first, else by its own status."""
    paid = [
        order.status.instance_id for order in orders_of(workspace, orders) if order.facts.is_paid
    ]
    # An order that changed an instance stays paid when that instance is given up.
    there = [instance_id for instance_id in paid if instance_id not in _given_up(orders)]
    return there[-1] if there else shown_id(workspace, orders)


def shown_id(workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]) -> str | None:
    """Id of the instance in the resource's status, unless it was given up."""
    known = workspace.status.instance.instance_id if workspace.status.instance else None
    return None if known in _given_up(orders) else known


def is_just_bought(workspace: FlinkWorkspace, orders: tuple[FlinkWorkspaceOrder, ...]) -> bool:
    """True if the ledger has an instance that no pass has reported yet."""
    return bound_id(workspace, orders) != shown_id(workspace, orders)


def _given_up(orders: tuple[FlinkWorkspaceOrder, ...]) -> set[str | None]:
    """The instances that are gone for good."""
    return {order.status.instance_id for order in orders if order.facts.is_given_up}
