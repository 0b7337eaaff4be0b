"""The two outside worlds as Protocols: the cloud and the cluster.

Every method is one question or one change. Methods of `Cloud` raise `CloudFailure`, methods of
`Cluster` raise `ClusterFailure` (`core/facts/failures.py`); what is expected comes back as a value.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, Self

from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.base import ApiModel, Condition
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    FlinkWorkspaceOrderStatus,
    Quote,
)
from flink_workspace_operator.api.parameters import Network
from flink_workspace_operator.api.policy import FlinkPurchasePolicy, FlinkPurchasePolicyStatus
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace, PartialWorkspace
from flink_workspace_operator.core.facts.boundary import Boundary, PoliciesUnread
from flink_workspace_operator.core.facts.config_map import ConfigMap, Content
from flink_workspace_operator.core.facts.identity import (
    Caller,
    Claim,
    Key,
    PurchaseTarget,
    WantedName,
)
from flink_workspace_operator.core.facts.key_failures import SecretRefused
from flink_workspace_operator.core.facts.neighbours import Neighbour
from flink_workspace_operator.core.facts.observed import (
    Absent,
    Answer,
    BillingOrder,
    Bucket,
    BucketElsewhere,
    Listing,
    OssNotActivated,
    Policy,
    Role,
    SeenNetwork,
)
from flink_workspace_operator.core.facts.secret import AccessKey, Secret
from flink_workspace_operator.core.orders.calls import PaidCall
from flink_workspace_operator.core.orphans import Purchase
from flink_workspace_operator.core.plan import Event

Reportable = FlinkWorkspace | PartialWorkspace | FlinkWorkspaceOrder
"""Objects that events are posted about."""


class CloudReads(Protocol):
    """Questions to one account of the cloud, through one identity."""

    async def signed_with(self, access_key: AccessKey) -> Self:
        """The cloud through another identity. Makes no call: the keys may be wrong."""
        ...

    async def identify(self) -> Caller:
        """The identity behind the credentials in use."""
        ...

    async def list_regions(self) -> frozenset[str]:
        """Regions where workspaces are sold."""
        ...

    async def list_zones(self, region: str, architecture: str) -> frozenset[str]:
        """Zones of a region where workspaces of that architecture are sold."""
        ...

    async def list_instances(self, region: str, max_age: timedelta) -> Listing:
        """All instances of a region, from a list begun at most `max_age` ago; shared by all
        callers."""
        ...

    async def look_up(self, target: PurchaseTarget, tags: tuple[tuple[str, str], ...]) -> Listing:
        """List the region anew: all instances, and again by each of the tags and by name."""
        ...

    async def find_role(self, name: str) -> Role | Absent:
        """A RAM role with its policies.

        This and the next two are shared for seconds by all who ask; what we change is asked for
        again.
        """
        ...

    async def describe_network(self, region: str, network: Network) -> SeenNetwork:
        """The VPC and vSwitches that exist."""
        ...

    async def describe_bucket(
        self, region: str, bucket: str, directories: tuple[str, ...]
    ) -> Bucket | BucketElsewhere | OssNotActivated | Absent:
        """The bucket, and those of the directories that it has."""
        ...

    async def quote(self, target: PurchaseTarget, block: ApiModel) -> Quote:
        """The price of an order's block. Only a question: nothing is bought or reserved."""
        ...

    async def read_bill(self, region: str, since: datetime) -> tuple[BillingOrder, ...]:
        """Billing orders for a region's workspaces since then, without cancelled ones. Needs rights
        of its own, which many operators never get."""
        ...


class Cloud(CloudReads, Protocol):
    """One account of the cloud, through one identity."""

    async def create_role(self, name: str, trusted_service: str) -> bool:
        """Create a RAM role that the service may assume. Fine if it exists; True if this call made
        it."""
        ...

    async def attach_policy(self, role: str, policy: Policy) -> bool:
        """Attach a policy to a role. Fine if it is attached; True if this call attached it."""
        ...

    async def create_directory(self, region: str, bucket: str, key: str) -> bool:
        """Write a zero-byte object, never over an existing one; True if this call wrote it."""
        ...

    async def tag_instance(self, region: str, instance_id: str, tags: Mapping[str, str]) -> None:
        """Put tags on an instance, over former values of the same keys. May be repeated."""
        ...

    async def place(self, call: PaidCall) -> Answer:
        """SPENDS MONEY. Sends the call once, with no retry in any layer; never raises
        `CloudFailure`."""
        ...


