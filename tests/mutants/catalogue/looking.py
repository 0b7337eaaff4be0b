"""What a look must be to count as one, and whose it says an instance is."""

from typing import Final

from tests.mutants.catalogue.files import (
    ADOPTION,
    CALL,
    CLOCK,
    LETTING_GO,
    LOOKS,
    NEAR,
    PAGING,
    PURCHASE,
    SETTINGS,
    SETTLEMENT,
    SHARING,
    WRITES,
)
from tests.mutants.mutant import Mutant

COMPLETE: Final = (
    Mutant(
        name="pages agree on TotalCount",
        fact="a list that changed while it was read is no list",
        file="adapters/alibaba/paging.py",
        old="        if former not in (None, page.total_count):\n",
        new="        if False:\n",
        tests=(PAGING,),
    ),
    Mutant(
        name="as many entries as TotalCount",
        fact="a list with fewer entries than it says is no list",
        file="adapters/alibaba/paging.py",
        old="if not page.rows and not self.complete:",
        new="if not page.rows and not self.complete and not self.dates:",
        tests=(PAGING,),
    ),
    Mutant(
        name="no entry twice",
        fact="an entry that stands on two pages has pushed another one out",
        file="adapters/alibaba/paging.py",
        old="if len({row.id for row in self.rows}) < len(self.rows):",
        new="if False:",
        tests=(PAGING,),
    ),
    *(
        Mutant(
            name=f"an instance is found by {what}",
            fact="no workspace is bought again because the list is not read whole for each resource",
            file="core/facts/ownership.py",
            old="listing.concerning(*who, ownership.bound_id, adoption.instance_id)",
            new=f"listing.concerning({words})",
            tests=(NEAR,),
        )
        for what, words in (
            ("its name", "who[1], ownership.bound_id, adoption.instance_id"),
            ("its tags", "who[0], ownership.bound_id, adoption.instance_id"),
            ("the id that is bound", "*who, adoption.instance_id"),
            ("the id that is to be adopted", "*who, ownership.bound_id"),
        )
    ),
    Mutant(
        name="pages of a list in their order",
        fact="no page is left out because many are asked for at once",
        file="adapters/alibaba/paging.py",
        old="        following = len(self.dates) + 1\n",
        new="        following = len(self.dates) + 2\n",
        tests=(PAGING,),
    ),
    Mutant(
        name="what we changed is asked for again",
        fact="an answer from before a change serves nobody after it, also if the question was still under way",
        file="adapters/sharing.py",
        old="                    or self._last.began < self._changed\n",
        new="",
        tests=(SHARING,),
    ),
    Mutant(
        name="a list that changed is read again",
        fact="purchases of others do not keep a look from being complete",
        file="adapters/alibaba/paging.py",
        old="        if isinstance(found, ListChanged):\n            found =",
        new="        if False:\n            found =",
        tests=(PAGING,),
    ),
    Mutant(
        name="an end to new beginnings",
        fact="a list that never comes to rest is a failure, and no list that is asked for without end",
        file="adapters/alibaba/paging.py",
        old="_REREADS: Final = 3",
        new="_REREADS: Final = 4",
        tests=(PAGING,),
    ),
    Mutant(
        name="one page of one moment",
        fact="what does not add up inside a single page is no change of the list, and makes no sense",
        file="adapters/alibaba/paging.py",
        old="        _check(page, reply, is_first=not self.dates)\n",
        new="",
        tests=(PAGING,),
    ),
    Mutant(
        name="the earliest Date of a look",
        fact="a look is as old as its oldest answer",
        file="adapters/alibaba/paging.py",
        old="return whole.rows, min(whole.dates)",
        new="return whole.rows, max(whole.dates)",
        tests=(PAGING,),
    ),
    Mutant(
        name="a Date that is far off dates nothing",
        fact="dated tomorrow, a list would prove today that a lost call bought nothing",
        file="adapters/alibaba/reply.py",
        old="        if self.doubt is not None:\n",
        new="        if False:\n",
        tests=(CLOCK,),
    ),
    Mutant(
        name="with the real cloud no Date is believed that is far off",
        fact="left out, the setting is less than what a window holds beyond the time that a call needs",
        file="settings.py",
        old="        if seconds is None and self.endpoint is None:\n",
        new="        if False:\n",
        tests=(SETTINGS,),
    ),
    Mutant(
        name="a Date or no look",
        fact="an answer without a date proves nothing, because it is not known when it was true",
        file="adapters/alibaba/reply.py",
        old='        if self.date is None:\n            raise self.garbled("no Date")\n        return self.date\n',
        new="        return self.date or datetime.now().astimezone()\n",
        tests=(PAGING,),
    ),
    Mutant(
        name="every way of looking counts",
        fact="a look of which one part failed is no look",
        file="adapters/alibaba/workspaces.py",
        old="            if isinstance(outcome, BaseException):\n                raise outcome\n",
        new="            if isinstance(outcome, BaseException):\n                continue\n",
        tests=(f"{LOOKS}::test_a_lookup_with_one_failed_part_is_no_lookup",),
    ),
    Mutant(
        name="looked for by tag and by name",
        fact="the cloud may show a new instance by one way before the others",
        file="adapters/alibaba/workspaces.py",
        old="            *(look(self._session, target.region, each) for each in filters),\n",
        new="",
        tests=(f"{LOOKS}::test_a_lookup_asks_by_each_tag_and_by_name",),
    ),
    Mutant(
        name="the look begins after it was asked for",
        fact="a purchase is not decided on a look that began before the pass",
        file="adapters/alibaba/workspaces.py",
        old="self._inventory.take(target.region, timedelta(0)),",
        new="self._inventory.take(target.region, timedelta(seconds=60)),",
        tests=(f"{LOOKS}::test_a_lookup_begins_after_it_was_asked_for",),
    ),
    Mutant(
        name="a failed look is unknown",
        fact="a look that could not be taken is not one that shows nothing",
        file="observation.py",
        old="    seen = seen.updated(cloud=await _ask(await cloud_of(seen.signer, cloud), asked, seen, settings))\n",
        new=(
            "    seen = seen.updated(cloud=await _ask(await cloud_of(seen.signer, cloud), asked, seen, settings))\n"
            "    if isinstance(seen.cloud.listing, Unknown):\n"
            "        seen = seen.updated(cloud=seen.cloud.updated(listing=Listing((), now)))\n"
        ),
        tests=(CALL,),
    ),
)

