"""The rules of the protocol, each with a name, and the assumptions of a run.

A mutant is the protocol without one of its rules (`mutants.py`). So each rule stands in one place,
and is needed."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tests.model.state import CAME_TO_NOTHING, SENT, Chances


class Rules(NamedTuple):
    """What the operator keeps to. Numbers are the steps of the protocol in the design."""

    claim: bool = True
    """2: only the holder of the Lease buys."""
    one_ledger: bool = True
    """3: orders count by the workspace's name, not by the resource's uid."""
    unknown_is_not_absent: bool = True
    """4: without a usable answer nothing is decided."""
    all_pages: bool = True
    """4: a look is complete, or it is none."""
    look_shows_neighbours: bool = True
    """13: a look that does not show a neighbour that is known to run is none."""
    conditional_intent: bool = True
    """6: the write to Placing names the version that was read."""
    reread_is_fresh: bool = True
    """7: the resource is read from the API server after the intent, not from a cache where it is as
    it was then."""
    look_before_call: bool = True
    """7: absent in a look after the intent, or nothing is sent."""
    back_to_quoted: bool = True
    """7: the process that knows that it sent nothing takes the order back."""
    only_announcer_sends: bool = True
    """7: an order found in Placing after a restart may have been sent."""
    brakes_are_read_last: bool = True
    """7, 14: the resource is read after the look, just before the call."""
    mark_before_write: bool = True
    """7: the mark of an intent is remembered before the intent is written, not once the write was
    answered."""
    mark_is_random: bool = True
    """7: an intent is recognised by its mark, not by the version that its write was given."""
    mark_goes_before_call: bool = True
    """7: the mark is forgotten before the call is handed over."""
    pinned_date: bool = True
    """8: the call is signed with the intent's time, not with that of its sending."""
    id_over_any_state: bool = True
    """9: an id that was answered is written down even if the order was changed meanwhile."""
    only_gateway_refuses: bool = True
    """9: of all errors only those of the gateway's list mean that nothing was booked."""
    taken_is_no_refusal: bool = True
    """9: "name taken" may be the answer to our own purchase."""
    refusal_is_of_one_copy: bool = True
    """9: refused for now, the order is outstanding: another copy of the call may have been
    accepted."""
    outstanding_counts_commit: bool = True
    """9: for as long as that copy may take to be booked,"""
    outstanding_counts_visibility: bool = True
    """9: and until a look would show it."""
    nonce_counts_what_is_over: bool = True
    """8: an order moves the nonce only when its call is over."""
    claim_stays_outstanding: bool = True
    """9: the claim is not given back, or taken over, while an order of its holder is
    outstanding."""
    claim_stays_hidden: bool = True
    """2: nor while what it bought may not be shown yet."""
    unsent_is_quoted: bool = True
    """9: without a connection nothing was sent."""
    token_decides: bool = True
    """10: an order becomes Placed by its own token."""
    token_corrects: bool = True
    """10: evidence beats every state, also the settled ones."""
    untagged_may_be_ours: bool = True
    """10: an instance without marks is no stranger while an order may have bought it."""
    tags_get_their_time: bool = True
    """10: it is bound only when tags would be visible by now."""
    window_counts_validity: bool = True
    """10: the window holds the time that the gateway accepts a call."""
    window_counts_commit: bool = True
    """10: and the longest time from there to the booking."""
    window_counts_visibility: bool = True
    """10: and the longest time from there until a look shows it."""
    window_is_strict: bool = True
    """9, 10: the look is later than the end of the window, not at it."""
    window_is_the_order_s: bool = True
    """10: the window that was written with the intent counts, if it is longer than that of the
    reader's settings."""
    found_late_waits_anew: bool = True
    """10: an intent that another process finds long after it was written has a window from then on:
    a backup may have brought it back after it was taken back and announced anew."""
    nothing_comes_after: bool = True
    """9, 12: no other order, and no intent, while one is outstanding: refused for now, or ended by
    a stranger's instance or a hand within its window."""
    approval_is_needed: bool = True
    """5: an order that needs an approval is not announced without one."""
    approval_is_of_a_price: bool = True
    """5: a higher price than was asked needs another approval."""
    denied_wins: bool = True
    """5: what somebody denied is not bought, also if somebody approved it."""
    decision_is_read_last: bool = True
    """7: the decision is read again after the look, before ledger and resource."""
    close_before_going: bool = True
    """11: a deletion closes what is Quoted before it takes the finalizer off."""
    finalizer_waits: bool = True
    """11: the finalizer stays while something may have been sent."""
    ledger_is_read_after: bool = True
    """11: a pass that read the resource after the ledger, because it was about to send, lets
    nothing go."""


