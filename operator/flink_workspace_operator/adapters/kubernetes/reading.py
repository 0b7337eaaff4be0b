"""Stored objects as values. A failure to read one names the field and its value."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from pydantic import ValidationError

from flink_workspace_operator.adapters.kubernetes.collection import Wire
from flink_workspace_operator.api.approval import FlinkPurchaseApproval
from flink_workspace_operator.api.base import unknown_fields
from flink_workspace_operator.api.order import ACTIONS, FlinkWorkspaceOrder
from flink_workspace_operator.api.order_states import facts_of
from flink_workspace_operator.api.policy import FlinkPurchasePolicy
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.boundary import Commitment
from flink_workspace_operator.core.facts.failures import Unreadable
from flink_workspace_operator.core.facts.identity import Key, WantedName
from flink_workspace_operator.core.orders.price import price
from flink_workspace_operator.core.orphans import Purchase

T = TypeVar("T")

VALUE_LENGTH = 60


def workspace_in(wire: Wire) -> FlinkWorkspace:
    """Parse a FlinkWorkspace. Raises `Unreadable`."""
    return _readable("FlinkWorkspace", wire, FlinkWorkspace.of)


def order_in(wire: Wire) -> FlinkWorkspaceOrder:
    """Parse an order. Raises `Unreadable`, also if it is open and has an unknown field.

    Such an order may pay for something else than a purchase, and a move would drop the field.
    """
    order = _readable("FlinkWorkspaceOrder", wire, FlinkWorkspaceOrder.of)
    if order.spec.action not in ACTIONS:
        raise Unreadable(_with_value("FlinkWorkspaceOrder", wire, "spec.action", order.spec.action))
    unknown = unknown_fields(wire["spec"], order.spec.as_wire(), "spec")
    unknown += unknown_fields(wire.get("status") or {}, order.status.as_wire(), "status")
    if unknown and not order.settled:
        fields = ", ".join(unknown)
        raise Unreadable(
            f"{_named('FlinkWorkspaceOrder', wire)} is open and has what this version does not"
            f" know: {fields}"
        )
    return order


def approval_in(wire: Wire) -> FlinkPurchaseApproval:
    """Parse a decision. Raises `Unreadable`: it may deny what another approves."""
    return _readable("FlinkPurchaseApproval", wire, FlinkPurchaseApproval.of)


def policy_in(wire: Wire) -> FlinkPurchasePolicy:
    """Parse a policy. Raises `Unreadable`."""
    return _readable("FlinkPurchasePolicy", wire, FlinkPurchasePolicy.of)


def commitment_in(wire: Wire) -> Commitment:
    """An order as far as it counts under caps, also if the rest cannot be parsed."""
    metadata, status = wire["metadata"], wire.get("status") or {}
    facts, quote = facts_of(status.get("state")), status.get("quote") or {}
    is_over = facts.is_fruitless and status.get("outstandingUntil") is None
    return Commitment(
        order_uid=metadata["uid"],
        currency=quote.get("currency"),
        amount=_amount(quote.get("tradeAmount")),
        rooms=frozenset(
            (each["policy"], each["month"]) for each in status.get("reservations") or ()
        ),
        is_preparing=facts.is_preparing,
        counts=facts.was_sent and not is_over,
    )


def _amount(text: object) -> Decimal:
    """Infinite if it is no amount: what is not known leaves no room."""
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        return Decimal("Infinity")
    return amount if amount.is_finite() else Decimal("Infinity")


def wanted_in(wire: Wire) -> WantedName:
    """The workspace name that a resource wants, also if the rest cannot be parsed."""
    metadata, spec = wire["metadata"], wire.get("spec") or {}
    return WantedName(
        Key(metadata["namespace"], metadata["name"]),
        str(spec.get("region") or ""),
        str(spec.get("workspaceName") or metadata["name"]),
        _in(spec, "credentials", "secretName"),
        _in(wire, "status", "instance", "instanceId"),
    )


def purchase_in(wire: Wire) -> Purchase | None:
    """The workspace that an order bought, also if the rest cannot be parsed; None if it bought
    none, or none that is left."""
    metadata, spec, status = wire["metadata"], wire.get("spec") or {}, wire.get("status") or {}
    instance_id = status.get("instanceId")
    makes_instance = spec.get("create") or spec.get("parameters")
    if not (makes_instance and instance_id and facts_of(status.get("state")).is_paid):
        return None
    namespace = metadata["namespace"]
    return Purchase(
        order=Key(namespace, metadata["name"]),
        workspace=Key(namespace, str(_in(spec, "workspaceRef", "name"))),
        account_id=str(spec.get("accountId")),
        region=str(spec.get("region")),
        workspace_name=str(spec.get("workspaceName")),
        instance_id=str(instance_id),
        secret_name=_in(spec, "credentials", "secretName"),
        price=_price(wire),
    )


def _price(wire: Wire) -> str | None:
    try:
        order = FlinkWorkspaceOrder.of(wire)
    except ValidationError:
        return None
    return price(order.status.quote, order.spec.block)


def _in(wire: Wire, *path: str) -> str | None:
    """The text at the end of a path, if all of it is there."""
    found: object = wire
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return None if found is None else str(found)


def _readable(kind: str, wire: Wire, read: Callable[[Wire], T]) -> T:
    try:
        return read(wire)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Unreadable(_with_value(kind, wire, field, first["input"])) from None


def _with_value(kind: str, wire: Wire, field: str, value: object) -> str:
    return (
        f"{_named(kind, wire)} has a value of `{field}` that this version does not know"
        f" ({_shown(value)})"
    )


def _named(kind: str, wire: Wire) -> str:
    return f"{kind} '{wire['metadata']['name']}'"


def _shown(value: object) -> str:
    """The wrong value, shortened."""
    text = "an object" if isinstance(value, dict | list) else repr(value)
    return text if len(text) <= VALUE_LENGTH else f"{text[:VALUE_LENGTH]}..."
