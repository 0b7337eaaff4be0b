"""Finalizer and claim before any order: the resource must stay, nobody else may buy the name."""

from flink_workspace_operator.api.names import PURCHASE_FINALIZER
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.facts.identity import Claim
from flink_workspace_operator.core.facts.ownership import Adoptable, Ours
from flink_workspace_operator.core.pace import OUTSIDE
from flink_workspace_operator.core.plan import AddFinalizer, Plan, Step, TakeClaim, Verdict


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
    return Plan(missing.steps) if missing is not None and missing.steps else None


def secure_claim(case: Case) -> Plan | None:
    """Finalizer and claim, before any order is opened."""
    if case.target is None:
        return None
    steps, claim = _missing_finalizer(case), case.seen.claim
    # A former resource's claim is rewritten with our uid: its pass can't release it then.
    is_free = claim is None or not claim.alive or claim.holder == case.seen.key
    if is_free and not case.holds_claim and not case.claims_nothing:
        steps += (TakeClaim(case.target, claim, case.workspace.metadata.uid),)
    if claim is not None and not is_free and not _exists(case):
        verdict = Verdict("Stalled", "NameTaken", _taken(case, claim))
        return Plan(steps, verdict, requeue=OUTSIDE)
    return Plan(steps) if steps else None


def _missing_finalizer(case: Case) -> tuple[Step, ...]:
    is_held = PURCHASE_FINALIZER in case.workspace.metadata.finalizers
    return () if is_held or case.claims_nothing else (AddFinalizer(),)


def _exists(case: Case) -> bool:
    """It is ours, whoever claims its name."""
    is_bound = case.bound_id is not None and not isinstance(case.found, Adoptable)
    return is_bound or isinstance(case.found, Ours)


def _taken(case: Case, claim: Claim) -> str:
    """The message about a claim of others. It names a holder only within the same namespace."""
    holder = claim.holder
    known = holder is not None and holder.namespace == case.seen.key.namespace
    who = str(holder) if known else "a resource of another namespace"
    return (
        f"{who} in this cluster claims the workspace name '{claim.target.workspace_name}': choose"
        " another, or delete that FlinkWorkspace first"
    )
