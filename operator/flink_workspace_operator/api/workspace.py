"""`FlinkWorkspace`: the workspace that a user wants, and its observed state."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import ConfigDict, Field, PrivateAttr, ValidationError

from flink_workspace_operator.api.base import (
    ApiModel,
    Condition,
    Metadata,
    cel,
    matching,
    on_creation,
    unknown_fields,
    validated,
)
from flink_workspace_operator.api.credentials import Credentials
from flink_workspace_operator.api.freezing import immutable_once_bought
from flink_workspace_operator.api.names import (
    EARLIER_WORKSPACE_NAME_PATTERN,
    WORKSPACE_NAME_PATTERN,
)
from flink_workspace_operator.api.outputs import Outputs
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.purchase import Purchase
from flink_workspace_operator.api.status import FlinkWorkspaceStatus


class RamRole(ApiModel):
    """The RAM role that lets Flink use the account."""

    management: Literal["Ensure", "Require"] = "Ensure"
    """Ensure: create the role and attach missing policies. Require: only check, and report how to
    authorise."""


class Adoption(ApiModel):
    """Adoption of a workspace that exists already and is not this resource's."""

    model_config = ConfigDict(
        json_schema_extra=validated(
            cel(
                "(self.policy == 'ByInstanceId') == has(self.instanceId)",
                "`instanceId` must be set with policy 'ByInstanceId' and left out with any other",
                fieldPath=".instanceId",
            )
        )
    )

    policy: Literal["Never", "IfNameMatches", "ByInstanceId"] = "Never"
    """Never: an existing workspace of this name blocks the purchase. IfNameMatches: adopt it if no
    cluster's ownership tags are on it; buy one if there is none. ByInstanceId: adopt the named
    instance, whatever its tags are, and never buy. Differences from the spec are reported first,
    and nothing is adopted until they are gone."""
    instance_id: (
        Annotated[
            str,
            Field(
                max_length=128,
                json_schema_extra=validated(
                    matching(
                        "instanceId",
                        "^[A-Za-z0-9._-]+$",
                        "the id of an instance, such as sc_flinkserverless_public_cn-example",
                    )
                ),
            ),
        ]
        | None
    ) = None
    """Id of the instance to adopt. Required with ByInstanceId, refused with any other policy."""


_BOTH_OR_NONE = (
    "`{field}` must be set with chargeType 'Subscription' and left out with 'PayAsYouGo'"
)


class FlinkWorkspaceSpec(WorkspaceParameters):
    """The desired state. The operator never writes here."""

    model_config = ConfigDict(
        json_schema_extra=validated(
            *(
                cel(
                    f"(self.chargeType == 'Subscription') == has(self.{field})",
                    _BOTH_OR_NONE.format(field=field),
                    fieldPath=f".{field}",
                )
                for field in ("subscription", "resources")
            ),
            cel(
                "!has(self.purchase) || !has(self.purchase.approval) ||"
                " self.purchase.approval != 'Manual' || !has(self.subscription) ||"
                " !has(self.subscription.renewal) || !has(self.subscription.renewal.mode) ||"
                " self.subscription.renewal.mode != 'Automatic'",
                "`purchase.approval` 'Manual' does not go with `subscription.renewal.mode`"
                " 'Automatic': the cloud renews and charges without asking anybody",
                fieldPath=".purchase.approval",
            ),
        )
    )

    workspace_name: Annotated[str, Field(max_length=60)] | None = None
    """Name of the workspace in the cloud, unique in the account. If left out: the name of this
    resource. Immutable."""
    region: Annotated[
        str,
        Field(
            max_length=40,
            json_schema_extra=validated(
                matching("region", "^[a-z0-9-]{2,}$", "the id of a region, such as cn-hangzhou"),
                cel(
                    "self == oldSelf",
                    "`region` must not change: a workspace can't be moved; create another"
                    " FlinkWorkspace instead",
                ),
            ),
        ),
    ]
    """Region id, for example cn-hangzhou. Immutable."""
    ram_role: RamRole = RamRole()
    """The RAM role that lets Flink use the account. Its name, trust and policies are settings of
    the operator."""
    credentials: Credentials | None = None
    """The access key whose account pays. If left out: the operator's own identity, if it may buy
    for this namespace. May change, within the account."""
    purchase: Purchase | None = None
    """Limits of the purchase. If left out: none. May change at any time; after the purchase it has
    no effect."""
    adoption: Adoption | None = None
    """Adoption of an existing workspace. If left out: Never."""
    outputs: Outputs | None = None
    """The ConfigMap to write the workspace's ids to once it runs. If left out: none."""
    suspend: bool = False
    """True stops all writes to the cloud; reading continues."""


