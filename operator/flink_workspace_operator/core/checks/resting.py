"""Rest: a suspended resource that was never ordered costs calls only until all is reported.

    applied, changed ──► pass ──► all is reported ──► rests ──► changed, new process, or the
                                                                price is a day old: pass

A suspended resource costs nothing, so anybody may have hundreds. A resource with a known order,
instance or account never rests: an open outcome is settled, suspended or not.
"""

import hashlib
import json
from datetime import datetime
from types import NoneType

from flink_workspace_operator.api.names import GROUP
from flink_workspace_operator.api.order import FlinkWorkspaceOrder, Quote
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.failures import ParametersRefused
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.snapshot import Remembered, Seen, is_untouched
from flink_workspace_operator.core.plan import Plan, Requeue
from flink_workspace_operator.core.verdicts import suspended_by_user


def rest(case: Case) -> Plan | None:
    """End the pass of a resting resource without a report: the cloud was not asked."""
    if not case.seen.rests:
        return None
    return Plan(verdict=None, requeue=Requeue(case.settings.resync))


def rests(
    workspace: FlinkWorkspace | None,
    orders: tuple[FlinkWorkspaceOrder, ...],
    remembered: Remembered,
    now: datetime,
) -> bool:
    """True if this process reported all there is about the resource in its present form."""
    if workspace is None or not remembered.rests_as or not is_untouched(workspace, orders):
        return False
    quote = workspace.status.quote
    # The price is asked again now and then.
    if quote is not None and now >= quote.valid_until:
        return False
    is_open = remembered.intent is not None or remembered.answers
    return not is_open and remembered.rests_as == as_written(workspace, workspace.status)


def rests_after(seen: Seen, plan: Plan, reported: FlinkWorkspaceStatus | None) -> str:
    """The next `Remembered.rests_as`; empty if there may be more to report than `reported`."""
    workspace = seen.workspace
    if (
        workspace is None
        or not is_untouched(workspace, seen.orders)
        or plan.steps
        or plan.retry is not None
    ):
        return ""
    is_unknown = any(isinstance(look, Unknown) for look in seen.cloud.looks)
    if reported is None or is_unknown or _is_unanswered(seen.cloud.quote):
        return ""
    return as_written(workspace, reported) if _is_last_word(workspace, plan, reported) else ""


def _is_unanswered(quote: Quote | Unknown) -> bool:
    """True if no price is known. A refusal of the description is an answer too."""
    return isinstance(quote, Unknown) and not isinstance(
        quote.failure, ParametersRefused | NoneType
    )


def _is_last_word(workspace: FlinkWorkspace, plan: Plan, reported: FlinkWorkspaceStatus) -> bool:
    """True if no later report can differ: a missing prerequisite is progress before it stalls."""
    if plan.verdict is None or plan.verdict.kind != "Missing":
        return plan.verdict == suspended_by_user(workspace)
    return any((each.type, each.status) == ("Stalled", "True") for each in reported.conditions)


def as_written(workspace: FlinkWorkspace, status: FlinkWorkspaceStatus) -> str:
    """A hash of the spec and annotations that we act upon, and of the status: annotations may be
    long, and a status that somebody wiped must be written again."""
    metadata = workspace.metadata
    ours = {
        name: value for name, value in metadata.annotations.items() if name.startswith(f"{GROUP}/")
    }
    parts = [metadata.uid, metadata.generation, ours, status.as_wire()]
    written = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()
