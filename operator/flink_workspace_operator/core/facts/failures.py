"""Failures of the cloud and of the API server, as one tree.

    Failure
    ├── CloudFailure              the cloud did not give what was asked for
    │   ├── NoAnswer              nothing usable came back: what the cloud did is not known
    │   ├── Throttled             too many calls
    │   ├── KeyUnavailable        no access key could be fetched (core/facts/key_failures.py)
    │   ├── CredentialsUnusable   nobody may sign the call (core/facts/key_failures.py)
    │   └── Refused               the cloud understood, and refused
    └── ClusterFailure            the API server did not do what was asked for

A failure of the cloud says everything about itself, once: its docstring begins with its meaning,
`said` goes into messages, `turn` and `advice` tell who ends it and how. Verdicts, messages and the
pages of the reference derive from these. Adapters fill the tree from one table of codes, never
from message texts; that table has the proof (`fate`) that a code gives.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from flink_workspace_operator.core.facts.identity import SignedBy

Turn = Literal["Nobody", "Outside", "Spec", "Prerequisite"]
"""The one who ends a failure.

Nobody        it ends by itself: asked again
Outside       a person or an event outside changes something: Suspended
Spec          the resource has to be changed: Stalled
Prerequisite  somebody creates what is missing, in any order: waited for, then Stalled
"""

ASKED_AGAIN: Final = "asked again within a minute"

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
    signed_by: SignedBy | None = field(default=None, init=False, compare=False)
    """The identity that signed the call; whoever made the call sets it."""

    said: ClassVar[str] = "did not give what was asked for"
    turn: ClassVar[Turn] = "Nobody"
    advice: ClassVar[str] = ""
    """The instruction in messages. Empty: the message needs none, or finds a better one."""
    page_advice: ClassVar[str] = ""
    """The instruction on the pages of the reference, if it is not that of the messages."""

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
    host: str | None = None
    """The host of the call, unless a setting sends all calls to one endpoint."""

    said: ClassVar[str] = "gave no usable answer"
    advice: ClassVar[str] = ASKED_AGAIN

    def __str__(self) -> str:
        through = f", through the proxy {self.proxy}" if self.proxy else ""
        at = f" at {self.host}" if self.host else ""
        # An HTTP status, or a word of ours: neither is a code of the cloud.
        return f"{self.call}{at} {self.said} ({re.sub('^HTTP', 'HTTP ', self.code)}{through})"


class Unreachable(NoAnswer):
    """Refused, reset or timed out."""

    said = "did not answer"


class Garbled(NoAnswer):
    """An answer that does not parse, or contradicts itself."""

    said = "gave an answer that cannot be read"


class ListChanged(NoAnswer):
    """The list changed each time while it was read, so its pages do not fit together."""

    said = "gave no usable answer, as the list changed while it was read"


class ServerError(NoAnswer):
    """The cloud failed: a 5xx answer."""

    said = "failed inside the cloud"


@dataclass
class Throttled(CloudFailure):
    """Too many calls. `retry_after` in seconds, if the cloud gives it."""

    retry_after: float | None = None

    said: ClassVar[str] = "was called too often, and refused"
    advice: ClassVar[str] = ASKED_AGAIN


class Refused(CloudFailure):
    """The cloud understood, and refused. `said` is a clause of its own, about `{account}`."""

    said = "the cloud refused"

    def __str__(self) -> str:
        return f"{self.clause} ({self.call}, code {self.code})"

    @property
    def clause(self) -> str:
        """The reason, without call and code."""
        return self.said.format(account=self.account)

    @property
    def account(self) -> str:
        """The account that was asked, by its number where that is known."""
        known = self.signed_by and self.signed_by.account_id
        return f"account {known}" if known else "the account"


@dataclass
class PermissionMissing(Refused):
    """The operator's identity may not do this. `action` is the RAM action to grant."""

    action: str = ""

    said: ClassVar[str] = "a permission is missing"
    turn: ClassVar[Turn] = "Outside"
    advice: ClassVar[str] = "grant that, as deploy/ram/policy.json does"
    page_advice: ClassVar[str] = (
        "grant the RAM actions that the message names to the identity that it names"
    )

    @property
    def clause(self) -> str:
        """The reason, with the identity and the RAM action."""
        who = "the identity of the operator" if self.signed_by is None else str(self.signed_by)
        return f"{who} may not {self.action or f'call {self.call}'}"


class ParametersRefused(Refused):
    """The cloud does not sell what is described."""

    said = "the cloud does not sell what the spec describes"
    turn = "Spec"
    advice = "change the spec"


@dataclass
class SignatureExpired(Refused):
    """The call came later than the gateway accepts, or was signed by a clock that is wrong.

    `ahead`: seconds that this node's clock is ahead of the cloud's, by the refusal's Date.
    """

    ahead: float | None = None

    said: ClassVar[str] = "the call reached the gateway too late, or dated too far ahead"
    page_advice: ClassVar[str] = (
        "correct the clock of the operator's node; Ready says when the next order follows"
    )


class SignatureReplayed(Refused):
    """The gateway has seen this call before."""

    said = "the gateway has seen this call before"
    page_advice = "nothing: the call was made before, and evidence shows what came of it"


class NotFound(Refused):
    """The cloud does not find something that was named."""

    said = "the cloud does not find what was named"
    turn = "Outside"
    advice = "create what is missing, or correct its name in the spec or in the operator's settings"


class AlreadyExists(Refused):
    """The thing to create exists already."""

    said = "it exists already"
    page_advice = "nothing: somebody else made it at the same time"


class NameTaken(Refused):
    """A workspace of that name exists."""

    said = "a workspace of that name exists"
    turn = "Spec"
    advice = "choose another workspaceName"


class BalanceTooLow(Refused):
    """Not enough money in the account."""

    said = "the balance of {account} is too low"
    turn = "Outside"
    advice = "top up {account}, unless that is done"


class UnpaidOrder(Refused):
    """An unpaid order blocks the purchase, or may be this purchase."""

    said = "an unpaid order of {account} blocks the purchase"
    turn = "Outside"
    advice = "pay or cancel the unpaid order in the console"


class ServiceNotActivated(Refused):
    """The service was never opened in this account."""

    said = "the service is not activated in {account}"
    turn = "Outside"
    advice = "open the service in the console of {account}"


class RoleNotAuthorised(Refused):
    """The account has not authorised Flink yet."""

    said = "{account} has not authorised Flink"
    turn = "Outside"
    advice = "authorise Flink in its console"


class Unexplained(Refused):
    """The cloud refused with a code that the operator does not know."""

    said = "the cloud refused for a reason that the operator does not know"
    turn = "Outside"
    advice = "look for it in the console, or ask the cloud's support what the code means"


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