WHOSE: Final = (
    Mutant(
        name="the account of the look",
        fact="a look into another account says nothing about what an order bought",
        file="core/ledger_case.py",
        old="return cloud.listing_of(region) if cloud.account_id == account_id else Unknown()",
        new="return cloud.listing_of(region)",
        tests=(SETTLEMENT, PURCHASE),
    ),
    Mutant(
        name="the region of the look",
        fact="a look into another region says nothing about what an order bought",
        file="core/facts/snapshot.py",
        old=(
            "        return (\n"
            "            self.listing if region == self.region else dict(self.elsewhere).get(region, Unknown())\n"
            "        )\n"
        ),
        new="        return self.listing if region else dict(self.elsewhere).get(region, Unknown())\n",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="another account stops the purchase",
        fact="a resource whose purchase belongs to one account buys nothing in another",
        file="core/case.py",
        old="            return binding[-1].spec.account_id\n",
        new="            return None\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="marks of another owner beat the ledger",
        fact="what was moved to another owner on purpose is his, though our ledger says that we bought it",
        file="core/facts/ownership.py",
        old="        if self.is_marked_by_another(instance):\n            return False\n",
        new="",
        tests=(ADOPTION, SETTLEMENT),
    ),
    Mutant(
        name="a mark counts on its name",
        fact="an instance of another name is not this resource's, though a hand put our marks on it",
        file="core/facts/ownership.py",
        old="return instance.name == self.target.workspace_name and (by_token or self.marked(instance))",
        new="return by_token or self.marked(instance)",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="a stranger of this name stops the purchase",
        fact="nothing is bought beside an instance that has the name already, whoever owns it",
        file="core/facts/ownership.py",
        old="    return next((stranger for stranger in strangers if stranger is not None), Absent())\n",
        new="    del strangers\n    return Absent()\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="adoption only if the spec agrees",
        fact="an instance that differs from the spec is not adopted: afterwards the spec can't be changed",
        file="core/checks/adoption.py",
        old="    if not differing:\n",
        new="    if differing is not None:\n",
        tests=(ADOPTION,),
    ),
    Mutant(
        name="adoption waits for an open purchase",
        fact="nothing is adopted while a purchase of this name may be under way",
        file="core/checks/adoption.py",
        old="if not isinstance(found, Adoptable) or case.sent_order is not None:",
        new="if not isinstance(found, Adoptable):",
        tests=(ADOPTION,),
    ),
    Mutant(
        name="ByInstanceId never buys",
        fact="who names an instance to adopt gets that one or none",
        file="core/checks/adoption.py",
        old="if adoption is None or adoption.instance_id is None or not isinstance(case.found, Absent):",
        new="if adoption is None or adoption.instance_id != '':",
        tests=(ADOPTION,),
    ),
)

