"""How an order finds its end, and what is known to be bought."""

from typing import Final

from tests.mutants.catalogue.files import (
    BILL,
    CALL,
    ERRORS,
    LETTING_GO,
    LOST,
    PURCHASE,
    SETTLEMENT,
    SITUATIONS,
)
from tests.mutants.mutant import Mutant

EVIDENCE: Final = (
    Mutant(
        name="evidence corrects NotPlaced",
        fact="an order whose token shows up on an instance was placed, whatever was believed before",
        file="core/checks/settlement.py",
        old="if evidence.proof is not None and (order.status.instance_id is None or facts.is_given_up):",
        new="if evidence.proof is not None and facts.is_open:",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="token decides between orders",
        fact="of two orders the one whose token an instance carries bought it",
        file="core/orders/actions/create.py",
        old="(each.tags.get(ORDER_TAG), each.name) == mark]",
        new="each.name == mark[1]]",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="window by the cloud's clock",
        fact="a machine's clock that is ahead does not end the window",
        file="core/ledger_case.py",
        old="return end is not None and not isinstance(listing, Unknown) and listing.date > end",
        new="return end is not None and not isinstance(listing, Unknown) and self.seen.now > end",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="window outlasts the nonce",
        fact="no order follows before the gateway has forgotten the nonce, which may answer for another copy",
        file="settings.py",
        old="return timedelta(seconds=max(self._through_seconds, self.nonce_memory_seconds))",
        new="return timedelta(seconds=self._through_seconds)",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="window outlasts the commit",
        fact="what the cloud accepted late is booked within the window",
        file="settings.py",
        old=(
            "        return (\n"
            "            self.signature_validity_seconds\n"
            "            + self.longest_commit_seconds\n"
            "            + self.longest_visibility_seconds\n"
            "        )\n"
        ),
        new="        return self.longest_visibility_seconds\n",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="the caller's time",
        fact="an order in Placing is left to its caller as long as the call can take",
        file="core/checks/settlement.py",
        old=(
            "    return intent is not None and moment > intent + 2 * timedelta(\n"
            "        seconds=case.settings.purchase_timeout_seconds\n"
            "    )\n"
        ),
        new="    return intent is not None and moment > intent\n",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="first status's grace",
        fact="an order that was just opened is left to its opener to be quoted",
        file="core/checks/settlement.py",
        old="return order.state is None and abs(now - order.metadata.creation_timestamp) > FIRST_STATUS_GRACE",
        new="return order.state is None",
        tests=(LETTING_GO, SETTLEMENT),
    ),
    Mutant(
        name="untagged instances wait",
        fact="an instance without marks is taken for ours only when its marks would be visible",
        file="core/orders/actions/create.py",
        old="visible = instance.create_time + timedelta(seconds=case.settings.longest_visibility_seconds)",
        new="visible = instance.create_time",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="an older instance is not ours",
        fact="what was made before the order was announced was not bought by it",
        file="core/facts/ownership.py",
        old="return intent is not None and created is not None and created >= intent",
        new="return intent is not None and created is not None",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="an instance in another VPC is not ours",
        fact="what lies in another VPC than the order describes was not bought by it",
        file="core/facts/ownership.py",
        old="return instance.vpc_id in (None, wanted.network.vpc_id) and instance.bucket",
        new="return instance.bucket",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="an older instance is not this order's work",
        fact="what a lost ledger bought before the intent is ours, and not what this order bought",
        file="core/orders/actions/create.py",
        old=(
            "    is_ours = (\n"
            "        instance.tags[ORDER_TAG] not in tokens\n"
            "        and made_after(order, instance)\n"
            "        and fits(order, instance)\n"
            "    )\n"
        ),
        new="    is_ours = instance.tags[ORDER_TAG] not in tokens and fits(order, instance)\n",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="the VPC must be shown",
        fact="what does not show its VPC is not taken for ours by its description",
        file="core/orders/actions/create.py",
        old="(instance.vpc_id, instance.bucket) != (wanted.network.vpc_id, wanted.storage.oss.bucket)",
        new="instance.bucket != wanted.storage.oss.bucket",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="the bucket must be shown",
        fact="what does not show its bucket is not taken for ours by its description",
        file="core/orders/actions/create.py",
        old="(instance.vpc_id, instance.bucket) != (wanted.network.vpc_id, wanted.storage.oss.bucket)",
        new="instance.vpc_id != wanted.network.vpc_id",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="name taken is no refusal",
        fact="that the name is taken may be the work of our own earlier call",
        file="adapters/alibaba/errors.py",
        old='Row("InstanceNameAlreadyExists", failures.NameTaken, _GUESS)',
        new='Row("InstanceNameAlreadyExists", failures.NameTaken, _GUESS, fate="CallRefused")',
        tests=(ERRORS,),
    ),
    Mutant(
        name="no money is no refusal",
        fact="an order that was refused for money may be paid days later",
        file="adapters/alibaba/errors.py",
        old='Row("NotEnoughBalance", failures.BalanceTooLow, _GUESS)',
        new='Row("NotEnoughBalance", failures.BalanceTooLow, _GUESS, fate="CallRefused")',
        tests=(ERRORS,),
    ),
    Mutant(
        name="HTTP 5xx is never certain",
        fact="a code of the gateway with an HTTP 5xx comes from further inside",
        file="adapters/alibaba/errors.py",
        old="row is not None and 400 <= answer.status < 500",
        new="row is not None",
        tests=(ERRORS,),
    ),
    Mutant(
        name="an unknown code is never certain",
        fact="a code that is not in the table may mean anything",
        file="adapters/alibaba/errors.py",
        old='row.fate if row is not None and 400 <= answer.status < 500 else "Unknown"',
        new='row.fate if row is not None else "CallRefused"',
        tests=(ERRORS,),
    ),
    Mutant(
        name="a late refusal changes no evidence",
        fact="a refusal that comes after evidence was written adds nothing",
        file="core/orders/answers.py",
        old='if failure.fate in ("CallRefused", "CopyRefused") and order.facts.may_be_under_way:',
        new='if failure.fate in ("CallRefused", "CopyRefused"):',
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="the bill prolongs",
        fact="an unpaid or unexplained order on the bill keeps the purchase open",
        file="core/checks/settlement.py",
        old="    if unexplained(case, order) or was_left_open(case, order):\n        return None\n",
        new="",
        tests=(BILL,),
    ),
    Mutant(
        name="the bill's unpaid orders count",
        fact="an unpaid order on the bill may be paid later",
        file="core/checks/billing_evidence.py",
        old="and not (each.paid and shown.intersection(each.instance_ids))",
        new="and each.paid and not shown.intersection(each.instance_ids)",
        tests=(BILL,),
    ),
)

