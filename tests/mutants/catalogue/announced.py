"""A brake that holds until the call, an intent that its process knows again, and the account that
it binds to."""

from typing import Final

from tests.mutants.catalogue.files import EXECUTION, LETTING_GO, OBSERVATION, PURCHASE, SETTLEMENT
from tests.mutants.mutant import Mutant

BRAKES: Final = (
    Mutant(
        name="every word but false suspends",
        fact="a brake that is spelled in another way brakes all the same",
        file="core/facts/snapshot.py",
        old='annotations.get(SUSPEND, "false") != "false"',
        new='annotations.get(SUSPEND) == "true"',
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the resource is read last",
        fact="a brake that was acknowledged while the cloud was asked holds",
        file="observation.py",
        old="    workspace = await cluster.read_workspace(seen.key)\n",
        new="    workspace = seen.workspace\n",
        tests=(OBSERVATION,),
    ),
    Mutant(
        name="a pass that read the ledger first lets nothing go",
        fact="the ledger may lack an order that was opened before the resource was deleted",
        file="core/checks/purchase.py",
        old="        return Plan(requeue=SOON) if case.seen.final_check else None\n",
        new="        return None\n",
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="nothing is announced in the pass that claims",
        fact="finalizer and claim are read before an order is announced",
        file="core/decide.py",
        old=(
            "    if first and any(isinstance(step, WriteIntent) for step in plan.steps):\n        return Plan(first)\n"
        ),
        new="",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="what is planned comes after finalizer and claim",
        fact="an order is opened, and its end is waited for, under a claim only",
        file="core/decide.py",
        old="    return replace(plan, steps=(*first, *plan.steps))\n",
        new="    return plan\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the pass that sends asks for little",
        fact="between the last look and the call there is nothing that the call does not depend on",
        file="core/questions.py",
        old="prerequisites=ours and not final_check,",
        new="prerequisites=ours,",
        tests=(PURCHASE,),
    ),
)

ANNOUNCED: Final = (
    Mutant(
        name="an intent is remembered before it is written",
        fact="a lost answer of the API server leaves no order that nobody may send",
        file="execution.py",
        old=(
            "        self.memory.remember_intent(key, Intent(order.metadata.uid, step.mark, step.generation))\n"
            "        try:\n"
            "            return await self._move(order, step.status)\n"
        ),
        new=(
            "        try:\n"
            "            moved = await self._move(order, step.status)\n"
            "            self.memory.remember_intent(key, Intent(order.metadata.uid, step.mark, step.generation))\n"
            "            return moved\n"
        ),
        tests=(EXECUTION,),
    ),
    Mutant(
        name="a refused intent is forgotten",
        fact="what stands nowhere is not remembered",
        file="execution.py",
        old=("            self.memory.forget_intent(key, order)\n            raise\n"),
        new="            raise\n",
        tests=(EXECUTION,),
    ),
    Mutant(
        name="the intent carries its mark",
        fact="an intent is known again by the process that wrote it, and by no other",
        file="core/orders/unsent.py",
        old="        intent_mark=call.mark,\n",
        new='        intent_mark="m" * 32,\n',
        tests=(PURCHASE,),
    ),
    Mutant(
        name="a call that was never sent ends its pass",
        fact="the order is not announced again at once, for ever",
        file="execution.py",
        old='unsent = isinstance(answer, NotBought) and answer.failure.fate == "NothingSent"',
        new="unsent = isinstance(answer, NotBought) and answer.failure.fate is None",
        tests=(EXECUTION,),
    ),
    Mutant(
        name="a call that was never sent takes back only what was announced",
        fact="evidence that was written since stands",
        file="core/orders/answers.py",
        old='if failure.fate == "NothingSent" and order.facts.is_announced:',
        new='if failure.fate == "NothingSent":',
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="only a quoted order is announced",
        fact="an order in any other state is left alone",
        file="core/checks/purchase.py",
        old="if order is None or target is None or not order.facts.may_be_announced:",
        new="if order is None or target is None:",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="a purchase is not said to be repeated",
        fact="nobody who reads a message believes that a purchase is sent again",
        file="core/facts/advice.py",
        old='return describe(failure) if failure.advice != ASKED_AGAIN else _line(failure, "")',
        new="return describe(failure)",
        tests=(SETTLEMENT,),
    ),
)

BINDING: Final = (
    Mutant(
        name="a refused call binds while it is outstanding",
        fact="the account of a call that may still be executed is asked for it",
        file="core/case.py",
        old='order.status.evidence == "Answer" and not order.outstanding',
        new='order.status.evidence == "Answer"',
        tests=(PURCHASE,),
    ),
    Mutant(
        name="only an answer frees from the account",
        fact="what came to nothing without an answer may have been bought in its account",
        file="core/case.py",
        old='return order.facts.is_refused and order.status.evidence == "Answer" and not order.outstanding',
        new='return order.state in ("Rejected", "NotPlaced") and not order.outstanding',
        tests=(PURCHASE,),
    ),
    Mutant(
        name="an account outlives its order",
        fact="where the ledger lacks the order that the status names, the account in the status counts",
        file="core/case.py",
        old="is_free = whole and self.known_id is None",
        new="is_free = self.known_id is None",
        tests=(PURCHASE,),
    ),
)
