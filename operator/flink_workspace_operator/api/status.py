"""What is known about a workspace, as its resource shows it."""

from typing import Annotated, Literal

from pydantic import Field

from flink_workspace_operator.api.base import LARGEST_GENERATION, ApiModel, Conditions, Time
from flink_workspace_operator.api.order_states import OrderState, StateFacts, facts_of
from flink_workspace_operator.api.outputs import Outputs


class Provisioning(ApiModel):
    """How far the cloud is with creating or changing the workspace."""

    stage: Annotated[str, Field(max_length=100)] | None = None
    """Name of the current step."""
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """Weight of the finished steps."""
    message: Annotated[str, Field(max_length=500)] | None = None
    """What the cloud says about it."""


class Instance(ApiModel):
    """The workspace in the cloud."""

    instance_id: Annotated[str, Field(max_length=128)] | None = None
    """Id of the bought instance: what every call to the cloud takes, and what orders and bills name."""
    workspace_id: Annotated[str, Field(max_length=128)] | None = None
    """Id of the running workspace: what Flink's development API takes."""
    name: Annotated[str, Field(max_length=60)] | None = None
    """Its name in the cloud."""
    zone_id: Annotated[str, Field(max_length=64)] | None = None
    """Zone it runs in."""
    charge_type: Annotated[str, Field(max_length=40)] | None = None
    """How it is billed, as the cloud says."""
    cu: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """Compute quota in CU, as the cloud says."""
    create_time: Time | None = None
    """When it was created."""
    expire_time: Time | None = None
    """End of the paid time; only for subscriptions."""
    cluster_status: Annotated[str, Field(max_length=40)] | None = None
    """State of the cluster in the cloud's word, for example RUNNING."""
    order_state: Annotated[str, Field(max_length=40)] | None = None
    """State of the commodity in the cloud's word, for example NORMAL."""
    default_namespace: Annotated[str, Field(max_length=80)] | None = None
    """Namespace for jobs that the cloud makes with the workspace."""
    load_balancer: Annotated[str, Field(max_length=100)] | None = None
    """Id of the SLB instance that the cloud made for it, as far as it tells."""
    monitoring: Annotated[str, Field(max_length=40)] | None = None
    """The monitoring service in use, as far as the cloud tells."""
    console_url: Annotated[str, Field(max_length=300)] | None = None
    """Not set any more: no address of the console is published that leads to one workspace."""
    provisioning: Provisioning | None = None
    """How far the cloud is; only while something is being made."""
    lost_since: Time | None = None
    """Since when it is known to be gone from the cloud. Left out while it is there."""


class VSwitchStatus(ApiModel):
    """What is known about one vSwitch."""

    id: Annotated[str, Field(max_length=64)]
    """Id of the vSwitch."""
    zone_id: Annotated[str, Field(max_length=64)]
    """Zone it lies in."""
    capacity: Literal["Enough", "Low", "Exhausted"]
    """Free addresses as a band: Enough, Low or Exhausted."""


class NetworkStatus(ApiModel):
    """What is known about the network."""

    v_switches: Annotated[
        tuple[VSwitchStatus, ...],
        Field(max_length=5, json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"]}),
    ] = ()
    """The vSwitches in use."""


class RamRoleStatus(ApiModel):
    """The RAM role in use."""

    name: Annotated[str, Field(max_length=64)]
    """Its name."""
    arn: Annotated[str, Field(max_length=200)]
    """Its resource name in the account."""


class StorageStatus(ApiModel):
    """The bucket and the directories in it."""

    bucket: Annotated[str, Field(max_length=63)]
    """Name of the bucket."""
    directories: Annotated[
        tuple[Annotated[str, Field(max_length=100)], ...],
        Field(max_length=10, json_schema_extra={"x-kubernetes-list-type": "set"}),
    ] = ()
    """The directories that exist."""


class AdoptionStatus(ApiModel):
    """How far the adoption of an existing workspace is."""

    announced_generation: Annotated[int, Field(ge=0, le=LARGEST_GENERATION)]
    """The generation of the resource for which it was announced. It is adopted in a later pass, not before."""


class OrderSummary(ApiModel):
    """The newest order for this workspace; the order object itself tells more."""

    name: Annotated[str, Field(max_length=80)]
    """Name of the FlinkWorkspaceOrder in this namespace."""
    state: OrderState | None = None
    """Its state."""
    intent_time: Time | None = None
    """The time that its call is signed with; from Placing on."""
    settled_not_before: Time | None = None
    """Until then its call may still be executed, or lists may not show yet what it bought. Left out afterwards."""
    digest: Annotated[str, Field(max_length=80)] | None = None
    """Digest of what is bought and at which price."""
    price: Annotated[str, Field(max_length=100)] | None = None
    """Price as a line to read."""

    @property
    def facts(self) -> StateFacts:
        """The facts about its state."""
        return facts_of(self.state)


class FlinkWorkspaceStatus(ApiModel):
    """What is known. Written by the operator, and only by it."""

    observed_generation: Annotated[int, Field(ge=-1, le=LARGEST_GENERATION)] = -1
    """The generation that the last pass worked with; -1 before the first one."""
    conditions: Conditions = ()
    """What is the case; Ready sums it up."""
    instance: Instance | None = None
    """The workspace in the cloud."""
    account_id: Annotated[str, Field(max_length=40)] | None = None
    """The account that this resource belongs to."""
    last_handled_reconcile_at: Annotated[str, Field(max_length=100)] | None = None
    """The last value of the annotation reconcile-requested-at that was acted upon."""
    network: NetworkStatus | None = None
    """What is known about the network."""
    ram_role: RamRoleStatus | None = None
    """The RAM role in use."""
    storage: StorageStatus | None = None
    """The bucket and its directories."""
    outputs: Outputs | None = None
    """Where the workspace's ids were written."""
    adoption: AdoptionStatus | None = None
    """How far an adoption is; only until the workspace is this resource's."""
    order: OrderSummary | None = None
    """The newest order."""
