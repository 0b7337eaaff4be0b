"""Until when something may come of a call, and what waits for it."""

from typing import Final

from tests.mutants.catalogue.files import (
    EXECUTION,
    LETTING_GO,
    LOST,
    OUTSTANDING,
    PURCHASE,
    REPORT,
    SETTINGS,
    SETTLEMENT,
)
from tests.mutants.mutant import Mutant

COPIES: Final = (
    Mutant(
        name="a refusal of the moment is outstanding",
        fact="it answers one copy of the call; another one may have been accepted",
        file="core/orders/answers.py",
        old=(
            "        return rejected(\n"
            '            answered, sent_at, reason, at + copy_window if failure.fate == "CopyRefused" else None\n'
            "        )\n"
        ),
        new="        return rejected(answered, sent_at, reason, None)\n",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="what is outstanding",
        fact="an order is outstanding until the ledger says that its call is over",
        file="api/order.py",
        old="return self.status.outstanding_until is not None",
        new="return False",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="nothing is sent beside an outstanding call",
        fact="an intent beside a call that may still be executed is taken back",
        file="core/checks/purchase.py",
        old="    if case.outstanding_order is not None:\n",
        new="    if False:\n",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="a quoted order waits for the call before it",
        fact="an order that a restore brought back is not announced beside a call that may still be executed",
        file="core/checks/retry.py",
        old="    if ends is None or (is_time_over and not last.outstanding):\n",
        new="    if case.order is not None or ends is None or (is_time_over and not last.outstanding):\n",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="only a later list ends an outstanding call",
        fact="a list from before a copy must be shown does not rule it out",
        file="core/checks/settlement.py",
        old="return end is not None and not isinstance(listing, Unknown) and listing.date > end",
        new="return end is not None and not isinstance(listing, Unknown)",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="no clock of ours ends an outstanding call",
        fact="a clock that is ahead makes looks fail, and must not stand in for them",
        file="core/checks/settlement.py",
        old="return end is not None and not isinstance(listing, Unknown) and listing.date > end",
        new="return end is not None and case.cloud_time > end",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="a list that can be trusted ends an outstanding call",
        fact="a list that lacks what others own does not rule a copy out",
        file="core/checks/settlement.py",
        old="return can_ask and not case.missing_neighbours_in(order.spec.region)",
        new="return can_ask",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="without a look the whole window counts",
        fact="where its account can't be asked, a refused call is as long as a lost one",
        file="core/checks/settlement.py",
        old="end = earliest if _is_seen(case, order) else latest",
        new="end = earliest",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="what nobody saw is not claimed",
        fact="the end of a window in which no list could be read is no evidence of absence",
        file="core/orders/ledger.py",
        old="    if not is_seen:\n",
        new="    if False:\n",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="name and ledger outlive an outstanding call",
        fact="nobody takes the name of a call that may still be executed",
        file="core/checks/deletion.py",
        old="    return kept + _unlisted(case)\n",
        new="    return _unlisted(case)\n",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="a stranger does not undo a call",
        fact="ours may be executed once the stranger's instance is released",
        file="core/checks/settlement.py",
        old="ledger.rejected(order, at, reason, end if end is not None and end >= at else None)",
        new="ledger.rejected(order, at, reason)",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="an outstanding order that left the ledger is waited for",
        fact="its call may still be executed",
        file="core/orders/windows.py",
        old="return last.settled_not_before if last.facts.is_refused else None",
        new="return None",
        tests=(OUTSTANDING,),
    ),
    Mutant(
        name="the resource knows until when its order is outstanding",
        fact="should the order be deleted by force",
        file="core/reporting/report.py",
        old=(
            "    open_until = (\n"
            "        window_end(newest.status, case.settings)\n"
            "        if newest.facts.may_be_under_way\n"
            "        else newest.status.outstanding_until\n"
            "    )\n"
        ),
        new="    open_until = window_end(newest.status, case.settings) if newest.facts.may_be_under_way else None\n",
        tests=(REPORT,),
    ),
    Mutant(
        name="not purchased is said last",
        fact="nobody reads that nothing was bought while something may come of a call",
        file="core/reporting/conditions.py",
        old="    if may_still_come(case):\n",
        new="    if False:\n",
        tests=(REPORT,),
    ),
    Mutant(
        name="a pass reports the ledger that it wrote",
        fact="while the call runs nobody reads that nothing was bought",
        file="reconcile.py",
        old="case = Case(seen.updated(orders=done.orders), self.settings",
        new="case = Case(seen, self.settings",
        tests=(EXECUTION,),
    ),
    Mutant(
        name="nobody shortens the time of a call",
        fact="a request or a change skips the back-off, and never the time in which a call may be executed",
        file="core/checks/retry.py",
        old="    if ends is None or (is_time_over and not last.outstanding):\n",
        new=(
            "    is_asked = _is_changed(case, last) or case.requested\n"
            "    if is_asked or ends is None or (is_time_over and not last.outstanding):\n"
        ),
        tests=(
            OUTSTANDING,
            PURCHASE,
        ),
    ),
)

