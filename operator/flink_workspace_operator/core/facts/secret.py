"""A Secret with an access key, and the identity that signs the calls of a pass.

`core/checks/credentials.py` decides about it. No value in here prints its key.
"""

from dataclasses import dataclass, field
from typing import Final

from flink_workspace_operator.core.facts.identity import SignedBy
from flink_workspace_operator.core.facts.key_failures import CredentialsUnusable

SHOWN_OF_KEY: Final = 8
"""So many characters of an access key's id are shown: enough to know it by, and no secret."""


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
