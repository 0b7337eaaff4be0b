"""Failures to get or use an access key. Their place in the tree: `core/facts/failures.py`."""

from dataclasses import dataclass
from typing import ClassVar

from flink_workspace_operator.core.facts.failures import (
    ASKED_AGAIN,
    CloudFailure,
    Fate,
    Refused,
    Turn,
)


@dataclass
class KeyUnavailable(CloudFailure):
    """No access key could be fetched, so nothing was sent. `why` is one clause of ours."""

    fate: Fate = "NothingSent"
    why: str = "it is not known why"

    advice: ClassVar[str] = ASKED_AGAIN
    page_advice: ClassVar[str] = (
        "wait: it is tried again. If it lasts, do what the message says; [a network without a way"
        " out](../credentials.md#where-keys-come-from) needs the VPC endpoint of STS"
    )

    def __str__(self) -> str:
        return f"no access key could be fetched: {self.why} (code {self.code})"


@dataclass
class KeyRefused(Refused):
    """The source of access keys, for example STS, refused.

    Nothing was sent. `giver` is its name.
    """

    fate: Fate = "NothingSent"
    giver: str = "STS"

    turn: ClassVar[Turn] = "Outside"
    advice: ClassVar[str] = "check the role: its name or ARN, what it trusts, and that it exists"

    def __str__(self) -> str:
        return f"{self.giver} gives no access key (code {self.code})"


class CredentialsUnusable(CloudFailure):
    """No identity may sign calls. `about` is the Secret's name, or the namespace."""

    def __init__(self, about: str) -> None:
        super().__init__("spec.credentials", about)

    def __str__(self) -> str:
        return self.said.format(self.code)


class SecretMissing(CredentialsUnusable):
    """The Secret of `spec.credentials` does not exist, or is being deleted."""

    said = "Secret '{}' of spec.credentials does not exist"
    turn = "Prerequisite"
    advice = "create it, with the keys accessKeyId and accessKeySecret, or correct secretName"


class SecretIncomplete(CredentialsUnusable):
    """The Secret of `spec.credentials` lacks a part of the access key."""

    said = "Secret '{}' of spec.credentials lacks a key"
    turn = "Prerequisite"
    advice = "put accessKeyId and accessKeySecret into it, both of one line and not empty"

    def __init__(self, about: str, lacks: str = "") -> None:
        super().__init__(about)
        self.lacks = lacks

    def __str__(self) -> str:
        return f"{super().__str__()}{f' ({self.lacks})' if self.lacks else ''}"


class SecretRefused(CredentialsUnusable):
    """The API server does not let the operator read the Secret of `spec.credentials`, or put its
    finalizer on it."""

    said = "the operator may not read Secret '{}' of spec.credentials, or not hold it"
    turn = "Outside"
    advice = "let the operator get and patch that Secret, by a Role of this namespace that names it"
    page_advice = "[let it](../credentials.md#the-right-to-read-it) read that Secret"


class IdentityNotAllowed(CredentialsUnusable):
    """The operator's own identity is not for resources of this namespace."""

    said = "the operator's own identity is not for namespace '{}'"
    turn = "Spec"
    advice = (
        "name a Secret with keys in spec.credentials.secretName, or have the namespace put on the"
        " operator's list FLINK_OPERATOR_IDENTITY_NAMESPACES"
    )


class AccountNotAllowed(CredentialsUnusable):
    """The operator's own access key is of another account than `FLINK_OPERATOR_ACCOUNT_ID`
    says."""

    said = "the operator's own access key is of account {}"
    turn = "Outside"
    advice = (
        "give the operator a key of that account, or correct the setting; or name a Secret with"
        " keys in spec.credentials.secretName"
    )

    def __init__(self, account_id: str, allowed: str) -> None:
        super().__init__(account_id)
        self.allowed = allowed

    def __str__(self) -> str:
        return f"{super().__str__()}, and FLINK_OPERATOR_ACCOUNT_ID is {self.allowed}"