# Spelled with `has`: CEL's optionals have no known size, so the rules would be too expensive.
_EFFECTIVE_NAME = (
    "(has({self}.spec.workspaceName) ? {self}.spec.workspaceName : {self}.metadata.name)"
)
_ADOPTS_BY_ID: Final = "has(self.spec.adoption) && self.spec.adoption.policy == 'ByInstanceId'"


class FlinkWorkspace(ApiModel):
    """A fully managed Flink workspace on Alibaba Cloud. Applying one SPENDS MONEY: the operator
    buys what it describes, once, and keeps it when the resource is deleted."""

    model_config = ConfigDict(
        json_schema_extra=validated(
            on_creation(
                f"{_EFFECTIVE_NAME.format(self='self')}.matches('{WORKSPACE_NAME_PATTERN}')"
                f" || {_ADOPTS_BY_ID} &&"
                f" {_EFFECTIVE_NAME.format(self='self')}.matches("
                f"'{EARLIER_WORKSPACE_NAME_PATTERN}')",
                "`workspaceName` (or, without it, `metadata.name`) must start with a lower case"
                " letter, hold only lower case letters, digits and '-', not end with '-', and have"
                " at most 60 characters; an existing workspace whose name has capitals can be"
                " adopted with adoption.policy 'ByInstanceId'",
                field_path=".spec.workspaceName",
            ),
            on_creation(
                "self.metadata.name.size() <= 60",
                "`metadata.name` must have at most 60 characters: orders are named after it",
                field_path=".metadata",
            ),
            cel(
                f"{_EFFECTIVE_NAME.format(self='self')} =="
                f" {_EFFECTIVE_NAME.format(self='oldSelf')}",
                "`workspaceName` must not change: a workspace can't be renamed; create another"
                " FlinkWorkspace instead",
                fieldPath=".spec.workspaceName",
            ),
            *(
                immutable_once_bought(field.alias or name)
                for name, field in WorkspaceParameters.model_fields.items()
            ),
        )
    )

    metadata: Metadata
    spec: FlinkWorkspaceSpec
    """The desired state."""
    status: FlinkWorkspaceStatus = FlinkWorkspaceStatus()
    """The observed state."""

    @property
    def workspace_name(self) -> str:
        """The effective name in the cloud."""
        return self.spec.workspace_name or self.metadata.name

    @property
    def parameters(self) -> WorkspaceParameters:
        """The part of the spec that an order copies."""
        return WorkspaceParameters.model_validate(self.spec.model_dump())

    _unknown_fields: tuple[str, ...] = PrivateAttr(default=())

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """Fields of the stored spec that this version does not know: they forbid a purchase."""
        return self._unknown_fields

    @classmethod
    def of(cls, wire: Mapping[str, Any]) -> Self:
        """Parse an object as the API server sends it."""
        read = cls.model_validate(wire)
        read._unknown_fields = unknown_fields(wire["spec"], read.spec.as_wire(), "spec")
        return read


class PartialWorkspace(ApiModel):
    """The part of a resource that every version can read: enough to report on the rest."""

    metadata: Metadata
    conditions: tuple[Condition, ...] = ()
    """The conditions that this version can read."""
    stored_conditions: tuple[dict[str, Any], ...] = ()
    """All conditions as stored."""
    has_status: bool = False

    @property
    def deleting(self) -> bool:
        """True if the resource is being deleted."""
        return self.metadata.deletion_timestamp is not None

    @classmethod
    def of(cls, wire: Mapping[str, Any]) -> Self:
        """Parse an object as the API server sends it."""
        status = wire.get("status")
        stored = tuple((status or {}).get("conditions") or ())
        return cls(
            metadata=Metadata.model_validate(wire["metadata"]),
            conditions=tuple(each for each in map(_condition, stored) if each is not None),
            stored_conditions=stored,
            has_status=status is not None,
        )


def _condition(stored: dict[str, Any]) -> Condition | None:
    try:
        return Condition.model_validate(stored)
    except ValidationError:
        return None
