"""The state of a bound workspace: running, in progress, in trouble, or lost."""

from dataclasses import replace
from datetime import timedelta

from flink_workspace_operator.api.names import REPLACE_LOST
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.adoption import marks_to_put_back
from flink_workspace_operator.core.checks.loss import is_lost, missing_since, was_seen
from flink_workspace_operator.core.checks.outputs import hand_over
from flink_workspace_operator.core.checks.purchase import wished
from flink_workspace_operator.core.facts.commands import annotate, remove_annotation
from flink_workspace_operator.core.facts.observed import Absent, SeenInstance, Unknown
from flink_workspace_operator.core.facts.ownership import Ours
from flink_workspace_operator.core.orders import ledger
from flink_workspace_operator.core.orders.windows import clock
from flink_workspace_operator.core.pace import OUTSIDE, rising
from flink_workspace_operator.core.plan import MoveOrder, Plan, Requeue, Verdict
from flink_workspace_operator.core.verdicts import could_not_read_owned

KEPT_DAYS = 15
"""How long the cloud keeps the data of a workspace that has expired or is overdue: its page
"Overdue payments".
"""
LEAST = timedelta(seconds=30)
"""Until the next look at what is being created. It tells the stages: of its end, a list every five
seconds tells (`runtime/creation_watch.py`), unless it is seen with keys of its own only."""
PROVISIONING = "Provisioning"
NOT_VISIBLE = "NotVisible"
LOST = "Lost"
TOO_EARLY = "ReplaceLostTooEarly"


def follow_instance(case: Case) -> Plan | None:
    """Report the state of the workspace. Writes nothing to the cloud."""
    found = case.found
    if isinstance(found, Ours):
        plan = hand_over(case, found.instance, _follow(case, found.instance))
        return None if runs(plan) and may_order_more(case) else plan
    # Nothing is bound: the later checks may buy.
    if case.known_id is None:
        return None
    # Bound, and no list in this pass: it must not be believed lost.
    if isinstance(found, Unknown):
        # An order for another name is settled first.
        return (
            None
            if case.sent_order is not None and found.failure is None
            else _not_looked(case, found)
        )
    # Bound, and a complete list lacks it: late, or lost.
    if isinstance(found, Absent):
        return _not_visible(case, case.known_id)
    return None


def runs(plan: Plan) -> bool:
    """True if the plan reports a running workspace and has no steps."""
    return not plan.steps and plan.verdict is not None and plan.verdict.kind == "Running"


def may_order_more(case: Case) -> bool:
    """True if a further order is open, or wished with an identity to pay with."""
    is_open = case.order is not None and not case.order.spec.makes_instance
    return is_open or (case.seen.signer.problem is None and wished(case) is not None)


def while_running(case: Case, plan: Plan) -> Plan:
    """The plan of a further order, marked so that Ready stays True."""
    if plan.verdict is None or not isinstance(case.found, Ours):
        return plan
    return replace(
        plan,
        verdict=replace(plan.verdict, while_running=_judge(case, case.found.instance).message),
    )


def _not_looked(case: Case, unknown: Unknown) -> Plan:
    """No list in this pass: a disappearance still counts from the list that first lacked it."""
    return replace(could_not_read_owned(unknown), missing_since=case.seen.remembered.missing_since)


def _judge(case: Case, instance: SeenInstance) -> Verdict:
    return judge_instance(instance, f"account {case.seen.cloud.account_id}")


def _follow(case: Case, instance: SeenInstance) -> Plan:
    verdict, marks = _judge(case, instance), marks_to_put_back(case, instance)
    if verdict.kind == "Stalled" or marks:
        return Plan(marks, verdict, requeue=OUTSIDE)
    if verdict.kind == "Running":
        return Plan(verdict=verdict, requeue=_next_look(case))
    since = instance.create_time or case.workspace.metadata.creation_timestamp
    least = LEAST if case.workspace.spec.credentials is None else _age_of_lists(case)
    return Plan(verdict=verdict, requeue=rising(case.cloud_time - since, least))


def _next_look(case: Case) -> Requeue:
    """The routine one; after a request the one from which on no shared answer can be older than
    it."""
    routine = case.settings.resync
    return Requeue(min(_age_of_lists(case), routine) if case.requested else routine)


def _age_of_lists(case: Case) -> timedelta:
    """A shared list may be so old: to look sooner shows the same."""
    return timedelta(seconds=case.settings.listing_max_age_seconds)


