"""The words of a paid action in the messages of its orders."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Clauses without a full stop, but for `announced`. No colon: they stand behind an order's
    name. `{it}` is the instance with its price."""

    announced: str
    """The call follows at once."""
    unknown: str
    """The outcome is open. Begins in lower case: it stands inside sentences too."""
    refused: str
    """The cloud refused, in a way that proves nothing."""
    done: str
    """The call was executed."""
    delivered: str
    """Its result was seen."""
    gone: str
    """Its result was there, and is not any more."""
    not_done: str
    """The call was not executed."""
    absent: str
    """Lists did not show the result."""
    if_absent: str
    """The same, of lists to come."""
