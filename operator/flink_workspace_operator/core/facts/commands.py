"""Commands for a person, whole, as messages show them."""

from typing import Final

from flink_workspace_operator.api.names import RECONCILE_REQUESTED_AT
from flink_workspace_operator.core.facts.identity import Key

_NOW: Final = '"$(date +%s)"'
"""Another value each time: a request counts only if it is a new one."""


def annotate(key: Key, annotation: str, value: str) -> str:
    """Sets an annotation of a FlinkWorkspace."""
    return f"{_on(key)} {annotation}={value} --overwrite"


def remove_annotation(key: Key, annotation: str) -> str:
    """Removes an annotation of a FlinkWorkspace."""
    return f"{_on(key)} {annotation}-"


def request(key: Key) -> str:
    """Requests another try now."""
    return annotate(key, RECONCILE_REQUESTED_AT, _NOW)


def _on(key: Key) -> str:
    return f"kubectl annotate fws {key.name} -n {key.namespace}"
