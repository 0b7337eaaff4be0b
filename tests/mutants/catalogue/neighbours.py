"""A list counts only if it shows what other resources of this cluster own."""

from typing import Final

from tests.mutants.catalogue.files import NEIGHBOURS, OBSERVATION, STORED_NEIGHBOURS
from tests.mutants.mutant import Mutant

BESIDE: Final = (
    Mutant(
        name="no order on a list that lacks neighbours",
        fact="nothing is opened or announced on a list that can't be trusted",
        file="core/decide.py",
        old="    purchase.wait_for_neighbours,\n",
        new="",
        tests=(NEIGHBOURS,),
    ),
    Mutant(
        name="no call on a list that lacks neighbours",
        fact="nothing is sent on a list that can't be trusted",
        file="core/checks/purchase.py",
        old=('    if case.missing_neighbours:\n        return "the last'),
        new=('    if False:\n        return "the last'),
        tests=(NEIGHBOURS,),
    ),
    Mutant(
        name="no absence on a list that lacks neighbours",
        fact="no order is taken for absent on a list that can't be trusted",
        file="core/checks/settlement.py",
        old="if not case.window_is_over(order) or case.missing_neighbours:",
        new="if not case.window_is_over(order):",
        tests=(NEIGHBOURS,),
    ),
    Mutant(
        name="the account of a neighbour",
        fact="a list of one account need not show what another one owns",
        file="core/facts/neighbours.py",
        old="if (each.account_id, each.region) == place",
        new="if each.region == place[1]",
        tests=(NEIGHBOURS,),
    ),
    Mutant(
        name="the region of a neighbour",
        fact="a list of one region need not show what lies in another",
        file="core/facts/neighbours.py",
        old="if (each.account_id, each.region) == place",
        new="if each.account_id == place[0]",
        tests=(NEIGHBOURS,),
    ),
    Mutant(
        name="nobody is his own neighbour",
        fact="what is lost is found out by a list that does not show it",
        file="core/ledger_case.py",
        old="(each for each in self.seen.neighbours if each.key != self.seen.key)",
        new="iter(self.seen.neighbours)",
        tests=(NEIGHBOURS,),
    ),
    Mutant(
        name="what is new need not be shown",
        fact="a wave of purchases does not hold itself up",
        file="core/facts/neighbours.py",
        old="return bought is None or date >",
        new="return bought is None or bool(date) or date >",
        tests=(NEIGHBOURS,),
    ),
    Mutant(
        name="what was bought must be shown after all delays",
        fact="also what was never seen running",
        file="core/facts/neighbours.py",
        old="return bought is None or date > bought + settings.longest_call + settings.copy_window",
        new="return bought is None",
        tests=(NEIGHBOURS,),
    ),
    Mutant(
        name="neighbours are read before the look",
        fact="what another look has just shown is not missed in one that began before it",
        file="observation.py",
        old=(
            "    if asked.fresh or asked.elsewhere:\n"
            "        # Before the cloud is asked: a later list must show all that was seen before it.\n"
            "        seen = seen.updated(neighbours=await cluster.list_neighbours())\n"
            "    seen = seen.updated(cloud=await _ask(await cloud_of(seen.signer, cloud), asked, seen, settings))\n"
        ),
        new=(
            "    seen = seen.updated(cloud=await _ask(await cloud_of(seen.signer, cloud), asked, seen, settings))\n"
            "    if asked.fresh:\n"
            "        seen = seen.updated(neighbours=await cluster.list_neighbours())\n"
        ),
        tests=(OBSERVATION,),
    ),
    Mutant(
        name="a neighbour is given up by its id",
        fact="an annotation that names another instance hides nothing",
        file="adapters/kubernetes/neighbours.py",
        old='given_up = (metadata.get("annotations") or {}).get(REPLACE_LOST) == instance_id',
        new='given_up = REPLACE_LOST in (metadata.get("annotations") or {})',
        tests=(STORED_NEIGHBOURS,),
    ),
    Mutant(
        name="a neighbour counts once it ran",
        fact="what is being created may be shown in one way before the others",
        file="adapters/kubernetes/neighbours.py",
        old='has_run = instance.get("clusterStatus") == RUNNING',
        new='has_run = instance.get("clusterStatus") is not None',
        tests=(STORED_NEIGHBOURS,),
    ),
    Mutant(
        name="a neighbour that is let go is not missed",
        fact="a person can end the waiting by deleting it",
        file="adapters/kubernetes/neighbours.py",
        old=' or given_up or metadata.get("deletionTimestamp"):',
        new=" or given_up:",
        tests=(STORED_NEIGHBOURS,),
    ),
    Mutant(
        name="half a list of neighbours",
        fact="a list that failed is begun anew, by whoever buys next",
        file="adapters/kubernetes/neighbours.py",
        old="        async for wire in self.objects():\n",
        new="        self._listed = True\n        async for wire in self.objects():\n",
        tests=(STORED_NEIGHBOURS,),
    ),
    Mutant(
        name="an old row over the watch",
        fact="what the watch showed while the list was read is newer than the list",
        file="adapters/kubernetes/neighbours.py",
        old="        if not self._listed and _key(wire) not in self._shown:\n",
        new="        if not self._listed:\n",
        tests=(STORED_NEIGHBOURS,),
    ),
)