class ClusterReads(Protocol):
    """All reads of the API server in a pass."""

    async def read_workspace(self, key: Key) -> FlinkWorkspace | None:
        """The workspace resource, None if there is none. Raises `Unreadable`, as all do that give a
        resource or an order."""
        ...

    async def list_neighbours(self) -> tuple[Neighbour, ...]:
        """The instances that workspace resources own, as their status shows them; at most a minute
        old."""
        ...

    async def read_orders(self, key: Key) -> tuple[FlinkWorkspaceOrder, ...]:
        """All orders that were ever opened for this key and still exist, by number."""
        ...

    async def read_boundary(self, namespace: str) -> Boundary | PoliciesUnread:
        """The limits on what a namespace buys."""
        ...

    async def read_approvals(self, key: Key, order: str) -> tuple[FlinkPurchaseApproval, ...]:
        """The decisions on an order in the key's namespace."""
        ...

    async def read_claim(self, target: PurchaseTarget, reader: Key) -> Claim | None:
        """The claim on the target, None if it is free. The reader's own claim counts as alive."""
        ...

    async def read_claims_of(self, holder: Key) -> tuple[Claim, ...]:
        """All claims that a key holds."""
        ...

    async def read_outputs(self, key: Key, name: str) -> ConfigMap | None:
        """A ConfigMap in the key's namespace, None if there is none. Like the next two, raises
        `OutputsRefused` if the operator has no right to."""
        ...

    async def read_secret(self, key: Key, name: str) -> Secret | Absent | SecretRefused:
        """A Secret in the key's namespace with an access key in it."""
        ...


class Cluster(ClusterReads, Protocol):
    """The API server. Every read is uncached."""

    async def read_partial(self, key: Key) -> PartialWorkspace | None:
        """The part of the resource that every version can read, None if there is none."""
        ...

    async def list_wanted_names(self) -> tuple[WantedName, ...]:
        """The names that all resources of all namespaces want, also unreadable ones."""
        ...

    async def list_purchases(self) -> tuple[Purchase, ...]:
        """The workspaces that the ledger of all namespaces has as bought."""
        ...

    async def list_open_orders(self, key: Key) -> tuple[str, ...]:
        """The names of the key's orders that keep its claim, and of those that this version
        cannot read.
        """
        ...

    async def add_purchase_finalizer(self, workspace: FlinkWorkspace | PartialWorkspace) -> str:
        """Add our finalizer; Conflict unless the resource is as it was read. Its version after
        that.
        """
        ...

    async def remove_purchase_finalizer(self, workspace: FlinkWorkspace | PartialWorkspace) -> None:
        """Remove our finalizer; Conflict unless the resource is as it was read."""
        ...

    async def write_status(self, workspace: FlinkWorkspace, status: FlinkWorkspaceStatus) -> None:
        """Replace the status; Conflict unless the resource is as it was read."""
        ...

    async def write_conditions(
        self, partial: PartialWorkspace, conditions: tuple[Condition, ...]
    ) -> None:
        """Replace these conditions alone; Conflict unless the resource is as it was read."""
        ...

    async def take_claim(
        self, target: PurchaseTarget, holder: Key, uid: str, over: Claim | None
    ) -> None:
        """Claim the target for the resource with this uid: atomically if it is free (`over` None),
        else by replacing the claim that was read; else Conflict."""
        ...

    async def give_back_claim(self, claim: Claim) -> None:
        """Delete a claim; Conflict unless it is as it was read."""
        ...

    async def reserve_room(
        self, policy: FlinkPurchasePolicy, status: FlinkPurchasePolicyStatus
    ) -> None:
        """Replace a policy's status; Conflict unless the policy is as it was read."""
        ...

    async def create_order(
        self, key: Key, number: int, spec: FlinkWorkspaceOrderSpec
    ) -> FlinkWorkspaceOrder:
        """Create `<name>-<number>`, without status; Conflict if it exists."""
        ...

    async def move_order(
        self, order: FlinkWorkspaceOrder, status: FlinkWorkspaceOrderStatus
    ) -> FlinkWorkspaceOrder:
        """Replace an order's status; Conflict unless the order is as it was read."""
        ...

    async def reread_order(self, order: FlinkWorkspaceOrder) -> FlinkWorkspaceOrder:
        """The order as it is now; Vanished if it was removed."""
        ...

    async def release_order(self, order: FlinkWorkspaceOrder) -> None:
        """Remove our finalizer from an order; Conflict unless it is as it was read."""
        ...

    async def write_outputs(
        self, key: Key, name: str, content: Content, over: ConfigMap | None
    ) -> None:
        """Create it (`over` None), or replace its content; Conflict unless it is as it was read."""
        ...

    async def delete_outputs(self, key: Key, config_map: ConfigMap) -> None:
        """Delete it; Conflict unless it is as it was read; fine if it is gone."""
        ...

    async def hold_secret(self, key: Key, secret: Secret) -> SecretRefused | None:
        """Add the key's finalizer to a Secret, as it was read. None: it is done."""

    async def release_secret(self, key: Key, secret: Secret) -> SecretRefused | None:
        """Remove the key's finalizer from a Secret, as it was read. None: it is done."""
        ...

    async def post_notice(self, event: Event) -> None:
        """Post an event about no resource, in the operator's own namespace."""
        ...

    async def post_event(self, about: Reportable, event: Event) -> None:
        """Post an event about a resource, or an order."""
        ...