HOLDING: Final = (
    Mutant(
        name="another's claim stalls",
        fact="who finds the name claimed by a living resource buys nothing",
        file="core/checks/claim.py",
        old="    if claim is not None and not is_free and not _exists(case):\n",
        new="    if False:\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="a dead claim is removed as it was read",
        fact="of two resources that find a dead claim only one takes it over",
        file="adapters/kubernetes/collection.py",
        old="condition = client.V1Preconditions(resource_version=resource_version)",
        new="condition = client.V1Preconditions()",
        tests=(WRITES,),
    ),
    Mutant(
        name="the claim outlives the resource",
        fact="the name stays claimed while an abandoned order could still turn into a workspace",
        file="core/checks/deletion.py",
        old="kept = [order for order in (case.order, *_kept_orders(case)) if order is not None]",
        new="kept = _kept_orders(case)",
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="the claim outlives what may be hidden",
        fact="the name stays claimed while what was bought under it may not be shown to the next one yet",
        file="core/checks/deletion.py",
        old="kept = [order for order in (case.order, *_kept_orders(case)) if order is not None]",
        new="kept = [order for order in (case.order,) if order is not None]",
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="our clock does not free a name that nobody looked for",
        fact="a clock that is ahead frees no name of a purchase that nobody sees yet",
        file="core/checks/deletion.py",
        old=(
            "        if cloud.region is None or any(\n"
            "            isinstance(failure, SignatureExpired) for failure in failures\n"
            "        ):\n"
        ),
        new="        if any(isinstance(failure, SignatureExpired) for failure in failures):\n",
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="a clock that the cloud refuses ends nothing",
        fact="where calls are refused for their date, our own clock proves nothing",
        file="core/checks/deletion.py",
        old=(
            "        if cloud.region is None or any(\n"
            "            isinstance(failure, SignatureExpired) for failure in failures\n"
            "        ):\n"
        ),
        new="        if cloud.region is None:\n",
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="deletion closes quoted orders",
        fact="an order that nobody sent yet is closed by a write that whoever is about to send it runs into",
        file="core/checks/deletion.py",
        old="    cancellation, order = _cancel_what_is_quoted(case), case.order\n",
        new="    cancellation, order = None, case.sent_order\n",
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="an order of nobody is closed",
        fact="an order that was quoted for a resource that is gone is closed",
        file="core/checks/deletion.py",
        old="        return cancellation\n    kept = ",
        new="        pass\n    kept = ",
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="only settled orders leave the ledger",
        fact="an order whose outcome is open can't be deleted",
        file="core/checks/deletion.py",
        old="if each.settled and each not in kept]",
        new="if each not in kept]",
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="no second intent for an order",
        fact="from Uncertain no order comes back to Quoted, to be sent again",
        file="api/order_states.py",
        old='        moves=("Placed", "NotPlaced", "Rejected"),\n',
        new='        moves=("Placed", "NotPlaced", "Rejected", "Quoted"),\n',
        tests=("tests/unit/api/test_order_states.py",),
    ),
    Mutant(
        name="a suspended resource takes no name",
        fact="a resource that is suspended, and that nothing was sent for, keeps nobody from buying",
        file="core/checks/claim.py",
        old="    if is_free and not case.holds_claim and not case.claims_nothing:\n",
        new="    if is_free and not case.holds_claim:\n",
        tests=(f"{PURCHASE}::TestBeforeAnOrder::test_suspended_takes_no_name",),
    ),
    Mutant(
        name="what was sent keeps its name",
        fact="a suspended resource that a call was sent for keeps its claim",
        file="core/case.py",
        old="return self.suspended and not sent and",
        new="return self.suspended and",
        tests=(f"{PURCHASE}::TestBeforeAnOrder::test_suspended_after_a_call_keeps_the_name",),
    ),
    Mutant(
        name="the claim before the differences",
        fact="what another resource's workspace is like is not told",
        file="core/checks/adoption.py",
        old=("        secure_claim(case)\n        or _differs(case, instance)\n"),
        new=("        _differs(case, instance)\n        or secure_claim(case)\n"),
        tests=(f"{ADOPTION}::TestAdoption::test_what_another_resource_claims_is_not_described",),
    ),
)
