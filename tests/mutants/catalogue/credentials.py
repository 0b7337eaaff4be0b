"""What keeps a purchase from being paid by somebody whom the resource does not name."""

from typing import Final

from tests.mutants.catalogue.files import CREDENTIALS, KEYS
from tests.mutants.mutant import Mutant

SIGNED: Final = (
    Mutant(
        name="nobody buys in another name",
        fact="where the Secret is gone after the intent, the operator's own identity may look, but not buy",
        file="core/purchasing.py",
        old="    if case.seen.signer.problem is not None:\n        return ",
        new="    if False:\n        return ",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="who pays is part of what was agreed to",
        fact="an order that was opened with another Secret is not sent",
        file="core/purchasing.py",
        old="    described = (spec.parameters, spec.workspace_ref.uid, spec.credentials) == asked\n",
        new="    described = (spec.parameters, spec.workspace_ref.uid) == asked[:2]\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="a Secret that is going is not bought with",
        fact="what is being deleted is there only for the order that it is held for",
        file="core/credentials.py",
        old="or (found.deleting and not is_held)",
        new="or False",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="nobody stands in for a purchase that is to come",
        fact="the operator stands in only for an order that may have been sent",
        file="core/credentials.py",
        old="return Signer(problem=usable) if sent is None else _stand_in(sent, usable, own, secrets)",
        new="return _stand_in(sent or order, usable, own, secrets) if order else Signer(problem=usable)",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the list of namespaces holds for standing in too",
        fact="in a namespace that may not use the operator's identity, it does not stand in",
        file="core/credentials.py",
        old="stands_in_for=None if own.problem else account_id)",
        new="stands_in_for=account_id)",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the Secret is held before the order is opened",
        fact="with the keys gone, nobody could find out what became of the order",
        file="core/credentials.py",
        old="    if any(isinstance(step, OpenOrder | WriteIntent) for step in plan.steps):\n",
        new="    if False:\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the Secret is held until the order is settled",
        fact="with the keys gone, nobody could find out what became of the order",
        file="core/credentials.py",
        old="    elif case.order is None:\n",
        new="    elif True:\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="a Secret that is going is let go before anything was sent",
        fact="held by an order that can't be sent without it, nobody could put another one in its place",
        file="core/credentials.py",
        old="    elif case.sent_order is None:\n",
        new="    elif False:\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="the Secret is held before the order may be sent",
        fact="it may be another one by now than when the order was opened",
        file="core/credentials.py",
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
        old="return _claim(lease, alive=True)\n\n    async def read_claims_of",
        new="return _claim(lease, alive=False)\n\n    async def read_claims_of",
        tests=("tests/scenario/test_cluster_port.py::test_claim_lives_where_its_holder_can_not_be_read",),
    ),
    Mutant(
        name="the order knows who pays",
        fact="it can be looked after when its resource is gone",
        file="core/purchasing.py",
        old="        credentials=case.workspace.spec.credentials,\n",
        new="        credentials=None,\n",
        tests=(CREDENTIALS,),
    ),
    Mutant(
        name="who stands in is of the order's account",
        fact="what another account shows says nothing about the order",
        file="observation.py",
        old="await _known(cloud.identify()) == signing.stands_in_for",
        new="await _known(cloud.identify())",
        tests=("tests/scenario/test_credentials.py::test_nobody_of_another_account_stands_in",),
    ),
)
