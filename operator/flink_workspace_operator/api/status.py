"""The status of a FlinkWorkspace: what the operator knows about it."""

from typing import Annotated, Literal

from pydantic import Field

from flink_workspace_operator.api.base import (
    LARGEST_GENERATION,
    ApiModel,
    Conditions,
    Time,
    matching,
    validated,
)
from flink_workspace_operator.api.order_states import OrderState, StateFacts, facts_of
from flink_workspace_operator.api.outputs import Outputs
from flink_workspace_operator.api.parameters import Term


class Provisioning(ApiModel):
    """The cloud's progress in creating or changing the workspace."""

    stage: Annotated[str, Field(max_length=100)] | None = None
    """Name of the current step."""
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """Share of the work that is done, in percent: the weight of the finished steps."""
    message: Annotated[str, Field(max_length=500)] | None = None
    """The cloud's message."""


class Instance(ApiModel):
    """The workspace in the cloud."""

    instance_id: Annotated[str, Field(max_length=128)] | None = None
    """Id of the bought instance, in calls to the cloud, billing orders and bills."""
    workspace_id: Annotated[str, Field(max_length=128)] | None = None
    """Id of the running workspace, for Flink's development API."""
    name: Annotated[str, Field(max_length=60)] | None = None
    """Its name in the cloud."""
    zone_id: Annotated[str, Field(max_length=64)] | None = None
    """Zone it runs in."""
    charge_type: Annotated[str, Field(max_length=40)] | None = None
    """Charge type, as the cloud reports it."""
    cu: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """Compute quota in CU, as the cloud reports it; only for subscriptions."""
    vpc_id: Annotated[str, Field(max_length=64)] | None = None
    """Its VPC, as the cloud reports it."""
    v_switch_ids: (
        Annotated[
            tuple[Annotated[str, Field(max_length=64)], ...],
            Field(max_length=20, json_schema_extra={"x-kubernetes-list-type": "set"}),
        ]
        | None
    ) = None
    """Its vSwitches, as the cloud reports them."""
    bucket: Annotated[str, Field(max_length=63)] | None = None
    """Its bucket, as the cloud reports it."""
    create_time: Time | None = None
    """When it was created."""
    expire_time: Time | None = None
    """End of the paid time; only for subscriptions."""
    expires_in: (
        Annotated[
            str,
            Field(
                max_length=10,
                json_schema_extra=validated(
                    matching("expiresIn", "^[0-9]+d$", "a number of days, such as 29d")
                ),
            ),
        ]
        | None
    ) = None
    """Days until `expireTime`, rounded up, for people: for example 29d; 0d once it is over."""
    cluster_status: Annotated[str, Field(max_length=40)] | None = None
    """State of the cluster in the cloud's words, for example RUNNING."""
    order_state: Annotated[str, Field(max_length=40)] | None = None
    """State of the commodity in the cloud's words, for example NORMAL."""
    default_namespace: Annotated[str, Field(max_length=80)] | None = None
    """Namespace for jobs that the cloud makes with the workspace."""
    load_balancer: Annotated[str, Field(max_length=100)] | None = None
    """Id of the SLB instance that the cloud made for it, if the cloud reports it."""
    monitoring: Annotated[str, Field(max_length=40)] | None = None
    """The monitoring service in use, if the cloud reports it."""
    console_url: Annotated[str, Field(max_length=300)] | None = None
    """Not set any more: no address of the console is published that leads to one workspace."""
    provisioning: Provisioning | None = None
    """The cloud's progress; only while it creates or changes the workspace."""
    lost_since: Time | None = None
    """Time from which it is known to be gone from the cloud. Left out while it is there."""


class VSwitchStatus(ApiModel):
    """One vSwitch."""

    id: Annotated[str, Field(max_length=64)]
    """Id of the vSwitch."""
    zone_id: Annotated[str, Field(max_length=64)]
    """Its zone."""
    capacity: Literal["Enough", "Low", "Exhausted"]
    """Free addresses as a band: Enough, Low or Exhausted."""


class NetworkStatus(ApiModel):
    """The network."""

    v_switches: Annotated[
        tuple[VSwitchStatus, ...],
        Field(
            max_length=5,
            json_schema_extra={
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["id"],
            },
        ),
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
    """The progress of adopting an existing workspace."""

    announced_generation: Annotated[int, Field(ge=0, le=LARGEST_GENERATION)]
    """The generation of the resource for which it was announced. A later pass adopts it."""


class QuotedPrice(ApiModel):
    """The price before the purchase. Asking for it buys nothing."""

    price: Annotated[str, Field(max_length=100)]
    """The price, as text for people."""
    amount: Annotated[str, Field(max_length=30)] | None = None
    """Amount after discount, for the whole term. Left out if the cloud quotes none."""
    currency: Annotated[str, Field(max_length=10)] | None = None
    """Currency of the amount."""
    term: Term | None = None
    """The time that is paid with it. If left out: billed by use."""
    not_included: Annotated[
        tuple[Literal["ARMS", "OSS", "SLB", "Use"], ...],
        Field(max_length=4, json_schema_extra={"x-kubernetes-list-type": "set"}),
    ] = ()
    """What is billed in addition. ARMS: monitoring. OSS: storage and requests. SLB: the load
    balancer that the cloud makes for the workspace. Use: everything, as it is pay-as-you-go."""
    observed_generation: Annotated[int, Field(ge=0, le=LARGEST_GENERATION)]
    """The generation of the resource that it is for."""
    quoted_at: Time
    """When the cloud quoted it."""
    valid_until: Time
    """Until then the cloud is not asked again just to show it. The cloud does not promise the
    price: before a purchase it is asked anew."""


class OrderSummary(ApiModel):
    """The newest order for this workspace; the order object has the details."""

    name: Annotated[str, Field(max_length=80)]
    """Name of the FlinkWorkspaceOrder in this namespace."""
    state: OrderState | None = None
    """Its state."""
    intent_time: Time | None = None
    """The time with which its call is signed; from Placing on."""
    settled_not_before: Time | None = None
    """Until then its call may still be executed, or lists may not show yet what it bought. Left out
    afterwards."""
    digest: Annotated[str, Field(max_length=80)] | None = None
    """Digest of the purchase and its price."""
    price: Annotated[str, Field(max_length=100)] | None = None
    """The price, as text for people."""

    @property
    def facts(self) -> StateFacts:
        """The row of its state."""
        return facts_of(self.state)


class FlinkWorkspaceStatus(ApiModel):
    """The observed state. Written by the operator alone."""

    observed_generation: Annotated[int, Field(ge=-1, le=LARGEST_GENERATION)] = -1
    """The generation that the last pass worked with; -1 before the first one."""
    conditions: Conditions = ()
    """The conditions; Ready sums them up."""
    instance: Instance | None = None
    """The workspace in the cloud."""
    account_id: Annotated[str, Field(max_length=40)] | None = None
    """The account that this resource belongs to."""
    last_handled_reconcile_at: Annotated[str, Field(max_length=100)] | None = None
    """The last value of the annotation reconcile-requested-at that the operator acted upon."""
    network: NetworkStatus | None = None
    """The network."""
    ram_role: RamRoleStatus | None = None
    """The RAM role in use."""
    storage: StorageStatus | None = None
    """The bucket and its directories."""
    outputs: Outputs | None = None
    """The ConfigMap that the workspace's ids were written to."""
    adoption: AdoptionStatus | None = None
    """The progress of an adoption; only until the workspace is this resource's."""
    quote: QuotedPrice | None = None
    """The price; only until an order is announced, and not if nothing is to be bought."""
    order: OrderSummary | None = None
    """The newest order."""
