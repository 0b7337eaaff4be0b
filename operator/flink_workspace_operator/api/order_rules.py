"""The rules of an order as the API server checks them, in CEL."""

from typing import Any

from flink_workspace_operator.api.base import cel
from flink_workspace_operator.api.order_states import MOVES, OrderState


def moves_rule() -> str:
    """CEL: the new state is the old one, or a legal move from it. No status yet counts as state ''.

    Spelled with `has`: CEL's optionals have no known size, so the rule would be too expensive.
    """
    state = "(has({self}.status) && has({self}.status.state) ? {self}.status.state : '')"
    new, old = state.format(self="self"), state.format(self="oldSelf")
    table = ",\n".join(f"  '{state or ''}': {list(targets)}" for state, targets in MOVES.items())
    return f"{new} ==\n{old} ||\n{new} in {{\n{table}\n}}[{old}]"


def needed(field: str, states: tuple[OrderState, ...], message: str) -> dict[str, Any]:
    """A field of the status that must be set in these states."""
    return cel(
        f"!has(self.status) || !has(self.status.state) || !(self.status.state in {list(states)})"
        f" || has(self.status.{field})",
        message,
        fieldPath=f".status.{field}",
    )


def was_in(states: tuple[OrderState, ...]) -> str:
    """CEL, for `frozen` and `unchanged`: the order had no state yet, or one of these."""
    return f"!has(oldSelf.status.state) || oldSelf.status.state in {list(states)}"


def frozen(field: str, unless: str, message: str) -> dict[str, Any]:
    """A field of the status that must not change, unless this is true of the old object.

    The rule is on the whole object: one on the field itself is skipped when the field is removed,
    or added again.
    """
    old, new = f"oldSelf.status.{field}", f"self.status.{field}"
    kept = f"has({old}) == has({new}) && (!has({old}) || {old} == {new})"
    return cel(
        f"!has(oldSelf.status) || !has(self.status) ||\n{unless} ||\n{kept}",
        message,
        fieldPath=f".status.{field}",
    )


def unchanged(field: str, unless: str, message: str) -> dict[str, Any]:
    """As `frozen`, but an older version, which does not know the field, may drop it."""
    old, new = f"oldSelf.status.{field}", f"self.status.{field}"
    return cel(
        "!has(oldSelf.status) || !has(self.status) ||"
        f" !has({new}) ||\n{unless} ||\nhas({old}) && {old} == {new}",
        message,
        fieldPath=f".status.{field}",
    )


def within_maximum(states: tuple[OrderState, ...], message: str) -> dict[str, Any]:
    """The price in these states is not above the maximum that stands beside it."""
    quote, maximum = "self.status.quote", "self.status.maximumPrice"
    return cel(
        f"!has(self.status) || !has({maximum}) || !has(self.status.state) ||"
        f" !(self.status.state in {list(states)}) ||\nhas({quote}) && has({quote}.tradeAmount) &&"
        f" has({quote}.currency) &&\n{quote}.currency == {maximum}.currency &&"
        f"\n{quote}.tradeAmount.matches('^[0-9]+([.][0-9]+)?$') &&"
        f"\ndouble({quote}.tradeAmount) <= double({maximum}.amount)",
        message,
        fieldPath=".status.maximumPrice",
    )
