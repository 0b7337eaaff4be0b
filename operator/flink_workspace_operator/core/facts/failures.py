"""Failures of the cloud and of the API server, as one tree.

    Failure
    ├── CloudFailure              the cloud did not give what was asked for
    │   ├── NoAnswer              nothing usable came back: what the cloud did is not known
    │   │   ├── Unreachable       refused, reset, timed out
    │   │   ├── Garbled           HTML, half a JSON, wrong types, a page that does not add up
    │   │   ├── ListChanged       the pages of a list do not fit each other
    │   │   └── ServerError       5xx
    │   ├── Throttled             too many calls; may say when to come back
    │   ├── KeyUnavailable        no access key could be fetched: nothing was sent
    (core/facts/key_failures.py)
    │   ├── CredentialsUnusable   there is nobody to ask it as: nothing was sent
    │   │   ├── SecretMissing         the Secret of `spec.credentials` does not exist
    │   │   ├── SecretIncomplete      it lacks a part of the access key
    │   │   ├── SecretRefused         the API server does not let the operator read it, or hold it
    │   │   ├── IdentityNotAllowed    the operator's own identity is not for this namespace
    │   │   └── AccountNotAllowed     it is of another account than it must be
    (core/facts/key_failures.py)
    │   └── Refused               the cloud understood, and refused
    │       ├── CredentialsRefused    the key is wrong, inactive or expired, or there is none
    │       ├── KeyRefused            who gives out keys gives none (core/facts/key_failures.py)
    │       ├── PermissionMissing     names the RAM action that is missing
    │       ├── ParametersRefused     this can't be bought as described
    │       ├── SignatureExpired      the call came too late: the gateway's guard
    │       ├── SignatureReplayed     the call came twice: the gateway's guard
    │       ├── NotFound              what was named does not exist
    │       ├── AlreadyExists         what was to be made exists
    │       ├── NameTaken             a workspace of that name exists
    │       ├── BalanceTooLow         not enough money
    │       ├── UnpaidOrder           an unpaid order blocks the purchase
    │       ├── ServiceNotActivated   the service (OSS) was never opened in this account
    │       ├── RoleNotAuthorised     Flink may not use the account yet
    │       └── Unexplained           a code that we do not know
    └── ClusterFailure            the API server did not do what was asked for
        ├── Conflict              the object is not what it was when we read it
        ├── Vanished              the object is gone
        ├── ClusterRefused        a rule forbids it: the CRD's, a quota, a policy, or a missing
        right
        │   └── OutputsRefused    the ConfigMap of `spec.outputs` may not be read or written
        ├── Unreadable            what is stored has a value that this version does not know
        └── ClusterUnreachable    no answer, or a failure inside

Adapters fill it from one table of codes, never from message texts.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

Fate = Literal["Unknown", "NothingSent", "CallRefused", "CopyRefused"]
"""The proof that a failure gives about a call that spends money.

Unknown      none: the call may be executed, now or later
NothingSent  the call failed before a connection was made, so the cloud never received it
CallRefused  the gateway refused the call's content before anything was booked: it refuses every
copy alike
CopyRefused  the gateway refused the call for a reason of the moment before anything was booked:
another copy of the
             same call, repeated by something on the way, may have been accepted
"""


class Failure(Exception):
    """A pass could not read or write something."""


@dataclass
class CloudFailure(Failure):
    """The cloud did not give what was asked for.

    `call` is `service.Action`; `code` the cloud's code or the transport's. Never a message of the
    cloud's: it might contain a secret.
    """

    call: str
    code: str
    request_id: str | None = None
    fate: Fate = "Unknown"
    """The proof about the call, if it was one that spends money."""

    said: ClassVar[str] = "did not give what was asked for"

    @property
    def reason(self) -> str:
        """One CamelCase word for conditions and orders."""
        return type(self).__name__

    def __str__(self) -> str:
        return f"{self.call} {self.said} (code {self.code})"


@dataclass
class NoAnswer(CloudFailure):
    """No usable answer: the effect in the cloud is not known."""

    proxy: str | None = None
    """The proxy of the call as `host:port`: never its user and password."""

    said: ClassVar[str] = "gave no usable answer"

    def __str__(self) -> str:
        through = f", through the proxy {self.proxy}" if self.proxy else ""
        return f"{self.call} {self.said} (code {self.code}{through})"


class Unreachable(NoAnswer):
    """Refused, reset or timed out."""

    said = "did not answer"


class Garbled(NoAnswer):
    """An answer that does not parse, or contradicts itself."""

    said = "answered what makes no sense"


class ListChanged(NoAnswer):
    """The list changed each time while it was read, so its pages do not fit together."""

    said = "gave no usable answer: the list changed while it was read"


class ServerError(NoAnswer):
    """The cloud failed: a 5xx answer."""

    said = "failed inside the cloud"


@dataclass
class Throttled(CloudFailure):
    """Too many calls. `retry_after` in seconds, if the cloud gives it."""

    retry_after: float | None = None

    said: ClassVar[str] = "was called too often"


class CredentialsUnusable(CloudFailure):
    """No identity may sign calls. `about` is the Secret's name, or the namespace."""

    def __init__(self, about: str) -> None:
        super().__init__("spec.credentials", about)

    def __str__(self) -> str:
        return self.said.format(self.code)


