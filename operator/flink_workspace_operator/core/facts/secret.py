"""A Secret with an access key as it is stored, and in whose name a pass asks the cloud.

What decides about it is `core/checks/credentials.py`. Keys are never shown: no value in here prints them.
"""

from dataclasses import dataclass, field

from flink_workspace_operator.core.facts.failures import CredentialsUnusable


@dataclass(frozen=True)
class AccessKey:
    """What calls are signed with."""

    id: str = field(repr=False)
    secret: str = field(repr=False)
    security_token: str | None = field(repr=False, default=None)
    """With temporary keys only."""


@dataclass(frozen=True)
class Secret:
    """A Secret as it was read."""

    name: str
    resource_version: str
    finalizers: tuple[str, ...]
    deleting: bool
    access_key: AccessKey | None
    """None where it has not all that a key needs."""


@dataclass(frozen=True)
class Signer:
    """In whose name the cloud is asked."""

    access_key: AccessKey | None = None
    """None: the operator's own identity."""
    problem: CredentialsUnusable | None = None
    """Why whoever the resource wants can't be asked as. Then nothing is bought."""
    stands_in_for: str | None = None
    """Who asks instead, to look after an order, must be of this account. None: nobody asks instead."""
    keeps_watch: bool = False
    """The operator's own identity asks all the same, about what it bought before: it may not buy any more."""
