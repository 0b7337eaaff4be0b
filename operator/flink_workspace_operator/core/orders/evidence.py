"""The evidence that one look has about one order: computed once by its action, and read by the protocol.

     proof          it took place                                    ──► Placed, from every state
     contested      something may be it, and is not known yet        ──► waits, or Placed by its description
     stranger       something else stands in its place               ──► Rejected
     leftover       it is there, without a sign of this very order   ──► Placed, once the window is over
     nothing        it did not take place                            ──► NotPlaced, once the window is over

A look that is not complete, or of another account, is no evidence at all: `date` is None then.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Stranger:
    """What stands in the place of that which was ordered: one word for programs, one clause for people."""

    reason: str
    message: str


@dataclass(frozen=True)
class OrderEvidence:
    """The facts. Instances are named by their ids."""

    date: datetime | None = None
    """When the look was made, by the cloud's clock."""
    proof: str | None = None
    """What this very order paid for."""
    is_delivered: bool = False
    """What was paid for works."""
    exists: bool = False
    """What the order is for is there, whoever paid for it: nothing may be sent any more."""
    is_free: bool = False
    """The look shows the state that the order was opened for: the call may be sent."""
    contested: bool = False
    """Something is there that the order may have paid for: no word about it can be trusted yet."""
    described: str | None = None
    """The contested one, if it can only be this order's by now."""
    leftover: str | None = None
    """What can only be this order's, though it does not say so itself."""
    stranger: Stranger | None = None