RECORDING: Final = (
    Mutant(
        name="an id is written over any state",
        fact="the answer's id makes the order Placed, whatever was written to it meanwhile",
        file="core/orders/answers.py",
        old="        if order.status.instance_id is not None:\n            is_news",
        new='        if order.state not in ("Placing", "Uncertain"):\n            is_news',
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="an id survives a conflict",
        fact="if somebody wrote to the order during the call, it is read again and the id is written all the same",
        file="execution.py",
        old="            return await self._record(await self.cluster.reread_order(order), answered, tries - 1)\n",
        new="            self.memory.forget_answer(self.seen.key, order)\n            raise\n",
        tests=(CALL,),
    ),
    Mutant(
        name="an answer survives the API server's failure",
        fact="an answer that can't be written down is remembered until it can",
        file="execution.py",
        old="        self.memory.remember_answer(key, answered)\n",
        new="",
        tests=(CALL,),
    ),
    Mutant(
        name="answers come first",
        fact="an answer that could not be recorded is recorded before anything else is decided",
        file="core/decide.py",
        old="    settlement.record_answers,  # an answer that only this process knows\n",
        new="",
        tests=(SETTLEMENT,),
    ),
)

BOUND: Final = (
    Mutant(
        name="bought and not shown yet",
        fact="what the ledger says is bought is not bought again though no look shows it",
        file="core/facts/snapshot.py",
        old="    return there[-1] if there else shown_id(workspace, orders)\n",
        new="    return shown_id(workspace, orders)\n",
        tests=(SITUATIONS,),
    ),
    Mutant(
        name="the status's id outlives the order",
        fact="what the resource says is bought is not bought again though its order was deleted by force",
        file="core/facts/snapshot.py",
        old="    return None if known in _given_up(orders) else known\n",
        new="    return None\n",
        tests=(LOST,),
    ),
    Mutant(
        name="lost is not replaced",
        fact="what was seen before and is gone is not bought again by itself",
        file="core/checks/lifecycle.py",
        old="    if case.given_up:\n",
        new="    if case.bound_id is not None:\n",
        tests=(LOST,),
    ),
    Mutant(
        name="replaced only what is said to be lost",
        fact="an annotation alone, before two looks have shown that the workspace is gone, replaces nothing",
        file="core/case.py",
        old="is_lost = self.is_reported_lost and isinstance(self.found, Absent)",
        new="is_lost = isinstance(self.found, Absent)",
        tests=(LOST,),
    ),
    Mutant(
        name="an agreement from before the loss is none",
        fact="an annotation that is left over from a false alarm does not give up what is lost afterwards",
        file="core/reporting/report.py",
        old=" and not case.is_named_for_replacement",
        new="",
        tests=(LOST,),
    ),
    Mutant(
        name="replaced only what no look shows",
        fact="a workspace that shows up again is not replaced, whatever the resource said",
        file="core/case.py",
        old="is_lost = self.is_reported_lost and isinstance(self.found, Absent)",
        new="is_lost = self.is_reported_lost",
        tests=(LOST,),
    ),
    Mutant(
        name="replaced only by its id",
        fact="an annotation that names another instance, left over from an earlier loss, replaces nothing",
        file="core/case.py",
        old="return self.known_id is not None and self.known_id == named",
        new="return self.known_id is not None and named is not None",
        tests=(LOST,),
    ),
    Mutant(
        name="lost needs two looks",
        fact="one look that does not show a workspace proves no loss",
        file="core/checks/loss.py",
        old="return since is not None and case.cloud_time - since >= delay",
        new="return since is not None and case.cloud_time >= since",
        tests=(SITUATIONS,),
    ),
    Mutant(
        name="twins stop everything",
        fact="of two instances with our marks none is bound, and nothing more is bought",
        file="core/facts/ownership.py",
        old="if len({instance.instance_id for instance in ours}) > 1:",
        new="if not ours and instances is None:",
        tests=(SETTLEMENT,),
    ),
)
