"""Every kind of failure of the cloud by its name, because an order remembers only the name."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.core.facts import failures, key_failures
from flink_workspace_operator.core.facts.failures import CloudFailure, Refused, Turn

KINDS: Final[Mapping[str, type[CloudFailure]]] = {
    name: kind
    for module in (failures, key_failures)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, CloudFailure) and not kind.__subclasses__()
}
"""The leaves of the tree: all that a failure can be."""

_STRANGERS: Final[Mapping[str, Turn]] = {"OwnedElsewhere": "Spec"}
"""Answers that a list gave, and no failure: another cluster's instance has the name."""


def turn_of(reason: str) -> Turn:
    """The one who ends a failure of this name. A name that nobody knows ends by itself."""
    kind = KINDS.get(reason)
    return _STRANGERS.get(reason, "Nobody") if kind is None else kind.turn


def refusal_in(reason: str, account_id: str) -> str | None:
    """The cause of a refusal, and what to do about it, by its name; None if it is no refusal."""
    kind = KINDS.get(reason)
    if kind is None or not issubclass(kind, Refused):
        return None
    account = f"account {account_id}"
    said, advice = kind.said.format(account=account), kind.advice.format(account=account)
    return f"{said}. {advice[:1].upper()}{advice[1:]}" if advice else said


def meaning_of(kind: type[CloudFailure]) -> str:
    """The first sentence of its docstring."""
    return " ".join((kind.__doc__ or "").split()).partition(". ")[0].rstrip(".")


def page_advice_of(kind: type[CloudFailure]) -> str:
    """The instruction on the pages of the reference."""
    return (kind.page_advice or kind.advice).format(account="the account")
