"""The conditions about one topic each; `core/reporting/summary.py` has Ready and its companions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flink_workspace_operator.api.base import ConditionStatus
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.drift import differences, missing_marks
from flink_workspace_operator.core.checks.unfinished_calls import may_still_come
from flink_workspace_operator.core.facts.advice import describe
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    NoAnswer,
    ParametersRefused,
    PermissionMissing,
    Throttled,
)
from flink_workspace_operator.core.facts.key_failures import CredentialsUnusable, KeyUnavailable
from flink_workspace_operator.core.facts.observed import Absent, SeenInstance, Unknown
from flink_workspace_operator.core.facts.ownership import Adoptable, Foreign, Ours
from flink_workspace_operator.core.facts.times import utc
from flink_workspace_operator.core.prerequisites import Finding

UNTIL_WHEN: Final = "Ready says until when, unless something else comes first"
"""A stall, or a person who suspended it, is what Ready names then."""


@dataclass(frozen=True)
class ConditionDraft:
    """A condition before it is dated.

    `keeps_previous`: a former report, if any, stays instead of this.
    """

    type: str
    status: ConditionStatus
    reason: str
    message: str
    keeps_previous: bool = False


def drafts(case: Case) -> tuple[ConditionDraft, ...]:
    """All conditions but the summary."""
    return (
        *(_prerequisite(type_, finding) for type_, finding in case.findings.items()),
        purchased(case),
        running(case),
        in_sync(case),
        expiry(case),
        reachable(case),
    )


def _prerequisite(type_: str, finding: Finding) -> ConditionDraft:
    return ConditionDraft(
        type_,
        finding.status,
        finding.reason,
        finding.message,
        keeps_previous=finding.status == "Unknown",
    )


def purchased(case: Case) -> ConditionDraft:
    """Purchased: True if the workspace is bought, Unknown while an outcome is open."""
    found = case.found
    bound = found.instance.instance_id if isinstance(found, Ours) else case.known_id
    if bound is not None:
        return _bound(case, bound)
    order = case.sent_order
    if order is not None:
        reason = "PurchaseUncertain" if order.facts.awaits_evidence else "Placing"
        return ConditionDraft(
            "Purchased",
            "Unknown",
            reason,
            f"order {order.metadata.name} is not settled yet: {UNTIL_WHEN}",
        )
    if may_still_come(case):
        return ConditionDraft(
            "Purchased",
            "Unknown",
            "Outstanding",
            f"a call that was sent may still be executed: {UNTIL_WHEN}",
        )
    if isinstance(case.found, Absent | Adoptable | Foreign):
        return ConditionDraft(
            "Purchased", "False", "NotPurchased", "nothing was bought for this resource"
        )
    return ConditionDraft(
        "Purchased", "Unknown", "NotChecked", "not checked yet", keeps_previous=True
    )


def _bound(case: Case, instance_id: str) -> ConditionDraft:
    """Bought or adopted here, whatever its tags say now."""
    if isinstance(case.found, Foreign) and case.found.reason == "OwnedElsewhere":
        message = f"{instance_id} was bound to this resource; its tags name another cluster now"
        return ConditionDraft("Purchased", "True", "BoundBefore", message)
    return ConditionDraft("Purchased", "True", "Bound", f"{instance_id} belongs to this resource")


def running(case: Case) -> ConditionDraft:
    """Running: True if the cloud reports RUNNING."""
    listed = case.found.instance if isinstance(case.found, Ours) else _listed(case)
    if listed is not None:
        status = listed.cluster_status
        if status == "RUNNING":
            return ConditionDraft(
                "WorkspaceRunning", "True", "Running", "the cloud reports RUNNING"
            )
        if not status:
            return ConditionDraft(
                "WorkspaceRunning", "Unknown", "NotTold", "the cloud does not report its state"
            )
        return ConditionDraft(
            "WorkspaceRunning", "False", "NotRunning", f"the cloud reports {status}"
        )
    if isinstance(case.found, Unknown):
        return ConditionDraft(
            "WorkspaceRunning", "Unknown", "NotChecked", "not checked yet", keeps_previous=True
        )
    if case.known_id is not None:
        return ConditionDraft(
            "WorkspaceRunning", "Unknown", "NotVisible", f"the cloud does not show {case.known_id}"
        )
    return ConditionDraft("WorkspaceRunning", "False", "NotPurchased", "there is no workspace yet")


def _listed(case: Case) -> SeenInstance | None:
    """The known instance in the list, also if it is not, or not alone, this resource's by now."""
    listing = case.seen.cloud.listing
    if not isinstance(case.found, Foreign) or isinstance(listing, Unknown):
        return None
    known = (each for each in listing.instances if each.instance_id == case.known_id)
    return next(known, None)


