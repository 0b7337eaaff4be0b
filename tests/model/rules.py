"""The rules of the protocol, each with a name, and the assumptions of a run.

A mutant is the protocol without one of its rules (`mutants.py`). So each rule stands in one place, and is needed.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tests.model.state import Chances


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
    conditional_intent: bool = True
    """6: the write to Placing names the version that was read."""
    reread_is_fresh: bool = True
    """7: the resource is read from the API server after the intent, not from a cache where it is as it was then."""
    look_before_call: bool = True
    """7: absent in a look after the intent, or nothing is sent."""
    back_to_quoted: bool = True
    """7: the process that knows that it sent nothing takes the order back."""
    only_announcer_sends: bool = True
    """7: an order found in Placing after a restart may have been sent."""
    pinned_date: bool = True
    """8: the call is signed with the intent's time, not with that of its sending."""
    id_over_any_state: bool = True
    """9: an id that was answered is written down even if the order was changed meanwhile."""
    only_gateway_refuses: bool = True
    """9: of all errors only those of the gateway's list mean that nothing was booked."""
    taken_is_no_refusal: bool = True
    """9: "name taken" may be the answer to our own purchase."""
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
    """10: the look is later than the end of the window, not at it."""
    nothing_comes_after: bool = True
    """12: an order that a stranger's instance ended is followed by another only after its window."""
    close_before_going: bool = True
    """11: a deletion closes what is Quoted before it takes the finalizer off."""
    finalizer_waits: bool = True
    """11: the finalizer stays while something may have been sent."""


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
    """What the nonce is made of: the `name` alone, or also the number of its `refusals`, or of its `orders`.
    Empty: it is random, as the SDKs make it."""
    unique: bool = False
    """The cloud refuses a second workspace of one name."""
    processes: tuple[tuple[int, int], ...] = ((0, 0),)
    """The cluster and the key that each process works on."""
    cluster_ids: tuple[str, ...] = ("A",)
    keys: int = 1
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
    def over(self) -> int:
        """An age at which an order's window is over; it grows no further."""
        return self.window + 1
