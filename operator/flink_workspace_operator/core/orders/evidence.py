"""The evidence that one list has about one order: computed once by its action, and read by the
protocol.

     proof          it took place                                    ──► Placed, from every state
     contested      something may be it, undecided                   ──► waits, or Placed by its
     description
     stranger       something else has its name                      ──► Rejected
     leftover       it is there, without a sign of this very order   ──► Placed, once the window is
     over
     nothing        it did not take place                            ──► NotPlaced, once the window
     is over

A list that is not complete, or of another account, is no evidence at all: `date` is None then.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Stranger:
    """A foreign instance that has the name: one word for programs, one clause for people."""

    reason: str
    message: str


@dataclass(frozen=True)
class OrderEvidence:
    """The evidence. Instances are named by their ids."""

    date: datetime | None = None
    """Time of the list, by the cloud's clock."""
    proof: str | None = None
    """The instance of this very order."""
    is_delivered: bool = False
    """The purchase is seen running."""
    exists: bool = False
    """The order's aim is met, whoever paid for it: nothing may be sent any more."""
    is_free: bool = False
    """The list shows the state that the order was opened for: the call may be sent."""
    contested: bool = False
    """An instance exists that the order may have paid for: undecided."""
    described: str | None = None
    """The contested one, if it can only be this order's by now."""
    leftover: str | None = None
    """An instance that can only be this order's, though its token is missing."""
    stranger: Stranger | None = None
    expected: Stranger | None = None
    """The one that the cloud's answer reported, whether or not a list shows it."""
