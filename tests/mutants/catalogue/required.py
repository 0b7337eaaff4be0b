"""The safeguards without which the protocol is not itself: `make test` takes out each of them."""

from typing import Final

from tests.mutants.catalogue.files import (
    ERRORS,
    LAYERS,
    LETTING_GO,
    ORDERS_AT_THE_CLOUD,
    PAGING,
    PURCHASE,
    SETTLEMENT,
    WRITES,
)
from tests.mutants.mutant import Mutant

REQUIRED: Final = (
    Mutant(
        name="look-up before the call",
        fact="the call is sent only if a complete look, begun after the intent, shows that the name is free",
        file="core/checks/purchase.py",
        old="if why is None and evidence.is_free:",
        new="if why is None:",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="conditional write",
        fact="a write names the version that was read, so that the API server refuses it if somebody was faster",
        file="adapters/kubernetes/collection.py",
        old=(
            "                        lock,\n"
            "                        *(\n"
            '                            {"op": "add", "path": path, "value": value}\n'
            "                            for path, value in changes.items()\n"
            "                        ),\n"
        ),
        new=(
            '                        {"op": "add", "path": path, "value": value}\n'
            "                        for path, value in changes.items()\n"
        ),
        tests=(WRITES,),
    ),
    Mutant(
        name="paging to the last page",
        fact="a look that ends before the last page shows nothing of what stands on it",
        file="adapters/alibaba/paging.py",
        old="while not whole.complete:",
        new="for _ in range(1):",
        tests=(PAGING,),
    ),
    Mutant(
        name="unknown is not absent",
        fact="a look that failed says nothing, and never that the name is free",
        file="core/facts/ownership.py",
        old="    if isinstance(listing, Unknown):\n        return listing\n",
        new="    if isinstance(listing, Unknown):\n        return Absent()\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="settle window",
        fact="absence proves nothing before the call can't be executed any more and would be visible",
        file="core/ledger_case.py",
        old="return end is not None and not isinstance(listing, Unknown) and listing.date > end",
        new="return end is not None and not isinstance(listing, Unknown)",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="pinned date",
        fact="the call is signed with the intent's time, so that the gateway refuses it when it comes late",
        file="adapters/alibaba/session.py",
        old='return {"x-acs-date": date, "x-acs-signature-nonce": self.nonce}',
        new='return {"x-acs-signature-nonce": self.nonce} if date else {}',
        tests=(f"{ORDERS_AT_THE_CLOUD}::test_the_call_is_signed_as_fixed_beforehand",),
    ),
    Mutant(
        name="restart in Placing",
        fact="only the process that remembers to have sent nothing may send what is announced",
        file="core/checks/purchase.py",
        old=(
            "    intent, order = case.seen.remembered.intent, case.announced_order\n"
            "    if intent is None or order is None:\n"
            "        return Plan(requeue=SOON) if case.seen.final_check else None\n"
        ),
        new=(
            "    order = case.order\n"
            "    if order is None or order.state != 'Placing' or case.seen.workspace is None:\n"
            "        return None\n"
            "    from flink_workspace_operator.core.facts.snapshot import Intent\n\n"
            "    generation = case.workspace.metadata.generation\n"
            "    intent = Intent(order.metadata.uid, order.status.intent_mark or '', generation)\n"
        ),
        tests=(LAYERS,),
    ),
    Mutant(
        name="finalizer hold",
        fact="the resource is held before an order is opened, so that it can't go while a purchase is open",
        file="core/checks/claim.py",
        old="    return () if is_held or case.claims_nothing else (AddFinalizer(),)\n",
        new="    return ()\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="ledger by name, not by uid",
        fact="a resource that was deleted and created again finds what was bought for its name",
        file="core/facts/snapshot.py",
        old="        order for order in orders if (order.spec.region, order.spec.workspace_name) == wanted\n",
        new=(
            "        order\n"
            "        for order in orders\n"
            "        if (order.spec.region, order.spec.workspace_name, order.spec.workspace_ref.uid)\n"
            "        == (*wanted, workspace.metadata.uid)\n"
        ),
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="claim",
        fact="of two resources with one workspace name only the holder of the name's claim may buy",
        file="core/checks/claim.py",
        old="    steps, claim = _missing_finalizer(case), case.seen.claim\n",
        new="    return None\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="allow-list of refusals",
        fact="only what the gateway says before anything is executed proves that nothing was bought",
        file="core/orders/answers.py",
        old='if failure.fate in ("CallRefused", "CopyRefused") and order.facts.may_be_under_way:',
        new='if order.state in ("Placing", "Uncertain"):',
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="used nonce is no refusal",
        fact="the gateway's word that the nonce was used says that another copy was sent, which may have bought",
        file="adapters/alibaba/errors.py",
        old='Row("SignatureNonceUsed", failures.SignatureReplayed, _GATEWAY)',
        new='Row("SignatureNonceUsed", failures.SignatureReplayed, _GATEWAY, fate="CallRefused")',
        tests=(ERRORS,),
    ),
    Mutant(
        name="deletion waits for an open outcome",
        fact="a resource goes only when it is known what its orders bought",
        file="core/checks/deletion.py",
        old=(
            "    if (\n"
            "        order is not None\n"
            "        and case.workspace.metadata.annotations.get(ABANDON_ORDER) != order.metadata.name\n"
            "    ):\n"
        ),
        new="    if False:\n",
        tests=(LETTING_GO,),
    ),
)