def judge_instance(
    instance: SeenInstance, account: str = "the account that pays for it"
) -> Verdict:
    """The verdict on the cloud's states. An unknown state means progress, never a failure.

    OrderState: the cloud's OpenAPI metadata of DescribeInstances has CEASE for expired and RELEASE
    for overdue. Neither is gone: that is only what a complete list does not show. Open questions:
    StateWords, ReleaseTime.
    """
    name, status = instance.instance_id, instance.cluster_status
    if instance.order_state == "CEASE":
        return Verdict("Stalled", "Expired", _expired(instance))
    if status in ("DELETING", "DELETED"):
        return Verdict(
            "Stalled", "Released", f"{name} was released in the cloud; the operator did not do that"
        )
    if instance.order_state == "RELEASE":
        message = (
            f"{name} is overdue, so the cloud stops its jobs, and keeps its data for {KEPT_DAYS}"
            f" days: top up {account}"
        )
        return Verdict("Stalled", "Overdue", message)
    if status == "DISABLE":
        return Verdict(
            "Stalled",
            "Disabled",
            f"{name} is disabled in the cloud: see its console or ask the support",
        )
    if status == "RUNNING":
        return Verdict("Running", "Running", f"{name} is running")
    if instance.stage_status == "FAILED" or instance.create_timeout:
        return Verdict("Stalled", "CreationFailed", _failed(instance))
    if not status:
        message = f"the cloud's list does not report the state of {name} in a form that can be read"
        return Verdict("Progressing", PROVISIONING, message, keeps_previous=True)
    stage = f": {instance.stage}" if instance.stage else ""
    return Verdict("Progressing", PROVISIONING, f"{name} is bought, and is being created{stage}")


def _expired(instance: SeenInstance) -> str:
    end = instance.expire_time
    at = "" if end is None else f" at {clock(end)}"
    last = None if end is None else end + timedelta(days=KEPT_DAYS)
    until = f"for {KEPT_DAYS} days" if last is None else f"until {last:%Y-%m-%d}"
    return (
        f"the paid time of {instance.instance_id} ended{at}, so the cloud stopped it, and keeps its"
        f" data {until}: renew it in the console"
    )


def _failed(instance: SeenInstance) -> str:
    """The cloud's words are quoted: they may hold anything."""
    words = (instance.message or "").rstrip(".")
    said = f" (“{words}”)" if words else ""
    return (
        f"{instance.instance_id} is bought, and the cloud could not create it{said}. It may be"
        " billed: ask the cloud's support, or release it in the console; then Ready has the command"
        " to buy another one"
    )


def _not_visible(case: Case, instance_id: str) -> Plan:
    """Bought, but a complete list lacks it: not visible yet, or lost if it was seen before."""
    now = case.cloud_time
    # No list ever showed it: lists are late after a purchase.
    if not was_seen(case):
        since = max((order.status.intent_time or now for order in case.orders), default=now)
        message = f"{instance_id} is bought; the cloud does not show it yet"
        return Plan(
            verdict=Verdict("Progressing", PROVISIONING, message),
            requeue=rising(now - since, _age_of_lists(case)),
        )
    # A person named it as gone: only now may another one be bought.
    if case.given_up:
        return _give_up(case)
    since = missing_since(case) or now
    # One list is not enough: a list may lack an instance for a moment.
    if not is_lost(case):
        end = since + timedelta(seconds=case.settings.longest_visibility_seconds)
        message = (
            f"{instance_id} was seen before, and a list at {since:%H:%M:%S} UTC lacked it: a list"
            f" after {clock(end)} decides whether it is lost"
        )
        kept = Verdict("Progressing", NOT_VISIBLE, message, keeps_previous=True)
        return Plan(verdict=kept, requeue=rising(now - since), missing_since=since)
    return Plan(verdict=_gone(case, instance_id), requeue=OUTSIDE, missing_since=since)


def _gone(case: Case, instance_id: str) -> Verdict:
    """The verdict on a lost instance. An older `replace-lost` is of an earlier loss that ended."""
    gone = (
        f"{instance_id} is gone from the cloud, and nothing is bought in its place: to buy another"
        " one,"
    )
    name = annotate(case.seen.key, REPLACE_LOST, instance_id)
    if case.is_named_for_replacement and not case.is_reported_lost:
        message = (
            f"{gone} set the annotation again, as it was set before that was known, by"
            f" {remove_annotation(case.seen.key, REPLACE_LOST)} && {name}"
        )
        return Verdict("Stalled", TOO_EARLY, message)
    return Verdict("Stalled", LOST, f"{gone} {name}")


def _give_up(case: Case) -> Plan:
    """Record the loss in the ledger first; only then the next order may be opened."""
    bought_it = [
        order
        for order in case.orders
        if order.spec.makes_instance
        and order.status.instance_id == case.known_id
        and not order.facts.is_given_up
    ]
    steps = tuple(MoveOrder(order, ledger.lost(order, case.cloud_time)) for order in bought_it)
    message = f"{case.known_id} is lost; another workspace is being bought in its place"
    return Plan(steps, Verdict("Progressing", "Purchasing", message))
