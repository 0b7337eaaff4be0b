"""The description of a workspace to buy: the part of the spec that an order copies."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from flink_workspace_operator.api.base import ApiModel, cel, matching, validated, visible
from flink_workspace_operator.api.names import GROUP

ChargeType = Literal["Subscription", "PayAsYouGo"]


class Term(ApiModel):
    """A paid time."""

    model_config = ConfigDict(
        json_schema_extra=validated(
            cel(
                "self.unit == 'Month' ? self.count <= 36 : self.count <= 5",
                "`count` must be 1 to 36 with unit 'Month', or 1 to 5 with unit 'Year'",
            )
        )
    )

    # Open question: SoldTerms.
    count: Annotated[int, Field(ge=1, le=36)]
    """Number of units: 1 to 36 months, or 1 to 5 years. The cloud sells only some of them."""
    unit: Literal["Month", "Year"]
    """Month or Year."""


class Renewal(ApiModel):
    """Renewal at the end of the paid time."""

    mode: Literal["Manual", "Automatic"] = "Manual"
    """Manual: the paid time ends unless someone renews it. Automatic: the cloud renews it and
    charges for that."""


class Subscription(ApiModel):
    """Term and renewal of a subscription."""

    initial_term: Term
    """The time that is paid with the purchase."""
    renewal: Renewal = Renewal()
    """Renewal at the end of the paid time."""


class Resources(ApiModel):
    """The size of a subscription."""

    # Open question: SmallestSize.
    cu: Annotated[int, Field(ge=1, le=10000)]
    """Compute quota in CU; 1 CU is 1 vCPU and 4 GiB of memory. This is what is billed."""


VSwitchId = Annotated[
    str,
    Field(
        max_length=64,
        json_schema_extra=validated(
            matching(
                "vSwitchIds",
                "^vsw-[a-z0-9-]+$",
                "the id of a vSwitch, such as vsw-bp1example, not its name",
            )
        ),
    ),
]


class Network(ApiModel):
    """The network that the workspace's jobs get their addresses from."""

    vpc_id: Annotated[
        str,
        Field(
            max_length=64,
            json_schema_extra=validated(
                matching(
                    "vpcId",
                    "^vpc-[a-z0-9-]+$",
                    "the id of a VPC, such as vpc-bp1example, not its name",
                )
            ),
        ),
    ]
    """Id of the VPC, in the workspace's region."""
    v_switch_ids: Annotated[
        tuple[VSwitchId, ...],
        Field(min_length=1, max_length=5, json_schema_extra={"x-kubernetes-list-type": "set"}),
    ]
    """Ids of 1 to 5 vSwitches of that VPC, all in one zone. Every JobManager and TaskManager takes
    one address."""


class OssBucket(ApiModel):
    """A bucket in the account."""

    bucket: Annotated[
        str,
        Field(
            max_length=63,
            json_schema_extra=validated(
                matching(
                    "bucket",
                    "^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
                    "the name of an OSS bucket without 'oss://': 3 to 63 lower case letters, digits"
                    " and '-', with no '-' at either end",
                )
            ),
        ),
    ]
    """Name of the bucket, in the workspace's region. It can't be changed after the purchase."""


class Storage(ApiModel):
    """The storage of artifacts, checkpoints, savepoints and logs."""

    type: Literal["OSS"] = "OSS"
    """OSS: a bucket of yours."""
    oss: OssBucket
    """The bucket."""


# Trimmed and in lower case: the cloud may treat such a key as a reserved one.
_BEGINS = "self.trim().lowerAscii().startsWith('{prefix}')"
_RESERVED = " || ".join(
    _BEGINS.format(prefix=each) for each in ("acs:", "aliyun", "http://", "https://")
)


class Tag(ApiModel):
    """One tag of the workspace in the cloud."""

    key: Annotated[
        str,
        Field(
            min_length=1,
            max_length=64,
            json_schema_extra=validated(
                cel(
                    f"!({_RESERVED})",
                    "`key` must not start with 'acs:', 'aliyun', 'http://' or 'https://'",
                ),
                cel(
                    f"!{_BEGINS.format(prefix=f'{GROUP}/')}",
                    f"`key` must not start with '{GROUP}/': the operator keeps its own tags there",
                ),
                visible("key"),
            ),
        ),
    ]
    """Key, unique in the list."""
    value: Annotated[str, Field(max_length=64, json_schema_extra=validated(visible("value")))] = ""
    """Value, may be empty."""


class WorkspaceParameters(ApiModel):
    """The description of a workspace to buy. Orders copy it; from the purchase on, it changes
    only to what the cloud shows."""

    zone_id: (
        Annotated[
            str,
            Field(
                max_length=64,
                json_schema_extra=validated(
                    matching(
                        "zoneId",
                        "^[a-z0-9-]+$",
                        "the id of a zone, such as cn-hangzhou-i, or left out",
                    )
                ),
            ),
        ]
        | None
    ) = None
    """Zone that the vSwitches must be in. If left out: the zone of the vSwitches."""
    charge_type: ChargeType
    """Subscription is paid in advance for a term; PayAsYouGo is billed for what is used."""
    subscription: Subscription | None = None
    """Term and renewal. Required with chargeType Subscription, refused with PayAsYouGo."""
    resources: Resources | None = None
    """Compute quota. Required with chargeType Subscription, refused with PayAsYouGo."""
    network: Network
    """VPC and vSwitches."""
    storage: Storage
    """The storage of artifacts, checkpoints, savepoints and logs."""
    architecture: Literal["X86", "ARM"] = "X86"
    """Processor architecture of the compute nodes."""
    monitoring: Literal["ARMS", "CloudMonitor"] = "ARMS"
    """The service that shows the workspace's metrics. ARMS is billed separately."""
    resource_group_id: (
        Annotated[
            str,
            Field(
                max_length=64,
                json_schema_extra=validated(
                    matching(
                        "resourceGroupId",
                        "^rg-[a-z0-9-]+$",
                        "the id of a resource group, such as rg-acfexample, not its name, or left"
                        " out",
                    )
                ),
            ),
        ]
        | None
    ) = None
    """Resource group to put the workspace into. If left out: the account's default group."""
    tags: Annotated[
        tuple[Tag, ...],
        Field(
            max_length=15,
            json_schema_extra={
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["key"],
            },
        ),
    ] = ()
    """Tags of the workspace in the cloud, at most 15."""
