"""`Ready`, `Reconciling`, `Stalled` and `Suspended`: the verdict, for programs that wait."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from flink_workspace_operator.api.base import Condition, ConditionStatus
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.lifecycle import NOT_VISIBLE
from flink_workspace_operator.core.checks.outputs import owes_outputs
from flink_workspace_operator.core.facts.observed import Absent
from flink_workspace_operator.core.facts.ownership import Adoptable, Ours
from flink_workspace_operator.core.orders.windows import clock
from flink_workspace_operator.core.plan import Verdict
from flink_workspace_operator.core.reporting.conditions import ConditionDraft
from flink_workspace_operator.core.verdicts import SUSPENDED_BY_USER, suspended_by_user

QUIET: Final = {
    "Reconciling": ("Idle", "nothing is under way that ends by itself"),
    "Stalled": ("NotStalled", "nothing has failed for good"),
    "Suspended": ("NotSuspended", "nothing suspends it"),
}
_OF_A_WISH: Final = frozenset({SUSPENDED_BY_USER, QUIET["Suspended"][0]})
"""Reasons of Suspended whose words are over with the wish to suspend."""
WITHIN_GRACE: Final = "WithinGrace"
NOT_ANSWERED: Final = frozenset({"CloudUnreachable", "KeyUnavailable", "Throttled"})
"""Reasons of a verdict that nothing was learned from."""
STRANGERS: Final = frozenset({"NameTaken", "OwnedElsewhere", "NameMismatch", "DuplicateInstance"})
"""Reasons of a stall for what others have."""
SHOWN_BY: Final = {
    "Progressing": "Reconciling",
    "Deleting": "Reconciling",
    "Stalled": "Stalled",
    "Suspended": "Suspended",
}
"""The condition that each kind of verdict turns True."""


def summary(
    case: Case, verdict: Verdict, previous: dict[str, Condition], now: datetime
) -> tuple[ConditionDraft, ...]:
    """The four conditions that programs wait for. `Ready` repeats the one that is True."""
    return tuple(_told(case, each) for each in _summary(case, verdict, previous, now))


def _summary(
    case: Case, verdict: Verdict, previous: dict[str, Condition], now: datetime
) -> tuple[ConditionDraft, ...]:
    # About the operator: says nothing new about the workspace.
    if verdict.beside:
        return obstructed(verdict, previous, case.deleting)
    # A further order of a workspace that runs: Ready stays True.
    if verdict.while_running:
        return _running(case, verdict)
    was = previous.get("Ready")
    is_kept = (
        verdict.keeps_previous and was is not None and was.status != "Unknown"
    ) or _stays_stalled(case, verdict, previous)
    # Nothing new is known: what was reported stays, but for outputs that are owed.
    if was is not None and is_kept and not (was.status == "True" and owes_outputs(case)):
        return _kept(case, _as_seen_last(was, verdict), previous)
    grace = _grace(case, verdict, previous, now)
    verdict = _resolved(verdict, grace, now)
    # Nothing goes on while a person suspended it. A stall is reported all the same.
    if case.suspended and verdict.kind in ("Progressing", "Suspended"):
        verdict = suspended_by_user(case.workspace)
    active = {SHOWN_BY[verdict.kind]: verdict} if verdict.kind in SHOWN_BY else {}
    if case.suspended and verdict.kind == "Running":
        active["Suspended"] = suspended_by_user(case.workspace)
    companions = tuple(_companion(type_, active.get(type_)) for type_ in QUIET)
    if grace is not None and "Reconciling" in active:
        companions = tuple(_within(grace, each) for each in companions)
    # The workspace stays in the cloud: its deletion does not change how it is.
    if verdict.kind == "Deleting" and was is not None:
        return (_again(was), *companions)
    return (
        ConditionDraft("Ready", _ready(case, verdict, previous), verdict.reason, verdict.message),
        *companions,
    )


def _running(case: Case, verdict: Verdict) -> tuple[ConditionDraft, ...]:
    """The four while a further order of a running workspace is under way, or waits."""
    shown = (
        suspended_by_user(case.workspace)
        if case.suspended and verdict.kind in ("Progressing", "Suspended")
        else verdict
    )
    companions = tuple(
        _companion(type_, shown if SHOWN_BY.get(shown.kind) == type_ else None) for type_ in QUIET
    )
    return (ConditionDraft("Ready", "True", "Running", verdict.while_running), *companions)


def obstructed(
    verdict: Verdict, previous: dict[str, Condition], deleting: bool
) -> tuple[ConditionDraft, ...]:
    """The four under a verdict about the operator's own side, not about the workspace.

    A workspace that was Ready stays Ready: the operator waits, Suspended.
    """
    was = previous.get("Ready")
    stays = was is not None and was.status == "True"
    shown_by = "Suspended" if stays else SHOWN_BY[verdict.kind]
    companions = tuple(_companion(type_, verdict if type_ == shown_by else None) for type_ in QUIET)
    if was is not None and (stays or deleting):
        return (_again(was), *companions)
    no = verdict.kind == "Stalled" or _is_reported_to_have_run(previous)
    return (
        ConditionDraft("Ready", "False" if no else "Unknown", verdict.reason, verdict.message),
        *companions,
    )


def _stays_stalled(case: Case, verdict: Verdict, previous: dict[str, Condition]) -> bool:
    """True if it stays stalled for its spec: an unreachable cloud says nothing new about that,
    unless the rest that was read in this pass shows that it is over."""
    stalled = previous.get("Stalled")
    if stalled is None or stalled.status != "True" or verdict.reason not in NOT_ANSWERED:
        return False
    of_this_spec = stalled.observed_generation == case.workspace.metadata.generation
    return of_this_spec and not _is_over(case, stalled.reason, previous)


def _is_over(case: Case, reason: str, previous: dict[str, Condition]) -> bool:
    """True if a stranger's instance or claim is gone, or a missing prerequisite is there."""
    if reason in STRANGERS:
        refused = bool(case.orders) and case.orders[-1].facts.is_refused
        is_free = isinstance(case.found, Absent | Adoptable | Ours)
        return is_free and case.holds_claim and not refused
    return any(
        finding.status == "True" and type_ in previous and previous[type_].reason == reason
        for type_, finding in case.findings.items()
    )


