"""What `kubectl describe` shows below a workspace: short words from a fixed set, and nothing of the
kind of a log."""

import re
from typing import Final

from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.core.reporting.catalogue import DECIDING
from flink_workspace_operator.core.reporting.glossary import EVENTS
from tests.gitops.truth import Untrue, judge_line

REASONS: Final = frozenset({*EVENTS, *DECIDING})
WORD: Final = re.compile(r"([A-Z]+[a-z0-9]+)+")


def judge_event(event: Event) -> None:
    """Raises `Untrue` for an event that the conventions do not know. kopf would post its log as
    `Logging`."""
    if event.type not in ("Normal", "Warning"):
        raise Untrue(f"{event.type} is no type of events: {event}")
    if event.reason not in REASONS or not WORD.fullmatch(event.reason):
        raise Untrue(f"{event.reason} is no reason that is known: {event}")
    if not event.message or "\n" in event.message:
        raise Untrue(f"what happened is not told in one line: {event}")
    judge_line(event.message)
