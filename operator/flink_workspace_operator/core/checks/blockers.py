"""Blockers of a purchase: another account, a stranger, suspension, a list that is missing."""

from typing import Final

from flink_workspace_operator.api.names import CLUSTER_TAG, WORKSPACE_TAG
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.credentials import of_another_account
from flink_workspace_operator.core.facts.identity import Owner
from flink_workspace_operator.core.facts.observed import SeenInstance, Unknown
from flink_workspace_operator.core.facts.ownership import Foreign, Unexplained
from flink_workspace_operator.core.orders.windows import clock, latest_end_of_call
from flink_workspace_operator.core.pace import OUTSIDE
from flink_workspace_operator.core.plan import GiveBackClaim, Plan, Verdict
from flink_workspace_operator.core.verdicts import could_not_read, suspended_by_user

NAME_TAKEN: Final = "NameTaken"


def stop_on_another_account(case: Case) -> Plan | None:
    """Stop if the keys are of another account: its lists prove nothing about this purchase."""
    target = case.target
    if target is None or case.recorded_account in (None, target.account_id):
        return None
    owned = f"this resource of {case.recorded_account}"
    message = of_another_account(
        case.seen.key, case.workspace.spec.credentials, target.account_id, owned
    )
    refused = case.outstanding_order
    if refused is not None and refused.spec.account_id == case.recorded_account:
        end = clock(latest_end_of_call(refused, case.settings) or case.cloud_time)
        message += (
            f", or wait, as order {refused.metadata.name} was refused, and after {end} any account"
            " may be used"
        )
        return Plan(verdict=Verdict("Progressing", "WaitingToRetry", message), requeue=OUTSIDE)
    return Plan(verdict=Verdict("Stalled", "AccountChanged", message), requeue=OUTSIDE)


def stop_on_a_stranger(case: Case) -> Plan | None:
    """Stop if a stranger's instance blocks this name."""
    found = case.found
    if isinstance(found, Foreign):
        held = _held_by_a_neighbour(case, found.instance) if found.reason == NAME_TAKEN else None
        verdict = Verdict("Stalled", found.reason, held or found.message)
        return Plan(verdict=verdict, requeue=OUTSIDE)
    if isinstance(found, Unexplained) and len(found.instances) > 1:
        ids = ", ".join(instance.instance_id for instance in found.instances)
        message = (
            f"{ids} have this name, and an order may have bought one of them: release the wrong"
            " ones in the console"
        )
        return Plan(verdict=Verdict("Stalled", "DuplicateInstance", message), requeue=OUTSIDE)
    return None


def _held_by_a_neighbour(case: Case, instance: SeenInstance) -> str | None:
    """The message if a living resource of this cluster owns the instance: as long as it lives, its
    claim stops an adoption."""
    claim, whose = case.seen.claim, instance.tags.get(WORKSPACE_TAG)
    is_here = instance.tags.get(CLUSTER_TAG) == case.seen.owner.cluster_id
    if not (is_here and claim is not None and claim.alive and claim.holder is not None):
        return None
    if whose != Owner(case.seen.owner.cluster_id, claim.holder).workspace_tag:
        return None
    return (
        f"{instance.instance_id} has this name and belongs to FlinkWorkspace {whose} of this"
        f" cluster: choose another workspaceName, or delete {whose}, whose workspace stays, and"
        f" then adopt {instance.instance_id} with policy ByInstanceId"
    )


def stop_while_suspended(case: Case) -> Plan | None:
    """Stop all writes to the cloud, as a person wants. A claim held in vain is released."""
    if not case.suspended:
        return None
    claim = case.seen.claim if case.claims_nothing and case.holds_claim else None
    steps = () if claim is None else (GiveBackClaim(claim),)
    return Plan(steps, suspended_by_user(case.workspace), requeue=OUTSIDE)


def wait_for_a_look(case: Case) -> Plan | None:
    """Wait for account, regions and a complete list: unknown is never absent."""
    for answer in (case.seen.cloud.account_id, case.seen.cloud.regions, case.found):
        if isinstance(answer, Unknown):
            return could_not_read(answer, case.seen.cloud)
    return None


def stop_on_unknown_fields(case: Case) -> Plan | None:
    """Stop on fields of a newer version: a purchase would leave out what they ask for."""
    unknown = case.workspace.unknown_fields
    if not unknown:
        return None
    message = (
        f"this version of the operator does not know {', '.join(unknown)}, and buys nothing without"
        " what it asks for: run a version that knows it, or remove it"
    )
    return Plan(verdict=Verdict("Stalled", "NewerVersion", message), requeue=OUTSIDE)


def stop_on_an_unknown_region(case: Case) -> Plan | None:
    """Stop if no workspaces are sold in the region."""
    regions, region = case.seen.cloud.regions, case.workspace.spec.region
    if isinstance(regions, Unknown) or region in regions:
        return None
    sold = ", ".join(sorted(regions))
    message = (
        f"workspaces are not sold in region '{region}': create a FlinkWorkspace in one of {sold}"
        " instead"
    )
    return Plan(verdict=Verdict("Stalled", "RegionNotSupported", message), requeue=OUTSIDE)
