"""Stored objects as values. A failure to read one names the field and its value."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from flink_workspace_operator.adapters.kubernetes.collection import Wire
from flink_workspace_operator.api.base import unknown_fields
from flink_workspace_operator.api.order import ACTIONS, FlinkWorkspaceOrder
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.failures import Unreadable
from flink_workspace_operator.core.facts.identity import Key, WantedName

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


def wanted_in(wire: Wire) -> WantedName:
    """The workspace name that a resource wants, also if the rest cannot be parsed."""
    metadata, spec = wire["metadata"], wire.get("spec") or {}
    name = str(spec.get("workspaceName") or metadata["name"])
    return WantedName(
        Key(metadata["namespace"], metadata["name"]), str(spec.get("region") or ""), name
    )


def _readable(kind: str, wire: Wire, read: Callable[[Wire], T]) -> T:
    try:
        return read(wire)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Unreadable(_with_value(kind, wire, field, first["input"])) from None


def _with_value(kind: str, wire: Wire, field: str, value: object) -> str:
    return (
        f"{_named(kind, wire)} has a value of `{field}` that this version does not know:"
        f" {_shown(value)}"
    )


def _named(kind: str, wire: Wire) -> str:
    return f"{kind} '{wire['metadata']['name']}'"


def _shown(value: object) -> str:
    """The wrong value, shortened."""
    text = "an object" if isinstance(value, dict | list) else repr(value)
    return text if len(text) <= VALUE_LENGTH else f"{text[:VALUE_LENGTH]}..."
