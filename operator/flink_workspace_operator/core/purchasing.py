"""From prerequisites in order to one call: claim, quote, order, intent, call. The money is spent here.

Each check stops the pass where its condition is not met; the next pass looks at everything again.
"""

from datetime import datetime, timedelta

from flink_workspace_operator.api.names import PURCHASE_FINALIZER
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    Quote,
    WorkspaceReference,
)
from flink_workspace_operator.core import ledger
from flink_workspace_operator.core.bill import left_open_by_bill
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.credentials import who_is_missing
from flink_workspace_operator.core.found import Adoptable, Ours
from flink_workspace_operator.core.identity import Purchase, Subject, signature_nonce
from flink_workspace_operator.core.observed import Absent, Unknown
from flink_workspace_operator.core.outputs import obstacle
from flink_workspace_operator.core.pace import OUTSIDE, SOON, rising
from flink_workspace_operator.core.plan import (
    AddFinalizer,
    MoveOrder,
    NextLook,
    OpenOrder,
    PlaceOrder,
    Plan,
    TakeClaim,
    Verdict,
    WriteIntent,
)
from flink_workspace_operator.core.refusals import WAITS_FOR_SOMEONE, could_not_look, verdict_on


def finish_intent(case: Case) -> Plan | None:
    """This process wrote the intent in the pass before and sent nothing: send it now, or take it back.

    Everything was read again for this decision. Only if the workspace is as it was, its claim held and the name absent
    in a complete look, the call is made.
    """
    intent, order = case.seen.remembered.intent, case.announced_order
    if intent is None or order is None:
        return None
    found = case.found_for(order)
    if isinstance(found, Ours) or case.placed_beside(order):
        status = ledger.superseded(order, case.cloud_time, "NothingSent", "the workspace was bought already")
        return Plan((MoveOrder(order, status),))
    obstacle = _obstacle(case, order, intent.generation)
    if obstacle is None and isinstance(found, Absent):
        return Plan((PlaceOrder(order, _purchase(case, order)),))
    why = obstacle or "the last look before the call did not show that the name is free"
    return Plan((MoveOrder(order, ledger.not_sent(order, case.cloud_time, why)),), next_look=SOON)


def _obstacle(case: Case, order: FlinkWorkspaceOrder, generation: int) -> str | None:
    workspace = case.seen.workspace
    if workspace is None or workspace.metadata.uid != order.spec.workspace_ref.uid or case.deleting:
        return "the FlinkWorkspace is gone, being deleted or another one"
    if workspace.metadata.generation != generation or workspace.parameters != order.spec.parameters:
        return "the FlinkWorkspace was changed"
    if case.seen.signer.problem is not None:
        return "there is no access key any more to buy with"
    if case.suspended:
        return "the FlinkWorkspace was suspended"
    if not case.holds_claim:
        return "another resource may hold the workspace name by now"
    if obstacle(case) is not None:
        return "the ConfigMap of spec.outputs can't be written"
    if not case.seen.leads:
        return "this process is not the leader, or not for long enough"
    intent_time = order.status.intent_time
    accepted = timedelta(seconds=case.settings.signature_validity_seconds)
    if intent_time is None or case.cloud_time >= intent_time + accepted:
        return "the time to send it had passed"
    return None


def _purchase(case: Case, order: FlinkWorkspaceOrder) -> Purchase:
    spec, status = order.spec, order.status
    if status.intent_time is None or status.nonce is None:
        raise LookupError("an order in Placing has its date and nonce: the CRD's rule says so")
    return Purchase(
        subject=Subject(spec.account_id, spec.region, spec.workspace_name),
        parameters=spec.parameters,
        ownership=case.seen.owner.tags(spec.token),
        signed_at=status.intent_time,
        nonce=status.nonce,
    )


