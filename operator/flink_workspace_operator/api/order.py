"""`FlinkWorkspaceOrder`: one paid action, written before the cloud is asked and kept afterwards.

Its states are a table of their own (`api/order_states.py`), from which rules of the CRD are made
(`api/order_rules.py`): the API server stops a manual edit or an old process.
"""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import ConfigDict, Field

from flink_workspace_operator.api.approval import Agreement
from flink_workspace_operator.api.base import (
    LARGEST_GENERATION,
    ApiModel,
    Metadata,
    Time,
    cel,
    matching,
    validated,
)
from flink_workspace_operator.api.credentials import Credentials
from flink_workspace_operator.api.order_rules import rules_of_orders
from flink_workspace_operator.api.order_states import Evidence, OrderState, StateFacts, facts_of
from flink_workspace_operator.api.parameters import WorkspaceParameters
from flink_workspace_operator.api.purchase import MaximumPrice

ACTIONS: Final = ("Create",)
"""The paid actions of this version. An order of another action is left alone."""


def _random_word(field: str) -> Any:  # noqa: ANN401 - pydantic's Field
    """16 to 64 lower case letters and digits."""
    rule = matching(field, "^[a-z0-9]+$", "a random word of lower case letters and digits")
    return Field(min_length=16, max_length=64, json_schema_extra=validated(rule))


class WorkspaceReference(ApiModel):
    """The resource that an order was opened for."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    """Name of the FlinkWorkspace in this namespace."""
    uid: Annotated[str, Field(min_length=1, max_length=64)]
    """Its uid when the order was opened."""
    generation: Annotated[int, Field(ge=0, le=LARGEST_GENERATION)]
    """Its generation when the order was opened."""


class FlinkWorkspaceOrderSpec(ApiModel):
    """The purchase, and the resource that it is for. Immutable."""

    model_config = ConfigDict(
        json_schema_extra=validated(
            cel(
                "self == oldSelf",
                "`spec` must not change: an order is a record; edit the FlinkWorkspace instead",
            ),
            cel(
                "has(self.create) != has(self.parameters)",
                "exactly one block must say what is paid for: `create` with action 'Create'",
            ),
        )
    )

    workspace_ref: WorkspaceReference
    """The resource that it was opened for."""
    account_id: Annotated[str, Field(min_length=1, max_length=40)]
    """The account that pays."""
    region: Annotated[str, Field(min_length=1, max_length=40)]
    """Region of the purchase."""
    workspace_name: Annotated[str, Field(min_length=1, max_length=60)]
    """Name of the workspace in the cloud."""
    credentials: Credentials | None = None
    """The Secret whose keys it was opened with. If left out: the operator's own identity."""
    action: Annotated[str, Field(json_schema_extra={"enum": list(ACTIONS)})] = ACTIONS[0]
    """The paid action."""
    create: WorkspaceParameters | None = None
    """The workspace that is bought. Required with action Create."""
    parameters: WorkspaceParameters | None = None
    """The same, as versions before 0.2 wrote it."""
    token: Annotated[str, _random_word("token")]
    """Random token of this order; the call carries it as a tag, so an instance names its order."""

    @property
    def block(self) -> ApiModel:
        """The block that describes the paid action."""
        block = self.create or self.parameters
        if block is None:
            raise LookupError("an order has one block: the CRD's rule says so")
        return block

    @property
    def makes_instance(self) -> bool:
        """The call makes a new instance, instead of changing one that exists."""
        return self.create is not None or self.parameters is not None


class Quote(ApiModel):
    """The price that the cloud named, before anything is bought."""

    basis: Literal["Term", "Hour"]
    """Term: the amount for the whole term. Hour: pay-as-you-go; the amount, if any, is per hour."""
    currency: Annotated[str, Field(max_length=10)] | None = None
    """Currency, for example CNY."""
    original_amount: Annotated[str, Field(max_length=30)] | None = None
    """List price."""
    discount_amount: Annotated[str, Field(max_length=30)] | None = None
    """Discount."""
    trade_amount: Annotated[str, Field(max_length=30)] | None = None
    """The charge. Left out if the cloud quotes no price."""
    quoted_at: Time
    """When the cloud quoted it."""


class AskedPrice(ApiModel):
    """The price that somebody is asked to approve."""

    basis: Literal["Term", "Hour"]
    """Term: the amount for the whole term. Hour: billed by use; the amount, if any, is per hour."""
    currency: Annotated[str, Field(max_length=10)] | None = None
    """Currency of the amount."""
    amount: Annotated[str, Field(max_length=30)] | None = None
    """Amount after discount. Left out if the cloud quotes none."""


