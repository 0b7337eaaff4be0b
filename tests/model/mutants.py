"""The protocol without one of its rules. Each mutant must be caught, or the rule or the model is
worth nothing.

Some are not caught alone, because something else covers them, and stand in a group: Quoted left
open on deletion (the re-read of step 7 finds the resource gone), "name taken" read as a refusal
(its own token corrects it), an order that moves the nonce while it is outstanding (nothing is
bought meanwhile), and an id dropped on conflict, which shows only where the commit has no bound and
the token was stripped."""

from dataclasses import replace
from typing import Final

from tests.model.rules import Rules, Run
from tests.model.runs import DELAYS, REPLICAS, TWO_CLUSTERS, TWO_RESOURCES
from tests.model.state import Chances


def _without(run: Run, *rules: str) -> Run:
    return replace(run, rules=Rules()._replace(**dict.fromkeys(rules, False)))


NOTHING: Final = Chances()
LOST: Final = Chances(lost=1)
FORGED: Final = Chances(forgeries=1, lost=1)
ANEW: Final = Chances(strips=1, deletions=1, creations=1, lost=1)
SAME_ID: Final = ("A", "A")
COPY: Final = Chances(misanswers=1)

MUTANTS: Final = (
    _without(Run("signed when it is sent", NOTHING, processes=REPLICAS), "pinned_date"),
    _without(Run("window without G", LOST, *DELAYS), "window_counts_validity"),
    _without(Run("window without D", LOST, *DELAYS), "window_counts_commit"),
    _without(Run("window without V", LOST, *DELAYS), "window_counts_visibility"),
    _without(Run("window not strict", LOST, *DELAYS), "window_is_strict"),
    _without(Run("ledger by uid", ANEW, *DELAYS), "one_ledger"),
    _without(
        Run(
            "any instance of ours decides",
            Chances(restores=1, crashes=1),
            memory=1,
            nonce="name",
            processes=TWO_CLUSTERS,
            cluster_ids=SAME_ID,
        ),
        "token_decides",
    ),
    _without(Run("settled is settled", FORGED, *DELAYS), "token_corrects"),
    _without(Run("next order before the window", FORGED, *DELAYS), "nothing_comes_after"),
    _without(
        Run(
            "id dropped on conflict",
            Chances(orders=1, lost_tokens=1),
            1,
            None,
            unique=True,
            processes=REPLICAS,
        ),
        "id_over_any_state",
    ),
    _without(
        Run("never back to Quoted", Chances(lost=1, unknown=1), *DELAYS, wastes_nothing=True),
        "back_to_quoted",
    ),
    _without(Run("Placing means not sent", Chances(crashes=1), *DELAYS), "only_announcer_sends"),
    _without(Run("no look before the call", Chances(strangers=1), *DELAYS), "look_before_call"),
    _without(Run("unconditional intent", NOTHING, processes=REPLICAS), "conditional_intent"),
    _without(
        Run("unknown is absent", Chances(lost=1, unknown=4), *DELAYS), "unknown_is_not_absent"
    ),
    _without(Run("first page only", LOST, *DELAYS), "all_pages"),
    _without(Run("no claim", NOTHING, keys=2, processes=TWO_RESOURCES), "claim"),
    _without(
        Run("finalizer does not wait", Chances(deletions=1, lost=1), *DELAYS), "finalizer_waits"
    ),
    _without(Run("re-read from a cache", Chances(edits=1), processes=REPLICAS), "reread_is_fresh"),
    _without(
        Run(
            "Quoted left open on deletion, re-read from a cache",
            Chances(deletions=1),
            processes=REPLICAS,
        ),
        "close_before_going",
        "reread_is_fresh",
    ),
    _without(Run("any error is a refusal", LOST, *DELAYS), "only_gateway_refuses"),
    _without(
        Run(
            "sent anew, name taken is a refusal, settled is settled",
            Chances(crashes=1),
            unique=True,
        ),
        "only_announcer_sends",
        "taken_is_no_refusal",
        "token_corrects",
    ),
    _without(
        Run("untagged is a stranger", Chances(late_tags=1, lost=1), *DELAYS), "untagged_may_be_ours"
    ),
    _without(
        Run(
            "bound before tags can show",
            Chances(freezes=0, restores=1, late_tags=1),
            visibility=1,
            memory=1,
            nonce="name",
            processes=TWO_CLUSTERS,
            cluster_ids=("A", "B"),
        ),
        "tags_get_their_time",
    ),
    _without(Run("next order while one is outstanding", COPY, *DELAYS), "nothing_comes_after"),
    _without(Run("a refusal ends every copy of a call", COPY, *DELAYS), "refusal_is_of_one_copy"),
    _without(Run("outstanding without D", COPY, *DELAYS), "outstanding_counts_commit"),
    _without(Run("outstanding without V", COPY, *DELAYS), "outstanding_counts_visibility"),
    _without(Run("outstanding not strict", COPY, *DELAYS), "window_is_strict"),
    _without(
        Run(
            "next order and its nonce while one is outstanding",
            COPY,
            *DELAYS,
            memory=3,
            nonce="over",
        ),
        "nothing_comes_after",
        "nonce_counts_what_is_over",
    ),
    _without(
        Run(
            "claim given back while an order is outstanding",
            Chances(freezes=0, misanswers=1, deletions=1),
            keys=2,
            processes=TWO_RESOURCES,
        ),
        "claim_stays_outstanding",
    ),
    _without(
        Run(
            "claim given back before the purchase shows",
            Chances(freezes=0, deletions=1),
            keys=2,
            processes=TWO_RESOURCES,
        ),
        "claim_stays_hidden",
    ),
    _without(
        Run("no connection is a lost call", Chances(unconnected=1), *DELAYS, wastes_nothing=True),
        "unsent_is_quoted",
    ),
    _without(
        Run(
            "mark remembered once the write was answered",
            Chances(unheard=1),
            *DELAYS,
            wastes_nothing=True,
        ),
        "mark_before_write",
    ),
    _without(
        Run("mark not forgotten before the call", Chances(unwritten=1), *DELAYS),
        "mark_goes_before_call",
    ),
    _without(
        Run(
            "intent recognised by its version",
            Chances(freezes=0, early_rollbacks=1),
            processes=REPLICAS,
        ),
        "mark_is_random",
    ),
    _without(
        Run("resource read before the look", Chances(suspensions=1), *DELAYS),
        "brakes_are_read_last",
    ),
    _without(
        Run("ledger read before the resource lets go", Chances(deletions=1), processes=REPLICAS),
        "ledger_is_read_after",
    ),
    _without(
        Run(
            "only the reader's window",
            Chances(freezes=0, lost=1),
            *DELAYS,
            processes=REPLICAS,
            short=(0, 1),
        ),
        "window_is_the_order_s",
    ),
    _without(
        Run(
            "only the reader's outstanding time",
            Chances(freezes=0, misanswers=1),
            *DELAYS,
            processes=REPLICAS,
            short=(0, 1),
        ),
        "window_is_the_order_s",
    ),
    _without(
        Run(
            "an intent that is found late has no window of its own",
            Chances(rollbacks=1),
            memory=2,
            nonce="over",
            backup_at="Placing",
        ),
        "found_late_waits_anew",
    ),
    _without(
        Run("narrowed looks count", Chances(lost=1, narrowed=4), *DELAYS, neighbour=True),
        "look_shows_neighbours",
    ),
    _without(
        Run("announced without an approval", Chances(orders=1), approval=True),
        "approval_is_needed",
    ),
    _without(
        Run("an approval is of no price", Chances(orders=1, approvals=1, rises=1), approval=True),
        "approval_is_of_a_price",
    ),
    _without(
        Run("approved wins", Chances(orders=1, approvals=1, denials=1), approval=True),
        "denied_wins",
    ),
    _without(
        Run(
            "the decision is not read again",
            Chances(orders=1, approvals=1, denials=1, retractions=1),
            approval=True,
        ),
        "decision_is_read_last",
    ),
    Run("random nonce in a clone", Chances(clones=1), processes=TWO_CLUSTERS, cluster_ids=SAME_ID),
)
