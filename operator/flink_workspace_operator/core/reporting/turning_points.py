"""Events of the resource itself: turning points between two reports, each told once.

What was told is read off the last report, so a restart repeats nothing.
"""

from collections.abc import Iterator

from flink_workspace_operator.api.base import Condition
from flink_workspace_operator.api.status import FlinkWorkspaceStatus
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.ownership import Ours
from flink_workspace_operator.core.plan import Event
from flink_workspace_operator.core.reporting.paid_time import countdown

Conditions = dict[str, Condition]


def turning_points(
    case: Case, before: FlinkWorkspaceStatus, after: FlinkWorkspaceStatus
) -> tuple[Event, ...]:
    """The events between two reports."""
    was = {condition.type: condition for condition in before.conditions}
    now = {condition.type: condition for condition in after.conditions}
    ends = countdown(case.workspace.spec, before, after)
    told = (*_missing(case, was, now), *_drift(case, was, now), *((ends,) if ends else ()))
    return (*_ready(was, now), *told, *_stopped(case, was, now, {event.reason for event in told}))


def _ready(was: Conditions, now: Conditions) -> Iterator[Event]:
    if _is_true(now, "Ready") and not _is_true(was, "Ready"):
        yield Event("Normal", "WorkspaceReady", now["Ready"].message)


def _missing(case: Case, was: Conditions, now: Conditions) -> Iterator[Event]:
    """Prerequisites that are missing at first sight, but for those that the operator makes."""
    for type_ in case.findings:
        if _is_news(was, now, type_) and not case.findings[type_].steps:
            yield Event("Warning", now[type_].reason, now[type_].message)


def _drift(case: Case, was: Conditions, now: Conditions) -> Iterator[Event]:
    """Each change of what differs. What is adopted only later stalls for it, which is told."""
    is_ours = isinstance(case.found, Ours)
    if is_ours and _is_news(was, now, "InSync") and now["InSync"].reason == "Drifted":
        yield Event("Warning", "Drifted", now["InSync"].message)


def _stopped(case: Case, was: Conditions, now: Conditions, told: set[str]) -> Iterator[Event]:
    """A stall or a suspension, unless its reason is told already: at once, or at first sight."""
    shown = {was[type_].reason for type_ in case.findings if _is_false(was, type_)}
    for type_ in ("Stalled", "Suspended"):
        if _turned(was, now, type_) and now[type_].reason not in told | shown:
            yield Event("Warning", now[type_].reason, now[type_].message)


def _turned(was: Conditions, now: Conditions, type_: str) -> bool:
    """True if the condition became True, or is True for another reason than before."""
    if type_ not in now or now[type_].status != "True":
        return False
    return type_ not in was or (was[type_].status, was[type_].reason) != ("True", now[type_].reason)


def _is_news(was: Conditions, now: Conditions, type_: str) -> bool:
    """True if the condition is False, and was not for the same."""
    if not _is_false(now, type_):
        return False
    same = _is_false(was, type_) and was[type_].message == now[type_].message
    return not same


def _is_true(conditions: Conditions, type_: str) -> bool:
    return type_ in conditions and conditions[type_].status == "True"


def _is_false(conditions: Conditions, type_: str) -> bool:
    return type_ in conditions and conditions[type_].status == "False"
