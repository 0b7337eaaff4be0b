"""What keeps a purchase from being paid by somebody whom the resource does not name."""

from typing import Final

from tests.mutants.catalogue.files import CREDENTIALS, KEYS
from tests.mutants.mutant import Mutant

SIGNED: Final = (
    Mutant(
        name="nobody buys in another name",
        fact="where the Secret is gone after the intent, the operator's own identity may look, but not buy",
        file="core/checks/purchase.py",
        old="    if case.seen.signer.problem is not None:\n        return ",
        new="    if False:\n        return ",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="who pays is part of what was agreed to",
        fact="an order that was opened with another Secret is not sent",
        file="core/checks/purchase.py",
        old="    return (spec.block, spec.workspace_ref.uid, spec.credentials) == wish\n",
        new="    return (spec.block, spec.workspace_ref.uid) == wish[:2]\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="a Secret that is going is not bought with",
        fact="what is being deleted is there only for the order that it is held for",
        file="core/checks/credentials.py",
        old="or (found.deleting and not is_held)",
        new="or False",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="nobody stands in for a purchase that is to come",
        fact="the operator stands in only for an order that may have been sent",
        file="core/checks/credentials.py",
        old="return Signer(problem=usable) if sent is None else _stand_in(key, sent, own, secrets, usable)",
        new="return _stand_in(key, sent or order, own, secrets, usable) if order else Signer(problem=usable)",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the list of namespaces holds for standing in too",
        fact="in a namespace that may not use the operator's identity, it does not stand in",
        file="core/checks/credentials.py",
        old="stands_in_for=None if own.problem else account_id)",
        new="stands_in_for=account_id)",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the operator's account pays for nobody whom nothing names",
        fact="its namespaces are listed, and left out the list is empty",
        file="settings.py",
        old="    return allowed is not None and (EVERYWHERE in allowed or namespace in allowed)\n",
        new="    return allowed is None or EVERYWHERE in allowed or namespace in allowed\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="what may not be bought is only looked after",
        fact="who may look at what was bought there may not buy, prepare or adopt",
        file="core/decide.py",
        old="    stop_without_who_may_buy,\n    # Existing instances.",
        new="    # Existing instances.",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="what was bought is looked after where no more may be bought",
        fact="a list that came later, or lost a name, does not make the operator blind for its own orders",
        file="core/checks/credentials.py",
        old="    if sent is not None:\n        return sent.spec.credentials is None\n",
        new="    if sent is not None:\n        return False\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the operator's identity is held to its account",
        fact="where keys of another account come in its place, they buy nothing",
        file="core/checks/credentials.py",
        old=(
            "    if (\n"
            "        signing != Signer()\n"
            "        or allowed is None\n"
            "        or isinstance(account_id, Unknown)\n"
            "        or account_id == allowed\n"
            "    ):\n"
        ),
        new="    if signing != Signer() or allowed is None or isinstance(account_id, Unknown) or account_id:\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the account that answered is compared",
        fact="the pass itself asks whose key it is, and holds it to the setting",
        file="observation.py",
        old="    seen = seen.updated(signer=held_to_account(seen.signer, seen.cloud.account_id, settings))\n",
        new="",
        tests=(
            "tests/scenario/test_credentials.py::test_operator_of_another_account_than_the_setting_names",
        ),
    ),
    Mutant(
        name="the node's role is not taken for a key that is missing",
        fact="it may be of another account, and buys there",
        file="adapters/alibaba/key_sources.py",
        old="        return found\n    return (*found, ",
        new="        return (*found, *_node())\n    return (*found, ",
        tests=(KEYS,),
    ),
    Mutant(
        name="who is chosen is asked alone",
        fact="a key that is left in the environment does not buy in place of the role",
        file="adapters/alibaba/key_sources.py",
        old='    if identity == "rrsa":\n',
        new="    if False:\n",
        tests=(KEYS,),
    ),
    Mutant(
        name="no instance is adopted by its id where that is not for the namespace",
        fact="an editor does not take over what others bought",
        file="core/case.py",
        old="        return wanted if is_free else NO_ADOPTION\n",
        new="        return wanted\n",
        tests=("tests/unit/core/checks/test_adoption.py",),
    ),
    Mutant(
        name="nothing is bought in place of what may not be adopted",
        fact="who names an instance does not want another one",
        file="core/decide.py",
        old="    adoption.stop_what_may_not_be_adopted,\n",
        new="",
        tests=("tests/unit/core/checks/test_adoption.py",),
    ),
    Mutant(
        name="the key is not shown to another machine without TLS",
        fact="whoever is on the way would answer in the cloud's place",
        file="settings.py",
        old="        elif is_plain(self.endpoint) and not is_loopback(self.endpoint) and not self.emulator:\n",
        new="        elif False:\n",
        tests=("tests/unit/test_settings.py",),
    ),
    Mutant(
        name="the Secret is held before the order is opened",
        fact="with the keys gone, nobody could find out what became of the order",
        file="core/checks/credentials.py",
        old="    if any(isinstance(step, OpenOrder | WriteIntent) for step in plan.steps):\n",
        new="    if False:\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the Secret is held until the order is settled",
        fact="with the keys gone, nobody could find out what became of the order",
        file="core/checks/credentials.py",
        old="    if case.order is None:\n",
        new="    if True:\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="a Secret that is going is let go before anything was sent",
        fact="held by an order that can't be sent without it, nobody could put another one in its place",
        file="core/checks/credentials.py",
        old="    elif case.sent_order is None:\n",
        new="    elif False:\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the Secret is held before the order may be sent",
        fact="it may be another one by now than when the order was opened",
        file="core/checks/credentials.py",
        old="isinstance(step, OpenOrder | WriteIntent) for step",
        new="isinstance(step, OpenOrder) for step",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="no other identity stands in for one that can't be had",
        fact="while STS is down, the role of the node would buy, and would be used from then on",
        file="adapters/alibaba/key_chain.py",
        old="            if outcome is not None and (source.required or source is self._used):\n",
        new="            if outcome is not None and source is self._used:\n",
        tests=(KEYS,),
    ),
    Mutant(
        name="a claim whose holder may not be read is taken",
        fact="what may not be seen is not gone",
        file="adapters/kubernetes/cluster.py",
        old="return claim_of(lease, alive=True)\n\n    async def read_claims_of",
        new="return claim_of(lease, alive=False)\n\n    async def read_claims_of",
        tests=(
            "tests/scenario/test_cluster_port.py::test_claim_lives_where_its_holder_can_not_be_read",
        ),
    ),
    Mutant(
        name="the order knows who pays",
        fact="it can be looked after when its resource is gone",
        file="core/checks/purchase.py",
        old="        credentials=case.workspace.spec.credentials,\n",
        new="        credentials=None,\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="who stands in is of the order's account",
        fact="what another account shows says nothing about the order",
        file="observation.py",
        old="if isinstance(caller, Caller) and caller.account_id == signing.stands_in_for:",
        new="if isinstance(caller, Caller):",
        tests=("tests/scenario/test_credentials.py::test_nobody_of_another_account_stands_in",),
    ),
)
