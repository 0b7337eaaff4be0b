"""What a round of lists may say: that nothing is to be done, and nothing else."""

from typing import Final

from tests.mutants.catalogue.files import CONFIRMATION, RESYNC, ROUNDS
from tests.mutants.mutant import Mutant

CHANGED: Final = f"{CONFIRMATION}::test_what_changed_has_its_pass"
ANY_PLAN: Final = f"{CONFIRMATION}::test_a_plan_that_is_more_than_nothing_is_a_pass"
OWED: Final = f"{CONFIRMATION}::test_what_this_process_owes_has_its_pass"

CONFIRMED: Final = (
    Mutant(
        name="lists confirm no work",
        fact="what a pass would write is written by a pass, though lists show it",
        file="confirmation.py",
        old="    if plan.steps or plan.retry",
        new="    if plan.retry",
        tests=(ANY_PLAN,),
    ),
    Mutant(
        name="lists confirm no news",
        fact="a status that would change is written by a pass",
        file="confirmation.py",
        old="    return told.as_wire() == seen.workspace.status.as_wire()\n",
        new="    return True\n",
        tests=(ANY_PLAN,),
    ),
    Mutant(
        name="lists confirm nothing that is due",
        fact="what is looked at again soon is looked at by a pass, and not forgotten until the next round",
        file="confirmation.py",
        old="    if seen.workspace is None or not is_routine:\n",
        new="    if seen.workspace is None:\n",
        tests=(ANY_PLAN,),
    ),
    Mutant(
        name="what this process owes is a pass's",
        fact="an announced purchase, and an answer that the ledger lacks, wait for no round",
        file="confirmation.py",
        old="if self.memory.is_restless(key) or not _is_idle(remembered):",
        new="if self.memory.is_restless(key):",
        tests=(OWED,),
    ),
    Mutant(
        name="a pass that failed is followed by a pass",
        fact="lists do not show what stopped a pass",
        file="confirmation.py",
        old="if self.memory.is_restless(key) or not _is_idle(remembered):",
        new="if not _is_idle(remembered):",
        tests=(OWED,),
    ),
    Mutant(
        name="a pass tells that it failed",
        fact="a round does not put off the retry of a pass that failed",
        file="reconcile.py",
        old="            self.memory.note_restless(key, True)\n",
        new="",
        tests=(f"{CONFIRMATION}::test_a_pass_that_failed_is_followed_by_a_pass",),
    ),
    Mutant(
        name="a shared answer is no fresh look",
        fact="who asks for a fresh look reads it in a pass: a list of a round is older than what it decides",
        file="confirmation.py",
        old='        "identify",\n        "list_regions",\n',
        new='        "identify",\n        "look_up",\n        "list_regions",\n',
        tests=(f"{ROUNDS}::test_a_round_asks_each_question_once",),
    ),
    Mutant(
        name="others' claims are asked about",
        fact="a claim in a list does not tell whether its holder is alive",
        file="adapters/kubernetes/listed.py",
        old="        if claim_in(wire)[0] != reader:\n            raise Doubtful\n",
        new="",
        tests=(f"{ROUNDS}::test_only_ones_own_claim_is_read_from_a_list",),
    ),
    Mutant(
        name="a list that lacks an instance confirms nobody",
        fact="a narrowed permission, or an outage, does not look like a region in order",
        file="runtime/rounds.py",
        old="return listing is not None and not not_shown(",
        new="return listing is not None or not_shown(",
        tests=(f"{ROUNDS}::test_a_list_that_lacks_what_somebody_owns_confirms_nobody_there",),
    ),
    Mutant(
        name="orders without their resource have a pass",
        fact="an order that outlives its resource is settled after a restart, and released",
        file="runtime/rounds.py",
        old="        for key in self.lists.held_for() - self._workspaces:\n",
        new="        for key in ():\n",
        tests=(f"{ROUNDS}::test_orders_that_outlive_their_resource_have_a_pass",),
    ),
    Mutant(
        name="what the first round did not have has a pass",
        fact="a resource that is made while the process begins is not left waiting",
        file="runtime/resync.py",
        old="            if version not in self._listed:\n                self.queue.add",
        new="            if False:\n                self.queue.add",
        tests=(f"{RESYNC}::test_what_the_watches_list_and_the_first_round_does_not_has_a_pass",),
    ),
    Mutant(
        name="half a round confirms nobody",
        fact="a resource whose orders could not be listed is not taken for one without orders",
        file="runtime/resync.py",
        old="if round_ is not None and all(whole):",
        new="if round_ is not None:",
        tests=(f"{RESYNC}::test_half_a_round_confirms_nobody",),
    ),
    Mutant(
        name="a pass meanwhile counts more",
        fact="a round does not put off what a pass asked for while the lists were read",
        file="runtime/rounds.py",
        old="if place not in unreliable and not is_restless(key)",
        new="if place not in unreliable",
        tests=(f"{ROUNDS}::test_a_pass_meanwhile_counts_more_than_the_list",),
    ),
    Mutant(
        name="a confirmed key has a pass all the same",
        fact="if no further round comes to an end, each resource has its pass",
        file="runtime/resync.py",
        old="                self.queue.put_off(key, wait)\n",
        new="                self.queue._cancel_timer(key)\n",
        tests=(f"{RESYNC}::test_what_a_round_confirms_has_no_pass_before_the_next",),
    ),
)
