"""A Secret with an access key, and the identity that signs the calls of a pass.

`core/checks/credentials.py` decides about it. No value in here prints its key.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from flink_workspace_operator.core.facts.identity import SignedBy
from flink_workspace_operator.core.facts.key_failures import CredentialsUnusable

SHOWN_OF_KEY: Final = 8
"""So many characters of an access key's id are shown: enough to know it by, and no secret."""
NAME_LENGTH: Final = 40
"""Of the name of a key in a message."""
NAMES_SHOWN: Final = 5
"""Of the keys of a Secret: the rest does not fit into a message."""


@dataclass(frozen=True)
class AccessKey:
    """The key that calls are signed with."""

    id: str = field(repr=False)
    secret: str = field(repr=False)
    security_token: str | None = field(repr=False, default=None)
    """Set for temporary keys only."""


@dataclass(frozen=True)
class Secret:
    """A Secret as it was read."""

    name: str
    resource_version: str
    finalizers: tuple[str, ...]
    deleting: bool
    access_key: AccessKey | None
    """None if a part of the key is missing."""
    lacks: str = ""
    """What is missing, in words that name its keys and never their values."""


def lacking(needed: Sequence[str], present: Collection[str], unusable: Collection[str]) -> str:
    """What a Secret lacks: `present` are the names of its keys, `unusable` those of them whose
    value can't be part of an access key."""
    return "; ".join(
        f"{name} is empty, or not a single line of plain text"
        if name in unusable
        else _misnamed(name, present)
        for name in needed
        if name in unusable or name not in present
    )


def _misnamed(name: str, present: Collection[str]) -> str:
    """Words on a key that is not there, with the one that may be meant."""
    others = {key[:NAME_LENGTH].lower(): key[:NAME_LENGTH] for key in sorted(present)}
    similar = get_close_matches(name.lower(), others, n=1, cutoff=0.8)
    if similar:
        return f"it has {others[similar[0]]}, did you mean {name}?"
    shown = ", ".join(list(others.values())[:NAMES_SHOWN])
    return f"it has {shown or 'nothing'}, and no {name}"


@dataclass(frozen=True)
class Signer:
    """The identity that signs calls."""

    access_key: AccessKey | None = None
    """None: the operator's own identity."""
    problem: CredentialsUnusable | None = None
    """Why the identity that the resource wants is unusable. Then nothing is bought."""
    stands_in_for: str | None = None
    """Account that a substitute must be of to settle an order. None: there is no substitute."""
    secret: str | None = field(default=None, compare=False)
    """The Secret of `access_key`, with its namespace, for messages."""
    keeps_watch: bool = False
    """The operator's own identity reads on for its earlier purchases: it may not buy any more."""

    @property
    def signed_by(self) -> SignedBy:
        """The identity as messages name it, before the cloud was asked about it."""
        if self.access_key is None:
            return SignedBy("the operator's own identity")
        return SignedBy(f"Secret {self.secret}", self.access_key.id[:SHOWN_OF_KEY])
