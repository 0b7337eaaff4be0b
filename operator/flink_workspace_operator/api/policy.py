"""`FlinkPurchasePolicy`: the limits that whoever runs the cluster sets on purchases."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, PrivateAttr

from flink_workspace_operator.api.base import (
    ApiModel,
    Time,
    cel,
    matching,
    unknown_fields,
    validated,
    visible,
)
from flink_workspace_operator.api.parameters import ChargeType, Term
from flink_workspace_operator.api.purchase import MaximumPrice
from flink_workspace_operator.api.selector import LabelSelector

_SET = {"x-kubernetes-list-type": "set"}

Prices = Annotated[
    tuple[MaximumPrice, ...],
    Field(
        max_length=4,
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["currency"],
        },
    ),
]
"""One amount for each currency. An order in a currency without an entry is not within them."""
Regions = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=40)], ...],
    Field(max_length=40, json_schema_extra=_SET),
]
Accounts = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=40)], ...],
    Field(max_length=40, json_schema_extra=_SET),
]


class Match(ApiModel):
    """The purchases that a policy is about. All given parts must fit; without any, it is about
    all."""

    namespace_selector: LabelSelector | None = None
    """Labels of the namespace. If left out: all namespaces."""
    account_ids: Accounts | None = None
    """Accounts that pay. If left out: all."""
    regions: Regions | None = None
    """Regions of the workspace. If left out: all."""


class Allow(ApiModel):
    """The purchases that are allowed. A part that is left out limits nothing."""

    charge_types: (
        Annotated[tuple[ChargeType, ...], Field(max_length=2, json_schema_extra=_SET)] | None
    ) = None
    """Charge types."""
    regions: Regions | None = None
    """Regions."""
    maximum_cu: Annotated[int, Field(ge=1, le=10000)] | None = None
    """CU of one workspace. Pay-as-you-go has no size, so it is not within any."""
    maximum_term: Term | None = None
    """The longest time that is paid in advance."""
    maximum_price: Prices = ()
    """Highest price of an order, for the whole term and after discount. An order without a known
    price, as of pay-as-you-go, is not within it."""
    automatic_renewal: bool = False
    """True: `subscription.renewal.mode` may be Automatic although the policy asks for approval or
    has a cap. The cloud renews and charges without asking anybody, and that is in no sum here."""


class Asking(ApiModel):
    """The orders that somebody must approve."""

    model_config = ConfigDict(
        json_schema_extra=validated(
            cel(
                "(self.required == 'AboveAmount') == (has(self.above) && size(self.above) > 0)",
                "`above` must be set with required 'AboveAmount', and left out with any other",
            )
        )
    )

    required: Literal["Never", "Always", "AboveAmount"]
    """Never: none. Always: all. AboveAmount: those above an amount, in a currency that `above` does
    not name, or without a known price."""
    above: Prices = ()
    """The amounts that need no approval."""
    valid_for: (
        Annotated[
            str,
            Field(
                max_length=10,
                json_schema_extra=validated(
                    matching("validFor", "^[1-9][0-9]{0,2}h$", "a number of hours, such as `72h`"),
                    cel(
                        "!self.matches('^[1-9][0-9]{0,2}h$') || duration(self) <= duration('720h')",
                        "`validFor` must be at most `720h`",
                    ),
                ),
            ),
        ]
        | None
    ) = None
    """Age up to which an approval counts, such as `72h`. If left out: any."""

    def is_over(self, age: timedelta) -> bool:
        """True if an approval of this age counts no longer."""
        if self.valid_for is None:
            return False
        return age > timedelta(hours=int(self.valid_for.removesuffix("h")))


class Freeze(ApiModel):
    """A stop of all purchases. What is bought keeps running, and an order that was sent is
    settled."""

    enabled: bool
    """True: nothing is bought."""
    reason: Annotated[
        str, Field(max_length=200, json_schema_extra=validated(visible("reason")))
    ] = ""
    """The reason, which each waiting resource repeats."""
    until: Time | None = None
    """The freeze ends by itself at this time, by the cloud's clock. If left out: when somebody ends
    it."""


class SpendCap(ApiModel):
    """The highest sum of all orders under the policy in a month."""

    monthly: Annotated[
        tuple[MaximumPrice, ...],
        Field(
            min_length=1,
            max_length=4,
            json_schema_extra={
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["currency"],
            },
        ),
    ]
    """One amount for each currency. Months are those of the cloud's bill, UTC+8, and an order
    counts in the month of its announcement. What came to nothing gives its amount back; what was
    refunded does not."""


class FlinkPurchasePolicySpec(ApiModel):
    """The boundary."""

    match: Match = Match()
    """The purchases that it is about. A purchase that it is not about is limited by other policies
    alone."""
    allow: Allow = Allow()
    """The purchases that are allowed."""
    approval: Asking | None = None
    """The orders that somebody must approve. If left out: none."""
    spend_cap: SpendCap | None = None
    """The highest sum of a month. If left out: none."""
    freeze: Freeze | None = None
    """A stop of all purchases. If left out: none."""


Month = Annotated[str, Field(max_length=7)]


class Reservation(ApiModel):
    """Room under a cap for one order that is about to be announced."""

    order_uid: Annotated[str, Field(min_length=1, max_length=64)]
    """Uid of the order."""
    order: Annotated[str, Field(max_length=340)]
    """Namespace and name of the order."""
    month: Month
    """The month, such as 2026-12."""
    currency: Annotated[str, Field(max_length=10)]
    """Currency of the amount."""
    amount: Annotated[str, Field(max_length=30)]
    """The price of the order."""


class Spent(ApiModel):
    """The sum of one currency, when room was last reserved."""

    currency: Annotated[str, Field(max_length=10)]
    """The currency."""
    amount: Annotated[str, Field(max_length=30)]
    """Reserved and spent in the month."""
    room: Annotated[str, Field(max_length=30)]
    """Left under the cap."""


class FlinkPurchasePolicyStatus(ApiModel):
    """The room that is taken. Written by the operator alone, whenever it reserves room; the ledger
    has what was spent."""

    month: Month | None = None
    """The month of the last reservation."""
    spent: Annotated[
        tuple[Spent, ...],
        Field(
            max_length=4,
            json_schema_extra={
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["currency"],
            },
        ),
    ] = ()
    """Sums of that month, as they were then."""
    reservations: Annotated[
        tuple[Reservation, ...],
        Field(
            max_length=200,
            json_schema_extra={
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["orderUid"],
            },
        ),
    ] = ()
    """Room for orders that are about to be announced."""


class ClusterMetadata(ApiModel):
    """The part of the metadata of an object without a namespace that decisions need."""

    name: str
    uid: str
    resource_version: str = ""


class FlinkPurchasePolicy(ApiModel):
    """A limit on what namespaces may buy. All policies that match a purchase must allow it; where
    none matches, purchases are not limited."""

    metadata: ClusterMetadata
    spec: FlinkPurchasePolicySpec
    """The limits."""
    status: FlinkPurchasePolicyStatus = FlinkPurchasePolicyStatus()
    """The room that is taken."""
    _unknown_fields: tuple[str, ...] = PrivateAttr(default=())

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """Paths in the stored spec that this version does not know: limits it can't keep."""
        return self._unknown_fields

    @classmethod
    def of(cls, wire: Mapping[str, Any]) -> Self:
        """Parse an object as the API server sends it."""
        read = cls.model_validate(wire)
        read._unknown_fields = unknown_fields(wire["spec"], read.spec.as_wire(), "spec")
        return read
