"""The policy: the first check that returns a plan decides. The order of the checks is the policy.

what the ledger owes ──► the resource is gone ──► its orders are settled
                     └─► the resource exists  ──► one step towards what it wishes
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks import (
    adoption,
    blockers,
    claim,
    deletion,
    purchase,
    retry,
    settlement,
)
from flink_workspace_operator.core.checks.credentials import stop_without_who_may_buy, with_secrets
from flink_workspace_operator.core.checks.lifecycle import follow_instance, runs, while_running
from flink_workspace_operator.core.checks.outputs import stop_without_outputs
from flink_workspace_operator.core.checks.preparation import ensure_prerequisites
from flink_workspace_operator.core.checks.resting import rest
from flink_workspace_operator.core.checks.unfinished_calls import (
    wait_out_deleted_orders,
    wait_out_manually_closed_orders,
    wait_out_restored_orders,
)
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.plan import Plan, Step, WriteIntent


def decide(case: LedgerCase) -> Plan:
    """The plan of one pass."""
    owed = _plan_for_ledger(case)
    if owed is None:
        return with_secrets(case, _plan_for_resource(case))
    return _with_report(case, owed) or with_secrets(case, owed)


def _plan_for_ledger(case: LedgerCase) -> Plan | None:
    plans = (check(case) for check in LEDGER_CHECKS)
    return next((plan for plan in plans if plan is not None), None)


def _with_report(case: LedgerCase, owed: Plan) -> Plan | None:
    """The plan that records a delivery, with the report of the pass that would follow it; None if
    that pass would do more than report a workspace that runs."""
    after = settlement.as_delivered(case, owed)
    if after is None:
        return None
    following = with_secrets(after, _plan_for_resource(after))
    return replace(following, steps=owed.steps) if runs(following) else None


def _plan_for_resource(case: LedgerCase) -> Plan:
    if not isinstance(case, Case):
        return deletion.settle_without_resource(case)
    first: tuple[Step, ...] = ()
    for check in CHECKS:
        plan = check(case)
        if plan is not None and check is claim.secure_claim and plan.verdict is None:
            first = plan.steps
        elif plan is not None:
            plan = _after(first, plan)
            return while_running(case, plan) if check in PAYING else plan
    raise AssertionError("the last check always has something to say")


def _after(first: tuple[Step, ...], plan: Plan) -> Plan:
    """The plan after finalizer and claim. Announced is in the next pass only, which reads both."""
    if first and any(isinstance(step, WriteIntent) for step in plan.steps):
        return Plan(first)
    return replace(plan, steps=(*first, *plan.steps))


LEDGER_CHECKS: Final[tuple[Callable[[LedgerCase], Plan | None], ...]] = (
    settlement.record_answers,  # an answer that only this process knows
    settlement.settle_orders,  # orders that the list has evidence about
    purchase.finish_intent,  # SPENDS MONEY: the call that this process announced
)
"""Open orders in the ledger, whether or not their resource exists."""

CHECKS: Final[tuple[Callable[[Case], Plan | None], ...]] = (
    # A resource that is being deleted, or rests.
    deletion.finalize_deletion,
    rest,  # suspended, and all was reported
    # Contradictions to the resource.
    blockers.stop_on_another_account,
    adoption.stop_what_may_not_be_adopted,
    blockers.stop_on_a_stranger,
    stop_without_who_may_buy,
    # Existing instances.
    adoption.adopt,
    claim.secure_claim_of_what_exists,
    follow_instance,  # the last one for a workspace that runs and wishes nothing more
    purchase.wait_for_outcome,  # a call that may have been executed
    # Reasons to open no order.
    blockers.stop_on_unknown_fields,
    blockers.stop_on_an_unknown_region,
    blockers.wait_for_a_look,
    adoption.stop_without_what_to_adopt,
    stop_without_outputs,
    ensure_prerequisites,
    claim.secure_claim,  # finalizer and claim come before what the checks below plan
    wait_out_deleted_orders,
    wait_out_manually_closed_orders,
    wait_out_restored_orders,
    retry.wait_for_end_of_call,
    retry.wait_for_next_try,
    retry.wait_for_change,
    blockers.stop_while_suspended,
    purchase.wait_for_neighbours,
    retry.wait_for_connection,
    # The purchase: one step a pass. The call itself is `finish_intent`, in the pass that follows
    # the intent.
    purchase.open_next_order,
    purchase.write_intent,
)

PAYING: Final = CHECKS[CHECKS.index(follow_instance) + 1 :]
"""The checks after following: a running workspace reaches them only for a further order."""
