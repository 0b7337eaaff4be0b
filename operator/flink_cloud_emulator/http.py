"""One HTTP request and its answer as plain values, and the interface of the protocols that
answer them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol
from urllib.parse import parse_qsl

from multidict import CIMultiDictProxy

from flink_cloud_emulator.accounts import Account, Cloud
from flink_cloud_emulator.keys import KeyPair

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Incoming:
    """A request as it came off the wire, with the whole body read (chunked uploads included)."""

    method: str
    path: str
    """Percent-encoded, as sent."""
    query: tuple[tuple[str, str], ...]
    """Decoded, in the order sent."""
    headers: CIMultiDictProxy[str]
    body: bytes

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The parameters of the query and of a form in the body, decoded."""
        if not self.headers.get("Content-Type", "").startswith(FORM):
            return self.query
        return (
            *self.query,
            *parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True),
        )

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The same by name; of a name that is given twice, the first value."""
        return dict(reversed([*self.pairs]))


@dataclass(frozen=True)
class Outgoing:
    """A whole answer.

    ``Date`` is added by the dispatcher, from the clock of the calling account.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    """The error code inside the body, for the call log."""


@dataclass(frozen=True)
class Arrival:
    """A request whose service, action and caller were recognised; nothing about it is verified
    yet.
    """

    incoming: Incoming
    request_id: str
    service: str
    """Name used in fault rules and in the call log: foasconsole, ram, vpc, oss, sts, bss."""
    action: str
    parameters: Mapping[str, str]
    """What the call log shows: for RPC all parameters, for OSS bucket and key. Never a secret."""
    account: Account | None = None
    key: KeyPair | None = None
    version: str = ""
    """Of the API, where the protocol has any."""


class CloudError(Exception):
    """The cloud says no: HTTP status, code and message as the client will see them.

    ``details`` are added to the top level of a JSON error body.
    """

    def __init__(
        self, status: int, code: str, message: str, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details or {}


class BusinessError(CloudError):
    """A refusal by the product behind the gateway; the setting ``failureStyle`` decides how it
    is told.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(400, code, message)


class Door(Protocol):
    """A wire protocol. The dispatcher calls the steps in this order and puts faults between them.

    ``admit``, ``authorise`` and ``process`` raise CloudError; the dispatcher turns it into an
    answer with ``refuse``. All steps are synchronous: what a call changes, it changes in one go.
    """

    def recognise(self, incoming: Incoming, cloud: Cloud, request_id: str) -> Arrival:
        """Name service, action and, by the access key id, the account (None where the key is
        unknown).
        """

    def admit(self, arrival: Arrival, cloud: Cloud) -> None:
        """Verify signature, date and (RPC) nonce."""

    def authorise(self, arrival: Arrival) -> None:
        """Check that the key is active and that none of the account's ``deniedActions`` forbids
        the call.
        """

    def process(self, arrival: Arrival, now: datetime) -> Outgoing:
        """Carry the call out; ``now`` is the account's clock, later than the arrival for a late
        commit.
        """

    def refuse(self, arrival: Arrival, error: CloudError) -> Outgoing:
        """Encode an error the way this protocol does."""
