"""Failures to get or use an access key. Their place in the tree: `core/facts/failures.py`."""

from dataclasses import dataclass

from flink_workspace_operator.core.facts.failures import (
    CloudFailure,
    CredentialsUnusable,
    Fate,
    Refused,
)


@dataclass
class KeyUnavailable(CloudFailure):
    """No access key could be fetched, so nothing was sent. `why` is one clause of ours."""

    fate: Fate = "NothingSent"
    why: str = "it is not known why"

    def __str__(self) -> str:
        return f"no access key could be fetched: {self.why} (code {self.code})"


@dataclass
class KeyRefused(Refused):
    """The source of access keys, for example STS, refused.

    Nothing was sent. `giver` is its name.
    """

    fate: Fate = "NothingSent"
    giver: str = "STS"

    def __str__(self) -> str:
        return f"{self.giver} gives no access key (code {self.code})"


class AccountNotAllowed(CredentialsUnusable):
    """The operator's own access key is of another account than the one that its settings name."""

    said = "the operator's own access key is of account {}"

    def __init__(self, account_id: str, allowed: str) -> None:
        super().__init__(account_id)
        self.allowed = allowed

    def __str__(self) -> str:
        return f"{super().__str__()}, and FLINK_OPERATOR_ACCOUNT_ID is {self.allowed}"
