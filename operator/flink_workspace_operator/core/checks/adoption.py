"""Adopts an existing workspace, and keeps the ownership tags on owned ones."""

from flink_workspace_operator.api.status import AdoptionStatus
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.claim import secure_claim
from flink_workspace_operator.core.checks.drift import differences, marks_shown_by, missing_marks
from flink_workspace_operator.core.facts.observed import Absent, SeenInstance
from flink_workspace_operator.core.facts.ownership import Adoptable, Foreign
from flink_workspace_operator.core.orders.windows import clock
from flink_workspace_operator.core.pace import OUTSIDE, SOON
from flink_workspace_operator.core.plan import AdoptInstance, Plan, RestoreTags, Verdict
from flink_workspace_operator.core.verdicts import suspended_by_user

ADOPTING = "Adopting"


def adopt(case: Case) -> Plan | None:
    """Tag the workspace that the spec allows to adopt, after it agrees and was announced.

    Not while it differs: after the adoption the spec cannot be changed any more. Not before a
    purchase under way is settled. The claim comes first: the state of another resource's workspace
    must not be reported here.
    """
    found = case.found
    if not isinstance(found, Adoptable) or case.sent_order is not None:
        return None
    instance = found.instance
    return (
        secure_claim(case)
        or _differs(case, instance)
        or _wait_for_marks(case, instance)
        or _mark(case, found)
    )


def _differs(case: Case, instance: SeenInstance) -> Plan | None:
    """Stop while spec and instance differ."""
    differing = differences(case.workspace.spec, instance)
    if not differing:
        return None
    message = (
        f"{instance.instance_id} is adopted as soon as the spec agrees with it:"
        f" {'; '.join(differing)}"
    )
    return Plan(verdict=Verdict("Stalled", "AdoptionDiffers", message), requeue=OUTSIDE)


def _wait_for_marks(case: Case, instance: SeenInstance) -> Plan | None:
    """Wait for tags: a list may show a new instance before the tags of its owner."""
    if (
        case.adoption.policy != "IfNameMatches"
        or case.suspended
        or case.cloud_time > marks_shown_by(case, instance)
    ):
        return None
    message = (
        f"{instance.instance_id} is adopted at {clock(marks_shown_by(case, instance))} if it shows"
        " no ownership tags by then: another cluster may have bought it; with policy ByInstanceId"
        " it is adopted at once"
    )
    return Plan(verdict=Verdict("Progressing", ADOPTING, message), requeue=OUTSIDE)


def _mark(case: Case, found: Adoptable) -> Plan:
    """Announce the adoption in one pass, and tag in the next: a person can stop it in between."""
    if case.suspended:
        return Plan(verdict=suspended_by_user(case.workspace), requeue=OUTSIDE)
    instance = found.instance
    message = f"{instance.instance_id} agrees with the spec and is being adopted"
    mark = AdoptInstance(
        instance.region, instance.instance_id, tuple(case.seen.owner.marks.items())
    )
    steps = (mark,) if _was_announced(case) else ()
    return Plan(steps, Verdict("Progressing", ADOPTING, message), requeue=SOON)


def _was_announced(case: Case) -> bool:
    """True if the status announced the adoption for the resource's present generation."""
    announced, now = case.workspace.status.adoption, case.workspace.metadata.generation
    return announced is not None and announced.announced_generation == now


def announced_after(case: Case, verdict: Verdict) -> AdoptionStatus | None:
    """The announcement for the next status, so that people can stop an adoption in time."""
    # Void as soon as anything else is reported, so that a stop is followed by a new announcement.
    if not isinstance(case.found, Adoptable) or verdict.reason != ADOPTING:
        return None
    return AdoptionStatus(announced_generation=case.workspace.metadata.generation)


def stop_what_may_not_be_adopted(case: Case) -> Plan | None:
    """Stop if the namespace may not name an instance id: that takes over anybody's instance."""
    adoption, namespace = case.workspace.spec.adoption, case.seen.key.namespace
    if (
        adoption is None
        or adoption.policy != "ByInstanceId"
        or case.settings.adopts_by_id_in(namespace)
    ):
        return None
    found = case.found
    is_new = isinstance(found, Absent) and case.bound_id is None
    is_others = isinstance(found, Foreign) and found.reason in ("NameTaken", "OwnedElsewhere")
    if case.sent_order is not None or not (is_new or is_others):
        return None
    message = (
        f"adoption.policy ByInstanceId is not for namespace '{namespace}': have it put on the"
        " operator's list FLINK_OPERATOR_ADOPTION_NAMESPACES, or choose another policy"
    )
    return Plan(verdict=Verdict("Stalled", "AdoptionNotAllowed", message), requeue=OUTSIDE)


def stop_without_what_to_adopt(case: Case) -> Plan | None:
    """Stop if the named instance does not exist: another one must not be bought instead."""
    adoption = case.workspace.spec.adoption
    if adoption is None or adoption.instance_id is None or not isinstance(case.found, Absent):
        return None
    message = (
        f"no instance {adoption.instance_id} in {case.workspace.spec.region} of account"
        f" {case.seen.cloud.account_id}: correct adoption.instanceId or region, or remove adoption"
        " to buy a workspace"
    )
    return Plan(verdict=Verdict("Stalled", "NothingToAdopt", message), requeue=OUTSIDE)


def marks_to_put_back(case: Case, instance: SeenInstance) -> tuple[RestoreTags, ...]:
    """Steps that restore ownership tags: after a restore of etcd they may be the only proof."""
    missing = missing_marks(case, instance)
    if not missing or case.suspended:
        return ()
    return (RestoreTags(instance.region, instance.instance_id, tuple(missing.items())),)
