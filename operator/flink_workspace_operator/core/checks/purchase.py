"""From met prerequisites to one call: claim, quote, order, intent, call. SPENDS MONEY.

Each check stops the pass if its condition is not met; the next pass reads everything again.
"""

from dataclasses import replace
from datetime import timedelta

from flink_workspace_operator.api.approval import Agreement
from flink_workspace_operator.api.base import ApiModel
from flink_workspace_operator.api.names import REPLACE_LOST
from flink_workspace_operator.api.order import (
    FlinkWorkspaceOrder,
    FlinkWorkspaceOrderSpec,
    Quote,
    WorkspaceReference,
)
from flink_workspace_operator.core.case import Case
from flink_workspace_operator.core.checks.backoff import due_if_fruitless
from flink_workspace_operator.core.checks.billing_evidence import left_open_by_bill
from flink_workspace_operator.core.checks.budget import rooms_of
from flink_workspace_operator.core.checks.credentials import who_is_missing
from flink_workspace_operator.core.checks.outputs import obstacle
from flink_workspace_operator.core.checks.price import freshest_quote, maximum_of, quote_for
from flink_workspace_operator.core.checks.spending import (
    settle_before_announcing,
    stop_before_opening,
    why_not_sent,
)
from flink_workspace_operator.core.facts.commands import annotate
from flink_workspace_operator.core.facts.failure_kinds import turn_of
from flink_workspace_operator.core.facts.observed import Unknown
from flink_workspace_operator.core.ledger_case import LedgerCase
from flink_workspace_operator.core.orders import unsent
from flink_workspace_operator.core.orders.action import PaidAction
from flink_workspace_operator.core.orders.actions import ACTIONS, action_of
from flink_workspace_operator.core.orders.clauses import cost_of, open_outcome, words_of
from flink_workspace_operator.core.orders.price import price
from flink_workspace_operator.core.orders.windows import nothing_before, window_end
from flink_workspace_operator.core.pace import OUTSIDE, SOON, rising
from flink_workspace_operator.core.plan import (
    MoveOrder,
    OpenOrder,
    PlaceOrder,
    Plan,
    Verdict,
    WriteIntent,
)
from flink_workspace_operator.core.verdicts import could_not_read


def finish_intent(case: LedgerCase) -> Plan | None:
    """Send the call that this process announced in the pass before, or take it back.

    Everything was read again for this decision. The call is sent only if the workspace is as
    it was, its claim held and the name absent in a complete list. If another process has moved
    the order, the pass ends here: the ledger was read before the resource, and may lack an order
    from before the resource's deletion.
    """
    intent, order = case.seen.remembered.intent, case.announced_order
    if intent is None or order is None:
        return Plan(requeue=SOON) if case.seen.final_check else None
    action = action_of(order)
    evidence = action.evidence(case, order)
    # It is there by now: the call would buy a second one.
    if evidence.exists:
        status = unsent.superseded(
            order, case.cloud_time, "NothingSent", "what it is for is there already"
        )
        return Plan((MoveOrder(order, status),))
    why = _why_not(case, order, intent.generation)
    if why is None and evidence.is_free:
        return Plan((PlaceOrder(order, action.call(case, order)),))
    # Something has changed, or absence is not proven: take it back, and begin again.
    why = why or "the last list before the call did not show that the name is free"
    return Plan((MoveOrder(order, unsent.not_sent(order, case.cloud_time, why)),), requeue=SOON)


def _why_not(case: LedgerCase, order: FlinkWorkspaceOrder, generation: int) -> str | None:
    """The reason to send nothing, in one clause; None if all is as announced."""
    if not isinstance(case, Case) or case.deleting:
        return "the FlinkWorkspace is gone or being deleted"
    changed = _why_not_for_resource(case, order, generation)
    if changed is not None:
        return changed
    if case.seen.signer.problem is not None:
        return "there is no access key any more to buy with"
    if not case.holds_claim:
        return "another resource may hold the workspace name by now"
    if obstacle(case) is not None:
        return "the ConfigMap of spec.outputs can't be written"
    if case.outstanding_order is not None:
        return "an earlier call for this name may still be executed"
    if case.missing_neighbours:
        return "the last list before the call does not show all instances that exist"
    return _why_not_now(case, order)


