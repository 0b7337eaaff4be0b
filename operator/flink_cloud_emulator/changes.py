"""The body of ``PUT /_emulator/state``, and the things that it adds.

Merging: things with an id or name (access keys, VPCs, vSwitches, buckets, roles, identity
providers, workspaces) are added, or replaced as a whole if the id or name is there already; the
``remove...`` lists take away; ``payOrders`` and ``cancelOrders`` end unpaid orders;
``workspaceTags`` changes the tags that it names; every other value (balance, ossOpened,
deniedActions, unpaidOrders, supportedZones) replaces the former one. What is not named stays as it
is. A new account starts empty. Unknown keys are refused, and then nothing is changed.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from flink_cloud_emulator.settings import Camel


class KeySeed(Camel):
    id: str
    secret: str = Field(min_length=1)
    active: bool = True
    user: str | None = None
    """The RAM user that has it; left out: the account itself."""


class VpcSeed(Camel):
    id: str
    region: str
    name: str = ""
    cidr: str = "10.0.0.0/8"
    status: Literal["Available", "Pending"] = "Available"


class VSwitchSeed(Camel):
    id: str
    vpc_id: str
    region: str
    zone_id: str
    name: str = ""
    cidr: str = "10.0.0.0/20"
    available_ips: int = 4000
    status: Literal["Available", "Pending"] = "Available"


class BucketSeed(Camel):
    name: str
    region: str
    versioning: Literal["Enabled", "Suspended"] | None = None
    retention_days: int | None = Field(None, ge=1)
    """A locked retention policy of so many days."""
    keys: list[str] = Field(default_factory=list)
    """Empty objects that are there already."""


class PolicySeed(Camel):
    name: str
    type: Literal["System", "Custom"] = "System"


class RoleSeed(Camel):
    name: str
    policies: list[PolicySeed | str] = Field(default_factory=list)
    """Names of system policies, or objects with a type."""
    trust: str = "{}"
    """The AssumeRolePolicyDocument, JSON text."""
    max_session_seconds: int = Field(3600, ge=3600, le=43200)


class OidcProviderSeed(Camel):
    name: str
    issuer: str
    client_ids: list[str] = Field(default_factory=lambda: ["sts.aliyuncs.com"])
    """The default is what RRSA uses."""
    public_key: str
    """PEM of the RSA key that the provider signs tokens with."""


class WorkspaceSeed(Camel):
    """A workspace bought by hand; it runs at once unless ``provisioningSeconds`` says otherwise."""

    name: str
    region: str = "cn-hangzhou"
    instance_id: str | None = None
    resource_id: str | None = None
    zone_id: str = "cn-hangzhou-i"
    charge_type: Literal["PRE", "POST"] = "PRE"
    vpc_id: str = "vpc-by-hand"
    v_switch_ids: list[str] = Field(default_factory=lambda: ["vsw-by-hand"])
    bucket: str = "bucket-by-hand"
    cu: int = Field(10, ge=0)
    tags: dict[str, str] = Field(default_factory=dict)
    created_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    provisioning_seconds: float = Field(0, ge=0)
    fails: bool = False
    architecture: str = "X86"
    monitor_type: str = "ARMS"
    resource_group_id: str = "rg-default"
    status: str | None = None
    order_state: str | None = None
    billed: bool = False
    """Whether the order for it is in the ledger and on the bill too, as ``ByHand`` and of amount
    0.
    """


class UnpaidOrderSeed(Camel):
    order_id: str
    region: str = "cn-hangzhou"
    amount: float = 0
    workspace: WorkspaceSeed | None = None
    """What is delivered once it is paid; without it, it cannot be paid."""


class Changes(Camel):
    """The body of ``PUT /_emulator/state``."""

    access_keys: list[KeySeed] = Field(default_factory=list)
    vpcs: list[VpcSeed] = Field(default_factory=list)
    v_switches: list[VSwitchSeed] = Field(default_factory=list)
    buckets: list[BucketSeed] = Field(default_factory=list)
    roles: list[RoleSeed] = Field(default_factory=list)
    oidc_providers: list[OidcProviderSeed] = Field(default_factory=list)
    workspaces: list[WorkspaceSeed] = Field(default_factory=list)
    remove_access_keys: list[str] = Field(default_factory=list)
    """Ids, of temporary keys too."""
    remove_vpcs: list[str] = Field(default_factory=list)
    remove_v_switches: list[str] = Field(default_factory=list)
    remove_buckets: list[str] = Field(default_factory=list)
    remove_roles: list[str] = Field(default_factory=list)
    remove_oidc_providers: list[str] = Field(default_factory=list)
    remove_workspaces: list[str] = Field(default_factory=list)
    """Instance ids."""
    oss_opened: bool | None = None
    balance: float | None = None
    denied_actions: list[str] | None = None
    unpaid_orders: list[UnpaidOrderSeed] | None = None
    pay_orders: list[str] = Field(default_factory=list)
    """Ids of unpaid orders that a person pays now: their workspaces are made now."""
    cancel_orders: list[str] = Field(default_factory=list)
    """Ids of unpaid orders that a person cancels."""
    workspace_tags: dict[str, dict[str, str | None]] = Field(default_factory=dict)
    """Tags by instance id, put on by hand over former values; null takes a tag away."""
    supported_zones: dict[str, list[str]] | None = None
