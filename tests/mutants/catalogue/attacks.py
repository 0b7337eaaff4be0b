"""What was put right after an attack: each of these lines stands against a schedule that once broke
the promise."""

from typing import Final

from tests.mutants.catalogue.files import ATTACKS as TESTS
from tests.mutants.catalogue.files import BILL, OUTSTANDING, STALE
from tests.mutants.mutant import Mutant

ATTACKS: Final = (
    Mutant(
        name="what was sent comes before what is quoted",
        fact="an older order that a hand put back is not sent beside one that may have been sent",
        file="core/facts/snapshot.py",
        old="key=lambda order: not order.facts.may_be_under_way",
        new="key=lambda order: order.state is None",
        tests=(TESTS,),
    ),
    Mutant(
        name="an order that left the ledger is known by its time",
        fact="an order that was put back without status does not stand for the one that was sent",
        file="core/orders/windows.py",
        old="return None if over or is_known else last",
        new="return None if over or last.name in {each.metadata.name for each in orders} else last",
        tests=(TESTS,),
    ),
    Mutant(
        name="an order that left the ledger stays in the status",
        fact="an older order of the ledger does not take its place, which would end the waiting",
        file="core/reporting/report.py",
        old='"order": case.left_the_ledger or _order(case) or before.order,',
        new='"order": _order(case) or before.order,',
        tests=(TESTS,),
    ),
    Mutant(
        name="orders that are restored bare are waited for",
        fact="an order that a backup brought back without its status may have been sent",
        file="core/checks/unfinished_calls.py",
        old="if order.spec.workspace_ref.uid != uid]",
        new="if order.spec.workspace_ref.uid == uid]",
        tests=(TESTS,),
    ),
    Mutant(
        name="what the bill left open stays so",
        fact="a look at the bill that fails does not close what is known to be unpaid",
        file="core/checks/billing_evidence.py",
        old='    return unread and order.status.evidence == "Bill"\n',
        new="    return unread and order.status.evidence is not None and False\n",
        tests=(BILL,),
    ),
    Mutant(
        name="adoption by name waits for marks",
        fact="what another cluster just bought is not adopted before its marks are shown",
        file="core/checks/adoption.py",
        old=(
            "    if (\n"
            '        case.adoption.policy != "IfNameMatches"\n'
            "        or case.suspended\n"
            "        or case.cloud_time > marks_shown_by(case, instance)\n"
            "    ):\n"
        ),
        new='    if case.adoption.policy != "IfNameMatches" or case.suspended or marks_shown_by(case, instance):\n',
        tests=(TESTS,),
    ),
    Mutant(
        name="no adoption by name beside what is bound",
        fact="while our own purchase is not shown yet, nothing else of its name is adopted",
        file="core/facts/ownership.py",
        old='by_name = adoption.policy == "IfNameMatches" and bound_id is None',
        new='by_name = adoption.policy == "IfNameMatches" and bound_id != ""',
        tests=(TESTS,),
    ),
    Mutant(
        name="gone is what was seen last",
        fact="an older workspace that the ledger tells of is not given up in the place of the one that vanished",
        file="core/case.py",
        old="return shown_id(self.workspace, self.seen.orders) or self.bound_id",
        new="return self.bound_id",
        tests=(TESTS,),
    ),
    Mutant(
        name="given up after it is lost, not before",
        fact="an annotation that is left over from a false alarm buys nothing",
        file="core/checks/lifecycle.py",
        old="    if case.is_named_for_replacement and not case.is_reported_lost:\n",
        new="    if case.is_named_for_replacement and case.is_reported_lost:\n",
        tests=(TESTS,),
    ),
    Mutant(
        name="nothing is given up while suspended",
        fact="until the resource goes on, a person can take it back",
        file="core/case.py",
        old="return not self.suspended and is_lost and self.is_named_for_replacement",
        new="return is_lost and self.is_named_for_replacement",
        tests=(TESTS,),
    ),
    Mutant(
        name="an answer is about one intent",
        fact="an answer that could not be recorded is not written over a later announcement by another process",
        file="core/orders/answers.py",
        old="    if not is_of_this_intent and not isinstance(answered.answer, Bought):\n",
        new="    if not is_of_this_intent and not answered.answer:\n",
        tests=(STALE,),
    ),
    Mutant(
        name="a copy is looked for in its region",
        fact="a refused call in another region than the resource's is not over before somebody looked there",
        file="core/checks/settlement.py",
        old="    listing = cloud.listing_of(spec.region) if can_ask else cloud.listing\n",
        new="    listing = cloud.listing\n",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="another region is asked",
        fact="a copy of a refused call is found in another region than the resource's",
        file="core/questions.py",
        old="        elsewhere=_outstanding_elsewhere(workspace.spec.region, orders),\n",
        new="",
        tests=(STALE,),
    ),
    Mutant(
        name="an older version knew nothing of copies",
        fact="a refusal that an older version recorded does not end the call",
        file="core/orders/windows.py",
        old='status.evidence == "Answer" and status.settled_not_before is not None\n',
        new='status.evidence == "Answer"\n',
        tests=(OUTSTANDING,),
    ),
)
