"""`FlinkPurchaseApproval`: a person's decision on one order at one price. Never changed, and kept.

Whoever may create this kind may approve: RBAC decides, and an AppProject of Argo CD.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field

from flink_workspace_operator.api.base import (
    ApiModel,
    Metadata,
    Time,
    cel,
    matching,
    validated,
    visible,
)

Decision = Literal["Approved", "Denied"]

DIGEST: Final = "^sha256:[0-9a-f]{64}$"


class OrderAtPrice(ApiModel):
    """The order that the decision is about, at the price that was asked."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    """Name of the FlinkWorkspaceOrder in this namespace."""
    digest: Annotated[
        str,
        Field(
            max_length=80,
            json_schema_extra=validated(
                matching(
                    "digest", DIGEST, "the order's `status.digest`, such as sha256:9f2c... in full"
                )
            ),
        ),
    ]
    """The order's `status.digest`. An approval of another digest does nothing: the price rose, or
    the order is another one of the same name."""


class FlinkPurchaseApprovalSpec(ApiModel):
    """The decision. Immutable."""

    model_config = ConfigDict(
        json_schema_extra=validated(
            cel(
                "self == oldSelf",
                "`spec` must not change: a decision is a record; create another"
                " FlinkPurchaseApproval, and Denied wins",
            )
        )
    )

    order: OrderAtPrice
    """The order, at a price."""
    decision: Decision
    """Approved: the order is bought, at the price asked or a lower one. Denied: it is closed, also
    if somebody else approves."""
    reason: Annotated[
        str, Field(max_length=500, json_schema_extra=validated(visible("reason")))
    ] = ""
    """The reason, for people."""
    approver: Annotated[
        str, Field(max_length=250, json_schema_extra=validated(visible("approver")))
    ] = ""
    """Name of whoever decides. Only an admission policy makes it true."""


class FlinkPurchaseApproval(ApiModel):
    """A decision on one order of this namespace at one price. Creating one with decision Approved
    SPENDS MONEY: the order is bought at that price or a lower one."""

    metadata: Metadata
    spec: FlinkPurchaseApprovalSpec
    """The decision."""

    @classmethod
    def of(cls, wire: object) -> Self:
        """Parse an object as the API server sends it."""
        return cls.model_validate(wire)


class Agreement(ApiModel):
    """The decision as the order records it."""

    required: bool
    """True if somebody had to approve."""
    by: Annotated[str, Field(max_length=300)] | None = None
    """The field that asked for it."""
    name: Annotated[str, Field(max_length=253)] | None = None
    """Name of the FlinkPurchaseApproval."""
    uid: Annotated[str, Field(max_length=64)] | None = None
    """Its uid."""
    decision: Decision | None = None
    """The decision."""
    approver: Annotated[str, Field(max_length=250)] | None = None
    """The name in it."""
    time: Time | None = None
    """When it was created."""
