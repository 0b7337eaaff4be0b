"""What the API server keeps for us, against old processes and hands too, and who of several
processes leads."""

from typing import Final

from tests.mutants.catalogue.files import (
    CLUSTER_PORT,
    DEFINITIONS,
    ELECTION,
    FREEZE,
    LEDGER_AT_THE_API_SERVER,
    READING_ORDERS,
)
from tests.mutants.mutant import Mutant

ORDERS: Final = "crds/flinkworkspaceorders.yaml"
WORKSPACES: Final = "crds/flinkworkspaces.yaml"

API_SERVER: Final = (
    Mutant(
        name="an order is of the workspace that it names",
        fact="an API server that ignores the selector mixes no other workspace's orders in",
        file="adapters/kubernetes/ledger.py",
        old='if match and match[1] == key.name == wire["spec"]["workspaceRef"]["name"]:',
        new="if match:",
        tests=(READING_ORDERS,),
    ),
    Mutant(
        name="orders that can't be selected are listed",
        fact="an older API server's refusal does not make the ledger empty",
        file="adapters/kubernetes/selection.py",
        old="            self._selects = False\n",
        new="            return []\n",
        tests=(f"{READING_ORDERS}::test_where_they_cannot_be_selected_they_are_listed",),
    ),
    Mutant(
        name="a ledger that can't be read is not empty",
        fact="only the refusal of the selector is answered by a list, and no other by nothing",
        file="adapters/kubernetes/selection.py",
        old="        except NotUnderstood as refusal:\n",
        new="        except Exception as refusal:\n            return []\n",
        tests=(f"{READING_ORDERS}::test_another_refusal_is_not_taken_for_that",),
    ),
    Mutant(
        name="the API server knows the legal moves",
        fact="nobody takes an order that may have been sent back to where it would be sent again",
        file=ORDERS,
        old="'Uncertain': ['Placed', 'NotPlaced', 'Rejected'],",
        new="'Uncertain': ['Placed', 'NotPlaced', 'Rejected', 'Quoted'],",
        tests=(f"{LEDGER_AT_THE_API_SERVER}::test_only_the_moves_of_the_table_are_accepted",),
    ),
    Mutant(
        name="the API server keeps an instance id",
        fact="nobody writes another id over the one that was bought",
        file=ORDERS,
        old="oldSelf.status.instanceId == self.status.instanceId)",
        new="true)",
        tests=(f"{LEDGER_AT_THE_API_SERVER}::test_an_instance_id_is_set_once",),
    ),
    Mutant(
        name="the API server keeps the intent's time",
        fact="nobody moves the time from which the window of a call that may have been sent is counted",
        file=ORDERS,
        old="oldSelf.status.intentTime == self.status.intentTime)",
        new="true)",
        tests=(f"{LEDGER_AT_THE_API_SERVER}::test_what_was_announced_is_frozen_from_placing_on",),
    ),
    Mutant(
        name="the API server keeps the end of the window",
        fact="nobody shortens the window of a call that may have been sent",
        file=ORDERS,
        old="oldSelf.status.settledNotBefore == self.status.settledNotBefore)",
        new="true)",
        tests=(f"{LEDGER_AT_THE_API_SERVER}::test_what_was_announced_is_frozen_from_placing_on",),
    ),
    Mutant(
        name="the API server keeps the mark",
        fact="nobody makes an order that may have been sent look like another process's intent",
        file=ORDERS,
        old="oldSelf.status.intentMark == self.status.intentMark)",
        new="true)",
        tests=(f"{LEDGER_AT_THE_API_SERVER}::test_what_was_announced_is_frozen_from_placing_on",),
    ),
    Mutant(
        name="the API server freezes what is being bought again",
        fact="a spec follows no lost workspace while its replacement may be bought",
        file=WORKSPACES,
        old="in ['Placing', 'Uncertain']) &&\n                (has(self.spec.resources)",
        new="in []) &&\n                (has(self.spec.resources)",
        tests=(f"{FREEZE}::test_the_spec_follows_nothing_while_another_one_may_be_bought",),
    ),
    Mutant(
        name="the API server takes only what the cloud shows",
        fact="a spec that follows the console buys nothing: any other size is refused",
        file=WORKSPACES,
        old="self.spec.resources.cu == oldSelf.status.instance.cu",
        new="true",
        tests=(f"{FREEZE}::test_the_spec_may_follow_what_the_cloud_shows",),
    ),
    Mutant(
        name="the API server keeps the status",
        fact="nobody empties an order's status, so that it would read as one that was never sent",
        file=ORDERS,
        old="rule: '!has(oldSelf.status) || has(self.status)'",
        new="rule: 'true'",
        tests=(f"{LEDGER_AT_THE_API_SERVER}::test_a_status_can_be_neither_removed_nor_emptied",),
    ),
    Mutant(
        name="a claim lives as long as an open order",
        fact="the name of an order whose resource is gone is taken over by nobody while its outcome is open",
        file="adapters/kubernetes/cluster.py",
        old="        orders = await self.read_orders(lease.holder)\n        return any(",
        new="        orders = await self.read_orders(lease.holder)\n        return not orders and any(",
        tests=(f"{CLUSTER_PORT}::test_claim_lives_while_an_order_of_its_holder_is_open",),
    ),
)

BEFORE_IT_BEGINS: Final = (
    Mutant(
        name="older definitions are refused",
        fact="no order is written where the API server would drop what it has to remember",
        file="adapters/kubernetes/definitions.py",
        old="        if missing:\n",
        new="        if False:\n",
        tests=(f"{DEFINITIONS}::test_older_ones_are_named_with_what_they_lack",),
    ),
)

ELECTED: Final = (
    Mutant(
        name="a leader stops in time",
        fact="who could not renew the Lease leads no more before anybody can take it",
        file="runtime/election.py",
        old="RENEW_WITHIN = 2 / 3\n",
        new="RENEW_WITHIN = 4 / 3\n",
        tests=(ELECTION,),
    ),
    Mutant(
        name="a renewal counts from its beginning",
        fact="a renewal whose answer took long does not prolong the leading",
        file="runtime/election.py",
        old="self._renewed_at = held.version, began\n",
        new="self._renewed_at = held.version, self.clock()\n",
        tests=(ELECTION,),
    ),
    Mutant(
        name="a Lease is waited out",
        fact="another's Lease is taken only when it was not renewed for as long as it says",
        file="runtime/election.py",
        old="self._free_at = self._changed_at + lasts\n",
        new="self._free_at = self._changed_at + lasts / 2\n",
        tests=(ELECTION,),
    ),
    Mutant(
        name="a Lease of the past ends the leader",
        fact="after a restore of etcd nobody acts on what is remembered of a time that never was",
        file="runtime/election.py",
        old="if self._restored(found) and self.leads():",
        new="if False:",
        tests=(ELECTION,),
    ),
    Mutant(
        name="a renewal is part of the past",
        fact="a restore of etcd is noticed also if it comes right after a renewal",
        file="runtime/election.py",
        old="self._version, self._renewed_at = held.version, began",
        new="self._renewed_at = began",
        tests=(ELECTION,),
    ),
)
