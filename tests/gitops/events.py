"""What `kubectl describe` shows below a workspace: short words from a fixed set, and nothing of the kind of a log."""

import re
from typing import Final

from flink_local.manifests import REPOSITORY
from flink_workspace_operator.core.events import TOLD_STATES
from flink_workspace_operator.core.plan import Event
from tests.gitops.truth import Untrue

MADE: Final = frozenset(
    {
        *("RoleCreated", "PolicyAttached", "DirectoryCreated", "WorkspaceAdopted", "MarksPutBack"),
        *("OutputsWritten", "OutputsCorrected", "OutputsDeleted"),
    }
)
ORDERS: Final = frozenset(reason for reason, _ in TOLD_STATES.values())
PAGE: Final = REPOSITORY / "docs" / "conditions.md"
WORD: Final = re.compile(r"([A-Z][a-z0-9]+)+")


def documented_reasons() -> frozenset[str]:
    """Reasons of Ready for which docs/conditions.md says what to do."""
    table = PAGE.read_text().partition("## Reasons of Ready")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return frozenset(reason for row in rows for reason in re.findall(r"`(\w+)`", row))


REASONS: Final = frozenset({"WorkspaceReady"}) | MADE | ORDERS | documented_reasons()


def judge_event(event: Event) -> None:
    """Raises `Untrue` for an event that the conventions do not know. kopf would post its log as `Logging`."""
    if event.type not in ("Normal", "Warning"):
        raise Untrue(f"{event.type} is no type of events: {event}")
    if event.reason not in REASONS or not WORD.fullmatch(event.reason):
        raise Untrue(f"{event.reason} is no reason that is known: {event}")
    if not event.message or "\n" in event.message:
        raise Untrue(f"what happened is not told in one line: {event}")
