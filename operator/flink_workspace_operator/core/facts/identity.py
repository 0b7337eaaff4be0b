"""Identities: the key of a workspace, the target of a purchase, the ownership tags."""

import hashlib
from dataclasses import dataclass, replace
from typing import Self

from flink_workspace_operator.api.names import CLUSTER_TAG, ORDER_TAG, WORKSPACE_TAG

TAG_VALUE_LENGTH = 64
"""DescribeInstances filters on tag values of at most this length (SDK foasconsole 2.3.2)."""


@dataclass(frozen=True, order=True)
class Key:
    """The unit of work: a workspace, for as long as it or an unsettled order of it exists."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Caller:
    """The identity behind the key in use, as the cloud names it. `arn` is None if it does not."""

    account_id: str
    arn: str | None


@dataclass(frozen=True)
class SignedBy:
    """The identity that signed a call, as far as it is known."""

    source: str
    """The Secret with its key, or the operator's own identity."""
    key_begin: str | None = None
    """The first characters of the access key's id, which are no secret; None for the own one."""
    account_id: str | None = None
    arn: str | None = None

    def __str__(self) -> str:
        return f"{self.arn} ({self.source})" if self.arn else self.source

    def known_as(self, caller: Caller) -> Self:
        """The same, with the cloud's answer about it."""
        return replace(self, account_id=caller.account_id, arn=caller.arn)

    @property
    def access_key(self) -> str:
        """The key, as messages name it."""
        begin = "the access key" if self.key_begin is None else f"access key {self.key_begin}…"
        return f"{begin} of {self.source}"


@dataclass(frozen=True)
class WantedName:
    """The name of a workspace that a resource asks for, with what else a survey wants to know."""

    key: Key
    region: str
    workspace_name: str
    secret_name: str | None = None
    """The Secret of `spec.credentials`."""
    instance_id: str | None = None
    """The instance that its status shows."""


@dataclass(frozen=True)
class PurchaseTarget:
    """One workspace name in one region of one account: the thing that is bought once."""

    account_id: str
    region: str
    workspace_name: str

    def __str__(self) -> str:
        return f"{self.workspace_name} in {self.region} of account {self.account_id}"


@dataclass(frozen=True)
class Claim:
    """A holder of a target. `alive` is False if the holder is gone and its orders are settled."""

    name: str
    holder: Key | None
    alive: bool
    resource_version: str
    target: PurchaseTarget
    uid: str | None
    """The holder's uid when it claimed."""


@dataclass(frozen=True)
class Owner:
    """A workspace resource as the cloud's tags name it."""

    cluster_id: str
    key: Key

    @property
    def workspace_tag(self) -> str:
        """`namespace/name`, or its hash if that does not fit into a tag."""
        full = str(self.key)
        return full if len(full) <= TAG_VALUE_LENGTH else hashlib.sha256(full.encode()).hexdigest()

    @property
    def marks(self) -> dict[str, str]:
        """The ownership tags without the token: they prove ownership, whichever order bought it."""
        return {CLUSTER_TAG: self.cluster_id, WORKSPACE_TAG: self.workspace_tag}

    def tags(self, token: str) -> dict[str, str]:
        """The ownership tags of an instance that the order with `token` buys."""
        return {**self.marks, ORDER_TAG: token}


def signature_nonce(target: PurchaseTarget, closed: int) -> str:
    """The nonce of a purchase: equal in every process, so that the gateway refuses a second call.

    `closed` counts the name's orders that are over for certain, refused or given up as lost, so
    that the next order need not wait until the gateway has forgotten the nonce.
    """
    parts = (target.account_id, target.region, target.workspace_name, str(closed))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