def _why_not_for_resource(case: Case, order: FlinkWorkspaceOrder, generation: int) -> str | None:
    workspace = case.workspace
    if workspace.metadata.uid != order.spec.workspace_ref.uid:
        return "the FlinkWorkspace was deleted and created again"
    if (
        workspace.metadata.generation != generation
        or action_of(order).wish(case) != order.spec.block
    ):
        return "the FlinkWorkspace was changed"
    against = why_not_sent(case, order)
    if against is not None:
        return against
    return "the FlinkWorkspace was suspended" if case.suspended else None


def _why_not_now(case: LedgerCase, order: FlinkWorkspaceOrder) -> str | None:
    if not case.seen.leads:
        return "this process is not the leader, or not for long enough"
    intent_time = order.status.intent_time
    accepted = timedelta(seconds=case.settings.signature_validity_seconds)
    if intent_time is None or case.cloud_time >= intent_time + accepted:
        return "the time to send it had passed"
    return None


def wait_for_outcome(case: Case) -> Plan | None:
    """Wait for evidence about a call that may have been sent; nothing else is bought meanwhile."""
    order = case.sent_order
    if order is None:
        return None
    requeue = rising(case.cloud_time - (order.status.intent_time or case.cloud_time))
    # Bound, and the open order is for another name: the last report on the workspace stays.
    verdict = replace(_verdict_on_outcome(case, order), keeps_previous=case.bound_id is not None)
    return Plan(verdict=verdict, requeue=requeue, missing_since=case.seen.remembered.missing_since)


def _verdict_on_outcome(case: Case, order: FlinkWorkspaceOrder) -> Verdict:
    """The verdict while it is open. Obstacles come first, because a person can remove them."""
    missing, problem, answer = who_is_missing(case), case.seen.signer.problem, order.status.answer
    # Nobody can ask the cloud: no evidence will come.
    if missing is not None:
        message = (
            f"order {order.metadata.name} {cost_of(order)} is open, and nobody can ask the"
            f" cloud, because {missing}"
        )
        if problem is not None:
            return Verdict("Suspended", problem.reason, message)
        return Verdict("Stalled", "AccountChanged", message)
    bill = left_open_by_bill(case, order)
    # The bill contradicts the list, so a person must look.
    if bill is not None:
        return Verdict("Suspended", bill.reason, f"order {order.metadata.name}: {bill.message}")
    # Time is over, but the list is not complete: it does not prove that nothing was bought.
    if case.missing_neighbours and case.window_is_over(order):
        message = f"order {order.metadata.name} {cost_of(order)} is open, and {_incomplete(case)}"
        return Verdict("Suspended", "ListIncomplete", message)
    message = _open_outcome(case, order)
    if order.facts.is_announced:
        return Verdict("Progressing", "Provisioning", message)
    # The cloud gave a reason that a person can remove; an unexplained one is none.
    if answer is not None and answer != "Unexplained" and turn_of(answer) == "Outside":
        return Verdict("Suspended", answer, message)
    return Verdict("Progressing", "PurchaseUncertain", message)


def _open_outcome(case: Case, order: FlinkWorkspaceOrder) -> str:
    """The order's state, and the time until which nothing else is bought."""
    known = order.status.message or f"{open_outcome(order)}."
    if order.facts.is_announced:
        known = (
            f"Announced {cost_of(order)} by another process, or before a restart. It is not"
            " known whether the call was sent."
        )
    end = window_end(order.status, case.settings)
    message = f"order {order.metadata.name}: {known}"
    if end is None:
        return message
    ending = nothing_before(end, words_of(order), due_if_fruitless(case, order))
    return f"{message} {ending}"


def wait_for_neighbours(case: Case) -> Plan | None:
    """Wait while the list lacks other resources' instances: it does not prove absence."""
    if not case.missing_neighbours:
        return None
    return Plan(verdict=Verdict("Suspended", "ListIncomplete", _incomplete(case)), requeue=OUTSIDE)


def _incomplete(case: Case) -> str:
    missing = sorted(case.missing_neighbours, key=lambda each: each.key)
    first = missing[0]
    others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return (
        f"the list of instances in {first.region} lacks {first.instance_id} of {first.key}{others},"
        f" so it is not complete and nothing is bought: grant {case.seen.cloud.signed_by}"
        f" stream:DescribeVvpInstances on all instances. If {first.instance_id} is gone, delete"
        f" {first.key}, or {annotate(first.key, REPLACE_LOST, first.instance_id)}"
    )


