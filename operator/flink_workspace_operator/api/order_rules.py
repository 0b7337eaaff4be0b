"""The rules of an order as the API server checks them, in CEL."""

from typing import Any, Final

from flink_workspace_operator.api.base import cel, on_creation
from flink_workspace_operator.api.order_states import MOVES, OrderState, states_where

_ANNOUNCED: Final = states_where(lambda facts: facts.is_announced)
_PAID: Final = states_where(lambda facts: facts.was_paid)
_CALL: Final = ("quote", "digest", "intentTime", "nonce", "intentMark", "settledNotBefore")
"""The record of the call, from its announcement on."""


def rules_of_orders() -> tuple[dict[str, Any], ...]:
    """All rules of the kind."""
    return (
        on_creation(
            "(self.metadata.name.startsWith(self.spec.workspaceRef.name + '-') &&"
            " self.metadata.name.substring(self.spec.workspaceRef.name.size() +"
            " 1).matches('^[1-9][0-9]{0,8}$'))",
            "`metadata.name` must be the workspace's name, '-' and a number: the operator opens"
            " orders, one by one",
            field_path=".metadata",
        ),
        cel(
            "!has(oldSelf.status) || has(self.status)",
            "`status` must not be removed: it is the ledger",
        ),
        cel(
            moves_rule(),
            "`status.state` must follow the legal moves of an order; it is written by the"
            " operator only",
            fieldPath=".status.state",
        ),
        needed("instanceId", _PAID, "`status.instanceId` must be set in state 'Placed' and after"),
        *(
            needed(field, _ANNOUNCED, f"`status.{field}` must be set in state 'Placing'")
            for field in ("quote", "intentTime", "nonce")
        ),
        frozen(
            "instanceId",
            unless="!has(oldSelf.status.instanceId)",
            message="`status.instanceId` must not change: it is set once",
        ),
        *(frozen(field, unless=was_unannounced(), message=_fixed(field)) for field in _CALL),
        *(
            unchanged(field, unless=was_unannounced(), message=_fixed(field))
            for field in ("maximumPrice", "asked", "approval", "reservations")
        ),
        within_maximum("`status.quote` must not be above `status.maximumPrice` in state 'Placing'"),
        decided(),
        approved(),
    )


def _fixed(field: str) -> str:
    return f"`status.{field}` must not change from 'Placing' on"


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


def was_unannounced() -> str:
    """CEL, for `frozen` and `unchanged`: the order's call may still be announced."""
    states = states_where(lambda facts: facts.may_be_announced)
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


def _enters(states: tuple[OrderState, ...]) -> str:
    """CEL: the order comes into one of these states. An older version may move on what is there."""
    return (
        f"has(self.status) && has(self.status.state) && self.status.state in {list(states)} &&"
        " !(has(oldSelf.status) && has(oldSelf.status.state) &&"
        " oldSelf.status.state == self.status.state)"
    )


def within_maximum(message: str) -> dict[str, Any]:
    """The price of an announced order is not above the maximum that stands beside it."""
    quote, maximum = "self.status.quote", "self.status.maximumPrice"
    return cel(
        f"!has(self.status) || !has({maximum}) || !has(self.status.state) ||"
        f" !(self.status.state in {list(_ANNOUNCED)}) ||\nhas({quote}) &&"
        f" {_is_at_most(quote, maximum)}",
        message,
        fieldPath=".status.maximumPrice",
    )


def decided() -> dict[str, Any]:
    """An order that is announced says whether an approval was needed: versions that do not know
    approvals can't say so, and so can't buy what needs one."""
    return cel(
        f"!({_enters(_ANNOUNCED)}) || has(self.status.approval)",
        "`status.approval` must be set in state 'Placing': a version of the operator that does not"
        " know approvals must not buy",
        fieldPath=".status.approval",
    )


def approved() -> dict[str, Any]:
    """What needs an approval is announced with one, and at no higher price than it allows."""
    quote, asked, approval = "self.status.quote", "self.status.asked", "self.status.approval"
    same_kind = f"has({quote}) && has({asked}) && {quote}.basis == {asked}.basis"
    without_amount = f"!has({asked}.amount) && !has({quote}.tradeAmount)"
    return cel(
        f"!has(self.status) || !has({approval}) || !{approval}.required ||"
        f" !has(self.status.state) ||\n!(self.status.state in {list(_ANNOUNCED)}) ||"
        f"\nhas({approval}.decision) && {approval}.decision == 'Approved' && {same_kind} &&"
        f"\n({without_amount} || has({asked}.amount) && has({asked}.currency) &&"
        f" {_is_at_most(quote, asked)})",
        "`status.approval` must be 'Approved' in state 'Placing', and `status.quote` not above"
        " `status.asked`",
        fieldPath=".status.approval",
    )


def _is_at_most(quote: str, limit: str) -> str:
    """CEL: a price with an amount in the currency of the limit, and not above it."""
    return (
        f"has({quote}.tradeAmount) && has({quote}.currency) &&"
        f"\n{quote}.currency == {limit}.currency &&"
        f"\n{quote}.tradeAmount.matches('^[0-9]+([.][0-9]+)?$') &&"
        f"\ndouble({quote}.tradeAmount) <= double({limit}.amount)"
    )