class ReservedRoom(ApiModel):
    """A cap that an order counts under."""

    policy: Annotated[str, Field(max_length=253)]
    """Name of the FlinkPurchasePolicy."""
    month: Annotated[str, Field(max_length=7)]
    """The month that it counts in, such as 2026-12."""


class StateTime(ApiModel):
    """When the order came into a state."""

    state: OrderState
    """The state."""
    time: Time
    """The moment, by the cloud's clock where the cloud was asked."""


class FlinkWorkspaceOrderStatus(ApiModel):
    """The progress of the order."""

    state: OrderState | None = None
    """The order's state; the API server enforces the legal moves."""
    quote: Quote | None = None
    """The price: of its opening at first, then of its announcement; frozen from Placing on."""
    maximum_price: MaximumPrice | None = None
    """The highest price that the resource allowed at the announcement. If left out: none."""
    digest: Annotated[str, Field(max_length=80)] | None = None
    """sha256 over the workspace's uid, the order's number, parameters and price; frozen from
    Placing on. An approval names it."""
    asked: AskedPrice | None = None
    """The highest price that an approval of the digest allows. Left out if nobody was asked."""
    approval: Agreement | None = None
    """The approval on which it was announced or declined; set in each order from Placing on."""
    reservations: (
        Annotated[
            tuple[ReservedRoom, ...],
            Field(max_length=20, json_schema_extra={"x-kubernetes-list-type": "atomic"}),
        ]
        | None
    ) = None
    """The caps that it counts under, since its announcement. Left out if there are none."""
    intent_time: Time | None = None
    """The time with which the call is signed, by the cloud's clock. The cloud refuses the call once
    this is too old."""
    nonce: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The signature nonce of the call. The cloud refuses a second call with it."""
    intent_mark: Annotated[str, _random_word("intentMark")] | None = None
    """Random word, new with each announcement. Only the process that remembers it knows that it
    sent nothing yet."""
    settled_not_before: Time | None = None
    """Until then the call may still be executed, or lists may not show yet what it bought. Set on
    announcement."""
    outstanding_until: Time | None = None
    """Set if the order is closed, but its call or another copy of it may still be executed. Nothing
    else is bought under this name until a complete list of a later time shows nothing of it."""
    instance_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    """Id of the instance that was bought. Set once."""
    order_id: Annotated[str, Field(max_length=64)] | None = None
    """The cloud's billing order."""
    request_ids: Annotated[
        tuple[Annotated[str, Field(max_length=128)], ...],
        Field(max_length=10, json_schema_extra={"x-kubernetes-list-type": "atomic"}),
    ] = ()
    """Ids of requests, for the cloud's support."""
    answer: Annotated[str, Field(max_length=128)] | None = None
    """Code of the cloud's refusal, or of how the answer was lost."""
    evidence: Evidence | None = None
    """The evidence for the state."""
    message: Annotated[str, Field(max_length=1024)] | None = None
    """One line for people."""
    times: Annotated[
        tuple[StateTime, ...],
        Field(
            max_length=12,
            json_schema_extra={
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["state"],
            },
        ),
    ] = ()
    """The time of its last move into each state."""


class FlinkWorkspaceOrder(ApiModel):
    """One paid action: the record before the call, and the ledger after it. Kept when the workspace
    is deleted."""

    model_config = ConfigDict(json_schema_extra=validated(*rules_of_orders()))

    metadata: Metadata
    spec: FlinkWorkspaceOrderSpec
    """The purchase."""
    status: FlinkWorkspaceOrderStatus = FlinkWorkspaceOrderStatus()
    """Its progress."""

    @property
    def state(self) -> OrderState | None:
        """The order's state; None before its first status."""
        return self.status.state

    @property
    def facts(self) -> StateFacts:
        """The row of its state."""
        return facts_of(self.status.state)

    @property
    def settled(self) -> bool:
        """True if the outcome is known; only evidence of a purchase can still change it."""
        return not self.facts.is_open

    @property
    def keeps_claim(self) -> bool:
        """True if a call may be under way, or lists may not show yet what it bought."""
        return self.facts.is_open or self.outstanding or self.facts.awaits_delivery

    @property
    def outstanding(self) -> bool:
        """True if it is settled, but a copy of its call may still be executed, or lists lag."""
        return self.status.outstanding_until is not None

    @classmethod
    def of(cls, wire: object) -> Self:
        """Parse an object as the API server sends it."""
        return cls.model_validate(wire)