def wished(case: Case) -> tuple[PaidAction, ApiModel] | None:
    """The order that the resource wishes now: its action, and the block that describes it."""
    wishes = ((action, action.wish(case)) for action in ACTIONS.values())
    return next(((action, block) for action, block in wishes if block is not None), None)


def open_next_order(case: Case) -> Plan | None:
    """Write the next order: nothing is open, and the price is known and within all limits."""
    wish = wished(case)
    # One order at a time, and none without a wish.
    if case.order is not None or wish is None:
        return None
    quote = quote_for(case, wish[1])
    if isinstance(quote, Unknown):
        return could_not_read(quote, case.seen.cloud)
    stopped = stop_before_opening(case, wish[1], quote)
    if stopped is not None:
        return stopped
    spec, number = _order_spec(case, *wish), _next_number(case)
    step = OpenOrder(number, spec, unsent.quoted(spec, number, quote, case.cloud_time))
    amount = price(quote, wish[1])
    message = f"order {case.seen.key.name}-{number} ({amount}) is being opened"
    return Plan((step,), verdict=Verdict("Progressing", "Purchasing", message))


def _order_spec(case: Case, action: PaidAction, block: ApiModel) -> FlinkWorkspaceOrderSpec:
    metadata, target = case.workspace.metadata, case.target
    if target is None:
        raise LookupError("the account is known here: the look would have been unknown without it")
    spec = FlinkWorkspaceOrderSpec(
        workspace_ref=WorkspaceReference(
            name=metadata.name, uid=metadata.uid, generation=metadata.generation
        ),
        account_id=target.account_id,
        region=target.region,
        workspace_name=target.workspace_name,
        credentials=case.workspace.spec.credentials,
        action=action.name,
        token=case.token,
    )
    return action.written(spec, block)


def _next_number(case: Case) -> int:
    """One more than the largest known; the status keeps a floor if orders were deleted by force."""
    known = [unsent.number_of(order.metadata.name) for order in case.seen.orders]
    summary = case.workspace.status.order
    if summary is not None:
        known.append(unsent.number_of(summary.name))
    return max(known, default=0) + 1


def write_intent(case: Case) -> Plan | None:
    """Announce in the ledger that a quoted order, still wished, is about to be sent."""
    order, target = case.order, case.target
    # Only a state whose row says so may be announced: an unknown one must not spend.
    if order is None or target is None or not order.facts.may_be_announced:
        return Plan(requeue=SOON)
    # It was opened for something else than is wished now, or would be paid by somebody else.
    if (
        not _is_wished(case, order)
        or order not in case.orders
        or order.spec.account_id != target.account_id
    ):
        why = "the FlinkWorkspace was changed, or is paid from another account"
        return Plan(
            (MoveOrder(order, unsent.superseded(order, case.cloud_time, "SpecChanged", why)),)
        )
    # The price may have changed since.
    quote = freshest_quote(case, order)
    if isinstance(quote, Unknown):
        return could_not_read(quote, case.seen.cloud)
    approval = settle_before_announcing(case, order, quote)
    return approval if isinstance(approval, Plan) else _intent(case, order, quote, approval)


def _intent(case: Case, order: FlinkWorkspaceOrder, quote: Quote, approval: Agreement) -> Plan:
    """The announcement, at the price that is within all limits, and approved if need be."""
    nonce = action_of(order).nonce(case, order)
    call = unsent.Announcement(case.cloud_time, nonce, case.token, case.settings.settle_window)
    terms = unsent.Terms(quote, maximum_of(case.workspace), approval, rooms_of(case))
    priced = unsent.requoted(order, unsent.number_of(order.metadata.name), terms)
    message = f"order {order.metadata.name} {cost_of(priced)} is being placed"
    step = WriteIntent(
        order, unsent.intended(priced, call), case.token, case.workspace.metadata.generation
    )
    return Plan((step,), verdict=Verdict("Progressing", "Provisioning", message))


def _is_wished(case: Case, order: FlinkWorkspaceOrder) -> bool:
    """True if the same resource wishes the same, paid from the same account."""
    spec, workspace = order.spec, case.workspace
    wish = (action_of(order).wish(case), workspace.metadata.uid, workspace.spec.credentials)
    return (spec.block, spec.workspace_ref.uid, spec.credentials) == wish
