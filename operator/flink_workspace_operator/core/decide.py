"""What to do next: the first check that has something to say decides. Their order is the policy."""

from collections.abc import Callable
from typing import Final

from flink_workspace_operator.core.adopting import adopt, stop_what_may_not_be_adopted, stop_without_what_to_adopt
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.credentials import of_another_account, stop_without_who_may_buy, with_secrets
from flink_workspace_operator.core.following import follow_instance, while_running
from flink_workspace_operator.core.former import (
    wait_for_what_a_hand_closed,
    wait_for_what_left_the_ledger,
    wait_for_what_was_restored,
)
from flink_workspace_operator.core.found import Foreign, Ours, Unexplained
from flink_workspace_operator.core.letting_go import let_go, look_after_what_is_left
from flink_workspace_operator.core.observed import Unknown
from flink_workspace_operator.core.outputs import stop_without_outputs
from flink_workspace_operator.core.pace import OUTSIDE, SOON
from flink_workspace_operator.core.plan import CloudStep, GiveBackClaim, Plan, Verdict
from flink_workspace_operator.core.purchasing import (
    finish_intent,
    hold,
    hold_what_is_ours,
    open_next_order,
    wait_for_neighbours,
    wait_for_outcome,
    write_intent,
)
from flink_workspace_operator.core.refusals import SUSPENDED_BY_USER, could_not_look
from flink_workspace_operator.core.resting import rest
from flink_workspace_operator.core.retrying import (
    wait_for_change,
    wait_for_connection,
    wait_for_end_of_call,
    wait_for_next_try,
)
from flink_workspace_operator.core.settling import record_answers, settle_orders
from flink_workspace_operator.core.windows import clock, latest_end_of_call


def decide(case: Case) -> Plan:
    """The plan of one pass."""
    for check in CHECKS:
        plan = check(case)
        if plan is not None:
            return with_secrets(case, while_running(case, plan) if check in PAYING else plan)
    raise AssertionError("the last check always has something to say")


def stop_on_another_account(case: Case) -> Plan | None:
    """A look into another account says nothing about ours."""
    subject = case.subject
    if subject is None or case.recorded_account in (None, subject.account_id):
        return None
    owned = f"this resource of {case.recorded_account}"
    message = of_another_account(case.workspace.spec.credentials, subject.account_id, owned)
    refused = case.outstanding_order
    if refused is not None and refused.spec.account_id == case.recorded_account:
        end = clock(latest_end_of_call(refused, case.settings) or case.cloud_time)
        message += f", or wait: order {refused.metadata.name} was refused, and after {end} any account may be used"
        return Plan(verdict=Verdict("Progressing", "WaitingToRetry", message), next_look=OUTSIDE)
    return Plan(verdict=Verdict("Stalled", "AccountChanged", message), next_look=OUTSIDE)


def stop_on_a_stranger(case: Case) -> Plan | None:
    """Something in the cloud stands in the way of this name."""
    found = case.found
    if isinstance(found, Foreign):
        return Plan(verdict=Verdict("Stalled", found.reason, found.message), next_look=OUTSIDE)
    if isinstance(found, Unexplained) and len(found.instances) > 1:
        ids = ", ".join(instance.instance_id for instance in found.instances)
        message = f"{ids} have this name, and an order may have bought one of them: release the wrong ones"
        return Plan(verdict=Verdict("Stalled", "Twin", message), next_look=OUTSIDE)
    return None


def stop_while_suspended(case: Case) -> Plan | None:
    """A person stopped all writes to the cloud. What is held for nothing is given back meanwhile."""
    if not case.suspended:
        return None
    claim = case.seen.claim if case.claims_nothing and case.holds_claim else None
    steps = () if claim is None else (GiveBackClaim(claim),)
    return Plan(steps, SUSPENDED_BY_USER, next_look=OUTSIDE)


def wait_for_a_look(case: Case) -> Plan | None:
    """Unknown is never absent: without account, regions and a complete look there is nothing to decide on."""
    for answer in (case.seen.cloud.account_id, case.seen.cloud.regions, case.found):
        if isinstance(answer, Unknown):
            return could_not_look(answer)
    return None


def stop_on_unknown_fields(case: Case) -> Plan | None:
    """A newer version's spec asks for something that this one would leave out: nothing is bought without it."""
    unknown = case.workspace.unknown_fields
    if not unknown:
        return None
    message = (
        f"this version of the operator does not know {', '.join(unknown)}, and buys nothing without what it asks for:"
        " run a version that knows it, or remove it"
    )
    return Plan(verdict=Verdict("Stalled", "NewerVersion", message), next_look=OUTSIDE)


def stop_on_an_unknown_region(case: Case) -> Plan | None:
    """Workspaces are sold in some regions only."""
    regions, region = case.seen.cloud.regions, case.workspace.spec.region
    if isinstance(regions, Unknown) or region in regions:
        return None
    sold = ", ".join(sorted(regions))
    message = f"workspaces are not sold in region '{region}': create a FlinkWorkspace in one of {sold} instead"
    return Plan(verdict=Verdict("Stalled", "RegionNotSupported", message), next_look=OUTSIDE)


def put_in_order(case: Case) -> Plan | None:
    """The prerequisites: do what may be done, and tell what a person must do.

    Before the check for suspension, because what has to be changed by hand is told first; it does nothing then.
    """
    findings = (
        ("RamRoleReady", case.role),
        ("NetworkReady", case.network),
        ("OssDirectoriesReady", case.storage),
    )
    lacking = [(about, finding) for about, finding in findings if finding.status != "True"]
    if not lacking or isinstance(case.found, Ours):
        return None
    steps: tuple[CloudStep, ...] = tuple(step for _, finding in lacking for step in finding.steps)
    if case.suspended:
        steps = ()
    # What a person must do comes before what could not be seen, and that before what the operator is doing itself.
    about, finding = min(lacking, key=lambda each: (bool(each[1].steps), each[1].status == "Unknown"))
    if finding.status == "Unknown":
        unread = could_not_look(Unknown(finding.failure))
        return Plan(steps, unread.verdict, unread.next_look, retry=unread.retry)
    verdict = Verdict("Missing", finding.reason, finding.message, about)
    return Plan(steps, verdict, next_look=SOON if steps else OUTSIDE)


CHECKS: Final[tuple[Callable[[Case], Plan | None], ...]] = (
    record_answers,
    settle_orders,
    finish_intent,
    look_after_what_is_left,
    let_go,
    rest,
    stop_on_another_account,
    stop_what_may_not_be_adopted,
    stop_on_a_stranger,
    stop_without_who_may_buy,
    adopt,
    hold_what_is_ours,
    follow_instance,
    wait_for_outcome,
    stop_on_unknown_fields,
    stop_on_an_unknown_region,
    wait_for_a_look,
    stop_without_what_to_adopt,
    stop_without_outputs,
    put_in_order,
    hold,
    wait_for_what_left_the_ledger,
    wait_for_what_a_hand_closed,
    wait_for_what_was_restored,
    wait_for_end_of_call,
    wait_for_next_try,
    wait_for_change,
    stop_while_suspended,
    wait_for_neighbours,
    wait_for_connection,
    open_next_order,
    write_intent,
)
"""In this order: what is open in the ledger, whether the resource still stands, what contradicts it,
what is bound, what must be waited for, and only then the purchase."""

PAYING: Final = CHECKS[CHECKS.index(follow_instance) + 1 :]
"""What comes after following: reached with a workspace that runs only where a further order of it is due."""