WINDOWS: Final = (
    Mutant(
        name="the recorded window counts",
        fact="the process that sent it may have had longer windows than this one",
        file="core/orders/windows.py",
        old="return present if recorded is None else max(present, recorded)",
        new="return present",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the present window counts",
        fact="a window that was found to be too short is not believed, though it stands on the order",
        file="core/orders/windows.py",
        old="return present if recorded is None else max(present, recorded)",
        new="return present if recorded is None else recorded",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the window stands on the order",
        fact="whoever settles it knows with which window it was sent",
        file="core/orders/unsent.py",
        old="settled_not_before=call.intent_time + call.window,",
        new="settled_not_before=None,",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="short windows are refused",
        fact="settings of a trial do not take for absent what the real cloud bought",
        file="settings.py",
        old="if self.endpoint is not None or self.short_windows:",
        new='if self.endpoint != "":',
        tests=(SETTINGS,),
    ),
    Mutant(
        name="the back-off is counted from the intent",
        fact="it adds nothing to a window that is over",
        file="core/checks/retry.py",
        old="    due = due_after(case, tries)\n",
        new="    due = due_after(case, tries) + case.settings.settle_window\n",
        tests=(PURCHASE,),
    ),
    Mutant(
        name="the back-off counts tries in a row",
        fact="what was bought between two tries starts it anew",
        file="core/checks/backoff.py",
        old="takewhile(lambda order: order is open_ or order.facts.is_fruitless, tried)",
        new='filter(lambda order: order.state in ("Rejected", "NotPlaced"), tried)',
        tests=(PURCHASE,),
    ),
    Mutant(
        name="a bare order waits from when it was closed",
        fact="the API server's clock may be far behind",
        file="core/checks/unfinished_calls.py",
        old="entered(order) or order.metadata.creation_timestamp",
        new="order.metadata.creation_timestamp",
        tests=(LOST,),
    ),
    Mutant(
        name="an intent that is found long after it was written has a window of its own",
        fact="a backup may bring back an intent that was taken back and announced anew since",
        file="core/orders/windows.py",
        old="begin = status.intent_time if found is None else max(found, status.intent_time)",
        new="begin = status.intent_time",
        tests=(SETTLEMENT,),
    ),
    Mutant(
        name="a bare order waits for a slow clock",
        fact="ours may be behind the cloud's by as much as a signature may be old",
        file="core/checks/unfinished_calls.py",
        old="closed[name] + case.settings.settle_window + skew",
        new="closed[name] + case.settings.settle_window",
        tests=(LOST,),
    ),
)

HIDDEN: Final = (
    Mutant(
        name="what nobody has seen is hidden",
        fact="an id that only the cloud's answer named is not shown to others yet",
        file="core/facts/snapshot.py",
        old='return order.facts.awaits_delivery and order.status.evidence == "Answer"',
        new='return order.state == "Lost"',
        tests=(LETTING_GO,),
    ),
    Mutant(
        name="what a list shows is not hidden",
        fact="a namespace need not wait for what everybody can see",
        file="core/checks/deletion.py",
        old=(
            "        if is_unlisted(order)\n"
            "        and not _is_shown(case, order)\n"
            "        and not _is_past(case, _window_end(case, order))\n"
        ),
        new="        if is_unlisted(order) and not _is_past(case, _window_end(case, order))\n",
        tests=(LETTING_GO,),
    ),
)