def in_sync(case: Case) -> ConditionDraft:
    """InSync: True if spec and cloud agree. Drift is reported; only our tags are repaired."""
    found = case.found
    if not isinstance(found, Ours | Adoptable):
        return _until_bound("InSync", case)
    drift = differences(case.workspace.spec, found.instance)
    if drift:
        return ConditionDraft(
            "InSync",
            "False",
            "Drifted",
            f"{'; '.join(drift)}: set the spec to what the cloud has, or change the workspace back",
        )
    missing = missing_marks(case, found.instance) if isinstance(found, Ours) else {}
    if missing:
        message = (
            f"{found.instance.instance_id} lacks the tags {', '.join(missing)}: the pass that finds"
            " that puts them back, if it has the right to tag"
        )
        return ConditionDraft("InSync", "False", "MarksMissing", message)
    return ConditionDraft("InSync", "True", "InSync", "spec and cloud agree")


def expiry(case: Case) -> ConditionDraft:
    """ExpiryHealthy: True if the end of the paid time is far enough away."""
    if case.workspace.spec.charge_type == "PayAsYouGo":
        return ConditionDraft(
            "ExpiryHealthy",
            "True",
            "NotApplicable",
            "billed as pay-as-you-go: there is no end of a paid time",
        )
    if not isinstance(case.found, Ours):
        return _until_bound("ExpiryHealthy", case)
    end = case.found.instance.expire_time
    if end is None:
        return ConditionDraft(
            "ExpiryHealthy",
            "Unknown",
            "NotTold",
            "the cloud does not report the end of the paid time",
        )
    if case.cloud_time >= end:
        return ConditionDraft(
            "ExpiryHealthy", "False", "Expired", f"the paid time ended at {utc(end)}: renew it"
        )
    if case.cloud_time >= end - timedelta(days=case.settings.expiry_warning_days):
        return ConditionDraft(
            "ExpiryHealthy", "False", "ExpiresSoon", f"the paid time ends at {utc(end)}: renew it"
        )
    return ConditionDraft("ExpiryHealthy", "True", "Paid", f"paid until {utc(end)}")


def _until_bound(type_: str, case: Case) -> ConditionDraft:
    if case.known_id is None:
        reason, message = "NotPurchased", "there is no workspace yet"
    elif _listed(case) is not None:
        reason = "NotOurs"
        message = f"the cloud shows {case.known_id}, but not as this resource's alone: see Ready"
    else:
        reason, message = "NotVisible", f"the cloud does not show {case.known_id}"
    return ConditionDraft(
        type_, "Unknown", reason, message, keeps_previous=isinstance(case.found, Unknown)
    )


def reachable(case: Case) -> ConditionDraft:
    """CloudReachable: True if the cloud answered the last calls. A refusal is an answer."""
    cloud = case.seen.cloud
    answers = (*cloud.looks, cloud.quote)
    told = [
        answer.failure
        for answer in answers
        if isinstance(answer, Unknown) and answer.failure is not None
    ]
    # A refusal of the description is an answer too.
    failures = [failure for failure in told if not isinstance(failure, ParametersRefused)]
    if failures:
        silent = (
            failure
            for failure in failures
            if isinstance(failure, NoAnswer | Throttled | KeyUnavailable)
        )
        worst = next(silent, failures[0])
        if isinstance(worst, PermissionMissing):
            worst = cloud.missing_rights or worst
        return ConditionDraft(
            "CloudReachable", _reached(worst), _unreachable(worst), describe(worst)
        )
    if isinstance(cloud.account_id, Unknown):
        return ConditionDraft(
            "CloudReachable", "Unknown", "NotAsked", "the cloud was not asked", keeps_previous=True
        )
    by_whom = " by an emulator, so nothing here is real" if case.settings.emulated else ""
    return ConditionDraft(
        "CloudReachable", "True", "Answered", f"the last calls were answered{by_whom}"
    )


def _reached(failure: CloudFailure) -> ConditionStatus:
    if isinstance(failure, NoAnswer | Throttled | KeyUnavailable):
        return "False"
    unasked = isinstance(failure, CredentialsUnusable) or failure.fate == "NothingSent"
    return "Unknown" if unasked else "True"


def _unreachable(failure: CloudFailure) -> str:
    if isinstance(failure, KeyUnavailable) or _reached(failure) == "Unknown":
        return failure.reason
    if isinstance(failure, Throttled):
        return "Throttled"
    if isinstance(failure, NoAnswer):
        return "Unavailable"
    return (
        "Unauthorized"
        if failure.reason in ("PermissionMissing", "CredentialsRefused")
        else "Refused"
    )
