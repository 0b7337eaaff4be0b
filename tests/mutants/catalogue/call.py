"""What is between the wish and the one call: the order, the intent, the second look, the call
itself."""

from typing import Final

from tests.mutants.catalogue.files import (
    CALL,
    LOST,
    PURCHASE,
    QUEUE,
    SETTLEMENT,
)
from tests.mutants.mutant import Mutant

BEFORE_THE_CALL: Final = (
    Mutant(
        name="one open order at a time",
        fact="no order is opened while the outcome of another is open",
        file="core/checks/purchase.py",
        old="    if case.order is not None or wish is None:\n",
        new="    if wish is None:\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="wait for an open outcome",
        fact="while a call may have been sent nothing else is planned for its resource",
        file="core/checks/purchase.py",
        old="    order = case.sent_order\n    if order is None:\n        return None\n",
        new="    order = case.sent_order\n    if order is None or order.state == 'Uncertain':\n        return None\n",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="number's floor in status",
        fact="the number of an order that was deleted by force is not given again",
        file="core/checks/purchase.py",
        old="        known.append(unsent.number_of(summary.name))\n",
        new="        pass\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="wait for an order that left the ledger",
        fact="an order that was deleted while its call was open is waited for all the same",
        file="core/orders/windows.py",
        old="    if last is None:\n        return None\n    end = _end_of",
        new="    if last is None or last.state is not None:\n        return None\n    end = _end_of",
        tests=(LOST,),
    ),
    Mutant(
        name="what is lost stays claimed",
        fact="nobody else buys under the name of a resource whose workspace is gone",
        file="core/checks/claim.py",
        old=(
            "    if (\n"
            "        not isinstance(case.found, Ours)\n"
            "        and case.bound_id is None\n"
            "        and case.sent_order not in case.orders\n"
            "    ):\n"
        ),
        new="    if not isinstance(case.found, Ours) and case.sent_order not in case.orders:\n",
        tests=(LOST,),
    ),
    Mutant(
        name="nothing follows before the window",
        fact="an order that ended without an answer of the cloud is followed by none before its window ends",
        file="core/orders/windows.py",
        old="    return None if is_over else window_end(status, settings)\n",
        new="    return None\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="back-off after a refusal",
        fact="after a refusal the next order waits for a change, a request, or its time",
        file="core/checks/retry.py",
        old="    if _is_changed(case, last) or case.requested or case.cloud_time >= due:\n",
        new="    if True:\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="only what is still wanted",
        fact="an order for another description, uid or account than the resource's is closed and not placed",
        file="core/checks/purchase.py",
        old=(
            "    if (\n"
            "        not _is_wished(case, order)\n"
            "        or order not in case.orders\n"
            "        or order.spec.account_id != target.account_id\n"
            "    ):\n"
        ),
        new="    if order not in case.orders or order.spec.account_id != target.account_id:\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="intent by the cloud's clock",
        fact="the intent is dated by the cloud's answers, so that no clock of ours prolongs the call's validity",
        file="core/checks/purchase.py",
        old="unsent.Announcement(case.cloud_time, nonce,",
        new="unsent.Announcement(case.seen.now, nonce,",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="pinned nonce",
        fact="every copy of the operator signs the purchase of a name with the same nonce",
        file="core/checks/purchase.py",
        old="    nonce = action_of(order).nonce(case, order)\n",
        new="    nonce = order.spec.token\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="suspended buys nothing",
        fact="a person's word to stop keeps an order from being opened and from being announced",
        file="core/decide.py",
        old="    blockers.stop_while_suspended,\n",
        new="",
        tests=(PURCHASE,),
    ),
)

AT_THE_CALL: Final = (
    Mutant(
        name="the resource's uid at the call",
        fact="nothing is bought for a resource that was created anew since the order was opened",
        file="core/checks/purchase.py",
        old="    if workspace.metadata.uid != order.spec.workspace_ref.uid:\n",
        new="    if False:\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the resource's deletion at the call",
        fact="nothing is bought for a resource that is being deleted",
        file="core/checks/purchase.py",
        old="if not isinstance(case, Case) or case.deleting:",
        new="if not isinstance(case, Case):",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the resource's generation at the call",
        fact="nothing is bought for a resource that was edited since the intent",
        file="core/checks/purchase.py",
        old=(
            "    if (\n"
            "        workspace.metadata.generation != generation\n"
            "        or action_of(order).wish(case) != order.spec.block\n"
            "    ):\n"
        ),
        new="    if action_of(order).wish(case) != order.spec.block:\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="suspension at the call",
        fact="nothing is bought for a resource that was suspended since the intent",
        file="core/checks/purchase.py",
        old='return "the FlinkWorkspace was suspended" if case.suspended else None',
        new="return None",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="claim held at the call",
        fact="nothing is bought by who lost the name's claim since the intent",
        file="core/checks/purchase.py",
        old='    if not case.holds_claim:\n        return "another',
        new='    if False:\n        return "another',
        tests=(PURCHASE,),
    ),
    Mutant(
        name="a claim of one life",
        fact="the claim of a former resource of the name counts only when it was written anew for this one",
        file="core/case.py",
        old=(
            "        return claim is not None and (claim.holder, claim.uid) == (\n"
            "            self.seen.key,\n"
            "            self.workspace.metadata.uid,\n"
            "        )\n"
        ),
        new="        return claim is not None and claim.holder == self.seen.key\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="leading at the call",
        fact="nothing is bought by a process that does not lead, or not for long enough",
        file="core/checks/purchase.py",
        old="if not case.seen.leads:",
        new="if False:",
        tests=(LOST,),
    ),
    Mutant(
        name="leading is asked after the reading",
        fact="whether the process leads is asked after everything was read, however long that took",
        file="reconcile.py",
        old="        seen = seen.updated(leads=self.leads())\n",
        new="",
        tests=(CALL,),
    ),
    Mutant(
        name="time left at the call",
        fact="nothing is sent that the gateway would refuse for being late, by the cloud's clock",
        file="core/checks/purchase.py",
        old="if intent_time is None or case.cloud_time >= intent_time + accepted:",
        new="if intent_time is None:",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the intent's time is the call's",
        fact="the call's validity is counted from the intent, as the window is, and not from the look after it",
        file="core/orders/actions/create.py",
        old="signed_at=status.intent_time,",
        new="signed_at=case.cloud_time,",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the intent's mark at the call",
        fact="an order that was announced anew since by another process is not sent, though it may look the same",
        file="core/facts/snapshot.py",
        old="return order if (order.metadata.uid, order.status.intent_mark) == known else None",
        new="return order if order.metadata.uid == known[0] else None",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="bought by another order at the call",
        fact="nothing is sent when the ledger says by now that another order bought this name",
        file="core/orders/actions/create.py",
        old="exists=is_bought or isinstance(found, Ours),",
        new="exists=isinstance(found, Ours),",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="a fresh look at the call",
        fact="the look before the call begins in this pass and asks by token and name too: a shared one may be old",
        file="core/questions.py",
        old="        fresh=True,\n        anew=False",
        new="        fresh=False,\n        anew=False",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="the intent is forgotten before the call",
        fact="whatever becomes of the call, nobody believes afterwards that nothing was sent",
        file="execution.py",
        old="        self.memory.forget_intent(key, order)\n        answer = await",
        new="        answer = await",
        tests=(CALL,),
    ),
    Mutant(
        name="one pass at a time",
        fact="one process never has two passes over one resource at once",
        file="runtime/queue.py",
        old="        if key in self._active:\n",
        new="        if key in self._active and lane is Lane.ROUTINE:\n",
        tests=(QUEUE,),
    ),
)