def wait_for_outcome(case: Case) -> Plan | None:
    """A call was or may have been sent: only evidence decides, and nothing else is bought meanwhile."""
    order = case.sent_order
    if order is None:
        return None
    next_look = rising(case.cloud_time - (order.status.intent_time or case.cloud_time))
    message = f"order {order.metadata.name}: {order.status.message or 'a purchase is under way'}"
    answer = order.status.answer
    # Bound, and the open order is for another name: what is known of the workspace stands.
    bound = case.bound_id is not None
    verdict = Verdict("Progressing", "PurchaseUncertain", message, keeps=bound)
    if order.state == "Placing":
        verdict = Verdict("Progressing", "Provisioning", message, keeps=bound)
    elif answer in WAITS_FOR_SOMEONE and answer != "Unexplained":
        verdict = Verdict("Suspended", answer, message, keeps=bound)
    bill = left_open_by_bill(case, order)
    if bill is not None:
        message = f"order {order.metadata.name}: {bill.message}"
        verdict = Verdict("Suspended", bill.reason, message, keeps=bound)
    missing, problem = who_is_missing(case), case.seen.signer.problem
    if missing is not None:
        message = f"order {order.metadata.name}: it is not known whether this was bought, and nobody can ask: {missing}"
        verdict = Verdict("Stalled", "AccountChanged", message, keeps=bound)
        if problem is not None:
            verdict = Verdict("Suspended", problem.reason, message, keeps=bound)
    return Plan(verdict=verdict, next_look=next_look, missing_since=case.seen.remembered.missing_since)


def hold_what_is_ours(case: Case) -> Plan | None:
    """What exists, is bound or may have been bought is held too: after a restore, or after a hand took a claim away.

    Also what is lost: nobody else may buy in its place either.
    """
    if not isinstance(case.found, Ours) and case.bound_id is None and case.sent_order not in case.orders:
        return None
    held = hold(case)
    return held if held is not None and held.steps else None


def hold(case: Case) -> Plan | None:
    """Finalizer and claim, before any order is opened."""
    if case.subject is None:
        return None
    if PURCHASE_FINALIZER not in case.workspace.metadata.finalizers:
        return Plan((AddFinalizer(),))
    claim = case.seen.claim
    if case.holds_claim:
        return None
    # That of a former resource of our name is written anew: who still works for that one can't give it back then.
    if claim is None or not claim.alive or claim.holder == case.seen.key:
        return Plan((TakeClaim(case.subject, claim, case.workspace.metadata.uid),))
    if isinstance(case.found, Ours) or (case.bound_id is not None and not isinstance(case.found, Adoptable)):
        return None
    message = (
        f"{claim.holder} in this cluster claims the workspace name '{case.subject.workspace_name}': choose another"
    )
    return Plan(verdict=Verdict("Stalled", "NameTaken", message), next_look=OUTSIDE)


def wait_after_refusal(case: Case) -> Plan | None:
    """The last order came to nothing: the next one waits for a change, a request, or its time."""
    tries = _fruitless(case)
    if not tries or case.order is not None:
        return None
    last = tries[-1]
    ends = _end_of_call(case, last)
    due = _settled_at(case, last) + _backoff(case, tries)
    due = due if ends is None else max(due, ends)
    metadata, opened_for = case.workspace.metadata, last.spec.workspace_ref
    changed = metadata.uid != opened_for.uid or metadata.generation > opened_for.generation
    is_over = ends is None or case.cloud_time > ends
    if is_over and (changed or case.requested or case.cloud_time >= due):
        return None
    message = (
        f"order {last.metadata.name}: {last.status.message} The next try comes after {due:%Y-%m-%d %H:%M} UTC, after a"
        " change of the spec, or with the annotation reconcile-requested-at"
    )
    verdict = verdict_on(last.status.answer or "", message, otherwise="WaitingToRetry")
    wait = max(timedelta(seconds=1), due - case.cloud_time)
    return Plan(verdict=verdict, next_look=NextLook(min(wait, timedelta(minutes=10))))


def _end_of_call(case: Case, order: FlinkWorkspaceOrder) -> datetime | None:
    """Until when, and at that moment still, the order's call may be executed or shown; None where it was answered.

    What ended the order else (somebody's instance, which may be gone again, or a hand in the ledger) ends no call."""
    if order.status.evidence == "Answer" or order.status.intent_time is None:
        return None
    return max(_settled_at(case, order), order.status.intent_time + case.settings.settle_window)


def _fruitless(case: Case) -> tuple[FlinkWorkspaceOrder, ...]:
    """The orders that were refused or never executed."""
    return tuple(order for order in case.orders if order.state in ("Rejected", "NotPlaced"))