def _companion(type_: str, verdict: Verdict | None) -> ConditionDraft:
    if verdict is None:
        return ConditionDraft(type_, "False", *QUIET[type_])
    return ConditionDraft(type_, "True", verdict.reason, verdict.message)


def _told(case: Case, draft: ConditionDraft) -> ConditionDraft:
    """A wish to suspend is reported also where something else comes first."""
    if not case.suspended or (draft.type, draft.status) != ("Suspended", "False"):
        return draft
    wish = suspended_by_user(case.workspace).message
    return replace(draft, message=f"what Ready says comes first; {wish}")


def _kept(
    case: Case, ready: Condition, previous: dict[str, Condition]
) -> tuple[ConditionDraft, ...]:
    """The four as before, as nothing new is known; but Suspended if a person suspended it."""
    drafted = {
        type_: _again(previous[type_]) if type_ in previous else _companion(type_, None)
        for type_ in QUIET
    }
    if case.suspended and drafted["Stalled"].status != "True":
        drafted["Reconciling"] = _companion("Reconciling", None)
        drafted["Suspended"] = _companion("Suspended", suspended_by_user(case.workspace))
    elif not case.suspended and drafted["Suspended"].reason in _OF_A_WISH:
        drafted["Suspended"] = _companion("Suspended", None)
    return (_again(ready), *drafted.values())


def _grace(
    case: Case, verdict: Verdict, previous: dict[str, Condition], now: datetime
) -> datetime | None:
    """The end of the time in which a missing prerequisite is progress; None if none is missing.

    It counts from the condition's transition, for the same spec. A prerequisite that was found
    missing only now, or that this pass is creating, is not stalled.
    """
    if verdict.kind != "Missing":
        return None
    condition = previous.get(verdict.about or "")
    reported = (
        condition is not None
        and condition.status != "True"
        and (condition.reason, condition.observed_generation)
        == (verdict.reason, case.workspace.metadata.generation)
    )
    since = condition.last_transition_time if condition is not None and reported else now
    return since + timedelta(seconds=case.settings.prerequisite_grace_seconds)


def _resolved(verdict: Verdict, grace: datetime | None, now: datetime) -> Verdict:
    """A missing prerequisite is progress at first; if it stays missing, it is stalled."""
    if grace is None:
        return verdict
    if now >= grace:
        return replace(verdict, kind="Stalled")
    message = f"{verdict.message}; checked again within 30 s, Stalled from {clock(grace)} on"
    return replace(verdict, kind="Progressing", message=message)


def _within(grace: datetime, draft: ConditionDraft) -> ConditionDraft:
    """Not stalled yet: what is missing may still appear."""
    if draft.type != "Stalled":
        return draft
    message = f"what Ready names has until {clock(grace)} to appear"
    return replace(draft, reason=WITHIN_GRACE, message=message)


def _as_seen_last(was: Condition, verdict: Verdict) -> Condition:
    """Ready as it was. But what runs is not said to run while lists lack it."""
    if verdict.reason != NOT_VISIBLE or was.status != "True":
        return was
    return was.model_copy(update={"reason": verdict.reason, "message": verdict.message})


def _ready(case: Case, verdict: Verdict, previous: dict[str, Condition]) -> ConditionStatus:
    if verdict.kind == "Running":
        return "True"
    if verdict.keeps_previous and verdict.kind != "Stalled":
        return "Unknown"  # nothing new is known, and nothing was reported before
    return "False" if verdict.kind == "Stalled" or _once_ran(case, previous) else "Unknown"


def _once_ran(case: Case, previous: dict[str, Condition]) -> bool:
    """True if it once ran, by ledger or conditions: only then Ready turns False without a stall."""
    return _is_reported_to_have_run(previous) or any(
        order.facts.is_delivered for order in case.orders
    )


def _is_reported_to_have_run(previous: dict[str, Condition]) -> bool:
    was = {type_: condition.status for type_, condition in previous.items()}
    if "True" in (was.get("Ready"), was.get("WorkspaceRunning")):
        return True
    return was.get("Ready") == "False" and was.get("Stalled") == "False"


def _again(condition: Condition) -> ConditionDraft:
    return ConditionDraft(condition.type, condition.status, condition.reason, condition.message)
