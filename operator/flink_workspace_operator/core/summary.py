"""`Ready`, `Reconciling`, `Stalled` and `Suspended`: what the verdict means for whoever waits for the resource."""

from dataclasses import replace
from datetime import datetime, timedelta

from flink_workspace_operator.api.base import Condition, ConditionStatus
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.conditions import Aspect
from flink_workspace_operator.core.plan import Verdict

QUIET = {
    "Reconciling": ("Idle", "nothing is under way"),
    "Stalled": ("NotStalled", "nothing has to be changed by hand"),
    "Suspended": ("NotSuspended", "nobody is waited for"),
}
BY_USER = Verdict("Suspended", "SuspendedByUser", "suspended by a person: nothing is written to the cloud")


def summary(case: Case, verdict: Verdict, previous: dict[str, Condition], now: datetime) -> tuple[Aspect, ...]:
    """The four conditions that programs wait for. `Ready` repeats the one that decides."""
    was = previous.get("Ready")
    if verdict.keeps and was is not None and was.status != "Unknown":
        return tuple(_again(previous[type_]) for type_ in ("Ready", *QUIET) if type_ in previous)
    verdict = _resolved(case, verdict, previous, now)
    if case.suspended and verdict.kind == "Progressing":
        verdict = BY_USER
    on = {"Progressing": "Reconciling", "Deleting": "Reconciling", "Stalled": "Stalled", "Suspended": "Suspended"}
    active = {on[verdict.kind]: verdict} if verdict.kind in on else {}
    if case.suspended and verdict.kind == "Running":
        active["Suspended"] = BY_USER
    quiet = [
        Aspect(type_, "True", active[type_].reason, active[type_].message)
        if type_ in active
        else Aspect(type_, "False", *QUIET[type_])
        for type_ in QUIET
    ]
    if verdict.kind == "Deleting" and was is not None:
        return (_again(was), *quiet)
    return (Aspect("Ready", _ready(case, verdict, previous), verdict.reason, verdict.message), *quiet)


def _resolved(case: Case, verdict: Verdict, previous: dict[str, Condition], now: datetime) -> Verdict:
    """A missing prerequisite is on its way at first; if it stays missing, waiting does not help."""
    if verdict.kind != "Missing":
        return verdict
    condition = previous.get(verdict.about or "")
    since = condition.last_transition_time if condition is not None and condition.status == "False" else now
    late = now - since >= timedelta(seconds=case.settings.prerequisite_grace_seconds)
    return replace(verdict, kind="Stalled" if late else "Progressing")


def _ready(case: Case, verdict: Verdict, previous: dict[str, Condition]) -> ConditionStatus:
    if verdict.kind == "Running":
        return "True"
    ran = any(previous[type_].status == "True" for type_ in ("Ready", "WorkspaceRunning") if type_ in previous)
    ran = ran or any(order.state == "Fulfilled" for order in case.orders)
    return "False" if verdict.kind == "Stalled" or ran else "Unknown"


def _again(condition: Condition) -> Aspect:
    return Aspect(condition.type, condition.status, condition.reason, condition.message)
