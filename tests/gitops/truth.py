"""What every tool that waits for a FlinkWorkspace must be told, whatever happens: `judge` an object
as it is stored.

One function per tool; each compares what the tool makes of the object with what is the case.
"""

from flink_workspace_operator.core.facts.failure_kinds import KINDS
from flink_workspace_operator.core.reporting import catalogue, catalogue_of_aspects
from tests.gitops import kstatus
from tests.gitops.kstatus import Wire
from tests.gitops.lua import health_of
from tests.rules_of_messages import broken_by, untrue_together

SUMMARY = frozenset({"Ready", "Reconciling", "Stalled", "Suspended"})
TYPES = SUMMARY | {
    *("RamRoleReady", "NetworkReady", "OssDirectoriesReady", "Purchased", "WorkspaceRunning"),
    *("InSync", "ExpiryHealthy", "CloudReachable"),
}


class Untrue(AssertionError):
    """A tool is told what is not the case."""


def judge(wire: Wire) -> None:
    """What is told without running anybody's scripts. Raises `Untrue`."""
    judge_conditions(wire)
    judge_kstatus(wire)
    judge_messages(wire)


def judge_conditions(wire: Wire) -> None:
    """All conditions are told or none, for the generation that the status is about; `kubectl wait`
    reads it there."""
    status = wire.get("status") or {}
    conditions = status.get("conditions") or []
    if not conditions and status.get("observedGeneration", -1) == -1:
        return
    if {condition["type"] for condition in conditions} != TYPES or len(conditions) != len(TYPES):
        raise Untrue(f"some conditions are missing: {wire}")
    if {condition["observedGeneration"] for condition in conditions} != {
        status["observedGeneration"]
    }:
        raise Untrue(f"a condition is about another generation than the status: {wire}")
    if _is(wire, "Stalled") and _is(wire, "Reconciling"):
        raise Untrue(f"waiting can't both help and not help: {wire}")


def judge_messages(wire: Wire) -> None:
    """Every line keeps the rules of messages, alone and beside the others."""
    conditions = (wire.get("status") or {}).get("conditions") or []
    for condition in conditions:
        judge_line(condition.get("message", ""))
    told = {each["type"]: {"reason": "", "message": "", **each} for each in conditions}
    wrong = untrue_together(told) if told else None
    if wrong is not None:
        raise Untrue(f"{wrong}: {wire}")


def judge_line(text: str) -> None:
    """One line that a user reads, wherever it stands."""
    if wrong := broken_by(text):
        raise Untrue(f"{'; '.join(wrong)}: {text}")


def judge_reasons(wire: Wire) -> None:
    """Whoever reads a reason finds in `docs/reference/reasons.md` what it means, of that condition
    in that status."""
    for condition in (wire.get("status") or {}).get("conditions") or []:
        if not _is_documented(condition):
            raise Untrue(f"{condition} is not in the catalogue: {wire}")


def _is_documented(condition: Wire) -> bool:
    type_, status, reason = (str(condition[part]) for part in ("type", "status", "reason"))
    if type_ == "Ready":
        return reason in catalogue.DECIDING
    if type_ in SUMMARY:
        entry = catalogue.DECIDING.get(reason) or catalogue_of_aspects.QUIET.get(reason)
        quiet = status == "False" and catalogue_of_aspects.QUIET.get(reason) is entry
        return entry is not None and (quiet or (status == "True" and type_ in entry.status))
    entry = catalogue_of_aspects.ASPECTS[type_].get(reason)
    if entry is not None:
        return entry.status == status
    # Of a prerequisite that could not be looked at, the failure's name.
    return status == "Unknown" and reason in KINDS


def judge_kstatus(wire: Wire) -> None:
    """For Flux and Helm: done only when it is ready, failed exactly when a person must change
    something."""
    said, meant = kstatus.status_of(wire), _meant_for_kstatus(wire)
    if said != meant:
        raise Untrue(f"kstatus says {said}, {meant} is the case: {wire}")


def judge_argo_cd(wire: Wire) -> None:
    """For sync waves: healthy exactly when it is done and nobody has suspended it; never degraded
    on the way there."""
    health, done = health_of(wire).status, kstatus.status_of(wire) == "Current"
    if (health == "Healthy") != (done and not _is(wire, "Suspended")):
        raise Untrue(f"Argo CD shows {health}: {wire}")
    if health == "Degraded" and not _is_false(wire, "Ready"):
        raise Untrue(f"Argo CD fails a wave for what is on its way: {wire}")


def _meant_for_kstatus(wire: Wire) -> kstatus.Verdict:
    if wire["metadata"].get("deletionTimestamp"):
        return "Terminating"
    if (wire.get("status") or {}).get("observedGeneration") != wire["metadata"]["generation"]:
        return "InProgress"
    if _is(wire, "Stalled"):
        return "Failed"
    return "Current" if _is(wire, "Ready") else "InProgress"


def _is(wire: Wire, type_: str) -> bool:
    """Whether a condition is True."""
    return _status(wire, type_) == "True"


def _is_false(wire: Wire, type_: str) -> bool:
    """Whether a condition is False."""
    return _status(wire, type_) == "False"


def _status(wire: Wire, type_: str) -> str | None:
    conditions = (wire.get("status") or {}).get("conditions") or []
    return next(
        (condition["status"] for condition in conditions if condition["type"] == type_), None
    )
