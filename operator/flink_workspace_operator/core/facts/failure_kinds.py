"""Every kind of failure of the cloud by its name, because an order remembers only the name."""

from collections.abc import Mapping
from typing import Final

from flink_workspace_operator.core.facts import failures, key_failures
from flink_workspace_operator.core.facts.failures import CloudFailure, Turn

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


def meaning_of(kind: type[CloudFailure]) -> str:
    """The first sentence of its docstring."""
    return " ".join((kind.__doc__ or "").split()).partition(". ")[0].rstrip(".")


def page_advice_of(kind: type[CloudFailure]) -> str:
    """The instruction on the pages of the reference."""
    return (kind.page_advice or kind.advice).format(account="the account")
