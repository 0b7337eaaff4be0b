"""The meaning of a refusal for the resource: it waits, is suspended, or is stalled."""

from dataclasses import replace
from typing import Final

from flink_workspace_operator.api.names import SUSPEND
from flink_workspace_operator.api.workspace import FlinkWorkspace
from flink_workspace_operator.core.facts.advice import describe, describe_call
from flink_workspace_operator.core.facts.commands import remove_annotation
from flink_workspace_operator.core.facts.failure_kinds import turn_of
from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    ClusterFailure,
    ClusterRefused,
    OutputsRefused,
    PermissionMissing,
    Throttled,
    Unreadable,
)
from flink_workspace_operator.core.facts.identity import Key
from flink_workspace_operator.core.facts.key_failures import CredentialsUnusable, KeyUnavailable
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.facts.snapshot import SeenCloud
from flink_workspace_operator.core.orders.actions import ACTIONS
from flink_workspace_operator.core.pace import OUTSIDE, SOON
from flink_workspace_operator.core.plan import Plan, Verdict

SUSPENDED_BY_USER: Final = "SuspendedByUser"

NOT_ASKED: Final = Plan(
    verdict=Verdict(
        "Progressing", "CloudUnreachable", "the cloud was not asked", keeps_previous=True
    ),
    requeue=SOON,
)
"""The cloud was not asked in this pass; the next one asks."""


def suspended_by_user(workspace: FlinkWorkspace) -> Verdict:
    """The verdict while a person stops all writes, with the way to end that."""
    metadata = workspace.metadata
    ways = ["set spec.suspend to false"] if workspace.spec.suspend else []
    if metadata.annotations.get(SUSPEND, "false") != "false":
        ways.append(remove_annotation(Key(metadata.namespace, metadata.name), SUSPEND))
    message = f"nothing is written to the cloud until a person ends that: {', and '.join(ways)}"
    return Verdict("Suspended", SUSPENDED_BY_USER, message)


def verdict_on(reason: str, message: str, otherwise: str) -> Verdict:
    """The verdict on a refusal; `otherwise` is the reason if it ends by itself."""
    match turn_of(reason):
        case "Outside":
            return Verdict("Suspended", reason, message)
        case "Spec":
            return Verdict("Stalled", reason, message)
        case "Prerequisite":
            return Verdict("Missing", reason, message, about="CloudReachable")
        case "Nobody":
            return Verdict("Progressing", otherwise, message)


def could_not_read(unknown: Unknown, cloud: SeenCloud) -> Plan:
    """The plan after a failed read before a purchase: no steps, retry with back-off.

    One missing right is reported with all others that this pass has met.
    """
    failure = unknown.failure
    if failure is None:
        return NOT_ASKED
    if isinstance(failure, PermissionMissing):
        failure = cloud.missing_rights or failure
    return _retry(failure, verdict_of(failure))


def could_not_read_owned(unknown: Unknown) -> Plan:
    """The plan after a failed read of an owned instance: the last report stays."""
    failure = unknown.failure
    if failure is None:
        return NOT_ASKED
    verdict = replace(verdict_of(failure), keeps_previous=True)
    if isinstance(failure, CredentialsUnusable):
        # Only a person ends it, and not by an edit of the resource.
        verdict = replace(verdict, kind="Suspended", reason=failure.reason)
    elif verdict.kind in ("Stalled", "Missing"):
        # The instance exists: no edit of the spec would make it readable.
        verdict = replace(verdict, kind="Progressing", reason="CloudUnreachable")
    return _retry(failure, verdict)


def _retry(failure: CloudFailure, verdict: Verdict) -> Plan:
    """With unusable credentials a retry is in vain until somebody changes them."""
    if isinstance(failure, CredentialsUnusable):
        return Plan(verdict=verdict, requeue=OUTSIDE)
    return Plan(verdict=verdict, retry=failure)


def outputs_refused(refusal: OutputsRefused) -> Verdict:
    """The verdict on a ConfigMap that the operator may not read or write: a right is missing."""
    message = (
        f"the ConfigMap of spec.outputs can't be read or written, because {refusal}: bind the"
        " ClusterRole flink-workspace-operator-outputs to the operator in this namespace, or choose"
        " another name"
    )
    return Verdict("Suspended", "OutputsRefused", message)


def verdict_on_cluster(failure: ClusterFailure) -> Verdict:
    """The verdict on a failure of the API server, in its words. Not about the workspace."""
    if isinstance(failure, OutputsRefused):
        return outputs_refused(failure)
    if isinstance(failure, Unreadable):
        advice = "run a version of the operator that knows it, or correct it"
        return Verdict("Stalled", "NewerVersion", f"{failure}: {advice}", beside=True)
    message = f"{failure}. The operator tries again within a minute"
    if isinstance(failure, ClusterRefused):
        return Verdict("Suspended", "ClusterRefused", message, beside=True)
    return Verdict("Progressing", "ClusterUnavailable", message, beside=True)


def verdict_of(failure: CloudFailure | ClusterFailure) -> Verdict:
    """The verdict on a failed read, or on a refused write.

    Of purchase calls only unsent ones come here: all others are recorded on their order.
    """
    if isinstance(failure, ClusterFailure):
        return verdict_on_cluster(failure)
    said = (
        describe(failure)
        if failure.call not in {action.api_call for action in ACTIONS.values()}
        else f"nothing was sent, because {describe_call(failure)}"
    )
    has_name = isinstance(failure, KeyUnavailable | Throttled)
    otherwise = failure.reason if has_name else "CloudUnreachable"
    return verdict_on(failure.reason, said, otherwise)