@dataclass(frozen=True)
class Run:
    """One search: what is assumed about the cloud, who takes part, and what may happen."""

    name: str
    chances: Chances = field(default_factory=Chances)
    validity: int = 1
    """G: ticks for which the gateway accepts a signed call."""
    commit: int | None = 0
    """D: longest time from there to the booking; None: no bound."""
    visibility: int = 0
    """V: longest time from there until a look shows it."""
    memory: int = 0
    """N: how long the gateway remembers a nonce."""
    nonce: str = ""
    """What the nonce is made of: the `name` alone, or also the number of its orders whose call is
    over and that were refused (`refusals`), or came to nothing (`over`), or the number of all that
    are closed (`orders`). Empty: it is random, as the SDKs make it."""
    late_copies: bool = False
    """A copy of a call that was refused for now may still be on its way when the refusal is
    answered."""
    unique: bool = False
    """The cloud refuses a second workspace of one name."""
    processes: tuple[tuple[int, int], ...] = ((0, 0),)
    """The cluster and the key that each process works on."""
    cluster_ids: tuple[str, ...] = ("A",)
    keys: int = 1
    short: tuple[int, ...] = ()
    """For each process, by how many ticks the windows of its settings are shorter than they must
    be."""
    short_buys: bool = False
    """A process with shorter windows announces the first order too, not only what comes after
    it."""
    approval: bool = False
    """The resource needs an approval. With one key only."""
    neighbour: bool = False
    """A workspace of another name is known to run in this account and region."""
    backup_at: str = ""
    """The state of the first order in which the API server is backed up; empty: any, and before it
    is opened."""
    gone: tuple[int, ...] = ()
    """Keys whose resource was deleted just before; that wakes their processes."""
    rules: Rules = field(default_factory=Rules)
    expects: str = ""
    """A violation that must be found; empty: none."""
    wastes_nothing: bool = False
    """An order comes to nothing only by a lost request or answer, or a failing call."""
    happens: tuple[str, ...] = ("bought",)
    """What must happen somewhere, or the run would prove nothing."""
    limit: int = 3_000_000
    """States after which the search gives up."""

    @cached_property
    def window(self) -> int:
        """W: how long an order that may have been sent stays open without evidence."""
        rules = self.rules
        through = self.validity if rules.window_counts_validity else 0
        through += (self.commit or 0) if rules.window_counts_commit else 0
        through += self.visibility if rules.window_counts_visibility else 0
        return max(through, self.memory) + (0 if rules.window_is_strict else -1)

    @cached_property
    def spare(self) -> int:
        """What the window holds beyond the time that a call can take."""
        return max(0, self.window - self.validity - (self.commit or 0) - self.visibility)

    @cached_property
    def refused_age(self) -> int:
        """The age with which a refusal for now begins to outgrow the window: D and V after its
        answer."""
        rules = self.rules
        if not rules.refusal_is_of_one_copy:
            return self.over
        commit = (self.commit or 0) if rules.outstanding_counts_commit else 0
        visibility = self.visibility if rules.outstanding_counts_visibility else 0
        return (
            max(self.validity + (self.commit or 0) + self.visibility, self.memory)
            - commit
            - visibility
        )

    @cached_property
    def aging(self) -> tuple[str, ...]:
        """States in which it is asked how long ago an order's intent was."""
        return (*SENT, *CAME_TO_NOTHING, "Placed") if self.keys > 1 else (*SENT, *CAME_TO_NOTHING)

    @cached_property
    def over(self) -> int:
        """An age at which an order's window is over; it grows no further."""
        return self.window + 1
