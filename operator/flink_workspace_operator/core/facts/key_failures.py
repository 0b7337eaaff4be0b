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
        "wait: it is fetched again within a minute. If it lasts, do what the message says; [a"
        " network without a way"
        " out](../credentials.md#where-keys-come-from) needs the VPC endpoint of STS"
    )

    def __str__(self) -> str:
        return f"no access key could be fetched, because {self.why} ({self.code})"


@dataclass
class KeyRefused(Refused):
    """The source of access keys, for example STS, refused.

    Nothing was sent. `giver` is its name.
    """

    fate: Fate = "NothingSent"
    giver: str = "STS"

    turn: ClassVar[Turn] = "Outside"
    advice: ClassVar[str] = "check that its role, by name or ARN, exists, and whom it trusts"

    def __str__(self) -> str:
        return f"{self.giver} gives no access key (code {self.code})"


@dataclass
class CredentialsRefused(Refused):
    """The key is wrong, inactive or expired, or none is configured."""

    configured: bool = True

    said: ClassVar[str] = "the access key is not valid"
    turn: ClassVar[Turn] = "Outside"
    advice: ClassVar[str] = "give the operator a valid one"
    page_advice: ClassVar[str] = (
        "put a valid one into the Secret of `spec.credentials`; without one, give it to the"
        " operator"
    )

    def __str__(self) -> str:
        none = (
            "no access key is configured (of a node's role, only with FLINK_OPERATOR_IDENTITY=node)"
        )
        return super().__str__() if self.configured else none

    @property
    def clause(self) -> str:
        """The reason, with the key by its first characters."""
        return self.said if self.signed_by is None else f"{self.signed_by.access_key} is not valid"


class CredentialsUnusable(CloudFailure):
    """No identity may sign calls. `about` is the Secret's name, or the namespace."""

    def __init__(self, about: str) -> None:
        super().__init__("spec.credentials", about)

    def __str__(self) -> str:
        return self.said.format(self.code)


class SecretMissing(CredentialsUnusable):
    """The Secret of `spec.credentials` does not exist, or is being deleted."""

    said = "Secret {} of spec.credentials does not exist"
    turn = "Prerequisite"
    advice = "create it, with the keys accessKeyId and accessKeySecret, or correct secretName"


class SecretIncomplete(CredentialsUnusable):
    """The Secret of `spec.credentials` lacks a part of the access key."""

    said = "Secret {} of spec.credentials lacks a key"
    turn = "Prerequisite"
    advice = "put accessKeyId and accessKeySecret into it, each a single line and not empty"

    def __init__(self, about: str, lacks: str = "") -> None:
        super().__init__(about)
        self.lacks = lacks

    def __str__(self) -> str:
        return f"{super().__str__()}{f' ({self.lacks})' if self.lacks else ''}"


class SecretRefused(CredentialsUnusable):
    """The API server does not let the operator read the Secret of `spec.credentials`, or put its
    finalizer on it. `operator` is the namespace of the operator."""

    said = "RBAC does not let the operator get and patch Secret {} of spec.credentials"
    turn = "Outside"
    page_advice = "[let it](../credentials.md#the-right-to-read-it) read that Secret"

    def __init__(self, about: str, operator: str = "flink-workspace-operator") -> None:
        super().__init__(about)
        self.operator = operator

    @property
    def command(self) -> str:
        """Gives the right, to this Secret only."""
        namespace, _, secret = self.code.rpartition("/")
        # A name of its own: `kubectl create` refuses a second Role of the same name.
        role = f"flink-workspace-operator-secret-{secret}"
        return (
            f"kubectl create role {role} -n {namespace} --verb=get,patch --resource=secrets"
            f" --resource-name={secret} && kubectl create rolebinding {role} -n {namespace}"
            f" --role={role} --serviceaccount={self.operator}:flink-workspace-operator"
        )


class IdentityNotAllowed(CredentialsUnusable):
    """The operator's own identity is not for resources of this namespace."""

    said = "the operator's own identity may not buy for namespace '{}'"
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