def _settled_at(case: Case, order: FlinkWorkspaceOrder) -> datetime:
    return (
        ledger.time_of(order, "Rejected" if order.state == "Rejected" else "NotPlaced")
        or order.metadata.creation_timestamp
    )


def _backoff(case: Case, tries: tuple[FlinkWorkspaceOrder, ...]) -> timedelta:
    settings, answer = case.settings, tries[-1].status.answer
    first = settings.throttled_backoff_seconds if answer == "Throttled" else settings.refusal_backoff_seconds
    doubled = first * 2.0 ** min(len(tries) - 1, 16)
    return timedelta(seconds=min(doubled, settings.refusal_backoff_max_seconds))


def open_next_order(case: Case) -> Plan | None:
    """Nothing is open and the price is known: write the order down."""
    if case.order is not None:
        return None
    quote = case.seen.cloud.quote
    if isinstance(quote, Unknown):
        return could_not_look(quote)
    spec, number = _order_spec(case), _next_number(case)
    step = OpenOrder(number, spec, ledger.quoted(spec, number, quote, case.cloud_time))
    message = f"opening order {case.seen.key.name}-{number}"
    return Plan((step,), verdict=Verdict("Progressing", "Purchasing", message))


def _order_spec(case: Case) -> FlinkWorkspaceOrderSpec:
    metadata, subject = case.workspace.metadata, case.subject
    if subject is None:
        raise LookupError("the account is known here: the look would have been unknown without it")
    return FlinkWorkspaceOrderSpec(
        workspace_ref=WorkspaceReference(name=metadata.name, uid=metadata.uid, generation=metadata.generation),
        account_id=subject.account_id,
        region=subject.region,
        workspace_name=subject.workspace_name,
        credentials=case.workspace.spec.credentials,
        parameters=case.workspace.parameters,
        token=case.token,
    )


def number_of(name: str) -> int:
    """An order's place in the sequence of its workspace; 0 for a name that we did not give."""
    suffix = name.rpartition("-")[2]
    return int(suffix) if suffix.isdecimal() else 0


def _next_number(case: Case) -> int:
    """One more than any that was ever seen; the status keeps a floor in case orders were deleted by force."""
    known = [number_of(order.metadata.name) for order in case.seen.orders]
    summary = case.workspace.status.order
    if summary is not None:
        known.append(number_of(summary.name))
    return max(known, default=0) + 1


def write_intent(case: Case) -> Plan | None:
    """The order is quoted and still what is wanted: say in the ledger that it is about to be sent."""
    order, subject = case.order, case.subject
    if order is None or subject is None or order.state is None:
        return Plan(next_look=SOON)
    spec, workspace = order.spec, case.workspace
    asked = (workspace.parameters, workspace.metadata.uid, workspace.spec.credentials)
    described = (spec.parameters, spec.workspace_ref.uid, spec.credentials) == asked
    if not described or order not in case.orders or spec.account_id != subject.account_id:
        why = "the FlinkWorkspace or the account was changed"
        return Plan((MoveOrder(order, ledger.superseded(order, case.cloud_time, "SpecChanged", why)),))
    if _is_stale(order.status.quote, case):
        return _ask_again(case, order)
    closed = sum(1 for each in case.orders if each.state in ("Rejected", "Lost"))
    status = ledger.intended(order, case.cloud_time, signature_nonce(subject, closed))
    message = f"order {order.metadata.name} is being placed"
    step = WriteIntent(order, status, case.workspace.metadata.generation)
    return Plan((step,), verdict=Verdict("Progressing", "Provisioning", message))


def _is_stale(quote: Quote | None, case: Case) -> bool:
    validity = timedelta(seconds=case.settings.quote_validity_seconds)
    return quote is None or case.cloud_time - quote.quoted_at > validity


def _ask_again(case: Case, order: FlinkWorkspaceOrder) -> Plan:
    quote = case.seen.cloud.quote
    if isinstance(quote, Unknown):
        return could_not_look(quote)
    return Plan((MoveOrder(order, ledger.requoted(order, number_of(order.metadata.name), quote)),))
