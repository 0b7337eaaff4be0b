"""Finalizer and claim before any order: the resource must stay, nobody else may buy the name."""

from flink_workspace_operator.api.names import PURCHASE_FINALIZER
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.identity import Claim
from flink_workspace_operator.core.facts.ownership import Adoptable, Ours
from flink_workspace_operator.core.pace import OUTSIDE
from flink_workspace_operator.core.plan import AddFinalizer, Plan, TakeClaim, Verdict


def secure_claim_of_what_exists(case: Case) -> Plan | None:
    """Claim an existing purchase again, after a restore or a manual deletion of its claim.

    Also a lost one: nobody else may buy in its place.
    """
    if (
        not isinstance(case.found, Ours)
        and case.bound_id is None
        and case.sent_order not in case.orders
    ):
        return None
    missing = secure_claim(case)
    return missing if missing is not None and missing.steps else None


def secure_claim(case: Case) -> Plan | None:
    """Finalizer and claim, before any order is opened."""
    if case.target is None:
        return None
    claims = not case.claims_nothing
    if claims and PURCHASE_FINALIZER not in case.workspace.metadata.finalizers:
        return Plan((AddFinalizer(),))
    claim = case.seen.claim
    if case.holds_claim:
        return None
    # A former resource's claim is rewritten with our uid: its pass can't release it then.
    if claim is None or not claim.alive or claim.holder == case.seen.key:
        return (
            Plan((TakeClaim(case.target, claim, case.workspace.metadata.uid),)) if claims else None
        )
    if isinstance(case.found, Ours) or (
        case.bound_id is not None and not isinstance(case.found, Adoptable)
    ):
        return None
    return Plan(verdict=Verdict("Stalled", "NameTaken", _taken(case, claim)), requeue=OUTSIDE)


def _taken(case: Case, claim: Claim) -> str:
    """The message about a claim of others. It names a holder only within the same namespace."""
    holder = claim.holder
    known = holder is not None and holder.namespace == case.seen.key.namespace
    who = str(holder) if known else "a resource of another namespace"
    return (
        f"{who} in this cluster claims the workspace name '{claim.target.workspace_name}': choose"
        " another, or delete that FlinkWorkspace first"
    )