class SecretMissing(CredentialsUnusable):
    """The Secret does not exist, or is being deleted."""

    said = "Secret '{}' of spec.credentials does not exist"


class SecretIncomplete(CredentialsUnusable):
    """The Secret lacks a part of the access key."""

    said = "Secret '{}' of spec.credentials lacks a key"


class SecretRefused(CredentialsUnusable):
    """The API server does not let the operator read the Secret, or put its finalizer on it."""

    said = "the operator may not read Secret '{}' of spec.credentials, or not hold it"


class IdentityNotAllowed(CredentialsUnusable):
    """The operator's own identity is not for resources of this namespace."""

    said = "the operator's own identity is not for namespace '{}'"


class Refused(CloudFailure):
    """The cloud understood, and refused."""

    said = "was refused"


@dataclass
class CredentialsRefused(Refused):
    """The key is wrong, inactive or expired, or none is configured."""

    configured: bool = True

    said: ClassVar[str] = "was refused: the access key is not valid"

    def __str__(self) -> str:
        none = (
            "no access key is configured (of a node's role, only with FLINK_OPERATOR_IDENTITY=node)"
        )
        return super().__str__() if self.configured else none


@dataclass
class PermissionMissing(Refused):
    """The operator's identity may not do this. `action` is the RAM action to grant."""

    action: str = ""

    said: ClassVar[str] = "was refused: a permission is missing"


class ParametersRefused(Refused):
    """This can't be bought as described."""

    said = "refused the parameters"


@dataclass
class SignatureExpired(Refused):
    """The call came later than the gateway accepts, or was signed by a clock that is wrong.

    `ahead`: seconds that this node's clock is ahead of the cloud's, by the refusal's Date.
    """

    ahead: float | None = None

    said: ClassVar[str] = "came too late, or dated too far ahead, and was refused by the gateway"


class SignatureReplayed(Refused):
    """The gateway has seen this call before."""

    said = "was seen before by the gateway"


class NotFound(Refused):
    """The named thing does not exist."""

    said = "did not find what was named"


class AlreadyExists(Refused):
    """The thing to create exists already."""

    said = "found that it exists already"


class NameTaken(Refused):
    """A workspace of that name exists."""

    said = "found the workspace's name taken"


class BalanceTooLow(Refused):
    """Not enough money in the account."""

    said = "was refused: the account's balance is too low"


class UnpaidOrder(Refused):
    """An unpaid order blocks the purchase."""

    said = "was refused: an unpaid order blocks the purchase"


class ServiceNotActivated(Refused):
    """The service was never opened in this account."""

    said = "was refused: the service is not activated in this account"


class RoleNotAuthorised(Refused):
    """Flink may not use the account yet."""

    said = "was refused: Flink's RAM role is not authorised"


class Unexplained(Refused):
    """A refusal with a code that we do not know."""

    said = "was refused for an unknown reason"


class ClusterFailure(Failure):
    """The API server did not do what was asked for."""


class Conflict(ClusterFailure):
    """The object is not what it was when we read it, or exists already."""


class Vanished(ClusterFailure):
    """The object is gone."""


class ClusterRefused(ClusterFailure):
    """A rule forbids it: the CRD's, a quota, an admission policy, or a right that the operator's
    ServiceAccount lacks.

    The text has the API server's own sentence.
    """


class OutputsRefused(ClusterRefused):
    """The API server does not let the operator read or write the ConfigMap of `spec.outputs`."""


class Unreadable(ClusterFailure):
    """A stored value or field that this version does not know: newer version, or manual edit."""


class ClusterUnreachable(ClusterFailure):
    """The API server failed, timed out, or did not answer."""
