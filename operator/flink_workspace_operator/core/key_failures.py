"""What keeps the operator from an access key of its own. They have their place in the tree of `core/failures.py`."""

from dataclasses import dataclass

from flink_workspace_operator.core.failures import CloudFailure, Fate, Refused


@dataclass
class KeyUnavailable(CloudFailure):
    """No access key could be fetched, so nothing was sent. `why` is one clause, in words of ours."""

    fate: Fate = "NothingSent"
    why: str = "it is not known why"

    def __str__(self) -> str:
        return f"no access key could be fetched: {self.why} (code {self.code})"


@dataclass
class KeyRefused(Refused):
    """Whoever gives out access keys, for example STS, gives none. Nothing was sent. `giver` is its name."""

    fate: Fate = "NothingSent"
    giver: str = "STS"

    def __str__(self) -> str:
        return f"{self.giver} gives no access key (code {self.code})"
